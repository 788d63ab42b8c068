"""The pace of what we send unasked."""

import asyncio
from bisect import bisect_left
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.pace import PER_THREAD, Pace
from tests.teams.door import MovedClock


def most_within(times: list[float], seconds: float) -> int:
    """Return the largest number of `times` in any window of that length."""
    ordered = sorted(times)
    return max((bisect_left(ordered, time + seconds - 1e-6) - place for place, time in enumerate(ordered)), default=0)


async def test_a_thousand_wards_take_twenty_one_seconds() -> None:
    """1,000 posts at 48 a second take at most 1.1 times the 20 seconds that Teams' limit allows, and never exceed 48 a second."""
    clock = MovedClock()
    pace = Pace(clock)
    start = clock.now()
    times: list[float] = []

    async def post(ward: int) -> None:
        await pace.turn(f"19:{ward}")
        times.append((clock.now() - start).total_seconds())

    await asyncio.gather(*(post(ward) for ward in range(1000)))

    assert max(times) <= 22
    assert most_within(times, 1.0) <= 48
    assert times == sorted(times)


async def test_turns_are_taken_in_the_order_of_asking() -> None:
    """First come, first served, over the wards."""
    pace = Pace(MovedClock())
    order: list[int] = []

    async def post(ward: int) -> None:
        await pace.turn(f"19:{ward}")
        order.append(ward)

    await asyncio.gather(*(post(ward) for ward in range(200)))

    assert order == list(range(200))


async def test_one_thread_keeps_all_its_windows() -> None:
    """Two thousand messages into one thread keep seven a second, eight in two, sixty in thirty and 1,800 an hour."""
    clock = MovedClock()
    pace = Pace(clock)
    times: list[float] = []
    for _ in range(2000):
        await pace.turn("19:rowan")
        times.append(clock.now().timestamp())

    assert [most_within(times, seconds) for _, seconds in PER_THREAD] == [most for most, _ in PER_THREAD]


async def test_a_busy_thread_holds_up_nobody() -> None:
    """While one thread waits for its own limit, another goes at once."""
    clock = MovedClock()
    pace = Pace(clock)
    done: list[str] = []

    async def post(thread: str) -> None:
        await pace.turn(thread)
        done.append(thread)

    await asyncio.gather(*(post("busy") for _ in range(20)), post("quiet"))

    assert done.index("quiet") == 7


async def test_a_person_does_not_queue() -> None:
    """An answer to somebody goes before the posts that wait, and counts."""
    clock = MovedClock()
    pace = Pace(clock, tenant_per_second=8)
    waiting = [asyncio.create_task(pace.turn(f"19:{ward}")) for ward in range(50)]
    await asyncio.sleep(0)
    start = clock.now()

    for number in range(6):
        await pace.turn(f"19:asked {number}", for_a_person=True)

    assert clock.now() == start
    await asyncio.gather(*waiting)
    assert (clock.now() - start).total_seconds() >= 5


async def test_a_person_waits_for_the_threads_own_limit() -> None:
    """Beyond seven a second Teams would refuse the answer, so it waits."""
    clock = MovedClock()
    pace = Pace(clock)
    start = clock.now()
    for _ in range(8):
        await pace.turn("19:rowan", for_a_person=True)

    assert (clock.now() - start).total_seconds() == pytest.approx(1)


async def test_quiet_threads_are_let_go() -> None:
    """After an hour a thread costs no memory; one that was used since is kept."""
    clock = MovedClock()
    pace = Pace(clock, many_threads=3)
    for thread in ("a", "b", "c"):
        await pace.turn(thread)
    clock.move(minutes=59)
    for _ in range(7):
        await pace.turn("c")
    clock.move(minutes=1)
    await pace.turn("d")
    start: datetime = clock.now()
    await pace.turn("c")

    assert set(pace._threads) == {"c", "d"}  # noqa: SLF001 (memory is what this is about)
    assert clock.now() == start


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 3)), max_size=80))
async def test_no_window_is_ever_exceeded(asked: list[tuple[int, float]]) -> None:
    """However threads are asked for, and whatever time passes in between, each window holds."""
    clock = MovedClock()
    pace = Pace(clock, tenant_per_second=8)
    sent: dict[int, list[float]] = {}
    for thread, later in asked:
        clock.move(seconds=later / 10)
        await pace.turn(f"19:{thread}")
        sent.setdefault(thread, []).append(clock.now().timestamp())

    assert most_within([time for times in sent.values() for time in times], 1.0) <= 8
    assert all(most_within(times, seconds) <= most for times in sent.values() for most, seconds in PER_THREAD)
