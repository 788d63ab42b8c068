"""A ward's beginning: the welcome, and the news that it is set up."""

from datetime import datetime

from bot.domain.wards import Ward
from cards.footer import footer
from cards.parts import Card, Part, button, buttons, finished, run, says, section, text_line, title
from cards.verbs import Verb
from cards.ward_forms import set_up_form
from cards.words import escaped, listed, moment, often

__all__ = ["announce", "leads", "set_up_done", "set_up_form", "welcome"]

WELCOME = "Hello from Ward Rhythms"
WHY = "A change lasts when it becomes part of the week. I help your ward keep its improvement project going."
WHAT_I_DO = (
    "Each week I ask one question in a channel. People answer in two taps. After 7 days I post what the ward said."
)
WHAT_I_DO_NOT = "I do not keep names with answers unless people say so. By myself I post nothing at night."
NEXT_STEP = "Next step: go to your project’s channel, mention me and say “set up”. Or start here:"
SET_UP = "Set up this ward"

READY = "{ward} is set up"
NEXT_ONE = "The next check-in is on {when}."
NO_NEXT = "No check-in is planned."
CHANGE_ANY_TIME = "You can change any of this, or start a check-in now."
CHECK_IN_NOW = "Check in now"
CHANGE = "Change"

ANNOUNCED = "A check-in for “{project}”"
AIM = "Our aim: "
WHEN = "I ask one question here {often}."
HOW = "You pick 1 of 5 words. You can add more if you like. It stays open for 7 days, so nights can answer too."
NAMES = "Your name is not kept with your answer unless you say so. Nobody is told who has not answered."
THEN = "When it closes I post what the ward said, in the thread."
LED_BY = "Led by "
QUESTION_HEADING = "What will happen"
PRIVACY_HEADING = "Your name"

WHO_LEADS = "Who leads {ward}"
NO_LEADS = "Nobody leads this ward yet."
LEADS_CAN = "Leads can start, pause and skip check-ins."
TO_CHANGE = "To make people leads, say “leads” and mention them."


def welcome() -> Card:
    """The first thing a team sees: why, what, and the next step (Teams, "Welcome messages": send-proactive-messages.md)."""
    return finished(
        [
            title(WELCOME),
            says(WHY),
            says(WHAT_I_DO),
            says(WHAT_I_DO_NOT),
            says(NEXT_STEP),
            buttons(button(SET_UP, Verb.SET_UP)),
        ],
        fallback=WELCOME,
    )


def set_up_done(ward: Ward, next_due: datetime | None) -> Card:
    """The personal card after the set-up form is kept."""
    ids = {"ward": ward.id}
    return finished(
        [
            title(READY.format(ward=escaped(ward.name))),
            _next(ward, next_due),
            says(CHANGE_ANY_TIME),
            buttons(button(CHECK_IN_NOW, Verb.CHECK_IN_NOW, ids), button(CHANGE, Verb.SET_UP, ids)),
        ],
        fallback=READY.format(ward=ward.name),
    )


def announce(ward: Ward, next_due: datetime | None) -> Card:
    """The post that tells a channel what will happen, when, who reads it, and what becomes of names."""
    heading = ANNOUNCED.format(project=escaped(ward.project))
    aim: list[Part] = [text_line(run(AIM, bold=True), run(ward.aim))] if ward.aim else []
    return finished(
        [
            title(heading),
            *aim,
            section(QUESTION_HEADING),
            says(WHEN.format(often=often(ward))),
            _next(ward, next_due),
            says(HOW),
            says(THEN),
            section(PRIVACY_HEADING),
            says(NAMES),
            _led_by(ward),
            *footer(ward),
        ],
        fallback=ANNOUNCED.format(project=ward.project),
        wide=True,
    )


def leads(ward: Ward) -> Card:
    """Who leads a ward, and how that changes."""
    heading = WHO_LEADS.format(ward=escaped(ward.name))
    return finished(
        [title(heading), _led_by(ward), says(LEADS_CAN), says(TO_CHANGE)],
        fallback=WHO_LEADS.format(ward=ward.name),
    )


def _next(ward: Ward, next_due: datetime | None) -> Part:
    return says(NEXT_ONE.format(when=moment(ward, next_due)) if next_due else NO_NEXT)


def _led_by(ward: Ward) -> Part:
    names = listed([lead.name for lead in ward.leads])
    return text_line(run(LED_BY), run(names, bold=True), run(".")) if names else says(NO_LEADS)
