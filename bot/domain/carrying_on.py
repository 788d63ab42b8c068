"""What is to be done first with a store that was made anew from the record, so that its wards notice as little of it as can be."""

from datetime import datetime, timedelta

from bot.domain.checkins import CheckIn, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import GRACE, next_working_moment
from bot.domain.wards import Ward

#: A ward that Teams does not let the bot speak to hears a summary this long after the close, and later none.
QUIET_WARDS_WAIT = timedelta(days=7)


def what_follows(ward: Ward, check_in: CheckIn, now: datetime) -> list[Entry]:
    """What one check-in needs: a card that says how many answers are left, leads who know, or a summary that nobody may have heard yet."""
    if check_in.state is State.OPEN:
        return [*_card(check_in, now), *_tell_leads(ward)]
    if check_in.state is State.CLOSED and check_in.message_id is not None and check_in.summary_id is None:
        return _summary(ward, check_in, now)
    return []


def _card(check_in: CheckIn, now: datetime) -> list[Entry]:
    """A card whose id nobody knows may not stand there: it is posted while that makes sense, and one too many is a stray (decision 0006).

    Later on the check-in stays open without one: should its card be there after all, the first tap says where.
    """
    if check_in.message_id is not None:
        return [Entry(Kind.REFRESH_CHECK_IN, check_in.id, check_in.ward_id)]
    until = check_in.opened_at + GRACE
    return [Entry(Kind.POST_CHECK_IN, check_in.id, check_in.ward_id, {"by": until.isoformat()})] if now <= until else []


def _tell_leads(ward: Ward) -> list[Entry]:
    if ward.quiet is not None:
        return []
    return [
        Entry(Kind.TELL_LEADS, f"{ward.id}/{lead.id}/rebuilt", ward.id, {"about": "rebuilt", "lead": lead.id})
        for lead in ward.leads
    ]


def _summary(ward: Ward, check_in: CheckIn, now: datetime) -> list[Entry]:
    """It waits for working hours, and for a quiet ward to be back. Once that is long past it was said, or is nobody's news any more."""
    due = next_working_moment(ward.rhythm, check_in.closes_at)
    if now > due + (QUIET_WARDS_WAIT if ward.quiet is not None else GRACE):
        return []
    return [Entry(Kind.POST_SUMMARY, check_in.id, ward.id, due=max(due, now))]
