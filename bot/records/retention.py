"""What is past its date is removed, from the store and from SharePoint, a little at a time.

A reply is as old as its check-in's close, a check-in too; an open one is never past its date, and one that goes takes its replies along. What
SharePoint does not have yet is removed all the same, and is not filed first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, delete, exists, func, select

from bot.domain.checkins import State
from bot.domain.outbox import Kind
from bot.records.audit_side import Audited, note
from bot.records.database import Database, Write
from bot.records.filed_rows import erase_all
from bot.records.lists import AuditRow, CheckInRow, ReplyRow
from bot.records.outbox import delete_entry, enqueue
from bot.records.schema import audit, check_ins, filed_rows, outbox, replies

#: Rows a transaction, so that nobody who answers waits behind it; and no more than so many deletions wait for SharePoint, which takes a few a
#: second: what else is to be filed does not stand behind them for hours.
A_STEP = 200

ROWS, ONE_ROW = "{count} rows, up to {until}", "1 row, up to {until}"

_OVER = check_ins.c.state.in_([State.CLOSED.value, State.MISSED.value])


@dataclass(frozen=True, slots=True)
class Days:
    """So many days are kept, by list; None: for ever."""

    check_ins: int | None = None
    replies: int | None = None
    audit_log: int | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    """What is past its date in one list: `found` gives id and item_id of some; the last day that is past."""

    list_name: str
    table: Table
    found: Select[Any]
    until: date


class Retention:
    """Removes what is past its date. Two of them do no harm."""

    def __init__(self, database: Database, days: Days) -> None:
        self._database = database
        self._days = days

    async def remove_what_is_past(self, now: datetime) -> bool:
        """One step of it. True once nothing is left that is past its date today; until then, to be called again in a while."""
        return await self._database.write(lambda write: self._step(write, now))

    def _step(self, write: Write, now: datetime) -> bool:
        done, left = True, A_STEP - _waiting(write)
        for past in _past(self._days, now):
            # What another instance is removing just now is its own (PostgreSQL).
            asked = past.found.limit(max(left, 0) + 1).with_for_update(of=past.table, skip_locked=True)
            found = write.execute(asked).all()
            some = found[: max(left, 0)]
            if some:
                _remove(write, past, some, now)
                write.afterwards.append(self._database.leave_no_trace)
            left -= len(some)
            done = done and len(found) == len(some)
        return done


def _past(days: Days, now: datetime) -> Iterator[_Past]:
    """Replies before their check-ins, which cannot go without them."""
    of_check_ins, of_audit_log = _start(days.check_ins, now), _start(days.audit_log, now)
    of_replies = max((start for start in (of_check_ins, _start(days.replies, now)) if start), default=None)
    if of_replies is not None:
        gone = _OVER & (check_ins.c.closes_at < of_replies)
        found = _known(replies, ReplyRow.LIST).join(check_ins, check_ins.c.id == replies.c.check_in_id).where(gone)
        yield _Past(ReplyRow.LIST, replies, found, _day_before(of_replies))
    if of_check_ins is not None:
        gone = _OVER & (check_ins.c.closes_at < of_check_ins) & ~exists().where(replies.c.check_in_id == check_ins.c.id)
        found = _known(check_ins, CheckInRow.LIST).where(gone)
        yield _Past(CheckInRow.LIST, check_ins, found, _day_before(of_check_ins))
    if of_audit_log is not None:
        found = _known(audit, AuditRow.LIST).where(audit.c.at < of_audit_log)
        yield _Past(AuditRow.LIST, audit, found, _day_before(of_audit_log))


def _start(days: int | None, now: datetime) -> datetime | None:
    """The start of the first day that is kept (UTC)."""
    return None if days is None else datetime.combine(now.astimezone(UTC).date() - timedelta(days), time(), UTC)


def _day_before(moment: datetime) -> date:
    return moment.date() - timedelta(days=1)


def _known(table: Table, list_name: str) -> Select[Any]:
    filed: ColumnElement[bool] = (filed_rows.c.list == list_name) & (filed_rows.c.key == table.c.id)
    return select(table.c.id, filed_rows.c.item_id).select_from(table).outerjoin(filed_rows, filed)


def _remove(write: Write, past: _Past, some: Sequence[Row[Any]], now: datetime) -> None:
    write.execute(delete(past.table).where(past.table.c.id == bindparam("gone")), [{"gone": row.id} for row in some])
    erase_all(write, past.list_name, [row.id for row in some], now.date())
    enqueue(write, [delete_entry(past.list_name, row.id, row.item_id) for row in some], now)
    _note(write, past, len(some), now)


def _note(write: Write, past: _Past, count: int, now: datetime) -> None:
    """One row a list and day in the audit log, which counts on with each step."""
    key = f"retention-{past.list_name}-{now.date()}"
    before = write.execute(select(audit.c.detail).where(audit.c.id == key).with_for_update()).scalar()
    total = count + (int(before.partition(" ")[0]) if before else 0)
    detail = (ONE_ROW if total == 1 else ROWS).format(count=total, until=past.until)
    note(write, Audited("retention", None, past.list_name, detail=detail), now, key)


def _waiting(write: Write) -> int:
    counted = select(func.count()).where(outbox.c.kind == Kind.DELETE_ROW, ~outbox.c.parked)
    return write.execute(counted).scalar_one()
