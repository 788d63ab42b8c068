"""One row of the SharePoint stand-in, with every version of it, and one list of rows. Pure."""

from dataclasses import dataclass, field
from itertools import takewhile
from zlib import crc32

from bot.rehearsal.sharepoint_changes import Changes
from bot.rehearsal.sharepoint_columns import Json, Refused
from bot.rehearsal.sharepoint_index import Index

NO_SUCH = "The specified item was not found."

#: Numbers of the site's users: the one that stands for all applications, and this application (observed in public fixtures of Graph).
_ANY_APPLICATION, _APPLICATION = "25", "23"


@dataclass(frozen=True, slots=True)
class State:
    """What a row was from one change to the next: `order` is the change's number in the list.

    `by` is the person who made the change, None for the application; with `gone` the row lies in the recycle bin.
    """

    order: int
    version: int
    modified: str
    by: str | None
    fields: Json
    gone: bool = False


@dataclass(slots=True)
class Item:
    """One row: `states` in their order, never empty. `author` as a state's `by`."""

    id: int
    guid: str
    created: str
    author: str | None
    states: list[State]

    @property
    def now(self) -> State:
        """The newest state."""
        return self.states[-1]

    @property
    def version(self) -> int:
        """Counts up with each change; the eTag is made of it."""
        return self.now.version

    @property
    def modified(self) -> str:
        return self.now.modified

    @property
    def fields(self) -> Json:
        """By internal name; empty columns are absent."""
        return self.now.fields

    @property
    def etag(self) -> str:
        """As SharePoint writes it, quotes and all."""
        return f'"{self.guid},{self.version}"'

    def at(self, order: int) -> "Item | None":
        """The row as that change of the list left it, or None where it was not there then."""
        states = self.states
        if states[-1].order > order:
            states = list(takewhile(lambda state: state.order <= order, states))
        if not states or states[-1].gone:
            return None
        return self if states is self.states else Item(self.id, self.guid, self.created, self.author, states)

    def shown_fields(self) -> Json:
        """The fields as Graph shows them: the row's own and those that SharePoint adds. Empty columns are absent."""
        title = self.fields.get("Title", "")
        return {
            "@odata.etag": self.etag,
            **self.fields,
            "id": str(self.id),
            "ContentType": "Item",
            "Modified": self.modified,
            "Created": self.created,
            "AuthorLookupId": _user_number(self.author),
            "EditorLookupId": _user_number(self.now.by),
            "_UIVersionString": f"{self.version}.0",
            "Attachments": False,
            "Edit": "",
            "LinkTitleNoMenu": title,
            "LinkTitle": title,
            "ItemChildCount": "0",
            "FolderChildCount": "0",
            "_ComplianceFlags": "",
            "_ComplianceTag": "",
            "_ComplianceTagWrittenTime": "",
            "_ComplianceTagUserId": "",
            **({} if self.author else {"AppAuthorLookupId": _APPLICATION}),
            **({} if self.now.by else {"AppEditorLookupId": _APPLICATION}),
        }


@dataclass
class ListOf:
    """One list: its columns by internal name, its rows by number, and those in the recycle bin.

    `name` is what people call it; `made_as` is what it was called at first where they have renamed it, which its address keeps.
    `round` counts how often all delta tokens of the list were made useless, and `resync` is what such a token meets: the error's code and
    the code within.
    """

    id: str
    name: str
    description: str
    created: str
    made_as: str = ""
    columns: dict[str, Json] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    last_id: int = 0
    bin: dict[int, Item] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    index: Index = field(default_factory=Index)
    round: int = 0
    resync: tuple[str, str] = ("resyncRequired", "resyncChangesApplyDifferences")

    def item(self, item_id: str) -> Item:
        """The row of that number; Refused 404 where there is none."""
        found = self.items.get(int(item_id)) if item_id.isdecimal() else None
        if found is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        return found

    def seen(self, item_id: int, order: int) -> Item | None:
        """The row as that change of the list left it, whatever became of it since."""
        found = self.items.get(item_id) or self.bin.get(item_id)
        return found.at(order) if found else None


def _user_number(name: str | None) -> str:
    return _ANY_APPLICATION if name is None else str(100 + crc32(name.encode()) % 9000)
