"""Days and moments as the tests of the domain write them."""

from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.rhythms import Occurrence, Rhythm, occurrences

LONDON = ZoneInfo("Europe/London")
TWO = time(14)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WEDNESDAY, FRIDAY, SATURDAY = 2, 4, 5
Pace = Literal[1, 2, 4]


def utc(text: str) -> datetime:
    """A moment in UTC, from "2026-11-18 14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def london(text: str) -> datetime:
    """A moment in UTC, from what a clock in London shows."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def rhythm(
    weekday: int = WEDNESDAY,
    at: time = TWO,
    *,
    every_weeks: Pace = 1,
    anchor: str = "2026-01-05",
    since: datetime = LONG_AGO,
    zone: str = "Europe/London",
    paused_until: date | None = None,
    skipped: tuple[str, ...] = (),
) -> Rhythm:
    """A ward's rhythm: the default one, but for what a test cares about."""
    return Rhythm(
        weekday=weekday,
        at=at,
        zone=zone,
        every_weeks=every_weeks,
        anchor=date.fromisoformat(anchor),
        since=since,
        paused_until=paused_until,
        skipped=skipped,
    )


def turns(of: Rhythm, after: str, until: str) -> list[Occurrence]:
    """The turns between two moments on the ward's own clock."""
    ends = [datetime.fromisoformat(text).replace(tzinfo=of.timezone).astimezone(UTC) for text in (after, until)]
    return list(occurrences(of, *ends))


def shown(of: Rhythm, after: str, until: str) -> list[tuple[str, str]]:
    """The turns between two moments as people see them: the period, and "Wed 18 Nov 14:00" on the ward's own clock."""
    return [(turn.period, f"{of.local(turn.due):%a %d %b %H:%M}") for turn in turns(of, after, until)]
