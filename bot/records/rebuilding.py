"""An empty store is made from what SharePoint holds: read list by list at the budget's pace, then kept in one transaction, all of it or nothing.

Nothing stands in the store before everything was read: who is stopped half-way finds it as empty as before, and begins again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, select

from bot.clock import Clock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.audit_side import Audited, note
from bot.records.budget import QUERY
from bot.records.database import Database, Write
from bot.records.lists import WardRow
from bot.records.rebuilt_rows import FIRST_ROUND, Keeping, Rebuilt
from bot.records.record import sides_of
from bot.records.schema import readings, wards
from bot.records.sharepoint import Page, SharePoint
from bot.records.spool import Spool
from bot.records.store import Store

Result = TypeVar("Result")

#: Seconds before something that SharePoint could not do is asked for again; then whoever runs it decides.
PATIENCE = (2.0, 10.0, 30.0)
#: Seconds that are waited at the most where SharePoint asks to wait.
LONGEST = 600.0
#: How often a list is begun anew because SharePoint has forgotten how far it was read.
BEGINNINGS = 3

NOT_EMPTY = "store_not_empty"
LISTS_MISSING = "lists_missing"
COLUMNS_MISSING = "columns_missing"

#: Told how many rows of a list were read so far, and whether that is all of them.
Progress = Callable[[str, int, bool], None]
#: Told how many seconds it waits, as SharePoint asks.
Waits = Callable[[float], None]


class NoWards(Final):
    """There is nothing to make a store from. `rebuilt` says which rows could not be read."""

    def __init__(self, rebuilt: Rebuilt) -> None:
        super().__init__("no_wards")
        self.rebuilt = rebuilt


class Rebuilding:
    """Makes one store anew. `waits` is told of every wait that is longer than a moment."""

    def __init__(
        self,
        database: Database,
        store: Store,
        sharepoint: SharePoint,
        clock: Clock,
        tenant_id: str,
        progress: Progress,
        waits: Waits,
    ) -> None:
        self._database = database
        self._store = store
        self._sides = sides_of(store)
        self._sharepoint = sharepoint
        self._clock = clock
        self._tenant_id = tenant_id
        self._progress = progress
        self._waits = waits

    async def run(self) -> Rebuilt:
        """Read everything, keep it, and say what came back.

        Raises:
            Final: "store_not_empty"; "lists_missing: …" or "columns_missing: …" with their names; NoWards; or as `what_to_do`.
            TryAgain, WakeSomebody: as `SharePoint.changes`. Nothing was kept then.
        """
        if await self._database.read(_has_wards):
            raise Final(NOT_EMPTY)
        list_ids = await self._find_lists()
        with ExitStack() as stack:
            spools = {name: stack.enter_context(Spool()) for name in self._sides}
            links = {name: await self._read(name, spool) for name, spool in spools.items()}
            await asyncio.sleep(0)  # whoever is told to stop stops here: what is begun now is ended
            closing = stack.pop_all()
        keep = partial(self._keep, spools=spools, links=links, list_ids=list_ids, closing=closing)
        return await self._database.write(keep)

    async def _find_lists(self) -> dict[str, str]:
        found: dict[str, str] = {}
        missing: list[str] = []
        for name in self._sides:
            try:
                found[name] = await self._patiently(partial(self._sharepoint.list_id, name))
            except WakeSomebody as error:
                if error.code != "list_missing":
                    raise
                missing.append(name)
        if missing:
            raise Final(f"{LISTS_MISSING}: {', '.join(missing)}")
        await self._look_at_columns()
        return found

    async def _look_at_columns(self) -> None:
        """A column that somebody deleted took what stood in it along: no row could be read as it was."""
        missing: list[str] = []
        for name, side in self._sides.items():
            there = await self._patiently(partial(self._sharepoint.columns, name))
            lacks = {column.name for column in side.row.definition().columns} - there
            missing += [f"{name}.{column}" for column in sorted(lacks)]
        if missing:
            raise Final(f"{COLUMNS_MISSING}: {', '.join(missing)}")

    async def _read(self, name: str, spool: Spool) -> str | None:
        """Set every row of a list aside. Answers with the link to what changes from here on."""
        link: str | None = None
        begun = 1
        while True:
            page: Page = await self._patiently(partial(self._sharepoint.changes, name, link))
            if page.expired:
                begun += 1
                if begun > BEGINNINGS:
                    raise TryAgain("graph_410")
                spool.clear()
                link = None
                continue
            for row in page.rows:
                spool.add(row)
            for item_id in page.gone:
                spool.drop(item_id)
            self._progress(name, len(spool), page.last)
            link = page.link
            if page.last:
                return link

    async def _patiently(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """What it answers, at the pace of the budget; what SharePoint cannot do just now is asked for again."""
        for patience in PATIENCE:
            await self._pay()
            try:
                return await ask()
            except TryAgain as later:
                await self._wait(max(patience, later.after or 0.0), later)
        await self._pay()
        return await ask()

    async def _pay(self) -> None:
        while (left := self._sharepoint.budget.ready_at(QUERY) - self._clock.now()).total_seconds() > 0:
            await self._wait(left.total_seconds(), TryAgain("graph_throttled", left.total_seconds()))

    async def _wait(self, seconds: float, later: TryAgain) -> None:
        if seconds > LONGEST:
            raise later
        self._waits(seconds)
        await self._clock.sleep(seconds)

    def _keep(
        self,
        write: Write,
        spools: dict[str, Spool],
        links: dict[str, str | None],
        list_ids: dict[str, str],
        closing: ExitStack,
    ) -> Rebuilt:
        write.afterwards.append(closing.close)
        now = self._clock.now()
        if _has_wards(write.connection):
            raise Final(NOT_EMPTY)
        keeping = Keeping(write, self._store, self._sides, self._tenant_id, now)
        for name, spool in spools.items():
            keeping.keep(name, spool)
            # From here on the bot reads on by itself. What a reading before this one noted is about a store that knew nothing.
            at = {"link": links[name], "full": False, "round": FIRST_ROUND, "settled": True, "list_id": list_ids[name]}
            values = {**at, "read_at": now}
            new = write.insert(readings).values(list=name, **values)
            write.execute(new.on_conflict_do_update(index_elements=[readings.c.list], set_=values))
        rebuilt = keeping.rebuilt
        if not rebuilt.kept[WardRow.LIST]:
            raise NoWards(rebuilt)
        keeping.end()
        counts = ", ".join(f"{name} {rebuilt.kept[name]:,}" for name in self._sides)
        note(write, Audited("rebuilt", None, "", None, counts), now)
        return rebuilt


def _has_wards(connection: Connection) -> bool:
    return connection.execute(select(wards.c.id).limit(1)).first() is not None
