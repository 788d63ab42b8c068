"""A rhythm that is started, changed, paused, resumed, or left out for once."""

from datetime import date, time

import pytest

from bot.domain.rhythms import Due, TooLate, changed, next_occurrence, pause_over, started, what_is_due
from tests.domain.times import FRIDAY, SATURDAY, TWO, WEDNESDAY, Pace, london, rhythm, shown

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-16 09:00", ("2026-W47", "Wed 18 Nov 14:00")),
        ("2026-11-18 13:59", ("2026-W47", "Wed 18 Nov 14:00")),
        ("2026-11-18 14:00", ("2026-W48", "Wed 25 Nov 14:00")),
        ("2026-11-18 14:01", ("2026-W48", "Wed 25 Nov 14:00")),
        ("2026-11-22 23:59", ("2026-W48", "Wed 25 Nov 14:00")),
    ],
)
@pytest.mark.parametrize("pace", [1, 2, 4])
def test_started(now: str, first: tuple[str, str], pace: Pace) -> None:
    """Whatever its pace, a new rhythm starts with the first turn that is still to come."""
    new = started(london(now), WEDNESDAY, TWO, pace, "Europe/London")

    assert shown(new, "2026-11-01", "2027-01-01")[0] == first
    assert what_is_due(new, london(now), NOTHING) == []


def test_started_on_a_holiday() -> None:
    """A ward set up on Christmas morning for Fridays has its first check-in after the holidays."""
    new = started(london("2026-12-25 09:00"), FRIDAY, TWO, 4, "Europe/London")

    assert shown(new, "2026-12-01", "2027-02-01") == [
        ("2026-W52", "Tue 29 Dec 14:00"),
        ("2027-W03", "Fri 22 Jan 14:00"),
    ]


def test_same_rhythm() -> None:
    """A change that changes nothing leaves the rhythm, and since when it runs, alone."""
    old = rhythm(paused_until=date(2026, 12, 1))

    assert changed(old, weekday=WEDNESDAY, at=TWO, every_weeks=1, now=london("2026-11-18 15:00")) is old


def test_changed_after_the_turn() -> None:
    """Moved from Wednesday to Friday after this week's check-in went out, the rhythm goes on next Friday."""
    new = changed(rhythm(), weekday=FRIDAY, at=time(9), every_weeks=1, now=london("2026-11-18 15:00"))
    known = frozenset({"2026-W47"})
    following = next_occurrence(new, london("2026-11-18 15:00"), known=known)

    assert what_is_due(new, london("2026-11-20 10:00"), known) == []
    assert following is not None
    assert following.due == london("2026-11-27 09:00")


def test_changed_before_the_turn() -> None:
    """Moved from Friday to Wednesday on a Thursday, the rhythm has no check-in in the past: it goes on next Wednesday."""
    now = london("2026-11-19 10:00")
    new = changed(rhythm(FRIDAY), weekday=WEDNESDAY, at=TWO, every_weeks=1, now=now)
    following = next_occurrence(new, now)

    assert what_is_due(new, now, NOTHING) == []
    assert following is not None
    assert following.due == london("2026-11-25 14:00")


def test_changed_past_stays_past() -> None:
    """Turns of the old rhythm and turns that the new one would have had are not brought to life by a change."""
    now = london("2026-11-19 10:00")
    new = changed(rhythm(), weekday=0, at=time(9), every_weeks=2, now=now)

    assert what_is_due(new, now, NOTHING) == []
    assert shown(new, "2026-01-01", "2026-12-22") == [
        ("2026-W48", "Mon 23 Nov 09:00"),
        ("2026-W50", "Mon 07 Dec 09:00"),
        ("2026-W52", "Mon 21 Dec 09:00"),
    ]


def test_changed_at_the_very_moment() -> None:
    """A rhythm changed at the moment that its new turn is due has that turn."""
    now = london("2026-11-19 10:00")
    new = changed(rhythm(), weekday=3, at=time(10), every_weeks=1, now=now)

    assert [type(answer) for answer in what_is_due(new, now, NOTHING)] == [Due]
    assert what_is_due(new, now, frozenset({"2026-W47"})) == []


def test_changed_keeps_its_weeks() -> None:
    """Another day or time leaves a two-weekly rhythm in its weeks; another pace starts with the next turn."""
    old = rhythm(every_weeks=2, anchor="2026-11-02")
    now = london("2026-11-18 15:00")
    friday = changed(old, weekday=FRIDAY, at=TWO, every_weeks=2, now=now)
    four = changed(old, weekday=WEDNESDAY, at=TWO, every_weeks=4, now=now)

    assert [period for period, _ in shown(friday, "2026-11-01", "2026-12-20")] == ["2026-W47", "2026-W49", "2026-W51"]
    assert [period for period, _ in shown(four, "2026-11-01", "2027-01-01")] == ["2026-W48", "2026-W52"]


def test_changed_keeps_what_was_skipped() -> None:
    """A week that a lead left out stays left out when the rhythm moves to another day of it."""
    old = rhythm(skipped=("2026-W47",))
    new = changed(old, weekday=FRIDAY, at=TWO, every_weeks=1, now=london("2026-11-18 15:00"))

    assert what_is_due(new, london("2026-11-20 14:00"), NOTHING) == []
    assert shown(new, "2026-11-16", "2026-11-28") == [("2026-W48", "Fri 27 Nov 14:00")]


