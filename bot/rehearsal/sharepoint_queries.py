"""What a reader may ask of the SharePoint stand-in: one condition on one indexed field, chosen fields, and pages.

Sources: Graph "list items" (filter on one indexed field at a time), "columnDefinition" (hidden columns only when named in $select).
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from bot.rehearsal.sharepoint_columns import Json, invalid
from bot.rehearsal.sharepoint_lists import Item, ListOf

NOT_INDEXED = (
    "Field '{name}' cannot be referenced in filter or orderby as it is not indexed. Provide the "
    "'Prefer: HonorNonIndexedQueriesWarningMayFailRandomly' header to allow this, but be warned that such queries may "
    "fail on large lists."
)
NOT_UNDERSTOOD = "Invalid filter clause"

_COMPARISON = re.compile(r"fields/(\w+) (eq|ne|lt|gt|le|ge) ('(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)")
_BEGINNING = re.compile(r"startswith\(fields/(\w+), ?('(?:[^']|'')*')\)")
_EXPANSION = re.compile(r"fields(?:\((?:\$)?select=([\w,]+)\))?")
_KNOWN = frozenset({"$filter", "$expand", "$select", "$top", "$skiptoken"})

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "gt": operator.gt,
    "le": operator.le,
    "ge": operator.ge,
}

Test = Callable[[Item], bool]


def options_of(query: str) -> dict[str, str]:
    """The system query options of an address; Refused for one that this stand-in does not play."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    if options.keys() - _KNOWN:
        raise invalid("The query specified in the URI is not valid.")
    return options


def condition(clause: str | None, of: ListOf) -> Test:
    """The test that a $filter clause stands for; Refused for an unindexed field, or more than one condition."""
    if clause is None:
        return lambda _: True
    compared = _COMPARISON.fullmatch(clause)
    if compared is not None:
        name, word, literal = compared.groups()
        compare, wanted = _OPERATORS[word], _literal(literal)
    else:
        begun = _BEGINNING.fullmatch(clause)
        if begun is None:
            raise invalid(NOT_UNDERSTOOD)
        name, wanted = begun[1], _literal(begun[2])
        compare = _begins
    if name not in of.columns or not of.columns[name]["indexed"]:
        raise invalid(NOT_INDEXED.format(name=name))

    def test(item: Item) -> bool:
        value = _folded(item.fields.get(name))
        return type(value) is type(wanted) and compare(value, wanted)

    return test


def shown_fields(expand: str | None, of: ListOf, item: Item) -> Json | None:
    """The fields that $expand asks for, or None where it does not ask. A hidden column is shown only when it is named."""
    if expand is None:
        return None
    asked = _EXPANSION.fullmatch(expand)
    if asked is None:
        raise invalid("Parsing OData Select and Expand failed.")
    fields = item.shown_fields()
    if asked[1]:
        names = {"@odata.etag", *asked[1].split(",")}
        return {name: value for name, value in fields.items() if name in names}
    return {name: value for name, value in fields.items() if not of.columns.get(name, {}).get("hidden")}


def page_of(items: list[Item], options: dict[str, str], default: int) -> tuple[list[Item], str | None]:
    """One page and the $skiptoken of the next, if there is one."""
    top = options.get("$top", str(default))
    if not top.isdecimal() or not int(top):
        raise invalid("Invalid value for $top")
    after = _read_token(options["$skiptoken"]) if "$skiptoken" in options else 0
    left = [item for item in items if item.id > after]
    page = left[: int(top)]
    return page, (_token(page[-1].id) if len(left) > len(page) else None)


def next_link(address: str, options: dict[str, str], token: str) -> str:
    """The address of the next page, with all that was asked for the first."""
    asked = {**options, "$skiptoken": token}
    return f"{address}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())


def _token(item_id: int) -> str:
    return base64.b64encode(f"Paged=TRUE&p_ID={item_id}".encode()).decode()


def _read_token(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode().partition("p_ID=")[2])
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid skip token") from error


def _literal(literal: str) -> object:
    if literal.startswith("'"):
        return _folded(literal[1:-1].replace("''", "'"))
    return {"true": True, "false": False}.get(literal) if literal in {"true", "false"} else float(literal)


def _folded(value: object) -> object:
    if isinstance(value, str):
        return value.casefold()
    return value if isinstance(value, bool) or not isinstance(value, int) else float(value)


def _begins(value: object, wanted: object) -> bool:
    return str(value).startswith(str(wanted))
