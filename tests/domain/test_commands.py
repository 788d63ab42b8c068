"""The words people say to the bot, however they write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import COMMANDS, Said, Where, Word, understand


@pytest.mark.parametrize(
    ("spelling", "word"),
    [(spelling, command.word) for command in COMMANDS for spelling in (command.word.value, *command.also)],
)
def test_every_spelling(spelling: str, word: Word) -> None:
    """Each spelling is understood, in capitals, with white space of any kind around and in it, and as a sentence."""
    spaced = "\u00a0\n".join(f" {spelling} ".split(" "))

    assert understand(spelling) == Said(word, "")
    assert understand(spelling.upper()) == Said(word, "")
    assert understand(spelling.title()) == Said(word, "")
    assert understand(spaced) == Said(word, "")
    if spelling != "?":
        assert understand(f"{spelling.capitalize()}.") == Said(word, "")
        assert understand(f"{spelling}!!") == Said(word, "")
        assert understand(f"{spelling} ?") == Said(word, "")


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("pause 2026-12-01", Word.PAUSE, "2026-12-01"),
        ("Pause\u00a02026-12-01.", Word.PAUSE, "2026-12-01"),
        ("pause until 12 December", Word.PAUSE, "until 12 December"),
        ("skip next", Word.SKIP, ""),
        ("skip the next one, please", Word.SKIP, ""),
        ("skip", Word.SKIP, ""),
        ("Check in now Please!", Word.CHECK_IN_NOW, ""),
        ("help me", Word.HELP, ""),
        ("?", Word.HELP, ""),
        ("status?", Word.STATUS, ""),
    ],
)
def test_rest(text: str, word: Word, rest: str) -> None:
    """What comes after "pause" is kept as it was written; a please changes nothing."""
    assert understand(text) == Said(word, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u00a0",
        "thanks",
        "helpful",
        "pauses",
        "check in",
        "skip lunch is a real problem here",
        "skip next week",
        "change is hard",
        "status quo is not working",
        "resume the meeting",
        "now check in",
        "please help",
        "skipping",
        "!",
        "...",
        "<at>Ward Rhythms</at> help",
        "h\u0130",
        "\u0130",
        "\u200bhelp",
        "\ud800",
    ],
)
def test_unknown(text: str) -> None:
    """What only looks like a command, or begins like one, is none."""
    assert understand(text) is None


@given(st.text())
def test_any_text(text: str) -> None:
    """Whatever is said, there is an answer; what is left over is part of what was said."""
    for said in (text, *(f"{word} {text}" for word in Word)):
        answer = understand(said)
        if answer is not None:
            assert answer.rest in " ".join(said.split())
    assert understand(f"pause {text}") is not None


def test_one_meaning() -> None:
    """No spelling means two things."""
    spellings = [spelling for command in COMMANDS for spelling in (command.word.value, *command.also)]

    assert len(set(spellings)) == len(spellings)
    assert all(spelling == spelling.lower().strip() for spelling in spellings)
    assert {command.word for command in COMMANDS} == set(Word)


@pytest.mark.parametrize("where", Where)
def test_manifest_limits(where: Where) -> None:
    """The commands of each place fit the lists of a Teams manifest."""
    here = [command for command in COMMANDS if where in command.where]

    assert 0 < len(here) <= 12
    assert all(len(command.title) <= 128 and len(command.says) <= 4000 for command in here)
