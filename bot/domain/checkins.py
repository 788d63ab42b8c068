"""A check-in: one question to a ward for one period, the replies to it, and what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random

from bot.domain.privacy import WARD_THRESHOLD
from bot.domain.rhythms import Occurrence
from bot.domain.ward_forms import over, tidy
from bot.domain.wards import Person
from bot.errors import Problem, TellPerson

WENT_WELL_LIMIT = 400
IN_THE_WAY_LIMIT = 400
TRY_NEXT_LIMIT = 200

PICK_A_WORD = "Please pick 1 of the 5 words."


class Feeling(StrEnum):
    """How the project is going, in five words and never in numbers."""

    STUCK = "stuck"
    SLOW = "slow"
    STEADY = "steady"
    GOOD = "good"
    FLYING = "flying"


class State(StrEnum):
    """Where a check-in stands. A missed one was never posted; its reason is kept."""

    OPEN = "open"
    CLOSED = "closed"
    MISSED = "missed"


class Missed(StrEnum):
    """Why a check-in was never posted."""

    DOWN = "down"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a check-in came to, frozen at close. `feelings` is None below five answers."""

    answers: int
    feelings: Mapping[Feeling, int] | None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One ward's check-in for one period. Moments are UTC; `message_id` is Teams' id of its card once posted, `summary_id` of its summary.

    `removed`: somebody took it out of the record. It is shown no more, and its period does not come again.
    """

    id: str
    ward_id: str
    period: str
    state: State
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None = None
    message_id: str | None = None
    summary_id: str | None = None
    figures: Figures | None = None
    missed: Missed | None = None
    down_from: datetime | None = None
    down_until: datetime | None = None
    removed: bool = False


def is_over(check_in: CheckIn, now: datetime) -> bool:
    """Whether it takes no answers any more: closed, or past its end though nobody has closed it yet."""
    return check_in.state is not State.OPEN or check_in.closes_at <= now


@dataclass(frozen=True, slots=True)
class Reply:
    """One person's answer to one check-in. `named` only where they put their name to it; otherwise nothing here says who."""

    feeling: Feeling
    went_well: str = ""
    in_the_way: str = ""
    try_next: str = ""
    named: Person | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The second step of a reply: three optional lines, and whether the person puts their name to it."""

    went_well: str
    in_the_way: str
    try_next: str
    named: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What one tap changes in a reply: the word, the lines, or both. What is None stays as it was."""

    feeling: Feeling | None = None
    lines: Lines | None = None

    def applied(self, before: Reply | None, person: Person) -> Reply | None:
        """The reply after this change, or None where there would be no word in it."""
        feeling = self.feeling or (before.feeling if before else None)
        if feeling is None:
            return None
        reply = replace(before, feeling=feeling) if before else Reply(feeling)
        if self.lines is None:
            return reply
        named = person if self.lines.named else None
        return Reply(feeling, self.lines.went_well, self.lines.in_the_way, self.lines.try_next, named)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that is durably committed: the check-in it belongs to, as it is now."""

    check_in: CheckIn
    reply: Reply


@dataclass(frozen=True, slots=True)
class NotOpen:
    """The check-in exists and takes no answers any more."""

    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class NoWord:
    """Lines without a word: this person has no reply yet that they could belong to."""

    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which the service was not running, from its last heartbeat to its return."""

    started: datetime
    ended: datetime


def missed_turn(new_id: str, ward_id: str, turn: Occurrence, why: Missed, outage: Outage | None = None) -> CheckIn:
    """The check-in of a turn that was never posted."""
    return CheckIn(
        id=new_id,
        ward_id=ward_id,
        period=turn.period,
        state=State.MISSED,
        opened_at=turn.due,
        closes_at=turn.due,
        missed=why,
        down_from=outage.started if outage else None,
        down_until=outage.ended if outage else None,
    )


def read_feeling(form: Mapping[str, object]) -> Feeling:
    """The word picked on the card.

    Raises:
        TellPerson: where none, or one that does not exist, was picked.
    """
    try:
        return Feeling(tidy(form.get("feeling")))
    except ValueError:
        raise TellPerson([Problem("feeling", PICK_A_WORD)]) from None


LIMITS = {"went_well": WENT_WELL_LIMIT, "in_the_way": IN_THE_WAY_LIMIT, "try_next": TRY_NEXT_LIMIT}


def read_line(field: str, typed: object) -> str:
    """One of the three lines as typed.

    Raises:
        TellPerson: where it is too long.
    """
    text = tidy(typed)
    if sentence := over(LIMITS[field], text):
        raise TellPerson([Problem(field, sentence)])
    return text


def read_lines(form: Mapping[str, object]) -> Lines:
    """The three lines as typed. A toggle arrives as the text "true" or "false".

    Raises:
        TellPerson: with every line that is too long.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for field in LIMITS:
        try:
            texts[field] = read_line(field, form.get(field))
        except TellPerson as told:
            problems.extend(told.problems)
    if problems:
        raise TellPerson(problems)
    return Lines(**texts, named=_named(form))


def has_lines(form: Mapping[str, object]) -> bool:
    """Whether anything was written or a name put to it in the second step."""
    return any(tidy(form.get(field)) for field in LIMITS) or _named(form)


def _named(form: Mapping[str, object]) -> bool:
    return form.get("named") is True or tidy(form.get("named")).lower() == "true"


@dataclass(frozen=True, slots=True)
class Line:
    """Something a person wrote, and their name where they put it to it."""

    text: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a ward said in one check-in: the figures, and the lines people wrote in an order that says nothing."""

    figures: Figures
    went_well: tuple[Line, ...]
    in_the_way: tuple[Line, ...]
    try_next: tuple[Line, ...]


def figures(replies: Sequence[Reply]) -> Figures:
    """How many answered; and how many picked each word, from five answers up."""
    if len(replies) < WARD_THRESHOLD:
        return Figures(len(replies), None)
    return Figures(len(replies), {feeling: sum(r.feeling is feeling for r in replies) for feeling in Feeling})


def summarise(replies: Sequence[Reply], dice: Random) -> Summary:
    """The summary of a closed check-in. Each kind of line is shuffled on its own, so that no two lines can be seen to come from one person."""

    def lines(field: str) -> tuple[Line, ...]:
        found = [Line(text, r.named.name if r.named else None) for r in replies if (text := getattr(r, field))]
        dice.shuffle(found)
        return tuple(found)

    return Summary(figures(replies), lines("went_well"), lines("in_the_way"), lines("try_next"))
