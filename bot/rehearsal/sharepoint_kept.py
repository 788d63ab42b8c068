"""A list of the SharePoint stand-in as JSON, for keeping between two rehearsals, and back."""

from datetime import datetime

from bot.rehearsal.sharepoint_changes import Changes
from bot.rehearsal.sharepoint_columns import Json
from bot.rehearsal.sharepoint_rows import Item, ListOf, State

_PLAIN = ("id", "name", "description", "created", "made_as", "columns", "last_id", "round", "resync")


def dumped(one: ListOf, *, gone: bool = False) -> Json:
    """A list with its rows, their versions and its recycle bin; `gone` where the list lies in one itself."""
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        "gone": gone,
        "items": [_row(item) for item in one.items.values()],
        "bin": [_row(item) for item in one.bin.values()],
        "changes": one.changes.dump(),
    }


def loaded(kept: Json) -> ListOf:
    """The same list. One that was kept before rows had versions has the newest version of each, in the order of their numbers."""
    made = ListOf(**{name: kept[name] for name in _PLAIN if name in kept})
    made.resync = (made.resync[0], made.resync[1])
    if "changes" in kept:
        for item_id, moment in kept["changes"]:
            made.changes.note(item_id, moment)
        made.items = {row["id"]: _item(row) for row in kept["items"]}
        made.bin = {row["id"]: _item(row) for row in kept["bin"]}
        return made
    for row in kept["items"]:
        made.items[row["id"]] = _older_item(made.changes, row)
    return made


def _row(item: Item) -> Json:
    states = [[one.order, one.version, one.modified, one.by, one.fields, one.gone] for one in item.states]
    return {"id": item.id, "guid": item.guid, "created": item.created, "author": item.author, "states": states}


def _item(row: Json) -> Item:
    return Item(row["id"], row["guid"], row["created"], row["author"], [State(*state) for state in row["states"]])


def _older_item(changes: Changes, row: Json) -> Item:
    order = changes.note(row["id"], datetime.fromisoformat(row["modified"]).timestamp())
    state = State(order, row["version"], row["modified"], None, row["fields"])
    return Item(row["id"], row["guid"], row["created"], None, [state])
