"""What people correct in the record itself: taken over where it makes sense, else answered with a sentence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.checkins import Reply, read_feeling, read_line
from bot.domain.rhythms import WEEKDAYS, changed
from bot.domain.ward_forms import LINK_FIELDS, form_of, read_fields, read_pause
from bot.domain.wards import Links, Ward
from bot.errors import Problem, TellPerson

BAD_ZONE = "Please give a time zone, like Europe/London."
NOT_YOUR_NAME = "Only the person who answered can put a name to it. You can take a name off."


def correct_ward(ward: Ward, typed: Mapping[str, str], now: datetime) -> tuple[Ward, list[Problem]]:
    """The ward with what was typed, field by field; what cannot be used is left as it was, with a problem each.

    `typed`: any of name, project, aim, weekday ("Wednesday"), at ("14:00"), zone, every_weeks ("1"), until ("2026-12-12", or empty to end a pause),
    reader, and the links.
    """
    problems: list[Problem] = []
    weekdays = {day.casefold(): str(number) for number, day in enumerate(WEEKDAYS)}
    form = {name: text for name, text in typed.items() if name not in {"zone", "until"}}
    if "weekday" in form:
        form["weekday"] = weekdays.get(form["weekday"].strip().casefold(), "")
    read, wrong = read_fields({**form_of(ward), **form})
    problems += [problem for problem in wrong if problem.field in form]
    usable = {name: read[name] for name in form if name not in {problem.field for problem in wrong}}

    rhythm = changed(
        ward.rhythm,
        weekday=usable.get("weekday", ward.rhythm.weekday),
        at=usable.get("at", ward.rhythm.at),
        every_weeks=usable.get("every_weeks", ward.rhythm.every_weeks),
        zone=_zone(typed, ward.rhythm.zone, problems),
        now=now,
    )
    if "until" in typed:
        rhythm = rhythm.model_copy(update=_pause(ward, typed["until"], now, problems))
    update: dict[str, object] = {name: usable[name] for name in ("name", "project", "aim", "reader") if name in usable}
    links = ward.links.model_copy(update={name: usable[name] for name in LINK_FIELDS if name in usable})
    return ward.model_copy(update={**update, "links": Links(**links.model_dump()), "rhythm": rhythm}), problems


def _zone(typed: Mapping[str, str], before: str, problems: list[Problem]) -> str:
    zone = typed.get("zone", before)
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):  # no such zone, no name for one, or a folder of them
        problems.append(Problem("zone", BAD_ZONE))
        return before
    return zone


def _pause(ward: Ward, until: str, now: datetime, problems: list[Problem]) -> dict[str, object]:
    if not until:
        return {"paused_until": None, "since": now}
    try:
        return {"paused_until": read_pause({"until": until}, ward.rhythm.local(now))}
    except TellPerson as told:
        problems.extend(told.problems)
        return {}


def correct_reply(reply: Reply, typed: Mapping[str, str]) -> tuple[Reply, list[Problem]]:
    """The reply with what was typed, field by field; what cannot be used is left as it was, with a problem each.

    `typed`: any of feeling, went_well, in_the_way, try_next, and name, which can only be taken off.
    """
    problems: list[Problem] = []
    for field, text in typed.items():
        try:
            reply = _corrected(reply, field, text)
        except TellPerson as told:
            problems.extend(told.problems)
    return reply, problems


def _corrected(reply: Reply, field: str, text: str) -> Reply:
    if field == "feeling":
        return replace(reply, feeling=read_feeling({field: text.lower()}))
    if field == "name" and text:
        raise TellPerson([Problem(field, NOT_YOUR_NAME)])
    changed_to: Any = None if field == "name" else read_line(field, text)
    return replace(reply, **{"named" if field == "name" else field: changed_to})
