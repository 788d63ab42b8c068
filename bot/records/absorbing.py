"""What stands in SharePoint, taken into the store: people's changes, deletions, and writes of ours whose answer got lost.

What people changed wins over what we changed in the same column and have not filed; what cannot be obeyed is put back, written into the
audit log, and told to the ward's leads. The columns that are ours alone are put back too.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import structlog
from sqlalchemy import func, select

from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Ward
from bot.records.audit_side import Audited, note
from bot.records.columns import TITLE, Fields, Row
from bot.records.database import Write
from bot.records.filed_rows import GONE, NOTHING_SENT, FiledRow, forget, known, known_by_item, put
from bot.records.merging import RemoteRow, base_of, edits, is_older, is_same
from bot.records.outbox import delete_entry, enqueue
from bot.records.schema import audit
from bot.records.sides import Ours, Side
from bot.records.store import Store

OURS_ALONE = "Only I write this column."

#: Of one row in a day: what is put back more often is changed by a program, and nobody is told of it any more.
TOLD_AT_MOST, IN = 5, timedelta(days=1)

log = structlog.get_logger()


class Came(StrEnum):
    """What a row that was read turned out to be."""

    KNOWN = "known"
    TAKEN = "taken"
    PUT_BACK = "put_back"
    PUT_BACK_AGAIN = "put_back_again_and_again"
    ERASED = "erased"
    UNKNOWN = "unknown"
    STRANGER = "stranger"
    UNREADABLE = "unreadable_rows"


class Absorbing:
    """Takes in rows of one list, within one transaction. `present`: the columns that the list has; what it has not holds nothing for anybody.

    A row that cannot be taken in, for whatever reason, is named in the log and leaves the others alone.
    """

    def __init__(self, write: Write, store: Store, side: Side, now: datetime, present: Collection[str]) -> None:
        self._write = write
        self._store = store
        self._side = side
        self._now = now
        self._present = present

    def row(self, remote: RemoteRow, full_round: int | None = None) -> Came:
        """Take in a row as it was read. Safe to repeat: an older state than the one known says nothing.

        `full_round`: the number of the full reading in which it was met, if it was in one.
        """
        return self._alone(partial(self._row, remote, full_round), remote.key)

    def deletion(self, filed: FiledRow) -> Came:
        """A person deleted a row: ours goes too, or the row comes back where the bot cannot do without it."""

        def delete() -> Came:
            with self._write.connection.begin_nested():
                return self._deletion(filed)

        return self._alone(delete, filed.key)

    def _alone(self, act: Callable[[], Came], key: str | None) -> Came:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other rows come first
            log.error("a row could not be taken in", list=self._side.row.LIST, row=key, error=type(error).__name__)
            return Came.UNREADABLE

    def _row(self, remote: RemoteRow, full_round: int | None) -> Came:
        name = self._side.row.LIST
        filed = known_by_item(self._write.connection, name, remote.item_id)
        if filed is None and remote.key is not None:
            filed = known(self._write.connection, name, remote.key)
        if filed is not None and not filed.erased and _says_nothing_new(filed, remote):
            # As most rows do, our own: a savepoint would cost more than all the rest.
            if full_round is not None and filed.item_id == remote.item_id:
                put(self._write, name, filed.key, {"round": full_round})
            return Came.KNOWN
        with self._write.connection.begin_nested():
            return self._take_in(remote, filed, full_round)

    def _take_in(self, remote: RemoteRow, filed: FiledRow | None, full_round: int | None) -> Came:
        name, side = self._side.row.LIST, self._side
        if filed is not None and filed.erased:
            enqueue(self._write, [delete_entry(name, filed.key, remote.item_id)], self._now)
            return Came.ERASED
        key = filed.key if filed else remote.key
        if key is None:
            return Came.STRANGER
        ours = side.ours(self._write.connection, key)
        if ours is None and self._adopted(remote):
            ours = side.ours(self._write.connection, key)
        return Came.UNKNOWN if ours is None else self._merge(ours, filed, remote, full_round)

    def _adopted(self, remote: RemoteRow) -> bool:
        try:
            return self._side.adopt(self._write, self._side.row.canonical(remote.fields), self._now)
        except ValueError:  # it is no row of this list
            return False

    def _merge(self, before: Ours, filed: FiledRow | None, remote: RemoteRow, full_round: int | None) -> Came:
        key, side = before.key, self._side
        theirs = self._seen(remote)
        base = base_of(filed, remote, theirs, before.fields, side.row.theirs())
        changed = edits(base, theirs, before.fields)
        allowed = {column: value for column, value in changed.items() if column in side.row.theirs()}
        refused = dict(side.correct(self._write, key, allowed, self._now))
        refused |= {column: OURS_ALONE for column in changed if column not in allowed}

        after = side.ours(self._write.connection, key) or before
        clean = all(after.fields.get(column) == value for column, value in theirs.items())
        values = {
            "item_id": remote.item_id,
            "etag": remote.etag,
            "fields": dict.fromkeys(after.fields) | theirs,
            "version": after.version if clean else 0,
            **NOTHING_SENT,
        }
        put(self._write, side.row.LIST, key, values if full_round is None else {**values, "round": full_round})
        if not clean:
            enqueue(self._write, [side.entry(self._write.connection, key)], self._now)
        if refused:
            return self._put_back(key, refused)
        return Came.TAKEN if allowed else Came.KNOWN

    def _seen(self, remote: RemoteRow) -> Fields:
        """What the row holds, in columns that are there. An empty one is absent too, so that the row alone cannot tell."""
        return {
            name: value
            for name, value in self._side.row.canonical(remote.fields).items()
            if value is not None or name in self._present
        }

    def _deletion(self, filed: FiledRow) -> Came:
        side = self._side
        if side.ours(self._write.connection, filed.key) is None:
            forget(self._write, side.row.LIST, [filed.key])
            return Came.KNOWN
        if side.taken_away(self._write, filed.key, self._now):
            return Came.TAKEN
        put(self._write, side.row.LIST, filed.key, GONE)
        entry = side.entry(self._write.connection, filed.key)
        note(self._write, Audited("row put back", entry.ward_id, side.row.LIST, filed.key), self._now)
        enqueue(self._write, [entry, *self._tell_leads(entry.ward_id, {})], self._now)
        log.warning("a row that the bot needs was deleted in SharePoint", list=side.row.LIST, ward=entry.ward_id)
        return Came.PUT_BACK

    def _put_back(self, key: str, refused: Mapping[str, str]) -> Came:
        """Say what is put back, and why: to the ward's leads, into the audit log, and to the operator."""
        name = self._side.row.LIST
        if self._told_lately(key) >= TOLD_AT_MOST:
            return Came.PUT_BACK_AGAIN
        ward_id = self._side.entry(self._write.connection, key).ward_id
        names = titles(self._side.row)
        told = {names[column]: sentence for column, sentence in refused.items()}
        note(self._write, Audited("edit put back", ward_id, name, key, ", ".join(sorted(told))), self._now)
        enqueue(self._write, self._tell_leads(ward_id, told), self._now)
        for column in refused:
            log.warning("a change made in SharePoint was put back", list=name, column=column, ward=ward_id)
        return Came.PUT_BACK

    def _told_lately(self, key: str) -> int:
        same = (audit.c.action == "edit put back") & (audit.c.about_list == self._side.row.LIST)
        found = select(func.count()).where(same, audit.c.about_key == key, audit.c.at > self._now - IN)
        return self._write.execute(found).scalar_one()

    def _tell_leads(self, ward_id: str | None, told: Mapping[str, str]) -> list[Entry]:
        """One entry a lead. `told`: what was put back by the column's title, each with its sentence; empty where the whole row was."""
        ward: Ward | None = self._store.ward_for_change(self._write, ward_id) if ward_id else None
        if ward is None:
            return []
        columns = "\n".join(f"{title}: {sentence}" for title, sentence in sorted(told.items()))
        payload = {"about": "put_back", "list": self._side.row.LIST, "columns": columns}
        # A key of its own: what is told next must not take the place of what a lead has not heard yet.
        this = secrets.token_hex(4)
        return [
            Entry(Kind.TELL_LEADS, f"{ward.id}/{lead.id}/{this}", ward.id, {**payload, "lead": lead.id})
            for lead in ward.leads
        ]


def _says_nothing_new(filed: FiledRow, remote: RemoteRow) -> bool:
    """Whether it is a state from before what is known, which a reader that lags behind may still show.

    What the row held when it was filed by the first version was not noted: it is compared once, which brings it the newer columns too.
    """
    if filed.item_id is None:
        return is_older(remote.etag, filed.etag)
    if filed.item_id != remote.item_id:
        # Numbers only grow: that row was deleted, and ours has been filed again since.
        return remote.item_id.isdecimal() and filed.item_id.isdecimal() and int(remote.item_id) < int(filed.item_id)
    known_state = is_older(remote.etag, filed.etag) or is_same(remote.etag, filed.etag)
    return known_state and filed.fields is not None


def titles(row: type[Row]) -> dict[str, str]:
    """What people read above each column, by its internal name."""
    return {TITLE: TITLE} | {column.name: column.display_name for column in row.definition().columns}
