"""What becomes of an outbox entry, by what its delivery came to."""

import asyncio
from collections.abc import Collection, Sequence
from random import Random

import pytest
from structlog.testing import capture_logs

from bot.courier import Courier, Round
from bot.domain.outbox import Entry, Kind
from bot.errors import Final, TellPerson, TryAgain, WakeSomebody
from bot.records.outbox import Claimed, Outbox
from tests.records.store_fixtures import House

Outcome = Exception | None


def carrying(house: House, *outcomes: Outcome, together: int = 1, at_once: int = 4) -> tuple[Courier, list[str]]:
    """A courier whose deliveries come to these outcomes, one after the other, and the keys it carried."""
    left, carried = list(outcomes), list[str]()

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        carried.extend(entry.key for entry in entries)
        return [left.pop(0) if left else None for _ in entries]

    return Courier(house.outbox, Round((Kind.WELCOME,), deliver, together, at_once)), carried


async def welcome(house: House, *keys: str) -> None:
    """Ask for a welcome under each key."""
    await house.store.enqueue([Entry(Kind.WELCOME, key) for key in keys])


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (TryAgain("connector_503"), 2),
        (TryAgain("connector_429", 30), 30),
        (WakeSomebody("connector_refused_credential"), 300),
        (KeyError("unforeseen"), 2),
        (TellPerson([]), 2),
    ],
)
async def test_again_later(house: House, outcome: Exception, seconds: float) -> None:
    """What may succeed later is tried again after its time, and is then done."""
    courier, carried = carrying(house, outcome)
    await welcome(house, "one")
    await courier.flush()
    house.clock.move(seconds)
    await courier.flush()

    assert carried == ["one", "one"]
    assert await house.outbox.waiting() == {}
    assert courier.woken == {}


async def test_never(house: House) -> None:
    """What can never succeed is parked under its code, and the next one goes on."""
    courier, carried = carrying(house, Final("too_large"))
    await welcome(house, "one", "two")
    await courier.flush()

    assert carried == ["one", "two"]
    assert [(parked.key, parked.code) for parked in await house.outbox.parked()] == [("one", "too_large")]


async def test_somebody_has_to_act(house: House) -> None:
    """What waits for an operator is named until that entry is through; another's success does not hide it."""
    courier, _ = carrying(house, WakeSomebody("connector_refused_credential"), None)
    await welcome(house, "one", "two")
    await courier.flush()

    assert list(courier.woken.values()) == ["connector_refused_credential"]


async def test_a_delivery_that_breaks(house: House) -> None:
    """Where a whole delivery fails, each of its entries is kept and tried again."""
    calls = 0

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ValueError
        return [None] * len(entries)

    courier = Courier(house.outbox, Round((Kind.WELCOME,), deliver, together=20, at_once=1))
    await welcome(house, "one", "two", "three")
    with capture_logs() as logs:
        await courier.flush()
    house.clock.move(2)
    await courier.flush()

    assert [line["error"] for line in logs] == ["ValueError"] * 3
    assert await house.outbox.waiting() == {}


class Unreadable(Outbox):
    """An outbox that cannot be read the first time."""

    failed = False

    async def claim(self, kinds: Collection[Kind], limit: int, lease_seconds: float = 60) -> list[Claimed]:
        if not self.failed:
            self.failed = True
            raise TryAgain("store_locked")
        return await super().claim(kinds, limit, lease_seconds)


async def test_a_store_that_is_away(house: House) -> None:
    """An outbox that cannot be read is read again the next time."""
    carried: list[str] = []

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        carried.extend(entry.key for entry in entries)
        return [None] * len(entries)

    outbox = Unreadable(house.database, house.clock, Random(7))
    courier = Courier(outbox, Round((Kind.WELCOME,), deliver, together=1, at_once=1))
    await welcome(house, "one")
    await courier.flush()
    assert carried == []

    await courier.flush()
    assert carried == ["one"]


async def test_no_more_than_there_is_room_for(house: House) -> None:
    """So many deliveries run at a time and no more; a slow one holds up no other, and is finished when the courier stops."""
    begun, running, most, release = list[str](), 0, 0, asyncio.Event()

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        begun.append(entries[0].key)
        if entries[0].key == "slow":
            await release.wait()
        running -= 1
        return [None] * len(entries)

    courier = Courier(house.outbox, Round((Kind.WELCOME,), deliver, together=1, at_once=2))
    await welcome(house, "slow", *map(str, range(6)))
    run = asyncio.create_task(courier.run())
    async with asyncio.timeout(5):
        while len(begun) < 7:
            await asyncio.sleep(0)
    assert (most, running) == (2, 1)

    run.cancel()
    release.set()
    await asyncio.wait([run])

    assert await house.outbox.waiting() == {}
