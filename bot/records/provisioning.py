"""Create the lists and columns that are missing in SharePoint. Safe to run twice: nothing is ever dropped or given another type."""

from collections.abc import Callable
from typing import Any

from bot.errors import Final
from bot.records.exchanges import id_of, what_to_do
from bot.records.graph import Graph
from bot.records.lists import LISTS, Column, ListDefinition
from bot.records.sharepoint import find_lists, find_site

MADE_LIST = "List {list}: made."
WOULD_MAKE_LIST = "List {list}: missing, to be made with {count} columns."
MADE_COLUMN = "List {list}: column {column} made."
WOULD_MAKE_COLUMN = "List {list}: column {column} missing, to be made."
OTHER_TYPE = "List {list}: column {column} is there but is not a {kind} column. It was left as it is. Rename it by hand, then run this again."
NOT_INDEXED = "List {list}: column {column} is there but is not indexed. Index it by hand in the list's settings."
NOT_UNIQUE = (
    "List {list}: column {column} is there but does not enforce unique values. Set that by hand in the list's settings."
)
NOTHING_TO_DO = "All lists and columns are there."

_NAME_TAKEN = 409


async def provision(graph: Graph, site_url: str, say: Callable[[str], None], dry_run: bool = False) -> list[str]:
    """Bring the site's lists up to `bot.records.lists`. Each sentence is said as it happens; all are given back, none if all is there.

    Needs an identity that may create lists (Sites.Manage.All, or `manage` on the site; Graph "create list"): the bot's own `write` may not.

    Raises:
        TryAgain, WakeSomebody, Final: as `what_to_do`; run it again, it goes on from there. Final("column_renamed") where SharePoint gave
            a new column another internal name.
    """
    told: list[str] = []

    def tell(sentence: str) -> None:
        told.append(sentence)
        say(sentence)

    site_id = await find_site(graph, site_url)
    lists = await find_lists(graph, site_id)
    for definition in LISTS:
        list_id = lists.get(definition.name)
        if list_id is None and dry_run:
            tell(WOULD_MAKE_LIST.format(list=definition.name, count=len(definition.columns)))
            continue
        if list_id is None:
            list_id = await _make_list(graph, site_id, definition)
            tell(MADE_LIST.format(list=definition.name))
        await _columns(graph, f"/sites/{site_id}/lists/{list_id}/columns", definition, tell, dry_run)
    if not told:
        say(NOTHING_TO_DO)
    return told


async def _make_list(graph: Graph, site_id: str, definition: ListDefinition) -> str:
    # `displayName`, never `name`: the server assigns that one (microsoft-graph-docs issue 1484).
    body = {
        "displayName": definition.name,
        "description": definition.description,
        "list": {"template": "genericList"},
    }
    made = await graph.request("POST", f"/sites/{site_id}/lists", body)
    what_to_do(made)
    return id_of(made)


async def _columns(
    graph: Graph, path: str, definition: ListDefinition, tell: Callable[[str], None], dry_run: bool
) -> None:
    there = {str(row.get("name")): row for row in await graph.collect(path)}
    for column in definition.columns:
        names = {"list": definition.name, "column": column.name, "kind": column.facet.kind}
        if column.name in there:
            for sentence in _differences(column, there[column.name]):
                tell(sentence.format(**names))
        elif dry_run:
            tell(WOULD_MAKE_COLUMN.format(**names))
        elif await _make_column(graph, path, column):
            tell(MADE_COLUMN.format(**names))


def _differences(column: Column, there: dict[str, Any]) -> list[str]:
    facet = there.get(column.facet.kind)
    if not isinstance(facet, dict) or _of_several_lines(facet) != _of_several_lines(column.facet.settings):
        return [OTHER_TYPE]
    said = [NOT_INDEXED] if column.indexed and not there.get("indexed") else []
    return [*said, NOT_UNIQUE] if column.unique and not there.get("enforceUniqueValues") else said


def _of_several_lines(facet: dict[str, Any]) -> bool:
    return bool(facet.get("allowMultipleLines"))


async def _make_column(graph: Graph, path: str, column: Column) -> bool:
    """Whether it was made; it was there all along where its name is taken, as a hidden column need not be listed."""
    made = await graph.request("POST", path, column.definition())
    if made.status == _NAME_TAKEN:
        return False
    what_to_do(made)
    if made.body.get("name") != column.name:
        raise Final("column_renamed")
    return True
