"""The AuditLog list, and the audit log of the store: what was decided or done to the record."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import JsonValue
from sqlalchemy import Connection, delete, select

from bot.domain.outbox import Entry, Kind
from bot.records.columns import Row
from bot.records.database import Write
from bot.records.filed_rows import forget, known
from bot.records.lists import AuditAction, AuditRow
from bot.records.outbox import enqueue
from bot.records.schema import audit
from bot.records.sides import Ours, Unfiled

TITLES: Mapping[AuditAction, str] = {
    "edit put back": "A change made in SharePoint could not be used, and was put back",
    "row put back": "A row that the bot needs was deleted in SharePoint, and was put back",
    "retention": "Rows past their date were removed",
    "person forgotten": "Somebody asked to be forgotten, and was",
    "rebuilt": "The bot’s store was made anew from SharePoint",
}


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit row tells. `detail` holds names of columns or counts, never what somebody wrote."""

    action: AuditAction
    ward_id: str | None
    about_list: str
    about_key: str | None = None
    detail: str = ""


def note(write: Write, what: Audited, now: datetime, key: str | None = None) -> None:
    """Write it down, to be filed. Under a `key` that is there already, it says from now on what it says now."""
    key = key or secrets.token_hex(16)
    new = write.insert(audit).values(
        id=key,
        at=now,
        action=what.action,
        ward_id=what.ward_id,
        about_list=what.about_list,
        about_key=what.about_key,
        detail=what.detail,
        version=1,
    )
    again = {"at": now, "detail": what.detail, "version": audit.c.version + 1}
    write.execute(new.on_conflict_do_update(index_elements=[audit.c.id], set_=again))
    enqueue(write, [Entry(Kind.FILE_AUDIT, key, what.ward_id)], now)


class AuditSide:
    """The audit log. All columns are ours; a row that somebody deletes stays deleted."""

    row: ClassVar[type[Row]] = AuditRow
    kind: ClassVar[Kind] = Kind.FILE_AUDIT

    def unfiled(self, connection: Connection, entry_key: str) -> Sequence[Unfiled]:
        ours, filed = self.ours(connection, entry_key), known(connection, AuditRow.LIST, entry_key)
        return [Unfiled(ours, filed)] if ours and (filed is None or filed.version != ours.version) else []

    def ours(self, connection: Connection, key: str) -> Ours | None:
        row = connection.execute(select(audit).where(audit.c.id == key)).first()
        if row is None:
            return None
        return Ours(
            row.version,
            AuditRow(
                entry_key=row.id,
                title=TITLES[row.action],
                at=row.at,
                action=row.action,
                ward_key=row.ward_id,
                about_list=row.about_list,
                about_key=row.about_key,
                detail=row.detail,
            ),
        )

    def entry(self, connection: Connection, key: str) -> Entry:
        ward_id = connection.scalar(select(audit.c.ward_id).where(audit.c.id == key))
        return Entry(Kind.FILE_AUDIT, key, ward_id)

    def entries(self, connection: Connection) -> list[Entry]:
        found = connection.execute(select(audit.c.id, audit.c.ward_id))
        return [Entry(Kind.FILE_AUDIT, row.id, row.ward_id) for row in found]

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        return {}

    def taken_away(self, write: Write, key: str, now: datetime) -> bool:
        write.execute(delete(audit).where(audit.c.id == key))
        forget(write, AuditRow.LIST, [key])
        return True

    def adopt(self, write: Write, fields: Mapping[str, JsonValue], now: datetime) -> bool:
        """One that was deleted and is back, or that a lost store had."""
        row = AuditRow.read(fields)
        values = {
            "at": row.at,
            "action": row.action,
            "ward_id": row.ward_key,
            "about_list": row.about_list,
            "about_key": row.about_key,
            "detail": row.detail,
            "version": 1,
        }
        write.execute(write.insert(audit).values(id=row.entry_key, **values).on_conflict_do_nothing())
        return True
