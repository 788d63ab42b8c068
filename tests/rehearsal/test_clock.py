"""A clock that is moved by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.rehearsal.clock import MovableClock

START = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def still() -> MovableClock:
    """A clock that moves only by hand."""
    return MovableClock(SystemClock(), start=START, frozen=True)


async def breathe() -> None:
    """Let everything that can run, run."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_stands_still() -> None:
    """A frozen clock shows its start until it is moved, and then the moment it was moved to."""
    clock = still()
    before = clock.now()
    clock.move_by(60)

    assert before == START
    assert clock.now() == START + timedelta(seconds=60)


def test_runs() -> None:
    """A running clock keeps its distance to the inner one, and tells it."""
    inner = still()
    clock = MovableClock(inner, start=START + timedelta(days=1))
    inner.move_by(10)

    assert clock.now() == START + timedelta(days=1, seconds=10)
    assert clock.offset == timedelta(days=1)


def test_starts_with_the_inner_one() -> None:
    """Without a start it shows what the inner clock shows."""
    assert MovableClock(still()).now() == START


def test_naive_moments() -> None:
    """A naive moment is refused, because nobody knows when that is."""
    with pytest.raises(ValueError, match="aware"):
        still().move_to(datetime(2026, 11, 25))  # noqa: DTZ001  # that is the point


async def test_sleepers_wake_in_order() -> None:
    """A move wakes those whose sleep has ended, the earliest first, and nobody else."""
    clock, woken = still(), list[str]()

    async def sleep(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    tasks = [asyncio.create_task(sleep(*one)) for one in (("hour", 3600.0), ("minute", 60.0), ("week", 604800.0))]
    await breathe()
    due = clock.sleepers
    clock.move_by(3600)
    await breathe()

    assert woken == ["minute", "hour"]
    assert [(one - START).total_seconds() for one in due] == [60, 3600, 604800]
    assert [(one - START).total_seconds() for one in clock.sleepers] == [604800]
    clock.move_by(604800)
    await asyncio.gather(*tasks)
    assert woken == ["minute", "hour", "week"]


async def test_no_sleep() -> None:
    """A sleep of nothing returns without the clock being moved."""
    clock = still()
    await clock.sleep(0)

    assert clock.sleepers == ()


async def test_cancelled_sleeper() -> None:
    """Who is cancelled in their sleep is forgotten."""
    clock = still()
    task = asyncio.create_task(clock.sleep(60))
    await breathe()
    task.cancel()
    await breathe()

    assert task.cancelled()
    assert clock.sleepers == ()


async def test_sleeper_cancelled_as_it_wakes() -> None:
    """A sleeper who was given up for lost does not stop the next one from waking."""
    clock = still()
    lost, other = asyncio.create_task(clock.sleep(60)), asyncio.create_task(clock.sleep(60))
    await breathe()
    lost.cancel()
    clock.move_by(60)
    await other

    assert lost.cancelled() or lost.cancelling()


async def test_real_time_wakes() -> None:
    """On a running clock a sleep also ends by itself."""
    clock = MovableClock(SystemClock(), start=START)
    await clock.sleep(0.002)

    assert clock.now() >= START + timedelta(seconds=0.002)
    assert clock.sleepers == ()


async def test_running_clock_is_moved() -> None:
    """On a running clock a move wakes at once."""
    clock = MovableClock(SystemClock(), start=START)
    task = asyncio.create_task(clock.sleep(3600))
    await breathe()
    clock.move_by(3601)
    await task

    assert clock.sleepers == ()


async def test_moved_back() -> None:
    """A running clock that is moved back lets its sleepers sleep on until their moment comes again."""
    inner = still()
    clock = MovableClock(inner)
    task = asyncio.create_task(clock.sleep(60))
    await breathe()
    clock.move_by(-30)
    inner.move_by(60)
    await breathe()
    still_asleep = not task.done()
    inner.move_by(30)
    await breathe()

    assert still_asleep
    assert task.done()
