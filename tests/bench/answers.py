"""How fast the bot answers: a tap on Send (signed token → durable commit → personal card), and a mention (→ a card through the Connector).

.venv/bin/python -m tests.bench.answers [repetitions] [seconds]

The bot is a process on core 0; the load and Microsoft's stand-in are on core 1. Medians over fresh starts, with the lowest and the highest.
The ratio to other SDKs needs them in the same run: absolute figures of a shared machine mean little.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from tests.bench.load import drive
from tests.bench.microsoft import Microsoft
from tests.bench.process import BenchBot, stay_on_our_core
from tests.bench.requests import requests
from tests.bench.wards import seed

WARDS = 200
AT_ONCE = (1, 16, 64)
KINDS = ("answer", "mention")
A_SECOND = 4_000  # requests written out for each second of a measurement: more than are ever answered
MANY = 10_000

Table = defaultdict[tuple[str, str], list[float]]


async def measure(repetitions: int, seconds: float) -> Table:
    """Every figure of every repetition, by row and column."""
    table: Table = defaultdict(list)
    microsoft = Microsoft()
    await microsoft.start()
    tokens = microsoft.tokens()
    with tempfile.TemporaryDirectory() as folder:
        seeded = Path(folder) / "seeded.db"
        await asyncio.to_thread(seed, seeded, microsoft.service_url, WARDS)
        for _ in range(repetitions):
            async with BenchBot(seeded, microsoft.addresses, microsoft.token_url) as bot:
                for kind in KINDS:
                    first = requests(kind, microsoft.service_url, tokens, WARDS, 1)
                    await drive(bot.port, iter(first), 1)
                    if kind == KINDS[0]:
                        table["start to first answer, s", ""].append(time.perf_counter() - bot.began)
                    for at_once in AT_ONCE:
                        prepared = requests(kind, microsoft.service_url, tokens, WARDS, int(A_SECOND * seconds))
                        before = bot.cpu
                        figures = await drive(bot.port, iter(prepared), at_once, seconds)
                        if figures.refused:
                            raise RuntimeError(f"refused: {dict(figures.refused)}")
                        row = f"{kind}, {at_once} at a time"
                        table[row, "/s"].append(figures.per_second)
                        for share in (50, 95, 99):
                            table[row, f"p{share} ms"].append(figures.milliseconds(share / 100))
                        table[row, "CPU s/1,000"].append((bot.cpu - before) / len(figures.latencies) * 1000)
            async with BenchBot(seeded, microsoft.addresses, microsoft.token_url) as bot:
                await drive(bot.port, iter(requests("answer", microsoft.service_url, tokens, WARDS, MANY)), 16)
                table[f"MB after {MANY:,} answers", ""].append(bot.megabytes)
    return table


def show(table: Table) -> None:
    """Print it, a line for each figure."""
    for (row, column), found in table.items():
        spread = f"{median(found):>10,.2f}   ({min(found):,.2f} to {max(found):,.2f})"
        sys.stdout.write(f"{row:<28}{column:<14}{spread}\n")


if __name__ == "__main__":
    stay_on_our_core()
    arguments = dict(enumerate(sys.argv[1:]))
    show(asyncio.run(measure(int(arguments.get(0, "3")), float(arguments.get(1, "2")))))
