"""SharePoint's lists as the rehearsal's page shows them: as people would find them there, with who changed what and when."""

from itertools import pairwise

from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.sharepoint_columns import Json
from bot.rehearsal.sharepoint_rows import Item, ListOf, State
from bot.rehearsal.site_columns import describe_column, kind_of, shown_columns

#: Rows that are shown of a list until somebody asks for more.
SHOWN_ROWS = 50
#: Who did what no person did.
BOT = "Ward Rhythms"


def describe_lists(sharepoint: SharePointStandIn, most: int = SHOWN_ROWS, only: str = "") -> list[Json]:
    """Each list with the columns that people see, by the names they see, its newest rows, newest first, and how many there are in all.

    With `only`, the rows of that list alone. The recycle bin has at most as many rows as are shown, those that were deleted last.
    """
    lists = sharepoint.api.lists.all.values()
    chosen = only if any(of.name == only for of in lists) else ""
    return [_describe(of, most if chosen in {"", of.name} else 0) for of in lists]


def describe_row(of: ListOf, item: Item) -> Json:
    """A row as people see it: its id and version, who changed it last and when, and its values in the order of the columns."""
    return {
        "id": str(item.id),
        "version": f"{item.version}.0",
        "changed": item.modified,
        "by": item.now.by or BOT,
        "values": [item.fields.get(str(column["name"])) for column in shown_columns(of.columns)],
    }


def fields_of(of: ListOf, item: Item) -> Json:
    """The values of a row that people see, by the internal names of their columns; empty ones are absent."""
    names = {str(column["name"]) for column in shown_columns(of.columns)}
    return {name: value for name, value in item.fields.items() if name in names}


def describe_versions(of: ListOf, item: Item) -> list[Json]:
    """The version history of a row, newest first: who made each version, when, how (added, changed, deleted or restored), and what it changed."""
    first, *_ = item.states
    told = [_version(of, None, first), *(_version(of, before, after) for before, after in pairwise(item.states))]
    return told[::-1]


def _version(of: ListOf, before: State | None, after: State) -> Json:
    was = before.fields if before else {}
    changes = [
        {"title": column["displayName"], "kind": kind_of(column), "was": was.get(name), "now": after.fields.get(name)}
        for column in shown_columns(of.columns)
        if was.get(name := str(column["name"])) != after.fields.get(name)
    ]
    return {
        "version": f"{after.version}.0",
        "by": after.by or BOT,
        "at": after.modified,
        "how": _how(before, after),
        "changes": changes,
    }


def _how(before: State | None, after: State) -> str:
    if before is None:
        return "added"
    if after.gone:
        return "deleted"
    return "restored" if before.gone else "changed"


def _describe(of: ListOf, most: int) -> Json:
    newest = sorted(of.items, reverse=True)[:most]
    thrown = sorted(of.bin.values(), key=lambda item: item.now.order, reverse=True)[:most]
    return {
        "name": of.name,
        "says": of.description,
        "columns": [describe_column(column) for column in shown_columns(of.columns)],
        "rows": [describe_row(of, of.items[number]) for number in newest],
        "count": len(of.items),
        "bin": [
            {
                "id": str(item.id),
                "title": item.fields.get("Title", ""),
                "deleted": item.modified,
                "by": item.now.by or BOT,
            }
            for item in thrown
        ],
        "thrown": len(of.bin),
    }
