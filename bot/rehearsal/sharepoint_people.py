"""What people do in the browser to the lists of the SharePoint stand-in. Nobody else knows who they are."""

from typing import Any

from bot.rehearsal.sharepoint_columns import FACETS, Json, Refused, invalid
from bot.rehearsal.sharepoint_delta import RESYNC
from bot.rehearsal.sharepoint_lists import NO_SUCH, ListOf, Lists

#: Who it was where nobody says.
SOMEBODY = "Alex Morgan"


class People:
    """The lists as people see and change them. Each method raises Refused (404, 400) where SharePoint would refuse it.

    `by` is a person's display name. What they type over several lines gets the browser's line ends, CR LF.
    """

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def _save(self) -> None:
        """Keep what has been changed; nothing here."""

    def add(self, list_name: str, fields: Json, by: str = SOMEBODY) -> str:
        """A person adds a row by hand; its id."""
        of = self._lists.find(list_name)
        item = self._lists.insert(of, {"fields": _typed(of, fields)}, by)
        self._save()
        return str(item.id)

    def edit(self, list_name: str, item_id: str, fields: Json, by: str = SOMEBODY) -> None:
        """A person changes a row; None empties a column."""
        of = self._lists.find(list_name)
        self._lists.update(of, of.item(item_id), _typed(of, fields), None, by)
        self._save()

    def remove(self, list_name: str, item_id: str, by: str = SOMEBODY) -> None:
        """A person deletes a row: it lies in the recycle bin."""
        of = self._lists.find(list_name)
        self._lists.delete(of, of.item(item_id), None, by)
        self._save()

    def restore(self, list_name: str, item_id: str, by: str = SOMEBODY) -> None:
        """A person takes a row out of the recycle bin: the same id and fields, the next version. Refused where its key is taken by now."""
        self._lists.restore(self._lists.find(list_name), item_id, by)
        self._save()

    def versions(self, list_name: str, item_id: str) -> list[Json]:
        """Every version of a row, oldest first, in the recycle bin too: version, fields, modified, by (None for the application)."""
        of = self._lists.find(list_name)
        item = of.items.get(int(item_id)) or of.bin.get(int(item_id))
        if item is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        return [
            {"version": state.version, "fields": dict(state.fields), "modified": state.modified, "by": state.by}
            for state in item.states
            if not state.gone
        ]

    def recycle_bin(self, list_name: str) -> list[str]:
        """The ids of the rows in a list's recycle bin, the last one to come last."""
        return [str(item_id) for item_id in self._lists.find(list_name).bin]

    def remove_column(self, list_name: str, name: str) -> None:
        """A person deletes a column, and with it what stood there, in every version."""
        of = self._lists.find(list_name)
        if name not in of.columns:
            raise invalid(NO_SUCH)
        del of.columns[name]
        of.index.forget(name)
        for item in [*of.items.values(), *of.bin.values()]:
            for state in item.states:
                state.fields.pop(name, None)
        self._save()

    def add_column(self, list_name: str, definition: Json) -> None:
        """A person adds a column, defined as Graph's POST …/columns takes it. It is empty in every row."""
        self._lists.add_column(self._lists.find(list_name), definition)
        self._save()

    def rename_column(self, list_name: str, name: str, display_name: str) -> None:
        """A person renames a column. That changes what people see, never its internal `name`."""
        of = self._lists.find(list_name)
        if name not in of.columns:
            raise invalid(NO_SUCH)
        of.columns[name]["displayName"] = display_name
        self._save()

    def rename_list(self, list_name: str, display_name: str) -> None:
        """A person renames a list. That changes what people see, never its address, nor its `name` in Graph."""
        of = self._lists.find(list_name)
        of.made_as, of.name = of.made_as or of.name, display_name
        self._save()

    def remove_list(self, list_name: str) -> None:
        """A person deletes a list: it lies in the site's recycle bin with all its rows."""
        of = self._lists.find(list_name)
        self._lists.bin[of.id] = self._lists.all.pop(of.id)
        self._save()

    def restore_list(self, list_name: str) -> None:
        """A person takes a list out of the site's recycle bin, with its id and its rows; of two of a name, the one deleted last."""
        found = next((one for one in reversed(self._lists.bin.values()) if one.name == list_name), None)
        if found is None or self._lists.named(list_name):
            raise invalid(NO_SUCH)
        self._lists.all[found.id] = self._lists.bin.pop(found.id)
        self._save()

    def expire_delta(
        self,
        list_name: str | None = None,
        *,
        code: str = "resyncRequired",
        inner: str = "resyncChangesApplyDifferences",
    ) -> None:
        """Make every delta token of a list useless, or of all lists: who comes with one gets 410 with this code, and `inner` within.

        Codes are spelt in more than one way: resyncRequired, ResyncRequired, syncStateNotFound.

        Raises:
            ValueError: `inner` is neither resyncChangesApplyDifferences nor resyncChangesUploadDifferences.
        """
        if inner not in RESYNC:
            raise ValueError(f"no such way to begin again: {inner}")
        for of in [self._lists.find(list_name)] if list_name else self._lists.all.values():
            of.round += 1
            of.resync = (code, inner)
        self._save()

    def tables(self) -> dict[str, Json]:
        """What people see, by list: its columns and its rows.

        A column has name, displayName, description, hidden, kind; a row has id, version, created, modified, by (None for the application),
        and fields by internal name, empty columns absent.
        """
        return {of.name: _table(of) for of in self._lists.all.values()}


def _typed(of: ListOf, fields: Json) -> Json:
    return {name: _with_browsers_line_ends(of.columns.get(name, {}), value) for name, value in fields.items()}


def _with_browsers_line_ends(column: Json, value: Any) -> Any:
    if isinstance(value, str) and column.get("text", {}).get("allowMultipleLines"):
        return value.replace("\r\n", "\n").replace("\n", "\r\n")
    return value


def _table(of: ListOf) -> Json:
    columns = [
        {
            "name": column["name"],
            "displayName": column["displayName"],
            "description": column["description"],
            "hidden": column["hidden"],
            "kind": next(iter(FACETS & column.keys())),
        }
        for column in of.columns.values()
    ]
    rows = [
        {
            "id": str(item.id),
            "version": item.version,
            "created": item.created,
            "modified": item.modified,
            "by": item.now.by,
            "fields": dict(item.fields),
        }
        for _, item in sorted(of.items.items())
    ]
    return {"columns": columns, "rows": rows}
