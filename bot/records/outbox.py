"""The outbox: what is to be done, written in the same transaction as the change that asks for it, and worked off until it is done."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Select, Update, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.clock import Clock
from bot.domain.outbox import Entry, Kind
from bot.records.database import Database, Write, insert_into
from bot.records.schema import outbox

#: The first retry comes within this many seconds, each further one within twice as many, up to the longest.
FIRST_RETRY = 2.0
LONGEST_RETRY = 900.0

#: A check-in's shared card is never edited twice within this time: an edited message counts against Teams' limit for its channel like a
#: new one (Teams: rate-limit.md, 10/2026).
REFRESH_PAUSE = timedelta(seconds=2)

#: How often the database is asked although nothing was heard of.
LOOK_AGAIN = timedelta(minutes=1)

#: What Python's doubling of `FIRST_RETRY` needs to pass `LONGEST_RETRY`; more would only make the number large.
_DOUBLINGS = 9

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry that its claimer works on until the lease ends. `attempts` counts the failures so far."""

    id: int
    kind: Kind
    key: str
    ward_id: str | None
    payload: Mapping[str, str]
    version: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Parked:
    """An entry that finally failed, under `code`. It waits for somebody to look, and can be sent again."""

    kind: Kind
    key: str
    ward_id: str | None
    code: str
    since: datetime


def enqueue(write: Write, entries: Sequence[Entry], now: datetime, *, put_off: bool = False) -> None:
    """Write entries in a transaction that is open. One that waits already takes the new payload, the earlier due time, and a fresh start.

    With `put_off` it takes the new due time, though it be later.
    """
    if not entries:
        return
    rows = [
        {
            "kind": entry.kind.value,
            "key": entry.key,
            "ward_id": entry.ward_id,
            "payload": dict(entry.payload),
            "due": entry.due or now,
            "since": entry.due or now,
        }
        for entry in entries
    ]
    write.execute(_put(write.connection.dialect.name, put_off=put_off), rows)
    write.note_due(min(entry.due or now for entry in entries))


@cache
def _put(dialect: str, *, put_off: bool) -> sqlite.Insert | postgresql.Insert:
    put = insert_into(outbox, dialect).values(version=1, attempts=0, parked=False)
    new, old = put.excluded, outbox.c
    earlier = case((old.parked, new.due), (old.due < new.due, old.due), else_=new.due)
    return put.on_conflict_do_update(
        index_elements=[old.kind, old.key],
        set_={
            "version": old.version + 1,
            "ward_id": new.ward_id,
            "payload": new.payload,
            "due": new.due if put_off else earlier,
            "since": case((old.parked, new.since), (old.since < new.since, old.since), else_=new.since),
            "attempts": 0,
            "parked": False,
            "code": None,
        },
    )


def delete_entry(list_name: str, key: str, item_id: str | None) -> Entry:
    """The entry that takes a row out of SharePoint, for good: by its number there or, where that is not known, by its entry key."""
    return Entry(Kind.DELETE_ROW, f"{list_name}/{key}", payload={"list": list_name, "key": key, "item": item_id or ""})


def forget_numbers(write: Write, list_name: str) -> None:
    """The list was made anew, and counts from 1 again: what is to be deleted there is looked for by its key."""
    mine = (outbox.c.kind == Kind.DELETE_ROW) & outbox.c.key.startswith(f"{list_name}/", autoescape=True)
    for row in write.execute(select(outbox.c.id, outbox.c.payload).where(mine)).all():
        write.execute(update(outbox).where(outbox.c.id == row.id).values(payload={**row.payload, "item": ""}))


