"""What our filing desk is measured against: the least code over httpx that posts the same rows in the same batches.

`bare` has its rows ready in memory and remembers nothing. `keeping` does the same work: it takes its rows from the store, and before it goes on it
commits there, as durably as we do, where in SharePoint each row is and what it holds.
"""

import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import Connection, select

from bot.collector import spare_the_collector
from bot.records.columns import WRITE_COLUMN
from bot.records.database import Database
from bot.records.engines import PRAGMAS
from bot.records.graph import BATCH_LIMIT
from bot.records.lists import ReplyRow
from bot.records.reply_side import ReplySide
from bot.records.schema import check_ins
from bot.records.sides import Unfiled
from tests.bench.measured import FILING, MEMORY, READING, Figures, measured, megabytes
from tests.bench.microsoft import TOKEN
from tests.bench.wards import url_of

Fields = dict[str, Any]

ITEMS = "/sites/site/lists/Replies/items"
JSON = {"Content-Type": "application/json"}

COLUMNS = {
    "id": "EntryKey",
    "check_in_id": "CheckInKey",
    "went_well": "WentWell",
    "in_the_way": "InTheWay",
    "try_next": "TryNext",
    "person_name": "GivenBy",
    "person_id": "PersonId",
}
_FOUND = f"""
    SELECT replies.{", ".join(COLUMNS)}, feeling, period, ward_id FROM replies JOIN check_ins ON check_ins.id = replies.check_in_id
    WHERE check_ins.id IN (SELECT key FROM outbox ORDER BY due, id)
"""  # noqa: S608 -- nothing of it comes from outside
_NOTED = "INSERT INTO filed_rows (list, key, item_id, etag, fields, version) VALUES ('Replies', ?, ?, ?, ?, 1)"


async def bare(store: Path, base: str) -> Figures:
    """File, then read all back twice, parsing every answer and doing nothing with it."""
    figures: Figures = {}
    rows = await _ready(url_of(store))
    async with _client() as client:
        await _changes(client, f"{base}{ITEMS}/delta")
        spare_the_collector()
        with measured(figures, FILING):
            for first in range(0, len(rows), BATCH_LIMIT):
                await _post(client, base, rows[first : first + BATCH_LIMIT])
        figures[MEMORY] = {"MB": megabytes()}
        link = f"{base}{ITEMS}/delta?token=ours.0"
        for row in READING:
            with measured(figures, row):
                link = await _changes(client, link)
    return figures


async def keeping(store: Path, base: str) -> Figures:
    """File from the store, and keep what came of it."""
    figures: Figures = {}
    connection = sqlite3.connect(store, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    async with _client() as client:
        await _changes(client, f"{base}{ITEMS}/delta")
        spare_the_collector()
        with measured(figures, FILING):
            found = connection.execute(_FOUND)
            while batch := [_row(*kept) for kept in found.fetchmany(BATCH_LIMIT)]:
                _note(connection, batch, await _post(client, base, batch))
            connection.execute("DELETE FROM outbox")
        figures[MEMORY] = {"MB": megabytes()}
    connection.close()
    return figures


def _row(*kept: str | None) -> Fields:
    *told, feeling, period, ward = kept
    row: Fields = {column: value for column, value in zip(COLUMNS.values(), told, strict=True) if value}
    row |= {"Title": period, "Period": period, "WardKey": ward, "Feeling": str(feeling).title()}
    return {**row, WRITE_COLUMN: secrets.token_hex(8)}


def _note(connection: sqlite3.Connection, batch: Sequence[Fields], filed: Sequence[Fields]) -> None:
    rows = [
        (row["EntryKey"], one["id"], one["eTag"], orjson.dumps(row).decode())
        for row, one in zip(batch, filed, strict=True)
    ]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_NOTED, rows)
    connection.execute("COMMIT")


@asynccontextmanager
async def _client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN['access_token']}"} | JSON) as client:
        yield client


async def _ready(url: str) -> list[Fields]:
    """What our desk sends for each row."""
    database, side = Database(url), ReplySide()

    def read(connection: Connection) -> list[Fields]:
        keys = connection.execute(select(check_ins.c.id)).scalars().all()
        return [
            ReplyRow.wire(row.ours.fields)
            for key in keys
            for row in side.unfiled(connection, key)
            if isinstance(row, Unfiled)
        ]

    rows = await database.read(read)
    await database.close()
    return [
        {name: value for name, value in row.items() if value is not None} | {WRITE_COLUMN: secrets.token_hex(8)}
        for row in rows
    ]


async def _post(client: httpx.AsyncClient, base: str, rows: Sequence[Fields]) -> list[Fields]:
    requests = [
        {"id": str(number), "method": "POST", "url": ITEMS, "body": {"fields": row}, "headers": JSON}
        for number, row in enumerate(rows)
    ]
    came = await client.post(f"{base}/$batch", content=orjson.dumps({"requests": requests}))
    answers = {one["id"]: one for one in orjson.loads(came.content)["responses"]}
    filed = [answers[request["id"]] for request in requests]
    if any(one["status"] != 201 for one in filed):
        raise RuntimeError("refused")
    return [one["body"] for one in filed]


async def _changes(client: httpx.AsyncClient, link: str) -> str:
    """Every page from this link on, parsed. The link to what comes after."""
    while True:
        page = orjson.loads((await client.get(link)).content)
        if "@odata.deltaLink" in page:
            return str(page["@odata.deltaLink"])
        link = page["@odata.nextLink"]
