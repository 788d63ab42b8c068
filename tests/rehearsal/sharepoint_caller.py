"""Somebody who speaks to the SharePoint stand-in over HTTP, and a list of every kind of column."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.rehearsal.sharepoint_fixtures import TOKEN, World, world

Json = dict[str, Any]
BEARER = {"Authorization": f"Bearer {TOKEN}"}
COLUMNS = [
    {"name": "EntryKey", "text": {}, "indexed": True, "enforceUniqueValues": True, "hidden": True},
    {"name": "Score", "number": {}, "indexed": True},
    {"name": "Sure", "boolean": {}, "indexed": True},
    {"name": "When", "dateTime": {"format": "dateTime"}},
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


@asynccontextmanager
async def caller() -> AsyncIterator[Caller]:
    """A caller, and a list of every kind of column."""
    async with world(provisioned=False) as w, aiohttp.ClientSession() as session:
        body = {"displayName": "Things", "list": {"template": "genericList"}, "columns": COLUMNS}
        w.stand_in.api.lists.create(body)
        yield Caller(w, session)


def said(body: Json) -> str:
    """What an error says."""
    return str(body["error"]["message"])
