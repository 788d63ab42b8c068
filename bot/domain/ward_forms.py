"""What people type about a ward, read with a sentence for each thing to put right."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from dateutil import parser

from bot.domain.rhythms import WEEKDAYS, WORKING_FROM, WORKING_UNTIL
from bot.domain.wards import Details, Links, Ward
from bot.errors import Problem, TellPerson

NAME_LIMIT = 80
PROJECT_LIMIT = 120
AIM_LIMIT = 400
READER_LIMIT = 120
LINK_LIMIT = 255
LEADS_LIMIT = 10
PAUSE_LIMIT = timedelta(days=366)

NEEDED = "Please fill this in."
TOO_LONG = "Please use {limit} characters or fewer. You have used {used}."
PICK_A_DAY = "Please pick a day of the week."
PICK_A_PACE = "Please pick every week, every 2 weeks or every 4 weeks."
PICK_A_TIME = "Please give a time from 08:00 to 17:59, like 14:00. By myself I post nothing at night."
PICK_A_LEAD = "Please pick at least 1 lead."
TOO_MANY_LEADS = "Please pick 10 leads or fewer."
BAD_LINK = "Please give a full web address that starts with https://"
BAD_DATE = "Please give a date, like 12 December."
DATE_PAST = "Please give a date after today."
DATE_FAR = "Please give a date within the next year."

#: A host as names are registered (RFC 1123 section 2.1) with a dot in it. Other alphabets come as "xn--" (RFC 5890), so that one letter cannot
#: pass for another.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

LINK_FIELDS = ("incident", "speak_up", "sustainability", "co_production")


def tidy(value: object) -> str:
    """Typed text with its outer white space gone; anything that is not text counts as empty."""
    return value.strip() if isinstance(value, str) else ""


def over(limit: int, text: str) -> str | None:
    """The sentence to say when `text` is over `limit` characters, else None."""
    return TOO_LONG.format(limit=limit, used=len(text)) if len(text) > limit else None


def _text(form: Mapping[str, object], field: str, limit: int, problems: list[Problem], *, needed: bool = True) -> str:
    text = tidy(form.get(field))
    sentence = NEEDED if needed and not text else over(limit, text)
    if sentence:
        problems.append(Problem(field, sentence))
    return text


def is_web_address(text: str) -> bool:
    """Whether `text` is an https address with a plain host and nothing that could hide where it leads.

    Refused: user info, white space, control and direction characters, halves of characters, and what RFC 3986 wants encoded.
    """
    if not text.isprintable() or any(c in " <>\"'`\\^{|}" for c in text):
        return False
    try:
        parts = urlsplit(text)
        host_and_port = parts.port != 0 and _HOST.fullmatch(parts.hostname or "") is not None
    except ValueError:
        return False
    return parts.scheme == "https" and host_and_port and "@" not in parts.netloc


def _link(form: Mapping[str, object], field: str, problems: list[Problem]) -> str:
    text = tidy(form.get(field))
    sentence = over(LINK_LIMIT, text) or (BAD_LINK if text and not is_web_address(text) else None)
    if sentence:
        problems.append(Problem(field, sentence))
    return text


def _time(text: str) -> time | None:
    try:
        at = time.fromisoformat(text.zfill(5) if ":" in text else text)  # people type 9:30
    except ValueError:
        return None
    return at.replace(second=0, microsecond=0) if at.tzinfo is None and WORKING_FROM <= at < WORKING_UNTIL else None


def form_of(ward: Ward) -> dict[str, str]:
    """The form that would say what the ward is."""
    return {
        "name": ward.name,
        "project": ward.project,
        "aim": ward.aim,
        "leads": ",".join(lead.id for lead in ward.leads),
        "weekday": str(ward.rhythm.weekday),
        "at": f"{ward.rhythm.at:%H:%M}",
        "every_weeks": str(ward.rhythm.every_weeks),
        "reader": ward.reader,
        **ward.links.model_dump(),
    }


def read_fields(form: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:
    """The set-up form field by field: what each holds, and every problem; what a field with a problem holds is not to be used.

    Fields: name, project, aim, leads (Entra object ids, comma-separated, as the people picker sends them), weekday ("0" is Monday), at ("14:00"),
    every_weeks ("1", "2", "4"), reader, and the links.
    """
    problems: list[Problem] = []
    read: dict[str, Any] = {
        "name": _text(form, "name", NAME_LIMIT, problems),
        "project": _text(form, "project", PROJECT_LIMIT, problems),
        "aim": _text(form, "aim", AIM_LIMIT, problems, needed=False),
    }
    read["leads"] = tuple(dict.fromkeys(part.strip() for part in tidy(form.get("leads")).split(",") if part.strip()))
    if not read["leads"] or len(read["leads"]) > LEADS_LIMIT:
        problems.append(Problem("leads", TOO_MANY_LEADS if read["leads"] else PICK_A_LEAD))
    weekday = tidy(form.get("weekday"))
    if weekday in {str(number) for number in range(len(WEEKDAYS))}:
        read["weekday"] = int(weekday)
    else:
        problems.append(Problem("weekday", PICK_A_DAY))
    read["at"] = _time(tidy(form.get("at")))
    if read["at"] is None:
        problems.append(Problem("at", PICK_A_TIME))
    pace = tidy(form.get("every_weeks"))
    if pace in {"1", "2", "4"}:
        read["every_weeks"] = int(pace)
    else:
        problems.append(Problem("every_weeks", PICK_A_PACE))
    read["reader"] = _text(form, "reader", READER_LIMIT, problems)
    return read | {field: _link(form, field, problems) for field in LINK_FIELDS}, problems


def read_details(form: Mapping[str, object]) -> Details:
    """The set-up form as typed (`read_fields` says what it holds).

    Raises:
        TellPerson: with every problem at once.
    """
    read, problems = read_fields(form)
    if problems:
        raise TellPerson(problems)
    links = Links(**{field: read.pop(field) for field in LINK_FIELDS})
    lead_ids = read.pop("leads")
    return Details(**read, lead_ids=lead_ids, links=links)


def read_day(text: str, today: date) -> date | None:
    """The day that `text` names, as people write it here: "12 December", "12 December 2026", "12/12/2026" (day first), or "2026-12-12".

    Without a year it is the next such day. None where it names no day, or only a part of one.
    """
    # What the text does not say stands as in the defaults: read twice with different ones, that shows.
    readings = []
    for default in (datetime(2024, 1, 1), datetime(2028, 2, 2)):  # noqa: DTZ001 -- days have no zone; leap years, for 29 February
        try:
            readings.append(parser.parse(text, dayfirst="-" not in text, default=default).date())
        except (ValueError, OverflowError):
            return None
    one, other = readings
    if (one.day, one.month) != (other.day, other.month):
        return None
    if one.year == other.year:
        return one
    try:
        day = one.replace(year=today.year)
        return day if day > today else day.replace(year=today.year + 1)
    except ValueError:  # 29 February in a year that has none
        return None


def read_pause(form: Mapping[str, object], now: datetime) -> date:
    """The first day on which check-ins come again; `now` is local to the ward.

    Raises:
        TellPerson: where it is no date, past, or over a year away.
    """
    text = tidy(form.get("until"))
    until = read_day(text, now.date())
    if until is None:
        raise TellPerson([Problem("until", BAD_DATE if text else NEEDED)])
    if until <= now.date():
        raise TellPerson([Problem("until", DATE_PAST)])
    if until - now.date() > PAUSE_LIMIT:
        raise TellPerson([Problem("until", DATE_FAR)])
    return until
