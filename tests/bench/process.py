"""The bot as a process of its own, pinned to core 0, and what it costs. Whoever measures stays on core 1."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Self

from bot.addresses import Addresses
from tests.bench.requests import APP_ID
from tests.bench.wards import TENANT, url_of
from tests.process.runner import Orders

BOT_CORE, OUR_CORE = "0", 1
TICKS = os.sysconf("SC_CLK_TCK")
SITE = "https://trust.sharepoint.com/sites/culture-of-care"


def stay_on_our_core() -> None:
    """Keep this process off the bot's core, where there are two."""
    if OUR_CORE in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {OUR_CORE})


class BenchBot:
    """Entered, the bot listens on `port`, on a copy of the store `seeded`; left, it has stopped. `began`: when it was started."""

    def __init__(self, seeded: Path, addresses: Addresses, token_url: str, *, start: datetime | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ward-rhythms-bench-"))
        store = self._folder / "store.db"
        shutil.copy(seeded, store)
        settings = {
            "app_id": APP_ID,
            "tenant_id": TENANT,
            "sharepoint_site": SITE,
            "store": url_of(store),
            "host": "127.0.0.1",
            "port": 0,
        }
        self._orders = Orders(
            settings=settings, addresses=addresses, token_url=token_url, client_secret="secret", start=start
        )
        self.log = self._folder / "log"
        self.port = 0
        self.began = 0.0

    async def __aenter__(self) -> Self:
        self.began = time.perf_counter()
        with self.log.open("wb") as log:
            command = ("taskset", "-c", BOT_CORE, sys.executable, "-m", "tests.process.runner")
            self._process = await asyncio.create_subprocess_exec(
                *command, self._orders.model_dump_json(), stdout=subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        url = (await self._process.stdout.readline()).decode().strip()
        if not url:
            raise RuntimeError(self.log.read_text(encoding="utf-8"))
        self.port = int(url.rpartition(":")[2])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()
        shutil.rmtree(self._folder)

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
