"""How long 1,000 wards' check-ins take through Teams' limit of 50 requests a second for one app in one tenant, and what is lost to 429.

.venv/bin/python -m tests.bench.fanout [repetitions]

The Connector answers in 30 ms and refuses beyond 50 in any second, so that 20 s is the best there is. The bot is a process on core 0.
"""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.bench.load import drive
from tests.bench.microsoft import Microsoft
from tests.bench.process import BenchBot, stay_on_our_core
from tests.bench.wards import DUE, seed

WARDS = 1_000
LATENCY = 0.03
LIMIT = 50
BEST = WARDS / LIMIT
TOO_LONG = 3 * BEST


async def measure(repetitions: int) -> None:
    """Print a line a repetition."""
    for _ in range(repetitions):
        microsoft = Microsoft(latency=LATENCY, limit=LIMIT)
        await microsoft.start()
        with tempfile.TemporaryDirectory() as folder:
            seeded = Path(folder) / "seeded.db"
            await asyncio.to_thread(seed, seeded, microsoft.service_url, WARDS, posted=False)
            due = DUE + timedelta(seconds=1)
            async with BenchBot(seeded, microsoft.addresses, microsoft.token_url, start=due) as bot:
                before = bot.cpu
                waits = await asyncio.wait_for(_posted(microsoft, bot.port), TOO_LONG)
                cpu = bot.cpu - before
        took = microsoft.posts[-1] - microsoft.posts[0]
        sys.stdout.write(
            f"{len(microsoft.posts)} posts in {took:.1f} s, {took / BEST:.2f} of the best; refused {microsoft.counts['429']}; "
            f"CPU {cpu:.1f} s; /healthz meanwhile: half under {waits[len(waits) // 2]:.1f} ms, all under {waits[-1]:.0f} ms\n"
        )


async def _posted(microsoft: Microsoft, port: int) -> list[float]:
    """Once all are posted: how long the bot took to say that it is alive, in milliseconds, in order of size."""
    alive = b"GET /healthz HTTP/1.1\r\nHost: bot.local\r\n\r\n"
    waits: list[float] = []
    while len(microsoft.posts) < WARDS:
        started = time.perf_counter()
        waits += [wait * 1000 for wait in (await drive(port, iter([alive]), 1)).latencies]
        await asyncio.sleep(max(0.0, 0.05 - (time.perf_counter() - started)))
    return sorted(waits)


if __name__ == "__main__":
    stay_on_our_core()
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
