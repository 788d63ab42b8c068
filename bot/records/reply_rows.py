"""Replies in the local database: one per person and check-in, and all that wait committed together."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.clock import Clock
from bot.domain.checkins import Change, CheckIn, Kept, NotOpen, NoWord, Reply, State
from bot.domain.outbox import Entry, Kind
from bot.domain.privacy import reply_key
from bot.domain.wards import Person
from bot.records.database import Database, Write, insert_into
from bot.records.group_commit import GroupCommit
from bot.records.outbox import enqueue
from bot.records.rows import Rows
from bot.records.schema import check_ins, deliveries, outbox, replies
from bot.records.shapes import read_check_in, read_reply, reply_columns

#: An edit of the shared card wipes what people are typing in their own view of it. It waits until nobody has answered for this long …
QUIET_FOR = timedelta(minutes=2)
#: … and no longer than this after the first answer that it does not show yet.
AT_THE_LATEST = timedelta(minutes=5)

#: Replies are looked at for filing this long after the first of them, so that a rush is one look and not a hundred.
FILING_PAUSE = timedelta(seconds=10)

Outcome = Kept | NotOpen | NoWord | None

_CHECK_INS = select(check_ins).where(check_ins.c.id.in_(bindparam("ids", expanding=True)))
# In one order, so that two instances (PostgreSQL) never wait for each other; locked, so that none closes meanwhile.
_CHECK_INS = _CHECK_INS.order_by(check_ins.c.id).with_for_update()
_DELIVERED = select(deliveries.c.digest).where(deliveries.c.digest.in_(bindparam("digests", expanding=True)))
_REPLIES = select(replies).where(replies.c.mark.in_(bindparam("marks", expanding=True)))
_REFRESHES = select(outbox.c.key, outbox.c.since).where(outbox.c.kind == Kind.REFRESH_CHECK_IN, ~outbox.c.parked)
_REFRESHES = _REFRESHES.where(outbox.c.key.in_(bindparam("keys", expanding=True)))
_NEW = replies.insert()
_CHANGE = update(replies).where(replies.c.id == bindparam("reply_id")).values(version=replies.c.version + 1)


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap of one person, as it waits to be kept. `digest` stands for its delivery."""

    check_in_id: str
    person: Person
    change: Change
    digest: str


@dataclass(slots=True)
class _Draft:
    """One person's reply while a group is worked through: as it was before, and as it is now."""

    id: str
    check_in: CheckIn
    mark: str
    before: Reply | None
    reply: Reply | None


class _Group:
    """Taps decided one after the other in order of arrival, before anything is written."""

    def __init__(self, found: Mapping[str, tuple[CheckIn, bytes | None]], delivered: set[str]) -> None:
        self._found = found
        self._delivered = delivered
        self._drafts: dict[str, _Draft] = {}
        self.new_digests: list[str] = []

    def mark(self, tap: Tap) -> str | None:
        """What makes this person's replies to this check-in one; None where it takes none (any more)."""
        check_in, secret = self._found.get(tap.check_in_id, (None, None))
        if check_in is None or check_in.state is not State.OPEN or secret is None:
            return None
        return reply_key(secret, tap.person.id)

    def stored(self, mark: str, reply_id: str, check_in_id: str, reply: Reply) -> None:
        """Put in a reply that was there before."""
        self._drafts[mark] = _Draft(reply_id, self._found[check_in_id][0], mark, reply, reply)

    def decide(self, tap: Tap, mark: str | None) -> Outcome:
        """What becomes of one tap, given all before it."""
        check_in = self._found.get(tap.check_in_id, (None, None))[0]
        if mark is None or check_in is None:
            return NotOpen(check_in) if check_in else None
        draft = self._drafts.get(mark)
        if draft is None:
            draft = self._drafts[mark] = _Draft(secrets.token_hex(16), check_in, mark, None, None)
        if tap.digest not in self._delivered:
            self._delivered.add(tap.digest)
            self.new_digests.append(tap.digest)
            draft.reply = tap.change.applied(draft.reply, tap.person)
        return Kept(check_in, draft.reply) if draft.reply else NoWord(check_in)

    def written(self) -> tuple[list[tuple[_Draft, Reply]], list[tuple[_Draft, Reply]]]:
        """The replies that are new, and those that changed."""
        touched = [(draft, draft.reply) for draft in self._drafts.values() if draft.reply is not None]
        new = [(draft, reply) for draft, reply in touched if draft.before is None]
        changed = [(draft, reply) for draft, reply in touched if draft.before not in {None, reply}]
        return new, changed