def test_changed_keeps_the_pause() -> None:
    """A paused ward stays paused when its rhythm changes."""
    old = rhythm(paused_until=date(2026, 12, 4))
    new = changed(old, weekday=FRIDAY, at=TWO, every_weeks=1, now=london("2026-11-18 15:00"))

    assert shown(new, "2026-11-16", "2026-12-12") == [
        ("2026-W49", "Fri 04 Dec 14:00"),
        ("2026-W50", "Fri 11 Dec 14:00"),
    ]


def test_paused() -> None:
    """Nothing is due before the day that a pause ends, then or in hindsight."""
    paused = rhythm(paused_until=date(2026, 12, 2))
    following = next_occurrence(paused, london("2026-11-18 09:00"))

    assert what_is_due(paused, london("2026-11-18 14:00"), NOTHING) == []
    assert what_is_due(paused, london("2026-12-02 13:59"), NOTHING) == []
    assert [type(answer) for answer in what_is_due(paused, london("2026-12-02 14:00"), NOTHING)] == [Due]
    assert following is not None
    assert following.due == london("2026-12-02 14:00")


def test_paused_for_a_year() -> None:
    """The next turn is known however long the pause."""
    following = next_occurrence(rhythm(every_weeks=4, paused_until=date(2027, 11, 17)), london("2026-11-18 09:00"))

    assert following is not None
    assert following.period == "2027-W49"


@pytest.mark.parametrize(
    ("weekday", "until", "first"),
    [
        (WEDNESDAY, date(2026, 12, 25), ("2026-W53", "Wed 30 Dec 14:00")),
        (FRIDAY, date(2026, 12, 25), ("2026-W52", "Tue 29 Dec 14:00")),
        (FRIDAY, date(2026, 12, 29), ("2026-W52", "Tue 29 Dec 14:00")),
        (FRIDAY, date(2026, 12, 30), ("2026-W53", "Mon 04 Jan 14:00")),
        (SATURDAY, date(2026, 12, 26), ("2026-W52", "Tue 29 Dec 14:00")),
    ],
)
def test_pause_ends_on_a_holiday(weekday: int, until: date, first: tuple[str, str]) -> None:
    """A turn that a holiday moves counts on the day it moves to, when a pause ends over the holidays."""
    assert shown(rhythm(weekday, paused_until=until), "2026-12-01", "2027-01-10")[0] == first


def test_pause_over() -> None:
    """A pause that has ended can be taken off the rhythm: what fell into it stays unasked, and what comes after it comes."""
    paused = rhythm(paused_until=date(2026, 12, 2))
    before = pause_over(paused, london("2026-12-01 23:59"))
    after = pause_over(paused, london("2026-12-02 00:00"))

    assert before is paused
    assert after.paused_until is None
    assert pause_over(after, london("2026-12-09 00:00")) is after
    assert shown(after, "2026-11-01", "2026-12-20") == shown(paused, "2026-11-01", "2026-12-20")
    assert shown(after, "2026-11-01", "2026-12-03") == [("2026-W49", "Wed 02 Dec 14:00")]


def test_pause_over_before_the_rhythm() -> None:
    """Taking an old pause off never brings back turns from before the rhythm was changed."""
    changed_since = rhythm(paused_until=date(2026, 11, 4), since=london("2026-11-18 15:00"))

    assert pause_over(changed_since, london("2026-11-19 09:00")).since == london("2026-11-18 15:00")


def test_resumed() -> None:
    """Resumed early, a ward goes on with the next turn; those in the pause stay unposted and are not called missed."""
    now = london("2026-11-26 10:00")
    resumed = rhythm(paused_until=date(2027, 1, 1)).model_copy(update={"paused_until": None, "since": now})

    assert what_is_due(resumed, now, NOTHING) == []
    assert [type(answer) for answer in what_is_due(resumed, london("2026-12-02 14:05"), NOTHING)] == [Due]


def test_skipped() -> None:
    """A turn left out is neither posted nor missed, and the one after it comes."""
    without = rhythm(skipped=("2026-W47",), since=london("2026-11-16 00:00"))
    following = next_occurrence(without, london("2026-11-16 09:00"))

    assert what_is_due(without, london("2026-11-18 14:00"), NOTHING) == []
    assert what_is_due(without, london("2026-11-24 14:00"), NOTHING) == []
    assert following is not None
    assert following.period == "2026-W48"


def test_skipped_moved_turn() -> None:
    """A turn that a holiday moves into the next week is left out by its own week, and the next week's stays."""
    without = rhythm(FRIDAY, skipped=("2026-W52",))

    assert [period for period, _ in shown(without, "2026-12-14", "2027-01-05")] == ["2026-W51", "2026-W53"]


def test_long_missed_are_named_after_a_change() -> None:
    """After a change, a turn of the new rhythm that was never posted is missed like any other."""
    new = changed(rhythm(), weekday=FRIDAY, at=TWO, every_weeks=1, now=london("2026-11-18 15:00"))
    answers = what_is_due(new, london("2026-11-23 10:00"), NOTHING)

    assert [(type(answer), answer.occurrence.period) for answer in answers] == [(TooLate, "2026-W47")]
