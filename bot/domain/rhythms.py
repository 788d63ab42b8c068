"""A ward's rhythm: when its check-ins are due, computed from the calendar and never from a timer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from dateutil.rrule import WEEKLY, rrule
from pydantic import BaseModel, ConfigDict

#: Nothing is posted outside these hours, local to the ward: day staff are on shift and nobody is woken.
WORKING_FROM = time(8)
WORKING_UNTIL = time(18)

#: A check-in that could not be posted on time is still sensible for this long.
GRACE = timedelta(hours=24)

#: How far back a ward's missing check-ins are looked for and named.
LOOK_BACK = timedelta(weeks=8)

WINDOW_DAYS = 7
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SATURDAY = 5


class Rhythm(BaseModel):
    """When a ward's check-ins are posted.

    `weekday` 0 is Monday. `anchor` is a day in the first week of the cycle, which fixes the weeks of a two- or four-weekly rhythm. Due times before
    `since` do not count (the ward was not set up, or set up differently). Until the start of the day `paused_until` nothing is due. `skipped` holds
    periods that a lead has taken out.
    """

    model_config = ConfigDict(frozen=True)

    weekday: int = 2
    at: time = time(14)
    zone: str = "Europe/London"
    every_weeks: Literal[1, 2, 4] = 1
    anchor: date
    since: datetime
    paused_until: date | None = None
    skipped: tuple[str, ...] = ()

    @property
    def timezone(self) -> ZoneInfo:
        """The ward's time zone."""
        return ZoneInfo(self.zone)

    def local(self, moment: datetime) -> datetime:
        """`moment` on the ward's own clock."""
        return moment.astimezone(self.timezone)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One turn of the rhythm: the period it belongs to and the moment (UTC) its check-in is due."""

    period: str
    due: datetime


@dataclass(frozen=True, slots=True)
class _Turn:
    """An occurrence with its own day and the day that holidays move it to."""

    nominal: date
    day: date
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Due:
    """A check-in to post now, late or not."""

    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class TooLate:
    """A check-in that was not posted while it still made sense."""

    occurrence: Occurrence


def period_of(day: date) -> str:
    """The period a day belongs to: its ISO 8601 week, as "2026-W47" (the year is the week's, not the day's)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG", language="en_GB")


def is_bank_holiday(day: date) -> bool:
    """Whether `day` is a bank holiday in England (the `holidays` package, after gov.uk/bank-holidays)."""
    return day in _bank_holidays()


def moved_off_holidays(day: date) -> date:
    """`day`, or the next working day (Monday to Friday, no bank holiday) where it is a bank holiday."""
    if not is_bank_holiday(day):
        return day
    while day.weekday() >= SATURDAY or is_bank_holiday(day):
        day += timedelta(days=1)
    return day


def _moment(rhythm: Rhythm, day: date, at: time) -> datetime:
    return datetime.combine(day, at, rhythm.timezone).astimezone(UTC)


def _week_number(day: date) -> int:
    """Whole weeks, Monday to Sunday, since 1 January of the year 1, which was a Monday."""
    return (day.toordinal() - 1) // 7


@lru_cache(maxsize=1024)
def _turns(weekday: int, at: time, zone: str, every_weeks: int, phase: int, year: int) -> tuple[_Turn, ...]:
    """A year of a rhythm, by its turns' own days. Kept, because wards share rhythms and each ward is looked at on every wake."""
    new_year = date(year, 1, 1)
    behind = timedelta(days=new_year.weekday(), weeks=(_week_number(new_year) - phase) % every_weeks)
    start = datetime.combine(new_year - behind, time())
    turns: list[_Turn] = []
    for moment in rrule(WEEKLY, dtstart=start, until=datetime(year, 12, 31), interval=every_weeks, byweekday=weekday):  # noqa: DTZ001
        nominal = moment.date()
        if nominal.year == year:
            day = moved_off_holidays(nominal)
            due = datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
            turns.append(_Turn(nominal, day, Occurrence(period_of(nominal), due)))
    return tuple(turns)


def occurrences(rhythm: Rhythm, after: datetime, until: datetime) -> Iterator[Occurrence]:
    """Every turn due in the half-open stretch (`after`, `until`], oldest first, pauses and skips left out."""
    monday = rhythm.anchor - timedelta(days=rhythm.anchor.weekday())
    phase = _week_number(monday) % rhythm.every_weeks
    # A holiday moves a turn by days, so the search starts a week wide of the stretch; local dates are at most a day off UTC's.
    years = range((after - timedelta(weeks=1)).year, (until + timedelta(days=1)).year + 1)
    for year in years:
        for found in _turns(rhythm.weekday, rhythm.at, rhythm.zone, rhythm.every_weeks, phase, year):
            turn = found.occurrence
            if turn.due <= after or turn.due < rhythm.since or found.nominal < monday:
                continue
            if turn.due > until:
                return
            paused = rhythm.paused_until is not None and found.day < rhythm.paused_until
            if not paused and turn.period not in rhythm.skipped:
                yield turn