class ReplyRows(Rows):
    """The store's part for replies."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._taps: GroupCommit[Tap, Outcome] = GroupCommit(self._keep)

    async def keep_reply(self, check_in_id: str, person: Person, change: Change, delivery: str) -> Outcome:
        """Apply one tap, durably committed before this returns. The same `delivery` twice changes nothing the second time.

        Returns the reply as it is now; `NotOpen` where none is taken any more; `NoWord` for lines without a word; None for no such check-in.
        """
        digest = hashlib.sha256(delivery.encode()).hexdigest()
        return await self._taps.add(Tap(check_in_id, person, change, digest))

    async def reply_of(self, check_in_id: str, person_id: str) -> Reply | None:
        """What this person answered, while the check-in is open; None afterwards (nothing can tell any more)."""

        def find(connection: Connection) -> Row[Any] | None:
            secret = connection.scalar(select(check_ins.c.secret).where(check_ins.c.id == check_in_id))
            if secret is None:
                return None
            return connection.execute(_REPLIES, {"marks": [reply_key(secret, person_id)]}).first()

        row = await self._database.read(find)
        return read_reply(row) if row else None

    async def answers(self, check_in_id: str) -> int:
        """How many people have answered."""
        counted = select(func.count()).select_from(replies).where(replies.c.check_in_id == check_in_id)
        return await self._database.read(lambda connection: connection.execute(counted).scalar_one())

    async def replies(self, check_in_id: str) -> Sequence[Reply]:
        """Every reply, in an order that says nothing."""
        found = select(replies).where(replies.c.check_in_id == check_in_id).order_by(replies.c.id)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return [read_reply(row) for row in rows]

    async def _keep(self, taps: Sequence[Tap]) -> Sequence[Outcome]:
        """Every tap of a group in one transaction, with as many statements for sixty-four as for one."""
        now = self._clock.now()
        return await self._database.write(lambda write: _keep(write, taps, now))


def _keep(write: Write, taps: Sequence[Tap], now: datetime) -> list[Outcome]:
    rows = write.execute(_CHECK_INS, {"ids": list({tap.check_in_id for tap in taps})}).all()
    delivered = set(write.execute(_DELIVERED, {"digests": list({tap.digest for tap in taps})}).scalars())
    group = _Group({row.id: (read_check_in(row), row.secret) for row in rows}, delivered)
    marked = [(tap, group.mark(tap)) for tap in taps]
    marks = list({mark for _, mark in marked if mark is not None})
    if marks:
        for row in write.execute(_REPLIES, {"marks": marks}):
            group.stored(row.mark, row.id, row.check_in_id, read_reply(row))
    outcomes = [group.decide(tap, mark) for tap, mark in marked]
    _write(write, group, now)
    return outcomes


@cache
def _seen(dialect: str) -> sqlite.Insert | postgresql.Insert:
    return insert_into(deliveries, dialect).on_conflict_do_nothing()


def _write(write: Write, group: _Group, now: datetime) -> None:
    new, changed = group.written()
    if group.new_digests:
        seen = [{"digest": digest, "day": now.date()} for digest in group.new_digests]
        write.execute(_seen(write.connection.dialect.name), seen)
    if new:
        write.execute(_NEW, [_row(draft, reply) for draft, reply in new])
    if changed:
        write.execute(_CHANGE, [{"reply_id": draft.id, **reply_columns(reply)} for draft, reply in changed])
    file = [
        Entry(Kind.FILE_REPLIES, check_in_id, ward_id, due=now + FILING_PAUSE)
        for check_in_id, ward_id in _touched([*new, *changed])
    ]
    enqueue(write, file, now)
    enqueue(write, _refreshes(write, _touched(new), now), now, put_off=True)


def _refreshes(write: Write, touched: set[tuple[str, str]], now: datetime) -> list[Entry]:
    """One refresh for each shared card whose count has moved: once nobody has answered for a while, but not for ever (decision 0005)."""
    if not touched:
        return []
    since = {row.key: row.since for row in write.execute(_REFRESHES, {"keys": [key for key, _ in touched]})}
    due = now + QUIET_FOR
    latest = AT_THE_LATEST - QUIET_FOR
    return [
        Entry(Kind.REFRESH_CHECK_IN, key, ward_id, due=min(due, since.get(key, due) + latest))
        for key, ward_id in touched
    ]


def _row(draft: _Draft, reply: Reply) -> dict[str, Any]:
    return {
        "id": draft.id,
        "check_in_id": draft.check_in.id,
        "mark": draft.mark,
        "version": 1,
        **reply_columns(reply),
    }


def _touched(drafts: Iterable[tuple[_Draft, Reply]]) -> set[tuple[str, str]]:
    return {(draft.check_in.id, draft.check_in.ward_id) for draft, _ in drafts}
