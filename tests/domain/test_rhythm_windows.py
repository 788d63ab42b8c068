"""How long a check-in is open, and when its one reminder comes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rhythms import WORKING_FROM, WORKING_UNTIL, closes_at, period_of, remind_at
from tests.domain.times import FRIDAY, Pace, london, rhythm, utc
from tests.domain.zones import ZONES


@pytest.mark.parametrize(
    ("opened", "closes"),
    [
        ("2026-11-18 14:00", "2026-11-25 14:00"),
        ("2026-03-25 14:00", "2026-04-01 14:00"),  # clocks go forward
        ("2026-10-21 14:00", "2026-10-28 14:00"),  # clocks go back
        ("2026-11-18 16:20", "2026-11-25 14:00"),  # late: until the next one is due
        ("2026-11-19 08:00", "2026-11-25 14:00"),
        ("2026-11-16 09:30", "2026-11-23 09:30"),  # at once by a lead, before this week's turn, which is thereby had
        ("2026-11-22 23:00", "2026-11-25 14:00"),
    ],
)
def test_weekly_window(opened: str, closes: str) -> None:
    """A check-in is open for seven days by the clock on the wall, or until the next period's is due."""
    moment = london(opened)

    assert closes_at(rhythm(), moment, period_of(rhythm().local(moment).date())) == london(closes)


@pytest.mark.parametrize("pace", [2, 4])
def test_slow_windows(pace: Pace) -> None:
    """In a slower rhythm, too, a check-in is open for seven days only."""
    slow = rhythm(every_weeks=pace, anchor="2026-11-16")

    assert closes_at(slow, london("2026-11-18 14:00"), "2026-W47") == london("2026-11-25 14:00")
    assert closes_at(slow, london("2026-11-18 16:20"), "2026-W47") == london("2026-11-25 16:20")


def test_windows_over_christmas() -> None:
    """Over Christmas one check-in makes room for the next, though holidays push them together and apart."""
    fridays = rhythm(FRIDAY)

    assert closes_at(fridays, london("2026-12-18 14:00"), "2026-W51") == london("2026-12-25 14:00")
    assert closes_at(fridays, london("2026-12-29 14:00"), "2026-W52") == london("2027-01-04 14:00")
    assert closes_at(fridays, london("2027-01-04 14:00"), "2026-W53") == london("2027-01-08 14:00")


def test_window_before_a_moved_turn() -> None:
    """A check-in asked for in the week into which a holiday moves the last turn closes when that one is due."""
    assert closes_at(rhythm(FRIDAY), london("2026-12-28 10:00"), "2026-W53") == london("2026-12-29 14:00")


def test_window_with_the_next_one_skipped() -> None:
    """Where the next turn is left out, a late check-in has its whole seven days."""
    without = rhythm(skipped=("2026-W48",))

    assert closes_at(without, london("2026-11-18 16:20"), "2026-W47") == london("2026-11-25 16:20")


@pytest.mark.parametrize(
    ("opened", "closes", "reminds"),
    [
        ("2026-11-18 14:00", "2026-11-25 14:00", "2026-11-21 14:00"),
        ("2026-11-18 16:20", "2026-11-25 14:00", "2026-11-21 16:20"),
        ("2026-03-25 14:00", "2026-04-01 14:00", "2026-03-28 14:00"),
        ("2026-10-21 14:00", "2026-10-28 14:00", "2026-10-24 14:00"),
        ("2027-01-04 14:00", "2027-01-08 14:00", "2027-01-06 14:00"),
        ("2026-11-17 23:30", "2026-11-24 23:30", "2026-11-20 17:59"),
        ("2026-11-17 03:10", "2026-11-24 03:10", "2026-11-20 08:00"),
        ("2026-11-20 14:00", "2026-11-22 14:00", "2026-11-21 14:00"),
        ("2026-11-20 14:00", "2026-11-21 14:00", None),
        ("2026-11-20 14:00", "2026-11-20 14:30", None),
    ],
)
def test_reminders(opened: str, closes: str, reminds: str | None) -> None:
    """The reminder comes in the middle of the window at the hour it opened, by day; a short window has none."""
    expected = london(reminds) if reminds else None

    assert remind_at(rhythm(), london(opened), london(closes)) == expected


@given(
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.times(time(8), time(17, 59)),
    st.sampled_from([1, 2, 4]),
    st.datetimes(datetime(2026, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 -- Hypothesis adds the zone
)
def test_every_window(zone: str, weekday: int, at: time, pace: Pace, opened: datetime) -> None:
    """However a check-in is opened, it closes after it opened and within a week, and any reminder is inside it and by day."""
    ward = rhythm(weekday, at, every_weeks=pace, zone=zone, anchor="2025-12-29")
    closes = closes_at(ward, opened, period_of(ward.local(opened).date()))
    reminds = remind_at(ward, opened, closes)

    assert opened < closes <= opened + timedelta(days=7, hours=2)
    assert reminds is not None or closes - opened < timedelta(days=2)
    if reminds is not None:
        assert opened < reminds < closes
        assert WORKING_FROM <= reminds.astimezone(ZoneInfo(zone)).time() < WORKING_UNTIL


def test_opened_in_the_hour_that_comes_twice() -> None:
    """Opened in the second of two hours of the same name, a check-in is open for seven days by the wall and an hour by no more."""
    second = utc("2026-10-25 01:30")

    assert closes_at(rhythm(every_weeks=4), second, "2026-W43") == utc("2026-11-01 01:30")
