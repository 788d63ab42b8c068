"""From SharePoint to the store: what people changed there, list by list, a few minutes apart (Graph "listItem: delta").

How far a list has been read is kept together with what was read, so that nothing is skipped or read in vain. Where SharePoint has forgotten
how far that was (410), or nothing was read yet, everything is read anew; a row that does not show then is asked for by its number at the next
look before it counts as deleted, as what was written last is not always shown at once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select

from bot.clock import Clock
from bot.errors import Final, NotYet, TryAgain, WakeSomebody
from bot.records.absorbing import Absorbing, Came
from bot.records.budget import QUERY
from bot.records.columns import TITLE
from bot.records.database import Database, Write
from bot.records.exchanges import UNKNOWN_COLUMN
from bot.records.filed_rows import FiledRow, forget_column, forget_places, known_by_item, unmet
from bot.records.graph import BATCH_LIMIT
from bot.records.lists import WardRow
from bot.records.merging import RemoteRow
from bot.records.outbox import enqueue, forget_numbers
from bot.records.schema import readings
from bot.records.sharepoint import Page, SharePoint
from bot.records.sides import Side
from bot.records.store import Store

log = structlog.get_logger()

#: A column without which rows cannot be filed.
MISSING_COLUMN = UNKNOWN_COLUMN + ": {column}"

#: Told after each page how many rows of a list were read in all.
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How far a list has been read.

    `full`: all of it is being read anew, in the `round` of that number; `settled`: what the last full reading did not show has been looked for.
    """

    link: str | None = None
    full: bool = True
    round: int = 1
    settled: bool = False
    list_id: str | None = None


