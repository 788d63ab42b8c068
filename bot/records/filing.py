"""From the store to SharePoint: which rows an outbox entry stands for, and what becomes of each."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from sqlalchemy import Connection

from bot.clock import Clock
from bot.domain.outbox import Kind
from bot.errors import Final, NotYet, TryAgain, WakeSomebody
from bot.records.absorbing import Absorbing
from bot.records.budget import CHANGE
from bot.records.database import Database, Write
from bot.records.filed_rows import Noted, Sent, erased_among, known, note_came, note_sent, put
from bot.records.filing_steps import (
    LAGS_BEHIND,
    Differs,
    Filed,
    Filing,
    Gone,
    Outcome,
    Parked,
    Removal,
    Retry,
    Wake,
)
from bot.records.graph import BATCH_LIMIT
from bot.records.merging import changes
from bot.records.outbox import Claimed
from bot.records.reply_side import while_open
from bot.records.sharepoint import SharePoint
from bot.records.sides import Side, Unfiled, Unfit
from bot.records.store import Store

#: How often a delivery looks again at rows that were not as they were thought to be, before it leaves them for later.
LOOKS = 4
#: How many rows are noted in one transaction before they leave, and how many answers in one after: each costs a wait for the disk.
NOTED_TOGETHER = 20 * BATCH_LIMIT
CHANGED_MEANWHILE = "changed_meanwhile"
UNFIT_ROW = "unfit_row"

Trouble = TryAgain | NotYet | WakeSomebody | Final


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row to write: which outbox entry wants it (by its place in the delivery), and what is sent. `repeated`: as it was sent before."""

    entry: int
    side: Side | None
    list_name: str
    filing: Filing | Removal
    sent: Sent | None = None
    repeated: bool = False


