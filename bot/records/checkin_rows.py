"""Check-ins in the local database. One per ward and period."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Column, Connection, Select, delete, exists, select, update

from bot.domain.checkins import CheckIn, Missed, State, figures
from bot.domain.outbox import Entry, Kind
from bot.records.database import Write
from bot.records.outbox import enqueue
from bot.records.rows import Rows
from bot.records.schema import check_ins, replies
from bot.records.shapes import check_in_columns, figures_json, read_check_in, read_reply

log = structlog.get_logger()

#: Bytes of an open check-in's secret: as many as SHA-256 gives, which RFC 2104 section 3 asks of an HMAC key.
SECRET_LENGTH = 32

_COLUMNS = [column for column in check_ins.c if column is not check_ins.c.secret]


class CheckInRows(Rows):
    """The store's part for check-ins."""

    async def add_check_in(self, check_in: CheckIn, entries: Sequence[Entry]) -> bool:
        """Keep a new check-in and its entries; False, and nothing kept, where the ward has one for this period already.

        An open one takes the place of a missed one with the same id, and so of its row in SharePoint.
        """
        now = self._clock.now()
        opens = check_in.state is State.OPEN
        secret = secrets.token_bytes(SECRET_LENGTH) if opens else None
        columns = {"secret": secret, **check_in_columns(check_in)}
        # A missed one was never posted, so no reply hangs on it.
        missed = (check_ins.c.id == check_in.id) & (check_ins.c.state == State.MISSED) & opens
        again = update(check_ins).where(missed).values(version=check_ins.c.version + 1, **columns)

        def add(write: Write) -> bool:
            put = write.insert(check_ins).values(id=check_in.id, version=1, **columns).on_conflict_do_nothing()
            if not write.execute(again).rowcount and not write.execute(put).rowcount:
                return False
            enqueue(write, entries, now)
            return True

        return await self._database.write(add)

    async def check_in(self, check_in_id: str) -> CheckIn | None:
        """The check-in with this id."""

        async def read() -> CheckIn | None:
            found = await self._check_ins_found(select(*_COLUMNS).where(check_ins.c.id == check_in_id))
            return found[0] if found else None

        return await self._open_check_ins.get(check_in_id, read, when=lambda found: found.state is State.OPEN)

    async def open_check_in(self, ward_id: str) -> CheckIn | None:
        """The ward's open check-in; the latest, should one be past its end and not closed yet."""
        found = await self._check_ins_found(_of(ward_id).where(check_ins.c.state == State.OPEN).limit(1))
        return found[0] if found else None

    async def recent_check_ins(self, ward_id: str, limit: int) -> Sequence[CheckIn]:
        """The ward's latest check-ins, latest first."""
        return await self._check_ins_found(_of(ward_id).limit(limit))

    async def periods_since(self, moment: datetime) -> Mapping[str, frozenset[str]]:
        """For every ward, the periods of its check-ins (open, closed or missed) that were opened after `moment`."""
        found = select(check_ins.c.ward_id, check_ins.c.period).where(check_ins.c.opened_at > moment)
        periods: defaultdict[str, set[str]] = defaultdict(set)
        for ward_id, period in await self._database.read(lambda connection: connection.execute(found).all()):
            periods[ward_id].add(period)
        return {ward_id: frozenset(had) for ward_id, had in periods.items()}

    async def to_close(self, now: datetime) -> Sequence[CheckIn]:
        """The open check-ins past their end, longest past first."""
        over = select(*_COLUMNS).where(check_ins.c.state == State.OPEN, check_ins.c.closes_at <= now)
        return await self._check_ins_found(over.order_by(check_ins.c.closes_at, check_ins.c.id))

    async def to_remind(self, now: datetime) -> Sequence[CheckIn]:
        """The open check-ins whose reminder is due."""
        due = select(*_COLUMNS).where(check_ins.c.state == State.OPEN, check_ins.c.remind_at <= now)
        return await self._check_ins_found(due.order_by(check_ins.c.remind_at, check_ins.c.id))

    async def note_posted(self, check_in_id: str, message_id: str) -> bool:
        """Remember Teams' id of the card; False where another id is noted already, or there is no such check-in."""
        return await self._note_message(check_ins.c.message_id, check_in_id, message_id)

    async def note_summarised(self, check_in_id: str, message_id: str) -> None:
        """Remember Teams' id of the summary, so that it can follow what is corrected in the record."""
        await self._note_message(check_ins.c.summary_id, check_in_id, message_id)

    async def _note_message(self, column: Column[Any], check_in_id: str, message_id: str) -> bool:
        """False where another id is noted already. A new one goes into the record, from which the store could be made anew."""
        now = self._clock.now()
        mine = (check_ins.c.id == check_in_id) & (column.is_(None) | (column == message_id))

        def note(write: Write) -> bool:
            row = write.execute(
                select(check_ins.c.ward_id, column.label("noted")).where(mine).with_for_update()
            ).first()
            if row is None or row.noted is not None:
                return row is not None
            self._forget_after(write, check_in_id)
            put = update(check_ins).where(check_ins.c.id == check_in_id)
            write.execute(put.values(version=check_ins.c.version + 1, **{column.name: message_id}))
            enqueue(write, [Entry(Kind.FILE_CHECK_IN, check_in_id, row.ward_id)], now)
            return True

        return await self._database.write(note)

    async def note_reminded(self, check_in_id: str, entries: Sequence[Entry]) -> bool:
        """Take the reminder off an open check-in and keep the entries; False, and nothing kept, where it is off already."""
        now = self._clock.now()
        due = (check_ins.c.state == State.OPEN) & check_ins.c.remind_at.is_not(None)
        put = update(check_ins).where(check_ins.c.id == check_in_id, due)
        put = put.values(remind_at=None, version=check_ins.c.version + 1)

        def note(write: Write) -> bool:
            self._forget_after(write, check_in_id)
            if not write.execute(put).rowcount:
                return False
            enqueue(write, entries, now)
            return True

        return await self._database.write(note)

    async def move_end(self, check_in_id: str, closes_at: datetime, entries: Sequence[Entry]) -> None:
        """An open check-in closes at another moment; where it is the same moment, nothing is written."""
        now = self._clock.now()
        await self._database.write(lambda write: self.change_end(write, check_in_id, closes_at, entries, now))

    def change_end(
        self, write: Write, check_in_id: str, closes_at: datetime, entries: Sequence[Entry], now: datetime
    ) -> None:
        """In a transaction: the same."""
        self._forget_after(write, check_in_id)
        other = (check_ins.c.state == State.OPEN) & (check_ins.c.closes_at != closes_at)
        put = update(check_ins).where(check_ins.c.id == check_in_id, other)
        if write.execute(put.values(closes_at=closes_at, version=check_ins.c.version + 1)).rowcount:
            enqueue(write, entries, now)

    def keep_check_in(self, write: Write, check_in: CheckIn) -> None:
        """In a transaction: a check-in that the record has and the store has not, an open one with a secret of its own."""
        secret = secrets.token_bytes(SECRET_LENGTH) if check_in.state is State.OPEN else None
        put = write.insert(check_ins).values(id=check_in.id, version=1, secret=secret, **check_in_columns(check_in))
        write.execute(put.on_conflict_do_nothing())

    def show_no_more(self, write: Write, check_in_id: str, *, removed: bool) -> None:
        """In a transaction: somebody deleted the check-in's row, or put it back. Its period stays known."""
        self._forget_after(write, check_in_id)
        write.execute(update(check_ins).where(check_ins.c.id == check_in_id).values(removed=removed))

    async def close_check_in(self, check_in_id: str, entries: Sequence[Entry]) -> CheckIn | None:
        """Freeze the figures, destroy the secret and every reply's mark, keep the entries; None where it was not open.

        One that closes before its time has closed now, and says so.
        When this returns, neither SQLite's file nor its log holds the secret or a mark (PostgreSQL and the exception: `Database.scrub`).
        """
        now = self._clock.now()

        def close(write: Write) -> CheckIn | None:
            self._forget_after(write, check_in_id)
            found = select(check_ins.c.closes_at).where(check_ins.c.id == check_in_id, check_ins.c.state == State.OPEN)
            closes_at = write.execute(found.with_for_update()).scalar()
            if closes_at is None:
                return None
            rows = write.execute(_replies_of(check_in_id)).all()
            came_to = figures([read_reply(row) for row in rows])
            ended = {"state": State.CLOSED.value, "figures": figures_json(came_to), "closes_at": min(closes_at, now)}
            self._end(write, check_in_id, ended)
            if rows:
                # Written anew in the order of their random keys: PostgreSQL would keep them in the order in which they came.
                write.execute(delete(replies).where(replies.c.check_in_id == check_in_id))
                write.execute(replies.insert(), [{**row._mapping, "mark": None} for row in rows])  # noqa: SLF001 -- public, despite its name
            enqueue(write, entries, now)
            return _one(write.connection, check_in_id)

        closed = await self._database.write(close)
        await self._database.scrub()
        return closed

    async def give_up(self, check_in_id: str, missed: Missed, entries: Sequence[Entry]) -> None:
        """An open check-in that Teams finally refused becomes a missed one.

        Not one whose card is known to be in the channel, or that somebody answered: it was posted after all, and what people said counts.
        """
        now = self._clock.now()
        unposted = select(check_ins.c.id).where(
            check_ins.c.id == check_in_id,
            check_ins.c.state == State.OPEN,
            check_ins.c.message_id.is_(None),
            ~exists().where(replies.c.check_in_id == check_in_id),
        )

        def give_up(write: Write) -> None:
            self._forget_after(write, check_in_id)
            if write.execute(unposted.with_for_update()).first() is not None:
                self._end(write, check_in_id, {"state": State.MISSED.value, "missed": missed.value})
                enqueue(write, entries, now)

        await self._database.write(give_up)
        await self._database.scrub()

    def _end(self, write: Write, check_in_id: str, values: Mapping[str, Any]) -> None:
        end = update(check_ins).where(check_ins.c.id == check_in_id)
        write.execute(end.values(version=check_ins.c.version + 1, secret=None, remind_at=None, **values))
        write.afterwards.append(self._database.leave_no_trace)

    def _forget_after(self, write: Write, check_in_id: str) -> None:
        write.afterwards.append(lambda: self._open_check_ins.forget(check_in_id))

    async def _check_ins_found(self, found: Select[Any]) -> list[CheckIn]:
        """What cannot be read is left out and named in the log: one broken row must not stop the others."""
        readable = []
        for row in await self._database.read(lambda connection: connection.execute(found).all()):
            try:
                readable.append(read_check_in(row))
            except ValueError:
                log.error("a check-in's row cannot be read", check_in=row.id)
        return readable


def _one(connection: Connection, check_in_id: str) -> CheckIn:
    return read_check_in(connection.execute(select(*_COLUMNS).where(check_ins.c.id == check_in_id)).one())


def _of(ward_id: str) -> Select[Any]:
    mine = select(*_COLUMNS).where(check_ins.c.ward_id == ward_id)
    return mine.order_by(check_ins.c.opened_at.desc(), check_ins.c.period.desc())


def _replies_of(check_in_id: str) -> Select[Any]:
    return select(replies).where(replies.c.check_in_id == check_in_id).order_by(replies.c.id)
