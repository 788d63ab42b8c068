"""The columns of the SharePoint stand-in: what may be created, and which values they take. As strict as SharePoint is known to be.

Sources: Graph "columnDefinition" and "create columnDefinition"; Microsoft 365 community "SharePoint naming guidelines" and "large lists".
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

UNIQUE_TAKEN = "One or more fields with unique constraints already has the provided value."
UNKNOWN_FIELD = "Field '{name}' is not recognized"
NULL_PROPERTY = "General exception while processing"
NAME_TAKEN = "The specified name is already in use"

MOST_INDEXES = 20
NAME_LENGTH = 32
LINE_UNITS = 255
TEXT_UNITS = 63_999

#: Where the site lives: SharePoint keeps a day as midnight there.
SITE_ZONE = ZoneInfo("Europe/London")

FACETS = frozenset({"text", "choice", "dateTime", "number", "boolean"})
_PROPERTIES = frozenset(
    {"name", "displayName", "description", "indexed", "enforceUniqueValues", "hidden", "required", "readOnly"}
)
BUILT_IN = frozenset(
    {"Title", "LinkTitle", "Author", "Editor", "Created", "Modified", "ContentType", "Attachments", "Edit", "ID", "id"}
)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Json = dict[str, Any]


class Refused(Exception):
    """An answer other than success: becomes Graph's error body; `inner` is the code within, where there is one."""

    def __init__(
        self, status: int, code: str, message: str, *, inner: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner
        self.headers = headers or {}


def invalid(message: str) -> Refused:
    """The usual refusal: 400 `invalidRequest`."""
    return Refused(400, "invalidRequest", message)


def title_column() -> Json:
    """The Title column that every list has."""
    return {
        "id": str(uuid4()),
        "name": "Title",
        "displayName": "Title",
        "description": "",
        "indexed": False,
        "enforceUniqueValues": False,
        "hidden": False,
        "required": False,
        "readOnly": False,
        "text": _text({}),
    }


def new_column(body: Json, there: dict[str, Json]) -> Json:
    """The column that a definition makes beside those that are `there` (by internal name).

    Raises:
        Refused: for anything that SharePoint would refuse.
    """
    if any(value is None for value in body.values()):
        raise Refused(500, "generalException", NULL_PROPERTY)
    facets = FACETS & body.keys()
    unknown = body.keys() - _PROPERTIES - FACETS
    if unknown or len(facets) != 1 or not body.get("name"):
        raise invalid("Invalid request")
    facet = next(iter(facets))
    name = internal_name(str(body["name"]))
    taken = {str(column["displayName"]).casefold() for column in there.values()}
    if name in BUILT_IN or name in there or str(body.get("displayName", name)).casefold() in taken:
        raise Refused(409, "nameAlreadyExists", NAME_TAKEN)
    indexed = bool(body.get("indexed"))
    if indexed and facet == "text" and body["text"].get("allowMultipleLines"):
        raise invalid("A column of several lines cannot be indexed.")
    if indexed and sum(bool(column["indexed"]) for column in there.values()) >= MOST_INDEXES:
        raise invalid("A list can have at most 20 indexes.")
    if body.get("enforceUniqueValues") and not indexed:
        raise invalid("A column that enforces unique values must be indexed.")
    return {
        "id": str(uuid4()),
        "displayName": body.get("displayName", body["name"]),
        "description": body.get("description", ""),
        "indexed": indexed,
        "enforceUniqueValues": bool(body.get("enforceUniqueValues")),
        "hidden": bool(body.get("hidden")),
        "required": bool(body.get("required")),
        "readOnly": bool(body.get("readOnly")),
        facet: _text(body["text"]) if facet == "text" else body[facet],
        "name": name,
    }


def _text(given: Json) -> Json:
    """What a text column says of itself, where people left something unsaid (Graph "list columns", its example)."""
    if given.get("allowMultipleLines"):
        return {"appendChangesToExistingText": False, "linesForEditing": 6, **given}
    said = {"allowMultipleLines": False, "appendChangesToExistingText": False, "linesForEditing": 0}
    return {**said, "maxLength": LINE_UNITS, **given}


def internal_name(name: str) -> str:
    """Special characters are encoded, and a list cuts the name at 32 characters."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"_x{ord(found[0]):04x}_", name)[:NAME_LENGTH]


def kept_value(column: Json, value: object) -> object:
    """What a column keeps of a value; None for an empty one.

    Raises:
        Refused: the value does not fit the column. A choice outside the list is taken, as it is through Graph.
    """
    if value is None or value == "":
        return None
    if "number" in column:
        return _number(column, value)
    if "boolean" in column:
        if not isinstance(value, bool):
            raise _unfit(column)
        return value
    if not isinstance(value, str) or _UNFIT.search(value):
        raise _unfit(column)
    if "dateTime" in column:
        return _moment(column, value)
    longest = TEXT_UNITS if column.get("text", {}).get("allowMultipleLines") else LINE_UNITS
    if len(value.encode("utf-16-le")) > 2 * longest or (longest == LINE_UNITS and "\n" in value):
        raise invalid(
            "Invalid text value.\n\nA text field contains invalid data. Please check the value and try again."
        )
    return value


def _number(column: Json, value: object) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unfit(column)
    return value


def _moment(column: Json, value: str) -> str:
    moment = _aware(value)
    if moment is None:
        raise _unfit(column)
    if column["dateTime"].get("format") == "dateOnly":
        moment = datetime.combine(moment.astimezone(SITE_ZONE).date(), time(), SITE_ZONE)
    return _written(moment)


def same_moment(value: str) -> str | None:
    """A moment as SharePoint writes it, in UTC, or None for what is no moment with its zone."""
    moment = _aware(value)
    return _written(moment) if moment else None


def _aware(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unfit(column: Json) -> Refused:
    return invalid(f"The value of field '{column['name']}' does not fit its type.")
