"""The scheduler's own part: what it does when a duty fails, and how often it lets go of old things."""

import asyncio
from datetime import datetime

from structlog.testing import capture_logs

from bot.scheduler import LOOK_EVERY, Scheduler
from tests.records.store_fixtures import HandClock


class Book:
    """Notes what was asked of it, in order; `fails` names the duties that raise."""

    def __init__(self, *fails: str) -> None:
        self.done: list[str] = []
        self._fails = fails

    def _note(self, duty: str) -> int:
        self.done.append(duty)
        if duty in self._fails:
            raise OSError(duty)
        return 1

    async def beat(self, now: datetime) -> None:
        self._note("beat")

    async def prune(self, now: datetime) -> None:
        self._note("prune")

    async def close_what_is_over(self) -> int:
        return self._note("close")

    async def remind_who_is_open(self) -> int:
        return self._note("remind")

    async def post_what_is_due(self) -> int:
        return self._note("post")


async def test_closing_comes_before_posting() -> None:
    """Each look does every duty once; closing makes room for what is posted."""
    book = Book()
    await Scheduler(book, book, HandClock()).look()

    assert book.done == ["beat", "close", "remind", "post", "prune"]


async def test_a_duty_that_fails_stops_no_other() -> None:
    """Whatever fails is logged by its kind, never its words, and looked at again on the next wake."""
    book = Book("beat", "close", "remind", "post", "prune")
    scheduler = Scheduler(book, book, HandClock())
    with capture_logs() as logs:
        await scheduler.look()
        await scheduler.look()

    assert book.done == ["beat", "close", "remind", "post", "prune"] * 2
    assert {line["error"] for line in logs} == {"OSError"}
    assert scheduler.looked_at is not None


async def test_old_things_go_once_a_day() -> None:
    """What is kept for days is let go of on the first look of each day."""
    book, clock = Book(), HandClock()
    scheduler = Scheduler(book, book, clock)
    for hours in (0, 1, 24, 1):
        clock.move(hours * 3600)
        await scheduler.look()

    assert book.done.count("prune") == 2


class Removal:
    """Needs so many steps each day; `fails` at the first of them."""

    def __init__(self, steps: int, *, fails: bool = False) -> None:
        self.calls: list[datetime] = []
        self._steps = steps
        self._fails = fails

    async def remove_what_is_past(self, now: datetime) -> bool:
        self.calls.append(now)
        if self._fails and len(self.calls) == 1:
            raise OSError
        return sum(call.date() == now.date() for call in self.calls) >= self._steps


async def test_what_is_past_its_date_goes_step_by_step() -> None:
    """One step a look until all is gone that day, and again on the next day; a step that fails is taken again."""
    book, clock, removal = Book(), HandClock(), Removal(3, fails=True)
    scheduler = Scheduler(book, book, clock, removal)
    counts = []
    for seconds in (0, 15, 15, 15, 24 * 3600, 15):
        clock.move(seconds)
        await scheduler.look()
        counts.append(len(removal.calls))

    assert counts == [1, 2, 3, 3, 4, 5]


async def test_it_looks_until_it_is_told_to_stop() -> None:
    """It looks every fifteen seconds, and stopping is no failure of a duty."""
    book, clock = Book(), HandClock()
    began = clock.now()
    run = asyncio.create_task(Scheduler(book, book, clock).run())
    while book.done.count("post") < 3:
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait([run])

    assert run.cancelled()
    assert (clock.now() - began).total_seconds() >= 2 * LOOK_EVERY


async def test_stopping_in_the_middle_of_a_duty() -> None:
    """A scheduler that is stopped while a duty waits stops there."""

    class Waits(Book):
        async def close_what_is_over(self) -> int:
            await asyncio.Event().wait()
            return self._note("closed")

    book = Waits()
    run = asyncio.create_task(Scheduler(book, book, HandClock()).run())
    while book.done != ["beat"]:
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait([run])

    assert run.cancelled()
    assert book.done == ["beat"]
