"""What is known of each row in SharePoint: where it is, what it held when last seen, and which write to it is not answered yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.records.columns import Fields
from bot.records.database import Write, insert_into
from bot.records.schema import filed_rows, readings

#: No write of ours is on its way.
NOTHING_SENT: Mapping[str, Any] = MappingProxyType({"sent": None, "sent_key": None, "sent_version": None})
#: The row is not there (any more): it is to be filed as if it had never been.
NOWHERE: Mapping[str, Any] = MappingProxyType(
    {"item_id": None, "etag": None, "fields": None, "version": 0, **NOTHING_SENT}
)
#: Somebody deleted it. What it held stays known: who puts it back from the recycle bin has changed none of that.
GONE: Mapping[str, Any] = MappingProxyType({"item_id": None, "version": 0, **NOTHING_SENT})


@dataclass(frozen=True, slots=True)
class FiledRow:
    """One row there. `fields`, canonical, as last seen (None: not known); `version`: ours that it holds, 0 where it has to be filed.

    `sent`: the fields of a write under way, or one whose answer got lost, known by `sent_key`; `sent_version`: the version that it carries.
    """

    key: str
    item_id: str | None = None
    etag: str | None = None
    fields: Fields | None = None
    version: int = 0
    sent_key: str | None = None
    sent_version: int | None = None
    sent: Fields | None = None
    round: int = 0
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that is about to leave: what the row will hold, and the version of ours that this is."""

    list_name: str
    key: str
    sent_key: str
    version: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Noted:
    """What came of a write: done (`item_id` is given, with the new `etag`), or certainly not carried out."""

    list_name: str
    key: str
    sent_key: str
    item_id: str | None = None
    etag: str | None = None


_BY_KEY = select(filed_rows).where(filed_rows.c.list == bindparam("of"), filed_rows.c.key == bindparam("this"))
_BY_ITEM = select(filed_rows).where(filed_rows.c.item_id == bindparam("item"))


def known(connection: Connection, list_name: str, key: str) -> FiledRow | None:
    """What is known of this row."""
    row = connection.execute(_BY_KEY, {"of": list_name, "this": key}).first()
    return read_filed(row) if row else None


def known_by_item(connection: Connection, list_name: str, item_id: str) -> FiledRow | None:
    """What is known of the row that has this number there. Each list may have one of that number."""
    found = connection.execute(_BY_ITEM, {"item": item_id}).all()
    return next((read_filed(row) for row in found if row.list == list_name), None)


def read_filed(row: Row[Any], prefix: str = "") -> FiledRow:
    """The filed row that a row of `filed_rows` holds; in a join, its columns are told by a prefix."""

    def of(name: str) -> Any:
        return getattr(row, prefix + name)

    return FiledRow(
        key=of("key"),
        item_id=of("item_id"),
        etag=of("etag"),
        fields=of("fields"),
        version=of("version"),
        sent_key=of("sent_key"),
        sent_version=of("sent_version"),
        sent=of("sent"),
        round=of("round"),
        erased=of("erased_on") is not None,
    )


def put(write: Write, list_name: str, key: str, values: Mapping[str, Any]) -> None:
    """Write down these values of a filed row, which may be new."""
    new = write.insert(filed_rows).values(list=list_name, key=key, **values)
    write.execute(new.on_conflict_do_update(index_elements=[filed_rows.c.list, filed_rows.c.key], set_=dict(values)))


