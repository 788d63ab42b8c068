"""A rehearsed tenant whose bot is a process of its own, so that it can really be killed."""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, Self

from bot.rehearsal.rehearse import Rehearsal
from bot.rehearsal.tenant import Tenant
from tests.journeys.quick import BEGINNING, keys
from tests.journeys.ward import Week, london
from tests.process.runner import Orders
from tests.rehearsal.sharepoint_fixtures import add_our_lists

REPOSITORY = Path(__file__).parent.parent.parent
PATIENCE = 30.0


class Died(Exception):
    """The process ended before it said what it was asked."""


def orders_for(tenant: Tenant, token_url: str, client_secret: str) -> Orders:
    """What a process has to know to work for this tenant."""
    return Orders(
        settings=tenant.settings,
        addresses=tenant.addresses,
        token_url=token_url,
        client_secret=client_secret,
        start=tenant.clock.now(),
    )


class BotProcess:
    """Entered, it listens; left, it was told to stop, if it still ran."""

    def __init__(self, tenant: Tenant, token_url: str, client_secret: str, log: Path) -> None:
        self._tenant = tenant
        self._orders = orders_for(tenant, token_url, client_secret)
        self._log = log
        self.url = ""

    @property
    def store(self) -> Any:
        """Out of reach: it is in another process."""
        raise AssertionError("the store of another process")

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.process.runner", self._orders.model_dump_json()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=REPOSITORY,
            )
        self.url = await self._heard()
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        await self.ended()

    async def catch_up(self) -> None:
        """Show it the tenant's time, and let it do what is due. Raises Died."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._tenant.clock.now().isoformat()}\n".encode())
        await self._heard()

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()

    def terminate(self) -> None:
        """What a container's runtime sends first."""
        self._process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    async def _heard(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self._process.stdout.readline()).decode().strip()
        if not line:
            raise Died
        return line


class Ward(Week):
    """Rowan ward, its bot a process of its own."""

    def __init__(self, rehearsal: Rehearsal, log: Path) -> None:
        super().__init__(rehearsal)
        self.log = log

    @property
    def bot(self) -> BotProcess:
        """The process that runs now."""
        found = self.rehearsal.bot
        assert isinstance(found, BotProcess)
        return found

    def read(self, query: str) -> list[Any]:
        """Rows of the store's file, read from beside the bot."""
        with closing(sqlite3.connect(self._file)) as connection:
            return connection.execute(query).fetchall()

    @property
    def _file(self) -> str:
        return str(self.rehearsal.tenant.settings["store"]).removeprefix("sqlite:///")

    def lose_store(self) -> None:
        """The file is gone, with what lies beside it."""
        file = Path(self._file)
        for one in file.parent.glob(f"{file.name}*"):
            one.unlink()

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Somebody else writes to the store's file: what the bot has to write waits meanwhile."""
        with closing(sqlite3.connect(self._file, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    async def again(self) -> None:
        """Start the bot again, on the same store."""
        await self.rehearsal.stop_bot()
        await self.rehearsal.start_bot()

    def filed(self, name: str) -> Sequence[str]:
        """The entry keys in a SharePoint list."""
        return [row["EntryKey"] for row in self.rows(name)]


@asynccontextmanager
async def a_ward(folder: Path) -> AsyncIterator[Ward]:
    """Rowan ward set up, on Wednesday at two minutes to two, its clock running."""
    log = folder / "log"

    async def start(tenant: Tenant) -> BotProcess:
        return BotProcess(tenant, rehearsal.teams.token_url, rehearsal.identity.client_secret, log)

    rehearsal = Rehearsal(start, start=london(BEGINNING), keys=keys())
    add_our_lists(rehearsal.sharepoint)
    async with rehearsal:
        yield Ward(rehearsal, log)
