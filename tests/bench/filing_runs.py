"""One measured process: our filing desk, or one of the two clients that it is measured against.

python -m tests.bench.filing_runs ours|bare|keeping <store> <Graph's address>    prints its figures as JSON, by row and column.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import orjson

import app
from bot.clock import SystemClock
from bot.collector import spare_the_collector
from bot.courier import Courier, Round
from bot.records.database import Database
from bot.records.graph import Graph
from bot.records.lists import ReplyRow
from bot.records.outbox import Outbox
from bot.records.record import Record
from bot.records.store import Store
from bot.rehearsal.identity import RehearsalCredential
from bot.settings import Settings
from tests.bench.bare import bare, keeping
from tests.bench.measured import FILING, MEMORY, READING, Figures, measured, megabytes
from tests.bench.process import SITE
from tests.bench.requests import APP_ID
from tests.bench.wards import TENANT, url_of


async def ours(store: Path, base: str) -> Figures:
    """The record as `app.py` builds it, with nothing to slow it down."""
    figures: Figures = {}
    async with _record(url_of(store), base) as (record, courier, outbox):
        await record.reader.read_what_is_due()
        spare_the_collector()
        with measured(figures, FILING):
            await courier.flush()
        figures[MEMORY] = {"MB": megabytes()}
        if waiting := await outbox.waiting():
            raise RuntimeError(f"not filed: {waiting}")
        for row in READING:
            with measured(figures, row):
                await record.reader.read(ReplyRow.LIST)
    return figures


@contextlib.asynccontextmanager
async def _record(store: str, base: str) -> AsyncIterator[tuple[Record, Courier, Outbox]]:
    clock, dice = SystemClock(), Random(7)
    settings = Settings.model_validate({"app_id": APP_ID, "tenant_id": TENANT, "sharepoint_site": SITE, "store": store})
    # A pace that is never met: no setting allows as much.
    settings = settings.model_copy(update={"graph_units": 1e6})
    database = Database(settings.store)
    await database.start()
    async with RehearsalCredential(clock, f"{base}/token", APP_ID, "secret") as credential:
        graph = Graph(base, credential, clock)
        record = Record.of(settings, database, Store(database, clock), graph, clock, dice)
        outbox, desk = Outbox(database, clock, dice), record.desk
        yield record, Courier(outbox, clock, Round(desk.kinds, desk.deliver, app.FILED_TOGETHER, at_once=1)), outbox
        await graph.close()
    await database.close()


if __name__ == "__main__":
    run = {"ours": ours, "bare": bare, "keeping": keeping}[sys.argv[1]]
    sys.stdout.buffer.write(orjson.dumps(asyncio.run(run(Path(sys.argv[2]), sys.argv[3]))))
