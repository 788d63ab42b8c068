"""What a tap on a card asks for. Every button carries one of these words, and an opaque id or none."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.commands import Word


class Verb(StrEnum):
    """What a button asks for. It arrives as `verb` from Action.Execute and as `action` in the data of both actions."""

    VIEW = "check_in.view"
    SEND = "check_in.send"
    MINE = "check_in.mine"
    ADD = "check_in.add"
    DONE = "check_in.done"
    CHECK_IN_NOW = "check_in.now"
    SET_UP = "ward.set_up"
    SAVE_WARD = "ward.save"
    LEADS = "ward.leads"
    STATUS = "rhythm.status"
    PAUSE_FORM = "rhythm.pause_form"
    PAUSE = "rhythm.pause"
    RESUME = "rhythm.resume"
    SKIP = "rhythm.skip"
    UNSKIP = "rhythm.unskip"
    HELP = "talk.help"
    MY_DATA = "person.data"
    FORGET_FORM = "person.forget_form"
    FORGET = "person.forget"
    KEEP = "person.keep"


#: The button that does what a person can also say.
VERBS: Mapping[Word, Verb] = MappingProxyType(
    {
        Word.HELP: Verb.HELP,
        Word.SET_UP: Verb.SET_UP,
        Word.CHECK_IN_NOW: Verb.CHECK_IN_NOW,
        Word.STATUS: Verb.STATUS,
        Word.PAUSE: Verb.PAUSE_FORM,
        Word.RESUME: Verb.RESUME,
        Word.SKIP: Verb.SKIP,
        Word.LEADS: Verb.LEADS,
        Word.MY_DATA: Verb.MY_DATA,
        Word.FORGET_ME: Verb.FORGET_FORM,
    },
)
