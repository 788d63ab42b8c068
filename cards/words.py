"""Dates, times, counts and names in words.

Source of the style: NHS digital service manual, content style guide ("Numbers, measurements, dates and time"): numerals also for 1 and 2, day before
month, no commas in dates, no ordinals. Times are written as wards write them, on the 24-hour clock. The machine's locale plays no part.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Literal

from bot.domain.checkins import Feeling
from bot.domain.rhythms import WEEKDAYS
from bot.domain.wards import Ward

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

NOBODY_ANSWERED_YET = "Nobody has answered yet"
ONE_HAS_ANSWERED = "1 person has answered"
MANY_HAVE_ANSWERED = "{count} people have answered"
NOBODY_ANSWERED = "Nobody answered this time"
ONE_ANSWERED = "1 person answered"
MANY_ANSWERED = "{count} people answered"

EVERY = {1: "every {weekday}", 2: "every second {weekday}", 4: "every fourth {weekday}"}
THIS_TIME = {1: "this week", 2: "in the last 2 weeks", 4: "in the last 4 weeks"}

FEELINGS: Mapping[str, str] = {feeling.value: feeling.value.capitalize() for feeling in Feeling}

#: Marks that turn the direction of all that follows, so that a line could pose as another (Unicode Standard Annex 9).
_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
#: Unicode categories that become a space: line and paragraph ends, control characters, and halves of characters that no encoder takes.
_BREAKS = {"Cc", "Cs", "Zl", "Zp"}
_MARKUP = re.compile(r"[\\`*_~\[\]<>]|&(?=#?\w+;)")


def plain(text: str) -> str:
    """Typed text on one line, without the invisible characters that could change how anything around it reads.

    Safe where no markup is read: a TextRun, the title of an option, `fallbackText`.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    spaced = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in text)
    return " ".join(spaced.translate(_TURNING).split())


def escaped(text: str) -> str:
    """Typed text for the middle of a TextBlock, where Markdown is read: its marks are shown, never obeyed (CommonMark 2.4, backslash escapes)."""
    return _MARKUP.sub(r"\\\g<0>", plain(text))


def listed(names: Sequence[str], word: Literal["and", "or"] = "and") -> str:
    """Names as a person says them: "Priya, Joe and Tomasz"."""
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def day(when: date) -> str:
    """A day as "Wednesday 2 December"."""
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def week(period: str) -> str:
    """A period, as "2026-W48", as "the week of 23 November 2026": the day is its Monday (ISO 8601)."""
    monday = datetime.strptime(f"{period}-1", "%G-W%V-%u").date()  # noqa: DTZ007 -- a day has no zone
    return f"the week of {monday.day} {MONTHS[monday.month - 1]} {monday.year}"


def clock(at: time) -> str:
    """A time of day as "14:00"."""
    return f"{at.hour:02d}:{at.minute:02d}"


def moment(ward: Ward, when: datetime) -> str:
    """A moment on the ward's own clock, as "Wednesday 2 December, 14:00"."""
    local = ward.rhythm.local(when)
    return f"{day(local)}, {clock(local.time())}"


def weekday(ward: Ward, when: datetime) -> str:
    """The day of the week a moment falls on for the ward."""
    return WEEKDAYS[ward.rhythm.local(when).weekday()]


def often(ward: Ward) -> str:
    """A ward's rhythm as "every Wednesday at 14:00"."""
    return f"{EVERY[ward.rhythm.every_weeks].format(weekday=WEEKDAYS[ward.rhythm.weekday])} at {clock(ward.rhythm.at)}"


def _counted(count: int, none: str, one: str, many: str) -> str:
    return {0: none, 1: one}.get(count, many.format(count=f"{count:,}"))


def have_answered(count: int) -> str:
    """How many have answered a check-in that is open."""
    return _counted(count, NOBODY_ANSWERED_YET, ONE_HAS_ANSWERED, MANY_HAVE_ANSWERED)


def answered(count: int) -> str:
    """How many answered a check-in that is closed."""
    return _counted(count, NOBODY_ANSWERED, ONE_ANSWERED, MANY_ANSWERED)
