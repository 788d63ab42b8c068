"""What a reader may ask of the SharePoint stand-in: one condition on one indexed field, chosen fields, and pages.

Sources: Graph "list items" (filter on one indexed field at a time), "columnDefinition" (hidden columns only when named in $select);
msgraph-sdk-dotnet issue 827 (a filter that matches more rows than the list view threshold is answered like throttling).
"""

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, quote

from bot.rehearsal.sharepoint_columns import Json, Refused, invalid, same_moment
from bot.rehearsal.sharepoint_index import ColumnIndex
from bot.rehearsal.sharepoint_rows import Item, ListOf

NOT_INDEXED = (
    "Field '{name}' cannot be referenced in filter or orderby as it is not indexed. Provide the "
    "'Prefer: HonorNonIndexedQueriesWarningMayFailRandomly' header to allow this, but be warned that such queries may "
    "fail on large lists."
)
NOT_VALID = "The query specified in the URI is not valid."
NOT_UNDERSTOOD = "Invalid filter clause"
TOO_MANY_ROWS = "The request has been throttled"

#: The list view threshold, which SharePoint Online fixes.
THRESHOLD = 5000

_COMPARISON = re.compile(r"fields/(\w+) (eq|ne|lt|gt|le|ge) ('(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)")
_BEGINNING = re.compile(r"startswith\(fields/(\w+), ?('(?:[^']|'')*')\)")
_EXPANSION = re.compile(r"fields(?:\((?:\$)?select=([\w,]+)\))?")
_KNOWN = frozenset({"$filter", "$expand", "$select", "$top", "$skiptoken"})
#: What an answer holds whether it was chosen or not.
_ALWAYS = frozenset({"@odata.etag", "id", "fields", "fields@odata.context", "deleted"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison with one indexed column."""

    name: str
    word: str
    value: object


def options_of(query: str, *more: str) -> dict[str, str]:
    """The query options of an address, those of the system by their names with a dollar, which Graph lets people leave out.

    Raises:
        Refused: an option that is neither known nor among `more`.
    """
    options = dict(parse_qsl(query, keep_blank_values=True))
    options = {f"${name}" if f"${name}" in _KNOWN else name: value for name, value in options.items()}
    if options.keys() - _KNOWN - set(more):
        raise invalid(NOT_VALID)
    return options


def condition(clause: str, of: ListOf) -> Condition:
    """What a $filter clause stands for; Refused for an unindexed field, or more than one condition."""
    compared, begun = _COMPARISON.fullmatch(clause), _BEGINNING.fullmatch(clause)
    if compared:
        name, word, literal = compared.groups()
    elif begun:
        name, word, literal = begun[1], "startswith", begun[2]
    else:
        raise invalid(NOT_UNDERSTOOD)
    column = of.columns.get(name)
    if column is None or not column["indexed"]:
        raise invalid(NOT_INDEXED.format(name=name))
    value = _literal(literal)
    if "dateTime" in column and isinstance(value, str):
        value = same_moment(value)
        if value is None:
            raise invalid(NOT_UNDERSTOOD)
    return Condition(name, word, value)


def matching(asked: Condition, of: ListOf, order: int) -> list[int]:
    """The numbers of the rows that meet a condition, in their order, as the list was after that change (`Changes`).

    Raises:
        Refused: 429, as there are more than the list view threshold allows.
    """
    index = of.index.column(asked.name, of.items)
    found = set(islice(index.compared(asked.word, asked.value), THRESHOLD + 1))
    if len(found) > THRESHOLD:
        raise Refused(429, "TooManyRequests", TOO_MANY_ROWS)
    if order < of.changes.last:
        recent, before = {item_id for _, item_id in of.changes.rows(order, of.changes.last)}, ColumnIndex()
        for item in filter(None, (of.seen(item_id, order) for item_id in recent)):
            if asked.name in item.fields:
                before.put(item.fields[asked.name], item.id)
        found = (found - recent) | set(before.compared(asked.word, asked.value))
    return sorted(found)


def page_of(of: ListOf, order: int, options: Mapping[str, str], default: int) -> tuple[list[Item], str | None]:
    """One page of a list as it was after that change, and the $skiptoken of the next, if there is one."""
    top, after = top_of(options, default), _read_token(options["$skiptoken"]) if "$skiptoken" in options else 0
    if "$filter" in options:
        found = matching(condition(options["$filter"], of), of, order)
        ids: Iterable[int] = found[bisect_right(found, after) :]
    else:
        ids = range(after + 1, of.last_id + 1)
    page = list(islice(_there(of, ids, order), top + 1))
    return page[:top], (_token(page[top - 1].id) if len(page) > top else None)


def top_of(options: Mapping[str, str], default: int) -> int:
    """How many rows a page may hold."""
    top = options.get("$top", str(default))
    if not top.isdecimal() or not int(top):
        raise invalid("Invalid value for $top")
    return int(top)


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
    hidden = {name for name, column in of.columns.items() if column["hidden"]}
    return {name: value for name, value in fields.items() if name not in hidden}


def chosen(body: Json, select: str | None) -> Json:
    """Of an answer's properties those that $select names, or all. What was expanded is there too."""
    if select is None:
        return body
    names = _ALWAYS.union(select.split(","))
    return {name: value for name, value in body.items() if name in names}


def next_link(address: str, options: Mapping[str, str], token: str, name: str = "$skiptoken") -> str:
    """The address of the next page, with all that was asked for the first."""
    asked = {**options, name: token}
    return f"{address}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())


def _there(of: ListOf, ids: Iterable[int], order: int) -> Iterator[Item]:
    return (item for item in (of.seen(item_id, order) for item_id in ids) if item is not None)


def _token(item_id: int) -> str:
    return base64.b64encode(f"Paged=TRUE&p_ID={item_id}".encode()).decode()


def _read_token(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode().partition("p_ID=")[2])
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid skip token") from error


def _literal(literal: str) -> object:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return literal == "true" if literal in {"true", "false"} else float(literal)
