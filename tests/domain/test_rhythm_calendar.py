"""When turns fall due: weeks, paces, clock changes and England's bank holidays."""

from datetime import UTC, date, timedelta
from itertools import pairwise

import pytest

from bot.domain.rhythms import Rhythm, is_bank_holiday, moved_off_holidays, next_occurrence, occurrences, period_of
from tests.domain.times import FRIDAY, SATURDAY, Pace, london, rhythm, shown, utc


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2026-11-18", "2026-W47"),
        ("2026-01-01", "2026-W01"),
        ("2025-12-29", "2026-W01"),
        ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2028-01-01", "2027-W52"),
        ("2030-12-31", "2031-W01"),
    ],
)
def test_periods(day: str, period: str) -> None:
    """A period is the ISO week, whose year is not always the day's."""
    assert period_of(date.fromisoformat(day)) == period


def test_long_year() -> None:
    """The 53rd week of 2026 has its own turn, and the first week of 2027 another."""
    found = shown(rhythm(), "2026-12-21", "2027-01-10")

    assert found == [
        ("2026-W52", "Wed 23 Dec 14:00"),
        ("2026-W53", "Wed 30 Dec 14:00"),
        ("2027-W01", "Wed 06 Jan 14:00"),
    ]


def test_clock_changes() -> None:
    """A turn at 14:00 in London is at 14:00 in London before and after both clock changes."""
    found = [turn.due for turn in occurrences(rhythm(), utc("2026-03-19"), utc("2026-04-02"))]
    found += [turn.due for turn in occurrences(rhythm(), utc("2026-10-15"), utc("2026-10-29"))]

    assert found == [
        utc("2026-03-25 14:00"),
        utc("2026-04-01 13:00"),
        utc("2026-10-21 13:00"),
        utc("2026-10-28 14:00"),
    ]


def test_half_open() -> None:
    """A turn due at the very end of a stretch belongs to it; one due at its very start does not."""
    found = shown(rhythm(), "2026-11-11 14:00", "2026-11-18 14:00")

    assert found == [("2026-W47", "Wed 18 Nov 14:00")]


@pytest.mark.parametrize(
    ("pace", "anchor", "weeks"),
    [
        (1, "2026-11-02", ["W45", "W46", "W47", "W48", "W49", "W50", "W51", "W52", "W53"]),
        (2, "2026-11-02", ["W45", "W47", "W49", "W51", "W53"]),
        (2, "2026-11-15", ["W46", "W48", "W50", "W52"]),
        (4, "2026-11-02", ["W45", "W49", "W53"]),
        (4, "2026-11-12", ["W46", "W50"]),
        (4, "2025-11-06", ["W45", "W49", "W53"]),
    ],
)
def test_paces(pace: Pace, anchor: str, weeks: list[str]) -> None:
    """A rhythm of several weeks keeps the weeks of its anchor, in a long year and over the years too."""
    found = shown(rhythm(every_weeks=pace, anchor=anchor), "2026-11-02", "2027-01-01")

    assert [period.removeprefix("2026-") for period, _ in found] == weeks


def test_not_before_the_anchor() -> None:
    """There are no turns before the week of the anchor."""
    found = shown(rhythm(anchor="2026-11-18"), "2026-10-01", "2026-11-26")

    assert [period for period, _ in found] == ["2026-W47", "2026-W48"]


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        ("2026-04-03", "2026-04-07"),  # Good Friday, over Easter Monday
        ("2026-04-06", "2026-04-07"),  # Easter Monday
        ("2026-05-04", "2026-05-05"),
        ("2026-05-25", "2026-05-26"),
        ("2026-08-31", "2026-09-01"),
        ("2026-12-25", "2026-12-29"),  # a Friday; Boxing Day's substitute is Monday 28
        ("2026-12-28", "2026-12-29"),
        ("2027-01-01", "2027-01-04"),
        ("2027-12-25", "2027-12-29"),  # a Saturday; both substitutes follow the weekend
        ("2027-12-27", "2027-12-29"),
        ("2027-12-28", "2027-12-29"),
        ("2028-01-03", "2028-01-04"),  # New Year's Day was a Saturday
        ("2028-12-25", "2028-12-27"),
        ("2031-12-25", "2031-12-29"),  # Thursday and Friday, then a weekend
        ("2026-12-24", "2026-12-24"),
        ("2026-12-30", "2026-12-30"),
        ("2026-11-21", "2026-11-21"),  # a Saturday that a ward chose is no holiday
        ("2026-03-17", "2026-03-17"),  # a holiday in Northern Ireland
        ("2026-11-30", "2026-11-30"),  # a holiday in Scotland
    ],
)
def test_bank_holidays(day: str, moved: str) -> None:
    """A bank holiday in England moves to the next day that is neither a holiday nor at a weekend."""
    assert moved_off_holidays(date.fromisoformat(day)) == date.fromisoformat(moved)


