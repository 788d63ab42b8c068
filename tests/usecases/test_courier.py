"""What becomes of an outbox entry, by what its delivery came to."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta
from random import Random

import pytest
from structlog.testing import capture_logs

from bot.courier import Courier, Round
from bot.domain.outbox import Entry, Kind
from bot.errors import Final, NotYet, TellPerson, TryAgain, WakeSomebody
from bot.records.outbox import Claimed, Outbox
from tests.records.store_fixtures import NOON, House

Outcome = Exception | None


def carrying(house: House, *outcomes: Outcome, together: int = 1, at_once: int = 4) -> tuple[Courier, list[str]]:
    """A courier whose deliveries come to these outcomes, one after the other, and the keys it carried."""
    left, carried = list(outcomes), list[str]()

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        carried.extend(entry.key for entry in entries)
        return [left.pop(0) if left else None for _ in entries]

    return Courier(house.outbox, house.clock, Round((Kind.WELCOME,), deliver, together, at_once)), carried


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

    courier = Courier(house.outbox, house.clock, Round((Kind.WELCOME,), deliver, together=20, at_once=1))
    await welcome(house, "one", "two", "three")
    with capture_logs() as logs:
        await courier.flush()
    house.clock.move(2)
    await courier.flush()

    assert [line["error"] for line in logs] == ["ValueError"] * 3
    assert await house.outbox.waiting() == {}


class Away(Outbox):
    """An outbox whose store does not answer the next so many times, and counts how often it was asked."""

    fails = 0
    asked = 0

    async def claim(self, kinds: Collection[Kind], limit: int, lease_seconds: float = 60) -> list[Claimed]:
        self._fail()
        return await super().claim(kinds, limit, lease_seconds)

    async def wait(self, kinds: Collection[Kind]) -> None:
        self._fail()
        await super().wait(kinds)

    async def done(self, *claimed: Claimed) -> None:
        self._fail()
        await super().done(*claimed)

    def _fail(self) -> None:
        self.asked += 1
        if self.fails:
            self.fails -= 1
            raise TryAgain("store_unreachable")


async def test_a_store_that_is_away_is_asked_less_and_less_often(house: House) -> None:
    """While the store does not answer, the courier rests longer and longer between two looks, and goes on when it is back."""
    carried: list[str] = []
    done = asyncio.Event()

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        carried.extend(entry.key for entry in entries)
        done.set()
        return [None] * len(entries)

    outbox = Away(house.database, house.clock, Random(7))
    outbox.fails = 8
    await welcome(house, "one")
    courier = Courier(outbox, house.clock, Round((Kind.WELCOME,), deliver, together=1, at_once=1))
    began = house.clock.now()
    with capture_logs() as logs:
        run = asyncio.create_task(courier.run())
        async with asyncio.timeout(5):
            await done.wait()
    run.cancel()
    await asyncio.wait([run])

    assert carried == ["one"]
    assert len([line for line in logs if line["event"] == "the outbox could not be read"]) == 8
    assert (house.clock.now() - began).total_seconds() >= 1 + 2 + 4 + 8 + 16 + 30 + 30 + 30


async def test_a_wait_that_breaks_is_no_busy_loop(house: House) -> None:
    """A look for what is due that fails is rested after like any other."""
    outbox = Away(house.database, house.clock, Random(7))
    courier = Courier(outbox, house.clock, Round((Kind.WELCOME,), _nothing, together=1, at_once=1))
    await courier.flush()
    outbox.fails = 2
    with pytest.raises(TryAgain):
        await courier._pause()  # noqa: SLF001 (its failure has to reach `run`)

    assert outbox.fails == 1


async def _nothing(entries: Sequence[Claimed]) -> Sequence[Outcome]:
    return [None] * len(entries)


async def test_what_came_of_it_is_written_down_a_moment_later(house: House) -> None:
    """Where the store does not take what came of a delivery at once, it is tried again inside the lease, and nothing is delivered twice."""
    carried: list[str] = []

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        carried.extend(entry.key for entry in entries)
        outbox.fails = 2
        return [None] * len(entries)

    outbox = Away(house.database, house.clock, Random(7))
    courier = Courier(outbox, house.clock, Round((Kind.WELCOME,), deliver, together=1, at_once=1))
    await welcome(house, "one")
    await courier._start()  # noqa: SLF001 (one claim, so that the failures meet what comes after it)
    await asyncio.gather(*courier._under_way)  # noqa: SLF001

    assert carried == ["one"]
    assert await house.outbox.waiting() == {}


async def test_what_nobody_could_write_down_is_said(house: House) -> None:
    """A store that stays away is named in the log; the entry comes again when its lease has run out."""

    async def deliver(entries: Sequence[Claimed]) -> Sequence[Outcome]:
        outbox.fails = 4
        return [None] * len(entries)

    outbox = Away(house.database, house.clock, Random(7))
    courier = Courier(outbox, house.clock, Round((Kind.WELCOME,), deliver, together=1, at_once=1))
    await welcome(house, "one")
    with capture_logs() as logs:
        await courier._start()  # noqa: SLF001
        await asyncio.gather(*courier._under_way)  # noqa: SLF001

    assert [line["event"] for line in logs] == ["what came of an outbox entry could not be written down"]
    assert await house.outbox.waiting() == {Kind.WELCOME: 1}


async def test_too_early(house: House) -> None:
    """What is too early waits for its time, which is no failure."""
    courier, carried = carrying(house, NotYet(NOON + timedelta(hours=18)))
    await welcome(house, "one")
    await courier.flush()
    early = await house.outbox.oldest_waiting()
    house.clock.move(18 * 3600)
    await courier.flush()

    assert carried == ["one", "one"]
    assert early == NOON + timedelta(hours=18)


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

    courier = Courier(house.outbox, house.clock, Round((Kind.WELCOME,), deliver, together=1, at_once=2))
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