class FilingDesk:
    """Files what outbox entries ask for, up to 20 rows a request, each row handled alone, and no faster than the budget lets it."""

    def __init__(
        self,
        database: Database,
        store: Store,
        sides: Mapping[str, Side],
        sharepoint: SharePoint,
        clock: Clock,
        dice: Random,
    ) -> None:
        self._database = database
        self._store = store
        self.sides = sides
        self._by_kind = {side.kind: side for side in sides.values()}
        self.sharepoint = sharepoint
        self._clock = clock
        self._dice = dice
        self._present: dict[str, frozenset[str]] = {}
        self.kinds = (*self._by_kind, Kind.DELETE_ROW)

    async def deliver(self, entries: Sequence[Claimed]) -> Sequence[Exception | None]:
        """File the rows of each entry. One answer an entry: of what came of its rows, what keeps the entry alive."""
        troubles: dict[int, Trouble | None] = dict.fromkeys(range(len(entries)))
        left = set(troubles)
        for look in range(LOOKS + 1):
            waiting = await self._waiting(entries, sorted(left), troubles)
            if not waiting:
                break
            if look == LOOKS:
                for row in waiting:
                    _trouble(troubles, row, TryAgain(CHANGED_MEANWHILE))
                break
            left = await self._write(waiting, troubles)
        return [troubles[number] for number in range(len(entries))]

    async def _waiting(
        self, entries: Sequence[Claimed], numbers: Sequence[int], troubles: dict[int, Trouble | None]
    ) -> list[_Waiting]:
        waiting: list[_Waiting] = []
        some = [entries[number] for number in numbers]
        read = await self._database.read(lambda connection: [self._unfiled(connection, entry) for entry in some])
        for number, entry, unfiled in zip(numbers, some, read, strict=True):
            if entry.kind is Kind.DELETE_ROW:
                removal = Removal(entry.payload["key"], entry.payload["item"] or None)
                waiting.append(_Waiting(number, None, entry.payload["list"], removal))
                continue
            side = self._by_kind[entry.kind]
            if any(isinstance(row, Unfit) for row in unfiled):
                # What cannot be written as a row of its list must not hold up the others.
                troubles[number] = Final(UNFIT_ROW)
            same: list[Unfiled] = []
            for row in self._to_file([row for row in unfiled if isinstance(row, Unfiled)]):
                if _stands_there(row):
                    same.append(row)
                else:
                    waiting.append(self._filing(number, side, row))
            if same:
                await self._database.write(partial(_note_same, list_name=side.row.LIST, rows=same))
        return waiting

    def _unfiled(self, connection: Connection, entry: Claimed) -> Sequence[Unfiled | Unfit]:
        try:
            return self._by_kind[entry.kind].unfiled(connection, entry.key) if entry.kind in self._by_kind else ()
        except ValueError:
            return [Unfit(entry.key)]

    def _to_file(self, rows: Sequence[Unfiled]) -> list[Unfiled]:
        """In an order that says nothing; while a check-in is open, only what may be filed before it closes."""
        unfiled = list(rows)
        self._dice.shuffle(unfiled)
        return while_open(unfiled) if any(row.early for row in unfiled) else unfiled

    def _filing(self, number: int, side: Side, row: Unfiled) -> _Waiting:
        """A write whose answer got lost goes out again as it was, under its key; what has changed since then follows it."""
        filed, ours, name = row.known, row.ours, side.row.LIST
        repeated = filed is not None and filed.sent is not None and filed.sent_key is not None
        if filed and filed.sent is not None and filed.sent_key is not None:
            sent = Sent(name, filed.key, filed.sent_key, filed.sent_version or 0, filed.sent)
        else:
            sent = Sent(name, ours.key, secrets.token_hex(8), ours.version, ours.fields)
        written = changes(filed.fields if filed and filed.item_id else None, sent.fields)
        place = (filed.item_id, filed.etag) if filed else (None, None)
        return _Waiting(
            number, side, name, Filing(sent.key, sent.sent_key, side.row.wire(written), *place), sent, repeated
        )

    async def _write(self, waiting: Sequence[_Waiting], troubles: dict[int, Trouble | None]) -> set[int]:
        """Write rows, a few batches at a time. Answers the entries that have to be looked at again."""
        again: set[int] = set()
        halt: Trouble | None = None
        while waiting and halt is None:
            some, halt = self._affordable(waiting[:NOTED_TOGETHER])
            if some:
                outcomes, halt = await self._send(some)
                settle = partial(self._settle, rows=some, outcomes=outcomes, troubles=troubles)
                again |= await self._database.write(settle)
            waiting = waiting[len(some) :]
        if halt is not None:
            for row in waiting:
                _trouble(troubles, row, halt)
        return again

    def _affordable(self, rows: Sequence[_Waiting]) -> tuple[Sequence[_Waiting], NotYet | None]:
        """As many batches of these rows as the budget lets through now; where that is none, when it does."""
        while (halt := self._not_yet(rows)) is not None and len(rows) > BATCH_LIMIT:
            rows = rows[: (len(rows) - 1) // BATCH_LIMIT * BATCH_LIMIT]
        return ((), halt) if halt else (rows, None)

    def _not_yet(self, rows: Sequence[_Waiting]) -> NotYet | None:
        ready = self.sharepoint.budget.ready_at(CHANGE * len(rows))
        return NotYet(ready) if ready > self._clock.now() else None

    async def _send(self, rows: Sequence[_Waiting]) -> tuple[Sequence[Outcome | Trouble], Trouble | None]:
        """What came of each row, and why no more are to be sent, if so: then that is also what came of the rows that were not."""
        erased = await self._database.write(lambda write: _note_leaving(write, rows))
        outcomes: list[Outcome] = []
        halt: Trouble | None = None
        for first in range(0, len(rows), BATCH_LIMIT):
            batch = rows[first : first + BATCH_LIMIT]
            halt = halt or self._not_yet(batch)
            if halt is not None:
                return [*outcomes, *[halt] * (len(rows) - len(outcomes))], halt
            leaving = [row for row in batch if row.sent is None or row.sent.key not in erased]
            came = await self.sharepoint.write([(row.list_name, row.filing) for row in leaving])
            outcomes += _in_place(batch, leaving, came)
            halt = _halt(came)
        if any(isinstance(outcome, Differs) for outcome in outcomes):
            await self._look_at_columns({row.list_name for row in rows})
        return outcomes, halt

    async def _look_at_columns(self, list_names: set[str]) -> None:
        """Which columns there are, before a row is compared: one that somebody deleted would seem to have been emptied."""
        for name in list_names:
            self._present[name] = await self.sharepoint.columns(name)

    def _settle(
        self,
        write: Write,
        rows: Sequence[_Waiting],
        outcomes: Sequence[Outcome | Trouble],
        troubles: dict[int, Trouble | None],
    ) -> set[int]:
        """Note what came of these rows, in one transaction. Answers the entries that have to be looked at again."""
        noted: list[Noted] = []
        again: set[int] = set()
        for row, outcome in zip(rows, outcomes, strict=True):
            match outcome:
                case Filed(item_id=item_id, etag=etag):
                    if row.sent is not None:
                        noted.append(Noted(row.list_name, row.sent.key, row.sent.sent_key, item_id, etag))
                    if row.repeated:
                        again.add(row.entry)
                case Differs(remote=remote):
                    if row.side is not None:
                        self._absorbing(write, row.side).row(remote)
                    again.add(row.entry)
                case Gone():
                    filed = known(write.connection, row.list_name, row.filing.entry_key)
                    # Where a reading has found that out meanwhile, or the row again, it is not to be done twice.
                    if row.side is not None and filed is not None and filed.item_id == row.filing.item_id:
                        self._absorbing(write, row.side).deletion(filed)
                    again.add(row.entry)
                case failed:
                    if row.sent is not None and _was_not_done(row, failed):
                        noted.append(Noted(row.list_name, row.sent.key, row.sent.sent_key))
                    _trouble(troubles, row, _error(failed))
        note_came(write, noted)
        return again

    def _absorbing(self, write: Write, side: Side) -> Absorbing:
        present = self._present.get(side.row.LIST, frozenset())
        return Absorbing(write, self._store, side, self._clock.now(), present)


def _note_leaving(write: Write, rows: Sequence[_Waiting]) -> frozenset[str]:
    """Write down what is about to leave; the keys of those that were erased meanwhile, and stay."""
    erased = erased_among(write, [row.sent.key for row in rows if row.sent is not None])
    note_sent(write, [row.sent for row in rows if row.sent and not row.repeated and row.sent.key not in erased])
    return erased


def _in_place(batch: Sequence[_Waiting], leaving: Sequence[_Waiting], came: Sequence[Outcome]) -> list[Outcome]:
    """An outcome for each row of the batch: what did not leave is done with."""
    left = iter(came)
    return [next(left) if row in leaving else Filed(None, None) for row in batch]


def _stands_there(row: Unfiled) -> bool:
    """Whether SharePoint has it as it is, so that there is nothing to write: what changed of ours is not in its columns."""
    filed = row.known
    return bool(filed and filed.item_id and not filed.sent_key and not changes(filed.fields, row.ours.fields))


def _note_same(write: Write, list_name: str, rows: Sequence[Unfiled]) -> None:
    for row in rows:
        put(write, list_name, row.ours.key, {"version": row.ours.version})


def _was_not_done(row: _Waiting, failed: Retry | Parked | Wake | Trouble) -> bool:
    """Whether the write was certainly not carried out, now or before.

    What is sent again may have been carried out the first time, whatever is said of the second: only where it is refused for good, is it not there.
    """
    if isinstance(failed, Parked):
        return True
    return not row.repeated and not (isinstance(failed, Retry) and failed.unsure)


def _error(failed: Retry | Parked | Wake | Trouble) -> Trouble:
    match failed:
        case Retry(code=code, after=after):
            return TryAgain(code, after)
        case Wake(code=code):
            return WakeSomebody(code)
        case Parked(code=code):
            return Final(code)
        case trouble:
            return trouble


def _halt(outcomes: Sequence[Outcome]) -> Trouble | None:
    """Once SharePoint is busy or away, or lets nobody in, the rest is not sent."""
    failed = [outcome for outcome in outcomes if isinstance(outcome, Retry | Wake) and outcome.code != LAGS_BEHIND]
    return _error(failed[0]) if failed and len(failed) == len(outcomes) else None


def _trouble(troubles: dict[int, Trouble | None], row: _Waiting, trouble: Trouble) -> None:
    """Of two rows' troubles, the one that keeps the entry alive: what may still be filed must not be parked with what cannot."""
    order = (TryAgain, NotYet, WakeSomebody, Final, type(None))
    troubles[row.entry] = min((troubles[row.entry], trouble), key=lambda one: order.index(type(one)))