def test_no_holiday_moves_far() -> None:
    """No holiday of 2026 to 2031 moves a turn by more than four days, so that a turn never reaches the next one."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(6 * 365 + 1)]
    far = max(moved_off_holidays(day) - day for day in days)

    assert far == timedelta(days=4)
    assert sum(is_bank_holiday(day) and day.weekday() < SATURDAY for day in days) == 6 * 8


def test_moved_turns_keep_their_period() -> None:
    """A turn that Christmas moves into the next week is still the check-in of its own week, and the next week has its own."""
    found = shown(rhythm(FRIDAY), "2026-12-14", "2027-01-16")

    assert found == [
        ("2026-W51", "Fri 18 Dec 14:00"),
        ("2026-W52", "Tue 29 Dec 14:00"),
        ("2026-W53", "Mon 04 Jan 14:00"),
        ("2027-W01", "Fri 08 Jan 14:00"),
        ("2027-W02", "Fri 15 Jan 14:00"),
    ]


def test_moved_turns_are_found() -> None:
    """A moved turn is found however narrow the stretch around it."""
    found = shown(rhythm(FRIDAY), "2026-12-29 13:59", "2026-12-29 14:00")

    assert found == [("2026-W52", "Tue 29 Dec 14:00")]


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Pacific/Kiritimati", "2026-11-18 00:00"),
        ("Asia/Kathmandu", "2026-11-18 08:15"),
        ("America/Los_Angeles", "2026-11-18 22:00"),
        ("Pacific/Pago_Pago", "2026-11-19 01:00"),
    ],
)
def test_far_zones(zone: str, due: str) -> None:
    """The day of the week is the ward's own, wherever it is."""
    turn = next_occurrence(rhythm(zone=zone), utc("2026-11-16"))

    assert turn is not None
    assert (turn.period, turn.due) == ("2026-W47", utc(due))


def test_new_year_in_the_far_west() -> None:
    """A turn on the last day of a year is found where it is the next year already in Greenwich."""
    samoa = rhythm(3, zone="Pacific/Pago_Pago")
    found = list(occurrences(samoa, utc("2027-01-01 00:00"), utc("2027-01-02 00:00")))

    assert [(turn.period, turn.due) for turn in found] == [("2026-W53", utc("2027-01-01 01:00"))]


def test_midnight_changes() -> None:
    """Where clocks change at midnight, turns on that day keep their time."""
    cairo = rhythm(FRIDAY, zone="Africa/Cairo")

    assert shown(cairo, "2027-04-23", "2027-05-01") == [
        ("2027-W16", "Fri 23 Apr 14:00"),
        ("2027-W17", "Fri 30 Apr 14:00"),
    ]
    assert next_occurrence(cairo, utc("2027-04-29 22:30")) is not None


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("pace", [1, 2, 4])
def test_years_ahead(weekday: int, pace: Pace) -> None:
    """From 2026 to 2031 no two turns share a period, and at least three days lie between any two."""
    found = list(occurrences(rhythm(weekday, every_weeks=pace), utc("2026-01-05"), utc("2032-01-05")))
    gaps = [later.due - earlier.due for earlier, later in pairwise(found)]

    assert len({turn.period for turn in found}) == len(found)
    assert len(found) in {313 // pace, 313 // pace + 1}
    assert min(gaps) >= timedelta(days=3) - timedelta(hours=1)


def test_next_turn() -> None:
    """The next turn comes after this very moment, and not in a period that is known already."""
    weekly = rhythm()
    at_two = london("2026-11-18 14:00")
    next_one = next_occurrence(weekly, at_two)
    later = next_occurrence(weekly, at_two, known=frozenset({"2026-W48", "2026-W49"}))

    assert next_one is not None
    assert later is not None
    assert (next_one.period, later.period) == ("2026-W48", "2026-W50")


def test_default_rhythm() -> None:
    """Unless a ward says otherwise, check-ins come every Wednesday at 14:00 in London."""
    plain = Rhythm(anchor=date(2026, 11, 16), since=utc("2026-11-16").astimezone(UTC))

    assert shown(plain, "2026-11-16", "2026-11-26") == [
        ("2026-W47", "Wed 18 Nov 14:00"),
        ("2026-W48", "Wed 25 Nov 14:00"),
    ]
