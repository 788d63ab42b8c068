"""What kinds of column the rehearsal's page knows, and how what somebody typed there becomes a value of SharePoint's."""

from datetime import UTC, date, datetime, time
from typing import Any

from bot.rehearsal.sharepoint_columns import SITE_ZONE, Json
from bot.rehearsal.teams_world import NotSent

NO_SUCH_COLUMN = "There is no such column here to write in."
NOT_A_DAY = "“{title}” needs a day."
NOT_A_MOMENT = "“{title}” needs a day and a time."
NOT_A_NUMBER = "“{title}” needs a number."
NOT_YES_OR_NO = "“{title}” needs yes or no."
NOT_TEXT = "“{title}” needs text."

YES, NO = "yes", "no"


def shown_columns(columns: dict[str, Json]) -> list[Json]:
    """The columns that people see: hidden ones are for the bot alone."""
    return [column for column in columns.values() if not column["hidden"]]


def kind_of(column: Json) -> str:
    """Which box the column needs: line, lines, choice, day, moment, number or yes-no."""
    match column:
        case {"text": {"allowMultipleLines": True}}:
            return "lines"
        case {"choice": _}:
            return "choice"
        case {"dateTime": {"format": "dateOnly"}}:
            return "day"
        case {"dateTime": _}:
            return "moment"
        case {"number": _}:
            return "number"
        case {"boolean": _}:
            return "yes-no"
        case _:
            return "line"


def describe_column(column: Json) -> Json:
    """A column as the page draws it: a head above its values, a box in its form."""
    return {
        "name": column["name"],
        "title": column["displayName"],
        "says": column["description"],
        "kind": kind_of(column),
        "choices": column.get("choice", {}).get("choices", []),
        "fixed": column["readOnly"],
    }


def values_of(columns: dict[str, Json], typed: object) -> Json:
    """What was typed, by internal name, as Graph's `fields`: an empty box is an empty column.

    Raises NotSent for a column that people cannot write in, and for what is no value of its kind. What SharePoint would refuse passes.
    """
    open_ones = {column["name"]: column for column in shown_columns(columns) if not column["readOnly"]}
    if not isinstance(typed, dict) or not typed.keys() <= open_ones.keys():
        raise NotSent({"": NO_SUCH_COLUMN})
    return {name: _value(open_ones[name], value) for name, value in typed.items()}


def _value(column: Json, typed: object) -> Any:
    title = column["displayName"]
    if typed is None or typed == "":
        return None
    if not isinstance(typed, str):
        raise NotSent({"": NOT_TEXT.format(title=title)})
    match kind_of(column):
        case "day":
            return _moment(typed, NOT_A_DAY.format(title=title), day_only=True)
        case "moment":
            return _moment(typed, NOT_A_MOMENT.format(title=title), day_only=False)
        case "number":
            return _number(typed, NOT_A_NUMBER.format(title=title))
        case "yes-no":
            if typed not in {YES, NO}:
                raise NotSent({"": NOT_YES_OR_NO.format(title=title)})
            return typed == YES
        case _:
            return typed


def _moment(typed: str, problem: str, *, day_only: bool) -> str:
    """Days and times are typed on the site's own clock and kept in UTC."""
    try:
        read = (
            datetime.combine(date.fromisoformat(typed), time(), SITE_ZONE)
            if day_only
            else datetime.fromisoformat(typed)
        )
    except ValueError as error:
        raise NotSent({"": problem}) from error
    here = read if read.tzinfo else read.replace(tzinfo=SITE_ZONE)
    return here.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(typed: str, problem: str) -> float | int:
    try:
        read = float(typed)
    except ValueError as error:
        raise NotSent({"": problem}) from error
    if read - read != 0:  # neither infinite nor "nan": JSON has no word for those
        raise NotSent({"": problem})
    return int(read) if read.is_integer() else read
