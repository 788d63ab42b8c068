"""What ought to be there and is not: on time, late, waiting for the morning, or missed."""

from datetime import time, timedelta

import pytest

from bot.domain.rhythms import Due, TooLate, in_working_hours, next_working_moment, what_is_due
from tests.domain.times import FRIDAY, london, rhythm, utc

NOTHING: frozenset[str] = frozenset()
W47 = frozenset({"2026-W47"})


def names(
    now: str, known: frozenset[str] = NOTHING, *, weekday: int = 2, at: time = time(14), since: str = "2026-11-16 09:00"
) -> list[tuple[type[Due | TooLate], str]]:
    """What is due at a moment in London, as kind and period."""
    answers = what_is_due(rhythm(weekday, at, since=london(since)), london(now), known)
    return [(type(answer), answer.occurrence.period) for answer in answers]


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        ("2026-11-18 13:59:59", []),
        ("2026-11-18 14:00", [(Due, "2026-W47")]),
        ("2026-11-18 16:20", [(Due, "2026-W47")]),
        ("2026-11-18 17:59:59", [(Due, "2026-W47")]),
        ("2026-11-18 18:00", []),
        ("2026-11-19 03:10", []),
        ("2026-11-19 07:59:59", []),
        ("2026-11-19 08:00", [(Due, "2026-W47")]),
        ("2026-11-19 14:00", [(Due, "2026-W47")]),
        ("2026-11-19 14:00:01", [(TooLate, "2026-W47")]),
        ("2026-11-20 09:00", [(TooLate, "2026-W47")]),
    ],
)
def test_late(now: str, answer: list[tuple[type, str]]) -> None:
    """A turn is posted up to 24 hours late and inside working hours; at night it waits; after that it is missed."""
    assert names(now) == answer
    assert names(now, W47) == []


def test_missed_by_night() -> None:
    """At night, a turn that would be over 24 hours late by the morning is missed at once."""
    assert names("2026-11-18 18:00", at=time(8)) == []
    assert names("2026-11-19 08:00", at=time(8)) == [(Due, "2026-W47")]
    assert names("2026-11-19 18:00", at=time(14)) == [(TooLate, "2026-W47")]
    assert names("2026-11-19 07:00", at=time(7, 59)) == [(TooLate, "2026-W47")]


def test_last_minute_of_the_day() -> None:
    """A turn at 17:59 that was looked at after 18:00 is posted the next morning."""
    assert names("2026-11-18 18:00:10", at=time(17, 59)) == []
    assert names("2026-11-19 08:00:10", at=time(17, 59)) == [(Due, "2026-W47")]


def test_down_for_two_weeks() -> None:
    """Back after two weeks, each turn that was missed is named once, oldest first, and today's is posted."""
    now = "2026-12-02 15:00"
    missed = [(TooLate, "2026-W47"), (TooLate, "2026-W48")]

    assert names(now) == [*missed, (Due, "2026-W49")]
    assert names(now, frozenset({"2026-W47", "2026-W48", "2026-W49"})) == []
    assert names(now, frozenset({"2026-W48"})) == [missed[0], (Due, "2026-W49")]


def test_down_for_ever() -> None:
    """Turns are named for eight weeks back, no further."""
    found = names("2026-11-18 12:00", since="2026-01-05 09:00")

    assert [period for _, period in found] == [f"2026-W{week}" for week in range(39, 47)]


def test_since_is_a_bound() -> None:
    """A turn due at the moment since when the rhythm runs counts; one due a second before does not."""
    assert names("2026-11-18 14:05", since="2026-11-18 14:00") == [(Due, "2026-W47")]
    assert names("2026-11-18 14:05", since="2026-11-18 14:00:01") == []
    assert names("2026-11-18 14:05", since="2026-11-18 14:00:00.5") == []


def test_clock_going_back() -> None:
    """A clock that was put back makes nothing due that is known, and nothing early."""
    assert names("2026-11-18 13:50", W47) == []
    assert names("2026-11-18 13:50") == []


def test_late_over_a_clock_change() -> None:
    """The 24 hours are counted in hours that pass, not by the clock on the wall."""
    since = "2026-03-23 09:00"

    assert names("2026-03-29 15:00", weekday=5, since=since) == [(Due, "2026-W13")]
    assert names("2026-03-29 15:01", weekday=5, since=since) == [(TooLate, "2026-W13")]


def test_moved_turn_late() -> None:
    """A turn that a holiday moved is late from the day it moved to, not from its own."""
    since = "2026-12-21 09:00"

    assert names("2026-12-28 15:00", weekday=FRIDAY, since=since) == []
    assert names("2026-12-29 15:00", weekday=FRIDAY, since=since) == [(Due, "2026-W52")]
    assert names("2026-12-31 15:00", weekday=FRIDAY, since=since) == [(TooLate, "2026-W52")]


def test_never_set_up_yet() -> None:
    """A rhythm that starts in the future has nothing due."""
    assert names("2026-11-18 15:00", since="2026-11-19 09:00") == []


@pytest.mark.parametrize(
    ("moment", "inside", "following"),
    [
        ("2026-11-18 07:59:59", False, "2026-11-18 08:00"),
        ("2026-11-18 08:00", True, "2026-11-18 08:00"),
        ("2026-11-18 17:59:59", True, "2026-11-18 17:59:59"),
        ("2026-11-18 18:00", False, "2026-11-19 08:00"),
        ("2026-11-18 23:59", False, "2026-11-19 08:00"),
        ("2026-11-19 00:00", False, "2026-11-19 08:00"),
        ("2026-03-28 19:00", False, "2026-03-29 08:00"),
        ("2026-10-24 19:00", False, "2026-10-25 08:00"),
        ("2026-12-31 19:00", False, "2027-01-01 08:00"),
    ],
)
def test_working_hours(moment: str, inside: bool, following: str) -> None:
    """Working hours are from 08:00 up to 18:00 on the ward's own clock, each day of the year."""
    assert in_working_hours(rhythm(), london(moment)) is inside
    assert next_working_moment(rhythm(), london(moment)) == london(following)


def test_working_hours_elsewhere() -> None:
    """The hours are the ward's own, not London's."""
    auckland = rhythm(zone="Pacific/Auckland")

    assert in_working_hours(auckland, utc("2026-11-18 00:00"))
    assert not in_working_hours(auckland, utc("2026-11-18 10:00"))
    assert next_working_moment(auckland, utc("2026-11-18 10:00")) == utc("2026-11-18 19:00")


def test_wakes_do_not_wear() -> None:
    """Looked at every 15 minutes for four weeks, a ward has four check-ins, each posted on time."""
    weekly = rhythm(since=london("2026-11-16 09:00"))
    known: set[str] = set()
    posted = []
    for quarter in range(4 * 7 * 24 * 4):
        now = london("2026-11-16 09:00") + quarter * timedelta(minutes=15)
        for answer in what_is_due(weekly, now, frozenset(known)):
            known.add(answer.occurrence.period)
            posted.append((type(answer), now - answer.occurrence.due))

    assert posted == [(Due, timedelta(0))] * 4
