"""The words people can say to the bot, once: the bot, its help, its buttons and the Teams app package all read this table."""

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """A place where people talk to the bot."""

    CHANNEL = "channel"
    PERSONAL = "personal"


class Word(StrEnum):
    """What a person may say, in the spelling shown to people."""

    HELP = "help"
    SET_UP = "set up"
    CHECK_IN_NOW = "check in now"
    STATUS = "status"
    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    LEADS = "leads"
    MY_DATA = "my data"
    FORGET_ME = "forget me"


@dataclass(frozen=True, slots=True)
class Command:
    """One word, what it does in a sentence, and where it can be said.

    Limits (Teams manifest 1.30, `commandLists`): `title` 128 characters, `says` 4,000, twelve commands a list.
    """

    word: Word
    title: str
    says: str
    where: frozenset[Where]
    also: tuple[str, ...] = ()


EVERYWHERE = frozenset(Where)
IN_CHANNEL = frozenset({Where.CHANNEL})
IN_PRIVATE = frozenset({Where.PERSONAL})

COMMANDS: tuple[Command, ...] = (
    Command(Word.HELP, "help", "What I do, and what you can ask for", EVERYWHERE, ("help me", "hello", "hi", "?")),
    Command(Word.SET_UP, "set up", "Set up this ward, or change it", EVERYWHERE, ("setup", "change", "settings")),
    Command(
        Word.CHECK_IN_NOW,
        "check in now",
        "Post this week's check-in now (leads)",
        EVERYWHERE,
        ("check-in now", "checkin now"),
    ),
    Command(Word.STATUS, "status", "What is open, what comes next, what was missed", EVERYWHERE),
    Command(Word.PAUSE, "pause", "Stop check-ins until a date (leads)", EVERYWHERE),
    Command(Word.RESUME, "resume", "Start check-ins again (leads)", EVERYWHERE, ("restart",)),
    Command(Word.SKIP, "skip", "Leave out the next check-in (leads)", EVERYWHERE, ("skip next", "skip the next one")),
    Command(Word.LEADS, "leads", "Who leads this ward; mention people to make them leads", IN_CHANNEL),
    Command(Word.MY_DATA, "my data", "What I keep about you", IN_PRIVATE, ("mydata", "what do you know about me")),
    Command(Word.FORGET_ME, "forget me", "Take away what I keep about you", IN_PRIVATE, ("delete my data", "erase me")),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as somebody said it: the word, and what came after it (`pause 12 December`)."""

    word: Word
    rest: str


#: Words that say more than themselves: until when to pause.
TAKES_MORE = frozenset({Word.PAUSE})
POLITE = "please"


def understand(text: str) -> Said | None:
    """The command in `text` (the bot's own mention already taken out), or None where it is none we know.

    The whole text has to be the command: "skip lunch is a problem here" skips nothing.
    """
    words = " ".join(text.split())
    # People end a sentence as they write; a question mark alone asks for help.
    words = words.rstrip(" .,!?") or words
    words = words[: -len(POLITE)].rstrip(" ,") if words.lower().endswith(" " + POLITE) else words
    lowered = words.lower()
    for command in COMMANDS:
        for spelling in (command.word.value, *command.also):
            if lowered == spelling:
                return Said(command.word, "")
            if command.word in TAKES_MORE and lowered.startswith(spelling + " "):
                return Said(command.word, words[len(spelling) :].strip())
    return None