def put_all(write: Write, list_name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows of a list, each with its `key` and with values for the same columns."""
    if not rows:
        return
    new = write.insert(filed_rows)
    excluded = {name: getattr(new.excluded, name) for name in rows[0] if name != "key"}
    there = [filed_rows.c.list, filed_rows.c.key]
    put_them = new.on_conflict_do_update(index_elements=there, set_=excluded)
    write.execute(put_them, [{"list": list_name, **row} for row in rows])


def forget(write: Write, list_name: str, keys: Iterable[str]) -> None:
    """Nothing is known of these rows any more."""
    gone = delete(filed_rows).where(filed_rows.c.list == list_name, filed_rows.c.key == bindparam("gone"))
    if rows := [{"gone": key} for key in keys]:
        write.execute(gone, rows)


def forget_places(write: Write, list_name: str) -> None:
    """The list was made anew: none of its rows is there any more, and all are to be filed again."""
    write.execute(update(filed_rows).where(filed_rows.c.list == list_name).values(**NOWHERE))


def forget_column(write: Write, list_name: str, column: str) -> None:
    """Somebody deleted a column: its rows hold nothing in it any more, and are to be filed again once it is back."""
    for row in write.execute(select(filed_rows).where(filed_rows.c.list == list_name)).all():
        if row.fields and row.fields.get(column) is not None:
            put(write, list_name, row.key, {"fields": {**row.fields, column: None}, "version": 0})


def unmet(connection: Connection, list_name: str, in_round: int) -> list[FiledRow]:
    """The rows that a full reading of this number did not show, and that were there before it began."""
    found = select(filed_rows).where(
        filed_rows.c.list == list_name, filed_rows.c.round < in_round, filed_rows.c.item_id.is_not(None)
    )
    return [read_filed(row) for row in connection.execute(found).all()]


def erase(write: Write, list_name: str, key: str, today: date) -> None:
    """Remember of a row only that it was taken away for good, so that it is taken away again where it turns up."""
    erase_all(write, list_name, [key], today)


def erase_all(write: Write, list_name: str, keys: Iterable[str], today: date) -> None:
    """The same for many rows of a list."""
    put_all(write, list_name, [{"key": key, **NOWHERE, "erased_on": today} for key in keys])


def erased_among(write: Write, keys: Sequence[str]) -> frozenset[str]:
    """Which of these were taken away for good, perhaps a moment ago: they must not leave."""
    gone = select(filed_rows.c.key).where(filed_rows.c.key.in_(keys), filed_rows.c.erased_on.is_not(None))
    return frozenset(write.execute(gone).scalars())


@cache
def _sent(dialect: str) -> sqlite.Insert | postgresql.Insert:
    names = ("list", "key", "sent_key", "sent_version", "sent")
    new = insert_into(filed_rows, dialect).values({name: bindparam(name) for name in names})
    sent = {name: getattr(new.excluded, name) for name in ("sent_key", "sent_version", "sent")}
    there = [filed_rows.c.list, filed_rows.c.key]
    return new.on_conflict_do_update(index_elements=there, set_=sent, where=filed_rows.c.erased_on.is_(None))


def note_sent(write: Write, rows: Sequence[Sent]) -> None:
    """Before they leave: a write whose answer gets lost, with the process or without it, is known by its key afterwards.

    Of a row that was erased a moment ago nothing is written down again; should it arrive, it is taken away when it is read.
    """
    values = [
        {
            "list": row.list_name,
            "key": row.key,
            "sent_key": row.sent_key,
            "sent_version": row.version,
            "sent": orjson.dumps(row.fields).decode(),
        }
        for row in rows
    ]
    write.many(_sent(write.connection.dialect.name), values)


_MINE = (filed_rows.c.list == bindparam("of")) & (filed_rows.c.key == bindparam("this"))
_MINE &= filed_rows.c.sent_key == bindparam("write_key")
# Said in the statement itself: `Write.many` takes no parameters but those of its rows.
_NULLS = dict.fromkeys(NOTHING_SENT, null())
_DONE = (
    update(filed_rows)
    .where(_MINE)
    .values(
        fields=filed_rows.c.sent,
        version=filed_rows.c.sent_version,
        item_id=bindparam("item"),
        etag=bindparam("tag"),
        round=bindparam("in_round"),
        **_NULLS,
    )
)
_NOT_DONE = update(filed_rows).where(_MINE).values(**_NULLS)


def note_came(write: Write, rows: Sequence[Noted]) -> None:
    """What came of writes. One that was met in a reading meanwhile, and is known already, stays as it is."""
    # The latest full reading of each list: what is written from then on has no need to be met in it.
    rounds = {row.list: row.round for row in write.execute(select(readings.c.list, readings.c.round))}
    done = [
        {
            "of": row.list_name,
            "this": row.key,
            "write_key": row.sent_key,
            "item": row.item_id,
            "tag": row.etag,
            "in_round": rounds.get(row.list_name, 0),
        }
        for row in rows
        if row.item_id is not None
    ]
    write.many(_DONE, done)
    not_done = [row for row in rows if row.item_id is None]
    write.many(_NOT_DONE, [{"of": row.list_name, "this": row.key, "write_key": row.sent_key} for row in not_done])
