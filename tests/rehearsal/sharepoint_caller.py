"""Somebody who speaks to the SharePoint stand-in over HTTP, and a list of every kind of column."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp

from tests.rehearsal.sharepoint_fixtures import TOKEN, World, world

Json = dict[str, Any]
BEARER = {"Authorization": f"Bearer {TOKEN}"}
#: What a reader of these lists asks for.
FIELDS = "$expand=fields($select=Title,EntryKey)"
COLUMNS = [
    {"name": "EntryKey", "text": {}, "indexed": True, "enforceUniqueValues": True, "hidden": True},
    {"name": "Score", "number": {}, "indexed": True},
    {"name": "Sure", "boolean": {}, "indexed": True},
    {"name": "When", "dateTime": {"format": "dateTime"}},
    {"name": "Due", "dateTime": {"format": "dateTime"}, "indexed": True},
    {"name": "Day", "dateTime": {"format": "dateOnly"}},
    {"name": "Mood", "choice": {"choices": ["a", "b"]}},
    {"name": "Line", "text": {}},
    {"name": "Seat", "number": {}, "indexed": True, "enforceUniqueValues": True},
    {"name": "Lines", "text": {"allowMultipleLines": True}},
]


class Caller:
    """Somebody who speaks to the stand-in over HTTP."""

    def __init__(self, w: World, session: aiohttp.ClientSession) -> None:
        self.w, self.session = w, session
        self.site = f"/sites/{w.stand_in.api.site_id}"
        self.items = f"{self.site}/lists/Things/items"

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Json]:
        asked = {**BEARER, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.request(method, self.w.base + path, json=body, headers=asked) as told:
            return told.status, await told.json() if told.status != 204 else {}

    async def insert(self, **fields: Any) -> tuple[int, Json]:
        return await self.ask("POST", self.items, {"fields": fields})

    async def keys(self, clause: str = "") -> list[Any]:
        """The keys of the rows that meet a filter, or of all."""
        condition = f"&$filter={quote(clause)}" if clause else ""
        _, told = await self.ask("GET", f"{self.items}?$expand=fields($select=EntryKey){condition}")
        return [row["fields"].get("EntryKey") for row in told["value"]]


@asynccontextmanager
async def caller(*, held: bool = True) -> AsyncIterator[Caller]:
    """A caller, and a list of every kind of column; `held` as for `world`."""
    async with world(provisioned=False, held=held) as w, aiohttp.ClientSession() as session:
        body = {"displayName": "Things", "list": {"template": "genericList"}, "columns": COLUMNS}
        w.stand_in.api.lists.create(body)
        yield Caller(w, session)


def said(body: Json) -> str:
    """What an error says."""
    return str(body["error"]["message"])


async def page(c: Caller, link: str) -> Json:
    """What a link, or a path, leads to."""
    status, told = await c.ask("GET", link.removeprefix(c.w.base))

    assert status == 200
    return told


async def read(c: Caller, link: str) -> tuple[list[Json], str]:
    """All rows from a link on, and the delta link at the end."""
    rows: list[Json] = []
    while True:
        told = await page(c, link)
        rows += told["value"]
        link = told.get("@odata.nextLink", "")
        if not link:
            return rows, str(told["@odata.deltaLink"])


def titles(rows: list[Json]) -> list[Any]:
    """Each row's title, None for a deleted one."""
    return [None if "deleted" in row else row["fields"]["Title"] for row in rows]
