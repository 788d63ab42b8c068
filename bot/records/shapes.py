"""Rows of the local database as the domain's own objects, and back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from bot.domain.checkins import CheckIn, Feeling, Figures, Missed, Reply, State
from bot.domain.wards import Person


def read_check_in(row: Row[Any]) -> CheckIn:
    """The check-in that a row of `check_ins` holds."""
    return CheckIn(
        id=row.id,
        ward_id=row.ward_id,
        period=row.period,
        state=State(row.state),
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        remind_at=row.remind_at,
        message_id=row.message_id,
        summary_id=row.summary_id,
        figures=_figures(row.figures),
        missed=Missed(row.missed) if row.missed else None,
        down_from=row.down_from,
        down_until=row.down_until,
        removed=row.removed,
    )


def check_in_columns(check_in: CheckIn) -> dict[str, Any]:
    """The columns of `check_ins` that hold this check-in, but for its id."""
    return {
        "ward_id": check_in.ward_id,
        "period": check_in.period,
        "state": check_in.state.value,
        "opened_at": check_in.opened_at,
        "closes_at": check_in.closes_at,
        "remind_at": check_in.remind_at,
        "message_id": check_in.message_id,
        "summary_id": check_in.summary_id,
        "figures": figures_json(check_in.figures) if check_in.figures else None,
        "missed": check_in.missed and check_in.missed.value,
        "down_from": check_in.down_from,
        "down_until": check_in.down_until,
        "removed": check_in.removed,
    }


def figures_json(came_to: Figures) -> dict[str, Any]:
    """Figures as JSON."""
    words = came_to.feelings
    return {"answers": came_to.answers, "feelings": words and {word.value: count for word, count in words.items()}}


def _figures(kept: Mapping[str, Any] | None) -> Figures | None:
    if kept is None:
        return None
    words = kept["feelings"]
    return Figures(kept["answers"], words and {Feeling(word): count for word, count in words.items()})


def read_reply(row: Row[Any]) -> Reply:
    """The reply that a row of `replies` holds."""
    named = None if row.person_id is None else Person(id=row.person_id, name=row.person_name)
    return Reply(Feeling(row.feeling), row.went_well, row.in_the_way, row.try_next, named)


def reply_columns(reply: Reply) -> dict[str, Any]:
    """The columns of `replies` that hold this reply. A person only where they put their name to it."""
    return {
        "feeling": reply.feeling.value,
        "went_well": reply.went_well,
        "in_the_way": reply.in_the_way,
        "try_next": reply.try_next,
        "person_id": reply.named.id if reply.named else None,
        "person_name": reply.named.name if reply.named else None,
    }
