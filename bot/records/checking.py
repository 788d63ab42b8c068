"""Read a site back and name each difference from what `bot.records.lists` says: what would keep rows from being filed or found."""

from dataclasses import dataclass, field
from typing import Any

from bot.records.columns import KEY_COLUMN, TITLE, Column, ListDefinition
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.sharepoint import find_lists, find_site

NO_LIST = "{list}: the list is missing. Run provision."
NO_COLUMN = "{list}: the column “{column}” is missing. Run provision."
UNSEEN = "{list}: the hidden column “{column}” does not show. Run provision: it is made if it is missing."
OTHER_KIND = "{list}: “{column}” is no {kind} column. Rename it by hand, then run provision."
OTHER_LINES = "{list}: “{column}” holds {there} and should hold {wanted}. Rename it by hand, then run provision."
OTHER_DAY = "{list}: “{column}” holds {there} and should hold {wanted}. Change its format by hand."
NO_CHOICE = "{list}: “{column}” lacks the choices {choices}. Add them by hand."
NOT_INDEXED = "{list}: “{column}” is not indexed. Index it by hand in the list’s settings."
NOT_UNIQUE = "{list}: “{column}” does not enforce unique values. Set that by hand in the list’s settings."
NOT_HIDDEN = "{list}: “{column}” is not hidden. It holds what is the bot’s alone."
BLOCKS = "{list}: “{column}” is not ours and has to be filled in. The bot leaves it empty: make it optional."
TOO_MANY = "{list}: {count} columns are indexed. SharePoint takes 20 at the most."
NOT_OURS = "{list}: “{column}” is not ours. The bot leaves it alone."
ALL_WELL = "All {count} lists are as they should be."

#: A list takes at most so many indexes (Microsoft 365 community, "large lists").
MOST_INDEXES = 20
LINE, LINES = "one line", "several lines"
DAY, MOMENT = "a day", "a day and time"

Json = dict[str, Any]


@dataclass(slots=True)
class Found:
    """`wrong`: each difference that somebody has to put right; `hints`: what is worth knowing. A sentence each."""

    wrong: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


async def check(graph: Graph, site_url: str) -> Found:
    """Compare the site with the lists as they should be.

    Raises:
        TryAgain, WakeSomebody, Final: as `what_to_do`.
    """
    found = Found()
    site_id = await find_site(graph, site_url)
    lists = await find_lists(graph, site_id)
    for definition in LISTS:
        list_id = lists.get(definition.name)
        if list_id is None:
            found.wrong.append(NO_LIST.format(list=definition.name))
            continue
        rows = await graph.collect(f"/sites/{site_id}/lists/{list_id}/columns")
        _compare(definition, {str(row.get("name")): row for row in rows}, found)
    return found


def _compare(definition: ListDefinition, there: dict[str, Json], found: Found) -> None:
    name = definition.name
    for column in definition.columns:
        words = {"list": name, "column": column.display_name}
        row = there.get(column.name)
        if row is not None:
            found.wrong += [sentence.format(**words) for sentence in _differences(column, row)]
        elif column.hidden:
            found.hints.append(UNSEEN.format(**words))
        else:
            found.wrong.append(NO_COLUMN.format(**words))
    ours = {TITLE, KEY_COLUMN, *(column.name for column in definition.columns)}
    for row in there.values():
        # What SharePoint brings itself cannot be written; what people added can.
        if row.get("name") in ours or row.get("readOnly"):
            continue
        words = {"list": name, "column": str(row.get("displayName"))}
        (found.wrong if row.get("required") else found.hints).append(
            (BLOCKS if row.get("required") else NOT_OURS).format(**words)
        )
    indexed = sum(bool(row.get("indexed")) for row in there.values())
    if indexed > MOST_INDEXES:
        found.wrong.append(TOO_MANY.format(list=name, count=indexed))


def _differences(column: Column, there: Json) -> list[str]:
    """Sentences that still want their list and column."""
    facet, wanted = there.get(column.facet.kind), column.facet.settings
    if not isinstance(facet, dict):
        return [OTHER_KIND.replace("{kind}", column.facet.kind)]
    said = _settings(column.facet.kind, facet, wanted)
    said += [NOT_INDEXED] if column.indexed and not there.get("indexed") else []
    said += [NOT_UNIQUE] if column.unique and not there.get("enforceUniqueValues") else []
    return said + ([NOT_HIDDEN] if column.hidden and not there.get("hidden") else [])


def _settings(kind: str, there: Json, wanted: Json) -> list[str]:
    if kind == "text" and bool(there.get("allowMultipleLines")) != bool(wanted["allowMultipleLines"]):
        return [_holds(OTHER_LINES, LINES if there.get("allowMultipleLines") else LINE, LINES, LINE)]
    if kind == "dateTime" and there.get("format", "dateTime") != wanted["format"]:
        return [_holds(OTHER_DAY, DAY if there.get("format") == "dateOnly" else MOMENT, DAY, MOMENT)]
    lacking = [str(choice) for choice in wanted.get("choices", []) if choice not in there.get("choices", [])]
    return [NO_CHOICE.replace("{choices}", ", ".join(lacking))] if lacking else []


def _holds(sentence: str, there: str, one: str, other: str) -> str:
    return sentence.replace("{there}", there).replace("{wanted}", other if there == one else one)