def next_occurrence(rhythm: Rhythm, now: datetime, *, known: frozenset[str] = frozenset()) -> Occurrence | None:
    """The first turn after `now` that no pause or skip takes out and whose period is not in `known`."""
    horizon = now
    if rhythm.paused_until is not None:
        horizon = max(now, _moment(rhythm, rhythm.paused_until, time()))
    until = horizon + timedelta(weeks=rhythm.every_weeks * (len(rhythm.skipped) + 3))
    return next((turn for turn in occurrences(rhythm, now, until) if turn.period not in known), None)


def in_working_hours(rhythm: Rhythm, moment: datetime) -> bool:
    """Whether the ward's own clock stands between 08:00 and 18:00."""
    return WORKING_FROM <= rhythm.local(moment).time() < WORKING_UNTIL


def next_working_moment(rhythm: Rhythm, moment: datetime) -> datetime:
    """`moment` itself inside working hours, else the next 08:00 on the ward's clock."""
    if in_working_hours(rhythm, moment):
        return moment
    local = rhythm.local(moment)
    day = local.date() if local.time() < WORKING_FROM else local.date() + timedelta(days=1)
    return _moment(rhythm, day, WORKING_FROM)


def what_is_due(rhythm: Rhythm, now: datetime, known: frozenset[str]) -> list[Due | TooLate]:
    """What ought to be there by `now` and is not, given the periods that already have a check-in (open, closed or missed).

    Late is better than lost: a turn is posted up to 24 hours late, inside working hours; after that it is named as missed.
    """
    answer: list[Due | TooLate] = []
    for turn in occurrences(rhythm, max(now - LOOK_BACK, rhythm.since - timedelta(seconds=1)), now):
        if turn.period in known:
            continue
        if next_working_moment(rhythm, now) - turn.due > GRACE:
            answer.append(TooLate(turn))
        elif in_working_hours(rhythm, now):
            answer.append(Due(turn))
    return answer


def closes_at(rhythm: Rhythm, opened: datetime, period: str) -> datetime:
    """When a check-in opened at `opened` closes: after seven days at the same wall-clock time, or when the next period's is due.

    Whichever is sooner.
    """
    local = rhythm.local(opened)
    end = _moment(rhythm, local.date() + timedelta(days=WINDOW_DAYS), local.time())
    following = next_occurrence(rhythm, opened, known=frozenset({period}))
    return min(end, following.due) if following else end


def remind_at(rhythm: Rhythm, opened: datetime, closes: datetime) -> datetime | None:
    """The middle day of the window at the hour it opened, inside working hours; None where the window is under two days."""
    days = round((closes - opened) / timedelta(days=1))
    if days < 2:
        return None
    local = rhythm.local(opened)
    at = min(max(local.time(), WORKING_FROM), time(17, 59))
    return _moment(rhythm, local.date() + timedelta(days=days // 2), at)


def _first_day(now: datetime, weekday: int, at: time, zone: str) -> date:
    """The day of the first turn after `now`: a cycle of several weeks starts with it, not a fortnight later."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    return day if day > local.date() or at > local.time() else day + timedelta(weeks=1)


def started(now: datetime, weekday: int, at: time, every_weeks: Literal[1, 2, 4], zone: str) -> Rhythm:
    """A new rhythm, from `now` on."""
    anchor = _first_day(now, weekday, at, zone)
    return Rhythm(weekday=weekday, at=at, zone=zone, every_weeks=every_weeks, anchor=anchor, since=now)


def pause_over(rhythm: Rhythm, now: datetime) -> Rhythm:
    """`rhythm` without a pause that has ended by `now`. What fell into it stays unasked."""
    if rhythm.paused_until is None or rhythm.local(now).date() < rhythm.paused_until:
        return rhythm
    since = max(rhythm.since, _moment(rhythm, rhythm.paused_until, time()))
    return rhythm.model_copy(update={"paused_until": None, "since": since})


def changed(
    old: Rhythm, *, weekday: int, at: time, every_weeks: Literal[1, 2, 4], now: datetime, zone: str | None = None
) -> Rhythm:
    """`old` with another day, time, pace or zone from `now` on.

    Turns already past stay past, what was skipped stays skipped, and the cycle keeps its weeks unless its pace changes.
    """
    zone = zone or old.zone
    if (weekday, at, every_weeks, zone) == (old.weekday, old.at, old.every_weeks, old.zone):
        return old
    anchor = old.anchor if every_weeks == old.every_weeks else _first_day(now, weekday, at, zone)
    update = {
        "weekday": weekday,
        "at": at,
        "every_weeks": every_weeks,
        "zone": zone,
        "anchor": anchor,
        "since": now,
    }
    return old.model_copy(update=update)
