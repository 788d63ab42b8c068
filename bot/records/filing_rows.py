"""What is still to be filed in SharePoint, and what is known of the copy there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, bindparam, select, update

from bot.domain.checkins import CheckIn, Reply
from bot.domain.wards import Ward
from bot.records.rows import Rows
from bot.records.schema import check_ins, metadata, replies, wards
from bot.records.shapes import read_check_in, read_reply


class FiledTable(StrEnum):
    """A table whose rows are filed."""

    WARDS = "wards"
    CHECK_INS = "check_ins"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class FilingState:
    """What is known of a row's copy in SharePoint. `unsure`: an insert was sent and nobody heard how it ended."""

    item_id: str | None
    etag: str | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class FilingNote:
    """The row `key` is filed as it was at `version`."""

    key: str
    version: int
    item_id: str | None
    etag: str | None


class FilingRows(Rows):
    """The store's part for filing."""

    async def ward_to_file(self, ward_id: str) -> tuple[Ward, int, FilingState] | None:
        """The ward, its version and its copy; None where it is filed as it is, or there is none."""
        rows = await self._unfiled(wards, wards.c.id == ward_id)
        return (Ward.model_validate_json(rows[0].details), rows[0].version, _state(rows[0])) if rows else None

    async def check_in_to_file(self, check_in_id: str) -> tuple[CheckIn, int, FilingState] | None:
        """The check-in, its version and its copy; None where it is filed as it is, or there is none."""
        rows = await self._unfiled(check_ins, check_ins.c.id == check_in_id)
        return (read_check_in(rows[0]), rows[0].version, _state(rows[0])) if rows else None

    async def replies_to_file(self, check_in_id: str) -> Sequence[tuple[str, Reply, int, FilingState]]:
        """Entry key, reply, version and copy of each reply that is not filed as it is, in an order that says nothing."""
        rows = await self._unfiled(replies, replies.c.check_in_id == check_in_id)
        return [(row.id, read_reply(row), row.version, _state(row)) for row in rows]

    async def note_filed(self, table: FiledTable, notes: Sequence[FilingNote]) -> None:
        """Note that these rows are filed, all of them in one transaction."""
        if not notes:
            return
        rows = metadata.tables[table.value]
        put = update(rows).where(rows.c.id == bindparam("key"))
        put = put.values(
            filed_version=bindparam("filed"), item_id=bindparam("item"), etag=bindparam("tag"), unsure=False
        )
        values = [{"key": note.key, "filed": note.version, "item": note.item_id, "tag": note.etag} for note in notes]
        await self._database.write(lambda write: write.execute(put, values))

    async def note_unsure(self, table: FiledTable, key: str) -> None:
        """Note that an insert was sent and nobody heard how it ended: next time, look by key first."""
        rows = metadata.tables[table.value]
        put = update(rows).where(rows.c.id == key).values(unsure=True)
        await self._database.write(lambda write: write.execute(put))

    async def _unfiled(self, table: Table, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
        found = select(table).where(which, table.c.version != table.c.filed_version).order_by(table.c.id)
        return await self._database.read(lambda connection: connection.execute(found).all())


def _state(row: Row[Any]) -> FilingState:
    return FilingState(row.item_id, row.etag, row.unsure)
