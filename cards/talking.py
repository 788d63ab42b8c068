"""What the bot answers to what people say: help, and plain sentences.

A card that is always the same is made once, as making it is most of the work of an answer: it is to be sent, and never changed.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from bot.domain.commands import COMMANDS, Where, Word
from bot.domain.wards import Links
from cards.footer import all_links
from cards.parts import Card, Part, button, buttons, finished, run, says, text_line, title
from cards.verbs import VERBS

HELP = "What you can ask for"
HOW_TO_ASK = {
    Where.CHANNEL: "Mention me and say one of these, or tap a button.",
    Where.PERSONAL: "Say one of these, or tap a button.",
}
UNKNOWN = "I did not understand that. You can tap one of these, or say “help”."

BUTTONS = {
    Word.HELP: "Help",
    Word.SET_UP: "Set up this ward",
    Word.CHECK_IN_NOW: "Check in now",
    Word.STATUS: "Status",
    Word.PAUSE: "Pause",
}
FROM_HELP = {
    Where.CHANNEL: (Word.STATUS, Word.CHECK_IN_NOW, Word.SET_UP),
    Where.PERSONAL: (Word.STATUS, Word.CHECK_IN_NOW, Word.PAUSE),
}
COMMONEST = (Word.HELP, Word.STATUS, Word.CHECK_IN_NOW)

NO_LINKS = Links()


@lru_cache(maxsize=2_048)
def help_card(where: Where, links: Links = NO_LINKS) -> Card:
    """Every command that can be said here, buttons for the commonest, and the links that the ward gave."""
    lines: list[Part] = [
        text_line(run(command.title, bold=True), run(f": {command.says}"), spacing="Small")
        for command in COMMANDS
        if where in command.where
    ]
    row = _row(FROM_HELP[where])
    return finished([title(HELP), says(HOW_TO_ASK[where]), *lines, row, *all_links(links)], fallback=HELP)


@cache
def unknown(where: Where) -> Card:  # noqa: ARG001 -- the answer is the same in both places for now
    """The answer to words the bot does not know. What was said is not repeated."""
    return finished([says(UNKNOWN), _row(COMMONEST)], fallback=UNKNOWN)


def sentence(text: str) -> Card:
    """One plain sentence, which may hold typed text or names."""
    return finished([text_line(run(text))], fallback=text)


def refused(text: str) -> Card:
    """Why something was not done, and whom to ask."""
    return finished([text_line(run(text)), _row((Word.HELP,))], fallback=text)


def _row(words: Sequence[Word]) -> Part:
    return buttons(*(button(BUTTONS[word], VERBS[word]) for word in words))