class Outbox:
    """The outbox as its couriers see it. `dice` spreads retries. Each courier has its own, because each knows when it looks next."""

    def __init__(self, database: Database, clock: Clock, dice: Random) -> None:
        self._database = database
        self._clock = clock
        self._dice = dice
        #: When whoever waits looks again. `changed` is set where something was written that is due before that.
        self._look_at = _NEVER
        self.changed = asyncio.Event()
        database.listeners.append(self._hear)

    async def claim(self, kinds: Collection[Kind], limit: int, lease_seconds: float = 60) -> list[Claimed]:
        """Up to `limit` entries of these kinds that are due, the longest due first. Nobody else gets them until the lease ends."""
        now = self._clock.now()
        free = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
        due = select(outbox).where(outbox.c.kind.in_(kinds), ~outbox.c.parked, outbox.c.due <= now, free)
        due = due.order_by(outbox.c.due, outbox.c.id).limit(limit).with_for_update(skip_locked=True)

        def lease(write: Write) -> Sequence[Row[Any]]:
            rows = write.execute(due).all()
            if rows:
                mine = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
                write.execute(mine.values(leased_until=now + timedelta(seconds=lease_seconds)))
            return rows

        return [
            Claimed(row.id, Kind(row.kind), row.key, row.ward_id, row.payload, row.version, row.attempts)
            for row in await self._database.write(lease)
        ]

    async def done(self, *claimed: Claimed) -> None:
        """They are done and go. What was asked for once more meanwhile is due again: at once, or when it was put off to."""
        await self._finish(claimed, delete(outbox))

    async def retry(self, claimed: Claimed, code: str, after: float | None = None) -> None:
        """It failed for now, under `code`: again after a back-off, and not before `after` seconds.

        Exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), so that what failed together does not return together.
        """
        longest = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(claimed.attempts, _DOUBLINGS))
        due = self._clock.now() + timedelta(seconds=max(self._dice.uniform(0, longest), after or 0.0))
        await self._put_back(claimed, due, {"attempts": outbox.c.attempts + 1, "code": code})

    async def postpone(self, claimed: Claimed, due: datetime) -> None:
        """It is too early for this: again at `due`, which is no failure."""
        await self._put_back(claimed, due, {"since": due})

    async def park(self, claimed: Claimed, code: str) -> None:
        """It finally failed, under `code`. Where it was asked for once more meanwhile, that is tried first."""
        await self._finish([claimed], update(outbox).values(parked=True, code=code, leased_until=None))

    async def resend(self) -> int:
        """Try everything that is parked again from the start. How many entries that is."""
        now = self._clock.now()
        again = update(outbox).where(outbox.c.parked)
        again = again.values(parked=False, code=None, attempts=0, due=now, since=now)
        return await self._database.write(lambda write: _told(write, again, now))

    async def next_due(self, kinds: Collection[Kind] = tuple(Kind)) -> datetime | None:
        """When the next entry of these kinds can be claimed (past: now); None where none waits."""
        ready = case((outbox.c.leased_until > outbox.c.due, outbox.c.leased_until), else_=outbox.c.due)
        return await self._first(func.min(ready, type_=outbox.c.due.type), outbox.c.kind.in_(kinds))

    async def wait(self, kinds: Collection[Kind]) -> None:
        """Return when an entry of these kinds can be claimed.

        The database is asked once for each time that something may be due, and not once for each thing that is written; and now and then, for what
        another process has written (`app.py resend`).
        """
        while True:
            self._look_at = _NEVER  # what is written from here on is heard of, whatever the database answers
            due = await self.next_due(kinds)
            self._look_at = min(self._look_at, due or _NEVER, self._clock.now() + LOOK_AGAIN)
            while (left := self._look_at - self._clock.now()) > timedelta():
                await self._doze(left.total_seconds())
            if due is not None and due <= self._clock.now():
                return

    async def _doze(self, seconds: float) -> None:
        """Return after so long, or when something sooner was written."""
        self.changed.clear()
        waits = [asyncio.ensure_future(self.changed.wait()), asyncio.ensure_future(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def _hear(self, due: datetime) -> None:
        if due < self._look_at:
            self._look_at = due
            self.changed.set()

    async def oldest_waiting(self) -> datetime | None:
        """Since when the entry that has waited longest could have been done; in the future where everything is in time; None where none waits."""
        return await self._first(func.min(outbox.c.since))

    async def waiting(self) -> dict[Kind, int]:
        """How many entries of each kind wait or are being worked on."""
        counts = select(outbox.c.kind, func.count()).where(~outbox.c.parked).group_by(outbox.c.kind)
        rows = await self._database.read(lambda connection: connection.execute(counts).all())
        return {Kind(kind): count for kind, count in rows}

    async def parked(self) -> list[Parked]:
        """Everything that finally failed, oldest first."""
        found = select(outbox).where(outbox.c.parked).order_by(outbox.c.since, outbox.c.id)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return [Parked(Kind(row.kind), row.key, row.ward_id, row.code, row.since) for row in rows]

    async def _first(self, least: Any, *which: ColumnElement[bool]) -> datetime | None:
        found: Select[Any] = select(least).where(~outbox.c.parked, *which)
        moment: datetime | None = await self._database.read(lambda connection: connection.scalar(found))
        return moment

    async def _put_back(self, claimed: Claimed, due: datetime, values: Mapping[str, Any]) -> None:
        back = update(outbox).where(outbox.c.id == claimed.id).values(due=due, leased_until=None, **values)
        await self._database.write(lambda write: _told(write, back, due))

    async def _finish(self, claimed: Sequence[Claimed], finish: Delete | Update) -> None:
        """Finish what was claimed, in one transaction. What was asked for once more meanwhile is put back instead."""
        now = self._clock.now()
        unchanged = finish.where(outbox.c.id == bindparam("this"), outbox.c.version == bindparam("as_it_was"))

        def end(write: Write) -> None:
            for entry in claimed:
                if not write.execute(unchanged, {"this": entry.id, "as_it_was": entry.version}).rowcount:
                    soon = now + (REFRESH_PAUSE if entry.kind is Kind.REFRESH_CHECK_IN else timedelta())
                    again = case((outbox.c.due > soon, outbox.c.due), else_=soon)
                    back = update(outbox).where(outbox.c.id == entry.id)
                    _told(write, back.values(due=again, since=again, leased_until=None), soon)

        await self._database.write(end)


def _told(write: Write, statement: Update, due: datetime) -> int:
    write.note_due(due)
    return write.execute(statement).rowcount
