"""Everything that runs, from the first request to the last: listen, work in the background, and stop in order."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Self

import structlog
from aiohttp import web

from bot.courier import Courier
from bot.records.reading import Reader
from bot.records.store import Store
from bot.scheduler import Scheduler
from bot.settings import Settings

#: Seconds. aiohttp waits for them twice (once for idle, once for busy connections); with `FLUSH` under the 10 in which a container has to be gone.
FINISH_REQUESTS = 2.5
FLUSH = 3.0

log = structlog.get_logger()


class Service:
    """Everything that runs, from `async with` to its end. Built by `build`."""

    def __init__(
        self,
        settings: Settings,
        application: web.Application,
        store: Store,
        scheduler: Scheduler,
        couriers: Sequence[Courier],
        reader: Reader,
    ) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_REQUESTS)
        self._settings = settings
        self._scheduler = scheduler
        self._couriers = couriers
        self._reader = reader
        self._running = contextlib.AsyncExitStack()
        self.store = store
        self.url = ""

    def run(self, resources: contextlib.AsyncExitStack) -> Self:
        """Set the scheduler, the couriers and the reader going; `resources` are let go last."""
        runs = (self._scheduler.run, *(one.run for one in self._couriers), self._reader.run)
        works = [asyncio.create_task(run()) for run in runs]
        self._running.push_async_callback(resources.aclose)
        self._running.push_async_callback(self._wind_down, works)
        return self

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError where the port is taken, and lets everything go."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port, backlog=1024).start()
        except OSError:
            await self.__aexit__()
            raise
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        log.info("listening", port=port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop accepting, finish what is in flight, flush the outbox, let go."""
        await self._runner.cleanup()
        await self._running.aclose()
        log.info("stopped")

    async def catch_up(self) -> None:
        """Look, read and deliver once, now, instead of at the next wake: for whoever moves the clock."""
        await self._scheduler.look()
        await self._reader.read_what_is_due()
        await asyncio.gather(*(courier.flush() for courier in self._couriers))

    async def _wind_down(self, works: Sequence[asyncio.Task[None]]) -> None:
        """What is under way or due goes out if it can in a moment; the rest is written down and waits for the next start."""
        for work in works:
            work.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH):
                await asyncio.gather(*works, return_exceptions=True)
                await asyncio.gather(*(courier.flush() for courier in self._couriers), return_exceptions=True)
        await asyncio.gather(*works, return_exceptions=True)
