"""What each list's own part of the store does for filing and reading back: one side a list, behind the same few methods.

All of them run inside a transaction that somebody else began.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Protocol

from pydantic import JsonValue
from sqlalchemy import Connection

from bot.domain.outbox import Entry, Kind
from bot.records.columns import Row
from bot.records.database import Write
from bot.records.filed_rows import FiledRow


@dataclass(frozen=True)
class Ours:
    """One of our rows as it ought to stand in SharePoint, and the version of it that this is."""

    version: int
    row: Row

    @property
    def key(self) -> str:
        """Its entry key."""
        return self.row.entry_key

    @cached_property
    def fields(self) -> dict[str, JsonValue]:
        """Its columns, canonical."""
        return self.row.fields()


@dataclass(frozen=True, slots=True)
class Unfiled:
    """One of our rows, and what is known of it in SharePoint. `early`: its check-in is still open; `named`: somebody put their name to it."""

    ours: Ours
    known: FiledRow | None
    early: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Unfit:
    """One of our rows that cannot be written as a row of its list."""

    key: str


class Side(Protocol):
    """One list's part. `row` is its model, `kind` the outbox entry that files its rows."""

    row: ClassVar[type[Row]]
    kind: ClassVar[Kind]

    def unfiled(self, connection: Connection, entry_key: str) -> Sequence[Unfiled | Unfit]:
        """The rows that an outbox entry stands for, as far as they are not filed as they are."""
        ...

    def ours(self, connection: Connection, key: str) -> Ours | None:
        """Our row of this key; None where there is none (any more)."""
        ...

    def entry(self, connection: Connection, key: str) -> Entry:
        """The outbox entry that files this row."""
        ...

    def entries(self, connection: Connection) -> list[Entry]:
        """The outbox entries that file every row there is."""
        ...

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        """Take over what people changed, by column. What cannot be obeyed is answered with a sentence, by column too."""
        ...

    def taken_away(self, write: Write, key: str, now: datetime) -> bool:
        """A person deleted the row: forget ours. False where that is not obeyed, and the row comes back."""
        ...

    def adopt(self, write: Write, fields: Mapping[str, JsonValue], now: datetime) -> bool:
        """Keep a row that only SharePoint has, from its canonical fields. False where it belongs to nothing that we know.

        Raises:
            ValueError: it is no row of this list.
        """
        ...
