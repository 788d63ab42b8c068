"""The lists and rows of the SharePoint stand-in. Pure but for random ids: no network, and the time is handed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.rehearsal.sharepoint_columns import (
    NAME_TAKEN,
    UNIQUE_TAKEN,
    UNKNOWN_FIELD,
    Json,
    Refused,
    invalid,
    kept_value,
    new_column,
    same,
    title_column,
)

NAME_IS_SERVERS = "Cannot define a 'name' for a list as it is assigned by the server. Instead, provide 'displayName'"
READ_ONLY_FIELD = "Field '{name}' is read-only"
TAG_MISMATCH = "The resource has changed since the caller last read it; usually an eTag mismatch"
NO_SUCH = "The specified item was not found."

_READ_ONLY = frozenset({"id", "ID", "ContentType", "Created", "Modified", "Author", "Editor", "Edit", "Attachments"})


@dataclass
class Item:
    """One row. `version` counts up with each change; the eTag is made of it."""

    id: int
    guid: str
    created: str
    modified: str
    version: int = 1
    fields: Json = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """As SharePoint writes it, quotes and all."""
        return f'"{self.guid},{self.version}"'

    def shown_fields(self) -> Json:
        """The fields as Graph shows them: the row's own and those that SharePoint adds. Empty columns are absent."""
        return {
            "@odata.etag": self.etag,
            **self.fields,
            "id": str(self.id),
            "ContentType": "Item",
            "Modified": self.modified,
            "Created": self.created,
            "AuthorLookupId": "25",
            "EditorLookupId": "25",
            "_UIVersionString": f"{self.version}.0",
            "Attachments": False,
            "Edit": "",
            "LinkTitle": self.fields.get("Title", ""),
            "AppAuthorLookupId": "23",
            "AppEditorLookupId": "23",
        }


@dataclass
class ListOf:
    """One list: its columns by internal name, its rows by number."""

    id: str
    name: str
    description: str
    created: str
    columns: dict[str, Json] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    last_id: int = 0

    def item(self, item_id: str) -> Item:
        """The row of that number; Refused 404 where there is none."""
        found = self.items.get(int(item_id)) if item_id.isdecimal() else None
        if found is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        return found


class Lists:
    """All lists of one site."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.all: dict[str, ListOf] = {}

    def find(self, id_or_name: str) -> ListOf:
        """A list by id or by its display name; Refused 404 where there is none."""
        found = self.all.get(id_or_name) or self.named(id_or_name)
        if found is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        return found

    def named(self, name: str) -> ListOf | None:
        """A list by its display name."""
        return next((one for one in self.all.values() if one.name.casefold() == name.casefold()), None)

    def create(self, body: Json) -> ListOf:
        """POST …/lists."""
        if "name" in body:
            raise invalid(NAME_IS_SERVERS)
        name = str(body.get("displayName") or "")
        if not name or body.get("list", {}).get("template") != "genericList":
            raise invalid("Invalid request")
        if self.named(name) is not None:
            raise Refused(409, "nameAlreadyExists", NAME_TAKEN)
        made = ListOf(str(uuid4()), name, str(body.get("description") or ""), self._moment())
        made.columns["Title"] = title_column()
        for column in body.get("columns", []):
            self.add_column(made, column)
        self.all[made.id] = made
        return made

    def add_column(self, to: ListOf, body: Json) -> Json:
        """POST …/columns."""
        column = new_column(body, to.columns)
        to.columns[str(column["name"])] = column
        return column

    def insert(self, to: ListOf, body: Json) -> Item:
        """POST …/items."""
        fields = body.get("fields")
        if not isinstance(fields, dict) or body.keys() - {"fields", "contentType"}:
            raise invalid("Invalid request")
        kept = self._kept(to, fields, None)
        to.last_id += 1
        moment = self._moment()
        made = Item(to.last_id, str(uuid4()), moment, moment)
        made.fields = {name: value for name, value in kept.items() if value is not None}
        to.items[made.id] = made
        return made

    def update(self, of: ListOf, item: Item, fields: Json, if_match: str | None) -> None:
        """PATCH …/items/{id}/fields. A person's edit comes this way too, without a tag."""
        _check_tag(item, if_match)
        for name, value in self._kept(of, fields, item).items():
            if value is None:
                item.fields.pop(name, None)
            else:
                item.fields[name] = value
        item.version += 1
        item.modified = self._moment()

    def delete(self, of: ListOf, item: Item, if_match: str | None) -> None:
        """DELETE …/items/{id}."""
        _check_tag(item, if_match)
        del of.items[item.id]

    def _kept(self, of: ListOf, fields: Json, item: Item | None) -> Json:
        kept: Json = {}
        for name, value in fields.items():
            if name in _READ_ONLY:
                raise invalid(READ_ONLY_FIELD.format(name=name))
            column = of.columns.get(name)
            if column is None:
                raise invalid(UNKNOWN_FIELD.format(name=name))
            kept[name] = kept_value(column, value)
            if column["enforceUniqueValues"] and kept[name] is not None and self._taken(of, name, kept[name], item):
                raise invalid(UNIQUE_TAKEN)
        return kept

    def _taken(self, of: ListOf, name: str, value: object, by_others_than: Item | None) -> bool:
        return any(same(row.fields.get(name), value) for row in of.items.values() if row is not by_others_than)

    def _moment(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def dump(self) -> list[Json]:
        """All of it as JSON, for keeping between two rehearsals."""
        return [{**vars(one), "items": [vars(item) for item in one.items.values()]} for one in self.all.values()]

    def load(self, dumped: list[dict[str, Any]]) -> None:
        """Put back what `dump` gave."""
        for one in dumped:
            items = {int(row["id"]): Item(**row) for row in one["items"]}
            self.all[one["id"]] = ListOf(**{**one, "items": items})


def _check_tag(item: Item, if_match: str | None) -> None:
    if if_match not in {None, "*", item.etag}:
        raise Refused(412, "resourceModified", TAG_MISMATCH)
