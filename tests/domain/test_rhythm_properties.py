"""Any zone, any rhythm, any pattern of downtime, any change of mind: one check-in per period, by day, on time or named as missed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rhythms import (
    GRACE,
    LOOK_BACK,
    Due,
    Rhythm,
    changed,
    closes_at,
    in_working_hours,
    moved_off_holidays,
    next_occurrence,
    next_working_moment,
    period_of,
    started,
    what_is_due,
)
from tests.domain.times import Pace
from tests.domain.zones import ZONES

zones = st.sampled_from(ZONES)
weekdays = st.integers(0, 6)
times = st.times(time(8), time(17, 59)).map(lambda at: at.replace(second=0, microsecond=0))
paces: st.SearchStrategy[Pace] = st.sampled_from([1, 2, 4])
starts = st.datetimes(datetime(2025, 12, 1), datetime(2031, 11, 30), timezones=st.just(UTC))  # noqa: DTZ001 -- Hypothesis adds the zone
gaps = st.one_of(
    st.timedeltas(timedelta(seconds=15), timedelta(hours=3)),
    st.timedeltas(timedelta(hours=3), timedelta(days=3)),
    st.timedeltas(timedelta(days=3), timedelta(days=70)),
    st.timedeltas(-timedelta(hours=2), timedelta(0)),
)
changes = st.tuples(weekdays, times, paces)
acts = st.one_of(st.none(), st.none(), changes, st.integers(1, 60), st.sampled_from(["resume", "skip", "now"]))


@dataclass
class Ward:
    """A ward, its scheduler and its leads, with everything that the domain was asked and answered."""

    rhythm: Rhythm
    now: datetime
    known: set[str] = field(default_factory=set)
    posted: list[tuple[datetime, datetime, Rhythm]] = field(default_factory=list)

    def open(self, period: str) -> None:
        """Post a check-in now; where its rhythm is still as it was when the one before was posted, that one is closed."""
        assert period not in self.known
        if self.posted:
            _, closes, before = self.posted[-1]
            assert before != self.rhythm or closes <= self.now
        self.known.add(period)
        self.posted.append((self.now, closes_at(self.rhythm, self.now, period), self.rhythm))

    def wake(self, gap: timedelta) -> None:
        """Let some time pass and do what is due then."""
        self.now += gap
        answers = what_is_due(self.rhythm, self.now, frozenset(self.known))
        assert sum(isinstance(answer, Due) for answer in answers) <= 1
        for answer in answers:
            due = answer.occurrence.due
            if isinstance(answer, Due):
                assert timedelta(0) <= self.now - due <= GRACE
                assert in_working_hours(self.rhythm, self.now)
                self.open(answer.occurrence.period)
            else:
                assert next_working_moment(self.rhythm, self.now) - due > GRACE
                assert answer.occurrence.period not in self.known
                self.known.add(answer.occurrence.period)
        assert what_is_due(self.rhythm, self.now, frozenset(self.known)) == []

    def act(self, act: tuple[int, time, Pace] | int | str | None) -> None:
        """Do what a lead may do between two wakes: change, pause for some days, resume, skip, check in now."""
        today = self.rhythm.local(self.now).date()
        match act:
            case (weekday, at, pace):
                self.rhythm = changed(self.rhythm, weekday=weekday, at=at, every_weeks=pace, now=self.now)
            case int(days):
                self._update(paused_until=today + timedelta(days=days))
            case "resume":
                self._update(paused_until=None, since=self.now)
            case "skip":
                following = next_occurrence(self.rhythm, self.now, known=frozenset(self.known))
                assert following is not None
                self._update(skipped=(*self.rhythm.skipped, following.period))
            case "now" if period_of(today) not in self.known and all(
                closes <= self.now for _, closes, _ in self.posted
            ):
                self.open(period_of(today))

    def _update(self, **update: object) -> None:
        self.rhythm = self.rhythm.model_copy(update=update)


def calendar(rhythm: Rhythm, first: date, last: date) -> dict[str, datetime]:
    """Every turn's period and moment, found by looking at each day: another way to the same answer."""
    turns = {}
    anchor_week = rhythm.anchor - timedelta(days=rhythm.anchor.weekday())
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        weeks = (day - anchor_week).days // 7
        if day.weekday() == rhythm.weekday and weeks >= 0 and weeks % rhythm.every_weeks == 0:
            moved = datetime.combine(moved_off_holidays(day), rhythm.at, rhythm.timezone)
            turns[period_of(day)] = moved.astimezone(UTC)
    return turns


@given(zones, weekdays, times, paces, starts, st.lists(gaps, min_size=1, max_size=40))
def test_any_downtime(zone: str, weekday: int, at: time, pace: Pace, start: datetime, pattern: list[timedelta]) -> None:
    """Whatever the pattern of downtime, each turn of the calendar is posted once, on time and by day, or named as missed."""
    ward = Ward(started(start, weekday, at, pace, zone), start)
    latest = start
    for gap in pattern:
        ward.wake(gap)
        latest = max(latest, ward.now)
    turns = calendar(ward.rhythm, start.date() - timedelta(weeks=1), latest.date() + timedelta(days=1))
    ought = {period for period, due in turns.items() if start <= due and ward.now - LOOK_BACK < due < ward.now - GRACE}
    may = {period for period, due in turns.items() if start <= due <= latest}

    assert ought <= ward.known <= may


@given(zones, weekdays, times, paces, starts, st.lists(st.tuples(acts, gaps), min_size=1, max_size=40))
def test_any_change_of_mind(
    zone: str,
    weekday: int,
    at: time,
    pace: Pace,
    start: datetime,
    story: list[tuple[tuple[int, time, Pace] | int | str | None, timedelta]],
) -> None:
    """Whatever leads do between wakes, no period is had twice and nothing is posted at night, early or over a day late."""
    ward = Ward(started(start, weekday, at, pace, zone), start)
    for act, gap in story:
        ward.act(act)
        ward.wake(gap)

    assert len(ward.known) >= len(ward.posted)
    assert all(opened < closes <= opened + timedelta(days=7, hours=2) for opened, closes, _ in ward.posted)


@given(zones, weekdays, times, paces, starts)
def test_no_downtime(zone: str, weekday: int, at: time, pace: Pace, start: datetime) -> None:
    """Looked at every five hours, each turn of half a year is posted and none is missed."""
    ward = Ward(started(start, weekday, at, pace, zone), start)
    for _ in range(26 * 7 * 24 // 5):
        ward.wake(timedelta(hours=5))

    assert len(ward.posted) == len(ward.known)
    assert len(ward.posted) in range(26 // pace - 1, 26 // pace + 2)


@given(zones, weekdays, times, paces, starts, st.integers(0, 60), st.integers(0, 3))
def test_next_is_what_comes(
    zone: str, weekday: int, at: time, pace: Pace, start: datetime, pause: int, skips: int
) -> None:
    """The turn that a ward is told comes next is the next one that falls due, and nothing is due a second before."""
    ward = Ward(started(start, weekday, at, pace, zone), start)
    if pause:
        ward.act(pause)
    for _ in range(skips):
        ward.act("skip")
    following = next_occurrence(ward.rhythm, start)

    assert following is not None
    assert what_is_due(ward.rhythm, following.due - timedelta(seconds=1), frozenset()) == []
    assert what_is_due(ward.rhythm, following.due, frozenset()) == [Due(following)]