class Reader:
    """Reads each list when its time has come.

    `unknown`: keys of rows by list that nobody here knows; `trouble`: why a list could not be read, as a code; `read_at`: when all last could.
    """

    def __init__(
        self,
        database: Database,
        store: Store,
        sides: Mapping[str, Side],
        sharepoint: SharePoint,
        clock: Clock,
        every: timedelta,
    ) -> None:
        self._database = database
        self._store = store
        self._sides = sides
        self._sharepoint = sharepoint
        self._clock = clock
        self._every = every
        self._next = clock.now()
        self._at_work = asyncio.Lock()
        self.read_at: datetime | None = None
        self._present: dict[str, frozenset[str]] = {}
        self._missing: dict[str, frozenset[str]] = {}
        self.unknown: dict[str, set[str]] = {}
        self.trouble: dict[str, str] = {}

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await self.read_what_is_due()
            await self._clock.sleep(max((self._next - self._clock.now()).total_seconds(), 1.0))

    async def read_what_is_due(self) -> None:
        """Read every list, unless that was done lately. One that cannot be read holds up no other, and is read at the next look."""
        async with self._at_work:
            now = self._clock.now()
            if now < self._next:
                return
            self._next = now + self._every
            if all([await self._try(name) for name in self._sides]):
                self.read_at = now

    async def _try(self, list_name: str) -> bool:
        """Whether a list was read to its end."""
        self.trouble.pop(list_name, None)
        try:
            came = await self.read(list_name)
            if worth_saying := [one for one in (Came.UNREADABLE, Came.PUT_BACK_AGAIN) if came[one]]:
                self.trouble[list_name] = worth_saying[0].value
            if missing := self._missing[list_name]:
                self.trouble[list_name] = MISSING_COLUMN.format(column=min(missing))
            return True
        except NotYet as later:
            self._next = min(self._next, later.due)
        except (TryAgain, WakeSomebody, Final) as error:
            self.trouble[list_name] = error.code
            log.warning("a list could not be read", list=list_name, code=error.code)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other lists come first
            self.trouble[list_name] = "unforeseen"
            log.error("a list could not be read", list=list_name, error=type(error).__name__)
        return False

    async def read(self, list_name: str, progress: Progress | None = None) -> Counter[Came]:
        """Take in all that changed in a list since it was last read.

        Raises:
            TryAgain, WakeSomebody, Final: as `SharePoint.changes`. NotYet: the budget is spent. What was taken in before stays, and it goes on
                from there.
        """
        side = self._sides[list_name]
        came: Counter[Came] = Counter()
        list_id = await self._sharepoint.list_id(list_name)
        await self._look_at_columns(side)
        at = await self._begin(side, list_id)
        self._sharepoint.note_read(list_name, list_id)
        begun_anew = False
        while True:
            self._pay()
            page = await self._sharepoint.changes(list_name, at.link)
            if page.expired and begun_anew:
                raise TryAgain("graph_410")
            begun_anew = begun_anew or page.expired
            at, of_page = await self._database.write(partial(self._take, side=side, at=at, page=page))
            came += of_page
            if progress is not None:
                progress(list_name, came.total())
            if page.last:
                return came

    def _pay(self) -> None:
        ready = self._sharepoint.budget.ready_at(QUERY)
        if ready > self._clock.now():
            raise NotYet(ready)

    async def _begin(self, side: Side, list_id: str) -> _Reading:
        """Where to go on from. A list that was made anew is empty: all that we have is filed there again."""
        name = side.row.LIST
        found = select(readings).where(readings.c.list == name)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        if row is None:
            return _Reading(list_id=list_id)
        at = _Reading(row.link, row.full, row.round, row.settled, row.list_id)
        if at.list_id != list_id:
            log.error("a list was made anew, and is filled again", list=name)
            return await self._database.write(partial(self._start_anew, side=side, at=at, list_id=list_id))
        if not at.full and not at.settled:
            await self._look_for_the_missing(side, at)
            at = replace(at, settled=True)
        return at

    def _start_anew(self, write: Write, side: Side, at: _Reading, list_id: str) -> _Reading:
        now = self._clock.now()
        forget_places(write, side.row.LIST)
        forget_numbers(write, side.row.LIST)
        enqueue(write, side.entries(write.connection), now)
        anew = _Reading(round=at.round + 1, list_id=list_id)
        _write_down(write, side.row.LIST, anew, now)
        return anew

    def _take(self, write: Write, side: Side, at: _Reading, page: Page) -> tuple[_Reading, Counter[Came]]:
        """A page, and how far that is, in one transaction."""
        now, name = self._clock.now(), side.row.LIST
        if name == WardRow.LIST and page.rows:
            # What a ward's row held before may name people who lead it no more. Our own writes are read back here too.
            write.afterwards.append(self._database.leave_no_trace)
        came: Counter[Came] = Counter()
        if page.expired:
            after = _Reading(round=at.round + 1, list_id=at.list_id)
            _write_down(write, name, after, now)
            return after, came
        if at.full and at.link is None:
            self.unknown.pop(name, None)  # they are met again
        absorbing = self._absorbing(write, side)
        for remote in page.rows:
            what = absorbing.row(remote, at.round if at.full else None)
            came[what] += 1
            self._note_key(name, str(remote.key), unknown=what is Came.UNKNOWN)
        for item_id in page.gone:
            filed = known_by_item(write.connection, name, item_id)
            if filed is not None:
                came[absorbing.deletion(filed)] += 1
        after = replace(at, link=page.link, full=at.full and not page.last)
        _write_down(write, name, after, now)
        return after, came

    async def _look_for_the_missing(self, side: Side, at: _Reading) -> None:
        """Rows that a full reading did not show: those that are not there by their number either were deleted."""
        name = side.row.LIST
        missing = await self._database.read(lambda connection: unmet(connection, name, at.round))
        for first in range(0, len(missing), BATCH_LIMIT):
            self._pay()
            some = missing[first : first + BATCH_LIMIT]
            there = await self._sharepoint.rows(name, [str(filed.item_id) for filed in some])
            await self._database.write(partial(self._settle, side=side, at=at, some=some, there=there))

    def _settle(
        self,
        write: Write,
        side: Side,
        at: _Reading,
        some: Sequence[FiledRow],
        there: Mapping[str, RemoteRow | None],
    ) -> None:
        absorbing = self._absorbing(write, side)
        for filed in some:
            remote = there[str(filed.item_id)]
            if remote is None:
                absorbing.deletion(filed)
            else:
                absorbing.row(remote, at.round)

    def _absorbing(self, write: Write, side: Side) -> Absorbing:
        return Absorbing(write, self._store, side, self._clock.now(), self._present[side.row.LIST])

    def _note_key(self, list_name: str, key: str, *, unknown: bool) -> None:
        keys = self.unknown.setdefault(list_name, set())
        (keys.add if unknown else keys.discard)(key)
        if not keys:
            del self.unknown[list_name]

    async def _look_at_columns(self, side: Side) -> None:
        """A column that somebody deleted holds nothing for anybody: its words are not emptied here, and are filed again once it is back."""
        name = side.row.LIST
        ours = {TITLE, *(column.name for column in side.row.definition().columns)}
        self._present[name] = await self._sharepoint.columns(name)
        missing = ours - self._present[name]
        if new := missing - self._missing.get(name, frozenset()):
            await self._database.write(partial(self._forget_columns, side=side, columns=new))
        self._missing[name] = frozenset(missing)

    def _forget_columns(self, write: Write, side: Side, columns: Collection[str]) -> None:
        for column in columns:
            log.error("a column is missing in SharePoint", list=side.row.LIST, column=column)
            forget_column(write, side.row.LIST, column)
        enqueue(write, side.entries(write.connection), self._clock.now())


def _write_down(write: Write, list_name: str, at: _Reading, now: datetime) -> None:
    values = {**asdict(at), "read_at": now}
    new = write.insert(readings).values(list=list_name, **values)
    write.execute(new.on_conflict_do_update(index_elements=[readings.c.list], set_=values))
