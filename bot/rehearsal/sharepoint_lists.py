"""The lists of the SharePoint stand-in and what may be done to their rows. Pure but for random ids: no network, and the time is handed in."""

from collections.abc import Callable
from datetime import datetime
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
    title_column,
)
from bot.rehearsal.sharepoint_kept import dumped, loaded
from bot.rehearsal.sharepoint_rows import NO_SUCH, Item, ListOf, State

__all__ = ["NO_SUCH", "Item", "ListOf", "Lists"]

NAME_IS_SERVERS = "Cannot define a 'name' for a list as it is assigned by the server. Instead, provide 'displayName'"
READ_ONLY_FIELD = "Field '{name}' is read-only"
TAG_MISMATCH = "The resource has changed since the caller last read it; usually an eTag mismatch"

_READ_ONLY = frozenset({"id", "ID", "ContentType", "Created", "Modified", "Author", "Editor", "Edit", "Attachments"})


class Lists:
    """All lists of one site. Who does something is a person's name, or None for the application."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._second: tuple[int | None, str] = (None, "")
        self.all: dict[str, ListOf] = {}
        self.bin: dict[str, ListOf] = {}

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

    def insert(self, to: ListOf, body: Json, by: str | None = None) -> Item:
        """POST …/items."""
        fields = body.get("fields")
        if not isinstance(fields, dict) or body.keys() - {"fields", "contentType"}:
            raise invalid("Invalid request")
        kept = self._kept(to, fields, None)
        to.last_id += 1
        moment = self._moment()
        # The list's own id with the row's number in it: one for each row, and far quicker made than another random one.
        made = Item(to.last_id, f"{to.id[:24]}{to.last_id:012x}", moment, by, [])
        to.items[made.id] = made
        self._change(to, made, {name: value for name, value in kept.items() if value is not None}, by)
        return made

    def update(self, of: ListOf, item: Item, fields: Json, if_match: str | None, by: str | None = None) -> None:
        """PATCH …/items/{id}/fields. A person's edit comes this way too, without a tag."""
        _check_tag(item, if_match)
        both = {**item.fields, **self._kept(of, fields, item)}
        of.index.take(item.fields, item.id)
        self._change(of, item, {name: value for name, value in both.items() if value is not None}, by)

    def delete(self, of: ListOf, item: Item, if_match: str | None, by: str | None = None) -> None:
        """DELETE …/items/{id}. The row goes to the recycle bin, with all its versions."""
        _check_tag(item, if_match)
        of.index.take(item.fields, item.id)
        of.bin[item.id] = of.items.pop(item.id)
        item.states.append(State(self._note(of, item), item.version, self._moment(), by, item.fields, gone=True))

    def restore(self, of: ListOf, item_id: str, by: str | None) -> Item:
        """Put a row back from the recycle bin, with its id; Refused where it is not there, or its key has been given to another row."""
        item = of.bin.get(int(item_id)) if item_id.isdecimal() else None
        if item is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        for name, value in item.fields.items():
            self._check_unique(of, name, value, item)
        of.items[item.id] = of.bin.pop(item.id)
        self._change(of, item, item.fields, by)
        return item

    def _change(self, of: ListOf, item: Item, fields: Json, by: str | None) -> None:
        version = item.version + 1 if item.states else 1
        item.states.append(State(self._note(of, item), version, self._moment(), by, fields))
        of.index.put(fields, item.id)

    def _note(self, of: ListOf, item: Item) -> int:
        return of.changes.note(item.id, self._now().timestamp())

    def _kept(self, of: ListOf, fields: Json, item: Item | None) -> Json:
        kept: Json = {}
        for name, value in fields.items():
            if name in _READ_ONLY:
                raise invalid(READ_ONLY_FIELD.format(name=name))
            column = of.columns.get(name)
            if column is None:
                raise invalid(UNKNOWN_FIELD.format(name=name))
            kept[name] = kept_value(column, value)
            self._check_unique(of, name, kept[name], item)
        return kept

    def _check_unique(self, of: ListOf, name: str, value: object, item: Item | None) -> None:
        if value is None or not of.columns.get(name, {}).get("enforceUniqueValues"):
            return
        holders = of.index.column(name, of.items).holders(value)
        if holders and set(holders) != {item.id if item else 0}:
            raise invalid(UNIQUE_TAKEN)

    def _moment(self) -> str:
        # Writing a moment out takes longer than all else that an insert does.
        now = self._now()
        second = int(now.timestamp())
        if second != self._second[0]:
            self._second = (second, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return self._second[1]

    def dump(self) -> list[Json]:
        """All lists as JSON, for keeping between two rehearsals, those in the recycle bin too."""
        return [dumped(one) for one in self.all.values()] + [dumped(one, gone=True) for one in self.bin.values()]

    def load(self, kept: list[Json]) -> None:
        """Put back what `dump` gave, or what it gave before rows kept their versions."""
        for one in kept:
            (self.bin if one.get("gone") else self.all)[one["id"]] = loaded(one)


def _check_tag(item: Item, if_match: str | None) -> None:
    if if_match not in {None, "*", item.etag}:
        raise Refused(412, "resourceModified", TAG_MISMATCH)
