"""What it costs to file 10,000 replies in SharePoint, and to read them back, beside bare httpx clients that post and fetch the same (`bare.py`).

.venv/bin/python -m tests.bench.filing [repetitions]

Each run is a process of its own on core 0; Graph's stand-in is on core 1. Medians over interleaved repetitions, with the lowest and the
highest. A ratio is to the run right before: absolute figures of a shared machine mean little.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

import orjson

from tests.bench.measured import FILING, MEMORY, READING, Figures
from tests.bench.process import BOT_CORE, stay_on_our_core
from tests.bench.replies import seed
from tests.bench.sharepoint import SharePoint

REPLIES = 10_000
RUNS = ("bare", "keeping", "ours")

Table = defaultdict[tuple[str, str], list[float]]


async def measure(repetitions: int) -> Table:
    """Every figure of every repetition, by row and column."""
    table: Table = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        seeded = Path(folder) / "seeded.db"
        check_ins = await asyncio.to_thread(seed, seeded, REPLIES)
        sys.stdout.write(f"{REPLIES:,} replies to {check_ins} check-ins\n")
        for _ in range(repetitions):
            came = {which: await _run(which, seeded) for which in RUNS}
            table["requests a reply", "ours"].append(came["ours"][1] / REPLIES)
            for row in (FILING, *READING, MEMORY):
                _enter(table, row, {which: figures[row] for which, (figures, _) in came.items() if row in figures})
    return table


def _enter(table: Table, row: str, of: dict[str, dict[str, float]]) -> None:
    for which, figures in of.items():
        for column, figure in figures.items():
            table[row, f"{which}, {column}"].append(figure)
    for which in of:
        if which != "ours" and row != MEMORY:
            table[row, f"CPU, ours to {which}"].append(of["ours"]["CPU s"] / of[which]["CPU s"])


async def _run(which: str, seeded: Path) -> tuple[Figures, int]:
    """Its figures, and how many requests Graph had of it but for what reading takes."""
    sharepoint = SharePoint()
    base = await sharepoint.start()
    with tempfile.TemporaryDirectory(prefix="ward-rhythms-bench-") as folder:
        store = Path(folder) / "store.db"
        shutil.copy(seeded, store)
        command = ("taskset", "-c", BOT_CORE, sys.executable, "-m", "tests.bench.filing_runs", which, store, base)
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        said, _ = await process.communicate()
    filed = {row["EntryKey"] for row in sharepoint.rows}
    if process.returncode or len(sharepoint.rows) != REPLIES or len(filed) != REPLIES:
        raise RuntimeError(f"{which} filed {len(sharepoint.rows)} rows")
    figures: Figures = orjson.loads(said)
    return figures, sum(many for kind, many in sharepoint.asked.items() if kind not in {"columns", "delta", "token"})


def show(table: Table) -> None:
    """Print it, a line for each figure."""
    for (row, column), found in table.items():
        spread = f"{median(found):>10,.4f}   ({min(found):,.4f} to {max(found):,.4f})"
        sys.stdout.write(f"{row:<32}{column:<24}{spread}\n")


if __name__ == "__main__":
    stay_on_our_core()
    show(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
