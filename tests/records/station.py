"""The bot's record on a store in a file and SharePoint without a network, to be cut off, killed and started anew at any moment."""

import asyncio
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

import httpx
from sqlalchemy import Connection, make_url

from bot.courier import Courier, Round
from bot.records.database import Database
from bot.records.engines import SqliteEngine
from bot.records.graph import Graph
from bot.records.outbox import Outbox
from bot.records.record import Record
from bot.records.store import Store
from bot.rehearsal.sharepoint import SITE_URL, OnExchange, SharePointStandIn
from bot.rehearsal.sharepoint_direct import BASE, DirectTransport
from bot.settings import Settings
from tests.records.store_fixtures import HandClock, sqlite_url
from tests.rehearsal.sharepoint_fixtures import TOKEN, Credential, add_our_lists

APP = TENANT = "00000000-0000-4000-8000-000000000001"
SETTINGS = Settings.model_validate({"app_id": APP, "tenant_id": TENANT, "sharepoint_site": SITE_URL})

Act = Callable[[], Awaitable[None]]
Result = TypeVar("Result")


class OneThread(SqliteEngine):
    """SQLite without threads beside the event loop's own: what goes on at the same time takes turns in one order, always the same."""

    async def read(self, act: Callable[[Connection], Result]) -> Result:
        with self._reader.connect() as connection:
            return act(connection)

    async def write(self, act: Callable[[Connection], Result]) -> Result:
        with self._writer.begin() as connection:
            return act(connection)


class QuickDatabase(Database):
    """The store's database in one thread."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._engine = OneThread(make_url(url))


class Line(DirectTransport):
    """The line to SharePoint, on which something can happen at its n-th request, `before` or `after` that is carried out.

    The bot can die there: once it was carried out and before its answer comes. A dead line lets nothing through.
    """

    def __init__(self, stand_in: SharePointStandIn) -> None:
        super().__init__(stand_in)
        self.asked = 0
        self.dead = False
        self.dies_at: int | None = None
        self.before: defaultdict[int, list[Act]] = defaultdict(list)
        self.after: defaultdict[int, list[Act]] = defaultdict(list)

    def begin(self, dies_at: int | None = None) -> None:
        """Count anew."""
        self.asked, self.dies_at = 0, dies_at
        self.before.clear()
        self.after.clear()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise asyncio.CancelledError
        self.asked += 1
        await asyncio.sleep(0)  # others take their turn, as on a network
        for act in self.before.pop(self.asked, ()):
            await act()
        response = await super().handle_async_request(request)
        if self.asked == self.dies_at:
            self.dead = True
            raise asyncio.CancelledError
        for act in self.after.pop(self.asked, ()):
            await act()
        return response


@dataclass
class Station:
    """The bot's record, and what stays when it is killed: the store's file, SharePoint, and the clock."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    on_exchange: OnExchange | None = None

    def __post_init__(self) -> None:
        self.stand_in = SharePointStandIn(
            self.clock, lambda token: token == TOKEN, lambda _: None, on_exchange=self.on_exchange
        )
        add_our_lists(self.stand_in)

    async def start(self) -> None:
        """All of the bot's objects, new."""
        self.line = Line(self.stand_in)
        self.database = QuickDatabase(sqlite_url(self.folder))
        await self.database.start()
        self.store = Store(self.database, self.clock)
        self.outbox = Outbox(self.database, self.clock, Random(7))
        self.graph = Graph(BASE, Credential(), self.clock, transport=self.line)
        self.record = Record.of(SETTINGS, self.database, self.store, self.graph, self.clock, Random(7))
        what = Round(self.record.desk.kinds, self.record.desk.deliver, together=20, at_once=1)
        self.courier = Courier(self.outbox, self.clock, what)

    async def stop(self) -> None:
        """Let go of them."""
        await self.graph.close()
        await self.database.close()

    async def restart(self) -> None:
        """The process ends, and another begins on the same store."""
        await self.stop()
        await self.start()

    async def file(self) -> None:
        """Deliver what is due, once."""
        await self.courier.flush()

    async def read(self) -> None:
        """Read every list, if it is time."""
        await self.record.reader.read_what_is_due()


def quick_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where the machine has such, so that no disk is waited for."""
    memory = Path("/dev/shm")  # noqa: S108 -- a folder of its own is made there
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


@asynccontextmanager
async def station_in(
    folder: Path, store: bytes | None = None, on_exchange: OnExchange | None = None
) -> AsyncIterator[Station]:
    """A started station in an emptied folder, on a copy of this store, or a new one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()  # noqa: ASYNC240 -- in memory
    if store is not None:
        (folder / "ward-rhythms.db").write_bytes(store)
    station = Station(folder, on_exchange=on_exchange)
    await station.start()
    try:
        yield station
    finally:
        await station.stop()
