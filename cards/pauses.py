"""Small cards about a ward's rhythm: pause it, what was done to it, and which ward is meant."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from microsoft_teams.cards import DateInput

from bot.domain.rhythms import Occurrence
from bot.domain.ward_forms import BAD_DATE, tidy
from bot.domain.wards import Ward
from bot.errors import Problem
from cards.parts import (
    Card,
    Part,
    button,
    buttons,
    finished,
    pick_one,
    run,
    says,
    summary_of,
    text_line,
    title,
    with_problems,
)
from cards.verbs import Verb
from cards.words import day, escaped, moment

PAUSE_HEADING = "Pause check-ins for {ward}"
PAUSE_SAYS = "Nothing is asked before this day. What is open now stays open."
UNTIL = "Start again on"
PAUSE = "Pause"

PAUSED = "Check-ins for {ward} are paused."
PAUSED_UNTIL = "Check-ins for {ward} are paused until {until}."
RESUMED = "Check-ins for {ward} are on again."
LEFT_OUT = "The check-in of {day} is left out for {ward}."
PUT_BACK = "The check-in of {day} is back for {ward}."
NEXT_ONE = "The next check-in is on {when}."
NO_NEXT = "No check-in is planned."
PUT_IT_BACK = "Put it back"
RESUME = "Resume"

WHICH_WARD = "Which ward?"
YOU_LEAD = "You lead more than 1 ward. Pick the one you mean."
WARD = "Ward"
NEED_WARD = "Please pick a ward."
GO_ON = "Continue"


def pause_form(ward: Ward, problems: Sequence[Problem] = (), typed: Mapping[str, object] | None = None) -> Card:
    """Until when to pause; holds the day that was typed."""
    value = _day_typed((typed or {}).get("until"))
    heading = PAUSE_HEADING.format(ward=escaped(ward.name))
    box = DateInput(id="until", label=UNTIL, value=value, is_required=True, error_message=BAD_DATE)
    return finished(
        [
            *summary_of(problems, ("until",), {}),
            title(heading),
            says(PAUSE_SAYS),
            *with_problems(box, "until", problems),
            buttons(button(PAUSE, Verb.PAUSE, {"ward": ward.id})),
        ],
        fallback=PAUSE_HEADING.format(ward=ward.name),
    )


def said(
    sentence: str,
    ward: Ward | None = None,
    next_due: datetime | None = None,
    undo: tuple[str, Verb, Mapping[str, str]] | None = None,
) -> Card:
    """What was done, what comes next where a ward is given, and a button (label, verb, ids) to undo it. `sentence` may hold typed text."""
    parts: list[Part] = [text_line(run(sentence))]
    parts += [says(next_line(ward, next_due))] if ward else []
    if undo:
        label, verb, ids = undo
        parts.append(buttons(button(label, verb, ids)))
    return finished(parts, fallback=sentence)


def paused(ward: Ward, next_due: datetime | None) -> Card:
    """A pause is kept."""
    until = ward.rhythm.paused_until
    sentence = PAUSED_UNTIL.format(ward=ward.name, until=day(until)) if until else PAUSED.format(ward=ward.name)
    return said(sentence, ward, next_due, (RESUME, Verb.RESUME, {"ward": ward.id}))


def resumed(ward: Ward, next_due: datetime | None) -> Card:
    """A pause is over."""
    return said(RESUMED.format(ward=ward.name), ward, next_due)


def skipped(ward: Ward, turn: Occurrence, next_due: datetime | None) -> Card:
    """One turn is left out, and can be put back."""
    undo = (PUT_IT_BACK, Verb.UNSKIP, {"ward": ward.id, "period": turn.period})
    return said(LEFT_OUT.format(day=_day(ward, turn), ward=ward.name), ward, next_due, undo)


def put_back(ward: Ward, turn: Occurrence, next_due: datetime | None) -> Card:
    """A turn that was left out is due again."""
    return said(PUT_BACK.format(day=_day(ward, turn), ward=ward.name), ward, next_due)


def which_ward(wards: Sequence[Ward], verb: Verb) -> Card:
    """Which of several wards a lead means. The choice arrives as `ward`, with the verb that was asked for."""
    options = {ward.id: escaped(ward.name) for ward in wards}
    return finished(
        [
            title(WHICH_WARD),
            says(YOU_LEAD),
            pick_one("ward", WARD, options, None, needed=NEED_WARD),
            buttons(button(GO_ON, verb)),
        ],
        fallback=WHICH_WARD,
    )


def next_line(ward: Ward, next_due: datetime | None) -> str:
    """When the next check-in comes, if one does."""
    return NEXT_ONE.format(when=moment(ward, next_due)) if next_due else NO_NEXT


def _day_typed(typed: object) -> str | None:
    """What was typed, where a date box can hold it: people also say a date in words."""
    try:
        return date.fromisoformat(tidy(typed)).isoformat()
    except ValueError:
        return None


def _day(ward: Ward, turn: Occurrence) -> str:
    return day(ward.rhythm.local(turn.due).date())
