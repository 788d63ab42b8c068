"""Dates, counts and typed text in words."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.rhythms import Rhythm
from cards import words
from tests.cards.samples import CLOSES, OPENED, WARD

MARKS = "\\`*_~[]<>"


def test_moments_are_on_the_wards_clock() -> None:
    """A moment is told by the clocks of the ward, in winter and in summer, with numerals and no ordinals."""
    summer = datetime(2026, 6, 3, 13, tzinfo=UTC)

    assert words.moment(WARD, CLOSES) == "Wednesday 2 December, 14:00"
    assert words.moment(WARD, summer) == "Wednesday 3 June, 14:00"
    assert words.weekday(WARD, datetime(2026, 6, 3, 23, 30, tzinfo=UTC)) == "Thursday"
    assert words.day(date(2027, 1, 1)) == "Friday 1 January"
    assert words.clock(time(8, 5)) == "08:05"
    assert words.week("2026-W48") == "the week of 23 November 2026"
    assert words.week("2026-W01") == "the week of 29 December 2025"


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [(1, "every Wednesday at 14:00"), (2, "every second Wednesday at 14:00"), (4, "every fourth Wednesday at 14:00")],
)
def test_how_often(weeks: int, sentence: str) -> None:
    """A rhythm is told as people say it."""
    rhythm = Rhythm.model_validate({"every_weeks": weeks, "anchor": date(2026, 11, 25), "since": OPENED})

    assert words.often(WARD.model_copy(update={"rhythm": rhythm})) == sentence


@pytest.mark.parametrize(
    ("count", "still", "then"),
    [
        (0, "Nobody has answered yet", "Nobody answered this time"),
        (1, "1 person has answered", "1 person answered"),
        (4, "4 people have answered", "4 people answered"),
        (1200, "1,200 people have answered", "1,200 people answered"),
    ],
)
def test_counts(count: int, still: str, then: str) -> None:
    """One is a person, more are people, and none is nobody."""
    assert (words.have_answered(count), words.answered(count)) == (still, then)


def test_lists_of_names() -> None:
    """Names are listed as people say them."""
    assert words.listed([]) == ""
    assert words.listed(["Priya"]) == "Priya"
    assert words.listed(["Priya", "Joe"], "or") == "Priya or Joe"
    assert words.listed(["Priya", "Joe", "Tomasz"]) == "Priya, Joe and Tomasz"


@given(st.text())
@example("a\nb\u2028c\u202ed\x00")
def test_plain_text_stays_on_its_line(text: str) -> None:
    """Typed text cannot break its line or turn the direction of what follows."""
    plain = words.plain(text)

    assert "\n" not in plain
    assert plain == words.plain(plain)
    assert not set(plain) & set(
        "\r\x00\x85\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def test_plain_text_keeps_every_language() -> None:
    """Accents, other scripts and joined emoji stay as they were typed."""
    assert words.plain(" Zoë  said مرحبا 👩🏽\u200d⚕️ ") == "Zoë said مرحبا 👩🏽\u200d⚕️"


@given(st.text(alphabet=st.sampled_from(f"{MARKS}ab ()&#;!"), max_size=30))
@example("&lt;at&gt;Joe&lt;/at&gt;")
def test_escaped_text_has_no_marks(text: str) -> None:
    """Each mark of Markdown in typed text has a backslash before it, and is otherwise unchanged."""
    escaped = words.escaped(text)
    left, undone, at = "", "", 0
    while at < len(escaped):
        step = 2 if escaped[at] == "\\" else 1
        left += escaped[at] if step == 1 else ""
        undone += escaped[at + step - 1]
        at += step

    assert not set(left) & set(MARKS)
    assert undone == words.plain(text)
