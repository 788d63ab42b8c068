"""The same delivery twice is one act."""

import asyncio

import pytest

from bot.errors import TryAgain
from bot.teams.repeats import ENTRY_BYTES, MOST_BYTES, REMEMBERED, Answer, Repeats
from tests.teams.door import MovedClock


class Act:
    """Counts how often it is done, and waits until it may."""

    def __init__(self, size: int = 0) -> None:
        self.done = 0
        self.size = size
        self.may = asyncio.Event()
        self.may.set()
        self.fault: Exception | None = None

    async def __call__(self) -> Answer:
        self.done += 1
        number = self.done
        await self.may.wait()
        if self.fault is not None:
            raise self.fault
        return Answer(200, b"%d" % number + b" " * self.size)


async def test_deliveries_in_flight_share_one_act() -> None:
    """Five deliveries at once are one act and five equal answers."""
    repeats, act = Repeats(MovedClock()), Act()

    answers = await asyncio.gather(*(repeats.once("key", act) for _ in range(5)))

    assert act.done == 1
    assert answers == [Answer(200, b"1")] * 5


async def test_answer_is_kept_for_ten_minutes() -> None:
    """A later delivery gets the first answer until ten minutes have passed."""
    clock, act = MovedClock(), Act()
    repeats = Repeats(clock)
    await repeats.once("key", act)
    clock.move(seconds=REMEMBERED - 1)
    assert await repeats.once("key", act) == Answer(200, b"1")
    clock.move(seconds=1)

    assert await repeats.once("key", act) == Answer(200, b"2")


async def test_other_keys_are_other_acts() -> None:
    """Only the whole key makes a delivery the same."""
    repeats, act = Repeats(MovedClock()), Act()
    await repeats.once(("tenant", "1"), act)
    await repeats.once(("tenant", "2"), act)

    assert act.done == 2


async def test_failure_is_shared_and_forgotten() -> None:
    """All who wait see the failure; the next delivery is a new act."""
    repeats, act = Repeats(MovedClock()), Act()
    act.fault = ValueError("no")
    act.may.clear()
    waiting = [asyncio.create_task(repeats.once("key", act)) for _ in range(3)]
    await asyncio.sleep(0)
    act.may.set()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    act.fault = None

    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
    assert await repeats.once("key", act) == Answer(200, b"2")


async def test_interrupted_act_is_tried_again_by_the_waiting() -> None:
    """Where the first delivery is cancelled, the others are told to come again."""
    repeats, act = Repeats(MovedClock()), Act()
    act.may.clear()
    first = asyncio.create_task(repeats.once("key", act))
    await asyncio.sleep(0)
    second = asyncio.create_task(repeats.once("key", act))
    await asyncio.sleep(0)
    first.cancel()

    with pytest.raises(TryAgain, match="interrupted"):
        await second
    assert first.cancelled()


async def test_impatient_second_leaves_the_first_alone() -> None:
    """A repeated delivery that is cancelled takes nothing with it."""
    repeats, act = Repeats(MovedClock()), Act()
    act.may.clear()
    first = asyncio.create_task(repeats.once("key", act))
    await asyncio.sleep(0)
    second = asyncio.create_task(repeats.once("key", act))
    await asyncio.sleep(0)
    second.cancel()
    act.may.set()

    assert await first == Answer(200, b"1")


async def test_memory_is_bounded() -> None:
    """Past the bound the oldest answers are given up, the newest stay."""
    repeats, act = Repeats(MovedClock()), Act(size=100_000)
    many = MOST_BYTES // (100_000 + ENTRY_BYTES) + 5
    for number in range(many):
        await repeats.once(number, act)
    await repeats.once(many - 1, act)
    assert act.done == many

    await repeats.once(0, act)

    assert act.done == many + 1


async def test_act_given_up_while_in_flight_is_not_counted() -> None:
    """An entry that had to go before its act was done leaves the books in order, also when the act then fails."""
    clock, act, failing = MovedClock(), Act(), Act()
    repeats = Repeats(clock)
    act.may.clear()
    failing.may.clear()
    slow = asyncio.create_task(repeats.once("slow", act))
    lost = asyncio.create_task(repeats.once("lost", failing))
    await asyncio.sleep(0)
    clock.move(seconds=REMEMBERED)
    await repeats.once("other", Act())
    failing.fault = ValueError("no")
    act.may.set()
    failing.may.set()

    assert await slow == Answer(200, b"1")
    with pytest.raises(ValueError, match="no"):
        await lost
    assert repeats._weight == ENTRY_BYTES + 1  # noqa: SLF001 (the books are what this is about)
