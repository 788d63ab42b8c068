"""Where a ward's rhythm stands: what is open, what comes next, what was missed and why."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from microsoft_teams.cards import ExecuteAction

from bot.domain.checkins import CheckIn, Missed
from bot.domain.rhythms import period_of
from bot.domain.wards import Quiet, Ward
from cards.footer import all_links
from cards.parts import Card, Part, button, buttons, finished, quietly, run, says, section, text_line, title
from cards.pauses import PUT_IT_BACK, next_line, pause_form, paused, put_back, resumed, said, skipped, which_ward
from cards.verbs import Verb
from cards.words import day, escaped, have_answered, moment, often, weekday

__all__ = ["pause_form", "paused", "put_back", "resumed", "said", "skipped", "status", "which_ward"]

STATUS = "{ward}: how it stands"
OPEN_NOW = "A check-in is open until {until}. {count}."
NOTHING_OPEN = "No check-in is open."
RHYTHM = "I ask {often}."
PAUSED = "Check-ins are paused until {until}."
LEFT_OUT = "Left out: the check-in of {day}."

MISSED_HEADING = "Missed"
MISSED_DOWN = "{day}’s check-in was missed: the service was down from {start} to {end}."
MISSED_DOWN_SOMETIME = "{day}’s check-in was missed: the service was down."
MISSED_REFUSED = "{day}’s check-in was missed: Teams did not let me post it."

QUIET = {
    Quiet.REMOVED: "I have been removed from this team, so I cannot post. Add me to the team again.",
    Quiet.TEAM_GONE: "This ward’s team is archived or deleted, so I cannot post.",
    Quiet.CHANNEL_GONE: "This ward’s channel is deleted, so I cannot post. Set the ward up in another channel.",
    Quiet.REFUSED: "Teams does not let me post in this channel. Ask your IT team to look.",
}

POST_IT_NOW = "Post it now"
CHECK_IN_NOW = "Check in now"
PAUSE = "Pause"
RESUME = "Resume"
SKIP = "Skip the next one"


#: Within this stretch the name of a weekday says which day is meant.
A_WEEK = timedelta(days=6)


def status(
    ward: Ward,
    open_check_in: CheckIn | None,
    answers: int,
    next_due: datetime | None,
    missed: Sequence[CheckIn],
    now: datetime,
    *,
    lead: bool = True,
) -> Card:
    """What is open, what comes next, what is paused, left out or was missed and why; and, for a lead, what to do about it.

    `missed` comes newest first. Only this period's can be posted late, and only while nothing else is open.
    """
    today = ward.rhythm.local(now).date()
    left_out = [(period, turn) for period in ward.rhythm.skipped if (turn := _nominal(ward, period)) >= today]
    parts: list[Part] = [title(STATUS.format(ward=escaped(ward.name))), text_line(run(ward.project, bold=True))]
    parts += [says(QUIET[ward.quiet])] if ward.quiet else []
    parts.append(says(_open(ward, open_check_in, answers)))
    parts += (
        [says(PAUSED.format(until=day(ward.rhythm.paused_until)))]
        if ward.paused(today) and ward.rhythm.paused_until
        else []
    )
    parts.append(says(next_line(ward, next_due)))
    parts += [says(LEFT_OUT.format(day=day(turn))) for _, turn in left_out]
    parts.append(quietly(RHYTHM.format(often=often(ward))))
    parts += [section(MISSED_HEADING)] if missed else []
    parts += [says(_why(ward, check_in, now)) for check_in in missed]
    parts += all_links(ward.links)
    if lead and not ward.quiet:
        late = bool(missed) and not open_check_in and missed[0].period == period_of(today)
        parts.append(buttons(*_for_leads(ward, open_check_in, left_out, late=late, on_pause=ward.paused(today))))
    return finished(parts, fallback=STATUS.format(ward=ward.name))


def _for_leads(
    ward: Ward,
    open_check_in: CheckIn | None,
    left_out: Sequence[tuple[str, date]],
    *,
    late: bool,
    on_pause: bool,
) -> list[ExecuteAction]:
    ids = {"ward": ward.id}
    actions: list[ExecuteAction] = []
    if not open_check_in:
        actions.append(button(POST_IT_NOW if late else CHECK_IN_NOW, Verb.CHECK_IN_NOW, ids))
    actions.append(button(RESUME, Verb.RESUME, ids) if on_pause else button(PAUSE, Verb.PAUSE_FORM, ids))
    if left_out:
        actions.append(button(PUT_IT_BACK, Verb.UNSKIP, {**ids, "period": left_out[0][0]}))
    elif not on_pause:
        actions.append(button(SKIP, Verb.SKIP, ids))
    return actions


def _open(ward: Ward, check_in: CheckIn | None, answers: int) -> str:
    if check_in is None:
        return NOTHING_OPEN
    return OPEN_NOW.format(until=moment(ward, check_in.closes_at), count=have_answered(answers))


def _nominal(ward: Ward, period: str) -> date:
    """The day a period's check-in stands at in the calendar; a bank holiday may move it later."""
    year, week = period.split("-W")
    return date.fromisocalendar(int(year), int(week), ward.rhythm.weekday + 1)


def _why(ward: Ward, check_in: CheckIn, now: datetime) -> str:
    due = check_in.opened_at
    name = weekday(ward, due) if now - due < A_WEEK else day(ward.rhythm.local(due).date())
    if check_in.missed is Missed.REFUSED:
        return MISSED_REFUSED.format(day=name)
    if check_in.down_from is None or check_in.down_until is None:
        return MISSED_DOWN_SOMETIME.format(day=name)
    start, end = moment(ward, check_in.down_from), moment(ward, check_in.down_until)
    return MISSED_DOWN.format(day=name, start=start, end=end)
