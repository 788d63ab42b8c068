"""Rowan ward with its page served, for the tests of the page's web site."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot.rehearsal.sharepoint import OnExchange, SharePointStandIn
from bot.rehearsal.site import Move, site
from tests.rehearsal.small_bot import WEDNESDAY, Json, Said, Ward, a_card, a_ward, feeling, send

CLOSE = WEDNESDAY + timedelta(days=7)
CARD = "application/vnd.microsoft.card.adaptive"
FROM_PAGE = {"X-Rehearsal": "page"}


@dataclass
class Page:
    """What a browser can ask of the site; `moments` are those that the clock can jump to."""

    ward: Ward
    sharepoint: SharePointStandIn
    url: str = ""
    moments: dict[str, datetime] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.ward.coffee.id

    async def look(self, person: str = "joe", place: str = "", **more: str) -> Json:
        """What a person sees."""
        wanted = {"person": person, "place": place, **more}
        async with self.ward.session.get(f"{self.url}/api/view", params=wanted) as response:
            seen: Json = await response.json()
            return seen

    async def tell(self, what: str, body: Any, headers: Mapping[str, str] = FROM_PAGE) -> Said:
        """A request that changes something, as the page sends it unless `headers` says otherwise."""
        async with self.ward.session.post(f"{self.url}/api/{what}", json=body, headers=headers) as response:
            return Said(response.status, await response.json(), response.headers)

    async def act(self, do: str, person: str = "joe", **more: Any) -> Said:
        """Something that a person does in the project channel, unless `place` says otherwise."""
        return await self.tell("act", {"do": do, "person": person, "place": self.place} | more)

    async def press(self, message: str, person: str = "joe", inputs: Json | None = None, **action: Any) -> Said:
        """A tap on the card's button."""
        button = send()["actions"][0] | action
        return await self.act("press", person, message=message, action=button, inputs=inputs or {"feeling": "good"})

    async def post_question(self) -> str:
        """A check-in with the five words' little brother, and its id."""
        return await self.ward.post_card(a_card(feeling(), send()))

    async def ask_graph(self, path: str, method: str = "GET", body: Any = None) -> int:
        """A request of the bot to SharePoint; the status of its answer, 0 where none came."""
        asked = self.ward.session.request(
            method, self.sharepoint.api.base + path, json=body, headers={"Authorization": "Bearer any"}
        )
        try:
            async with asked as response:
                return response.status
        except aiohttp.ServerDisconnectedError:
            return 0

    def filed(self, **fields: Any) -> None:
        """Let a row stand in the list of replies."""
        lists = self.sharepoint.api.lists
        columns = [
            {"name": "Feeling", "displayName": "How it is going", "text": {}},
            {"name": "Mark", "displayName": "Mark", "text": {}, "hidden": True},
        ]
        of = lists.named("Replies") or lists.create(
            {"displayName": "Replies", "list": {"template": "genericList"}, "columns": columns}
        )
        lists.insert(of, {"fields": fields})


def answer_with(body: Json) -> Json:
    """An answer to a tap that shows a card."""
    return {"statusCode": 200, "type": CARD, "value": body}


@asynccontextmanager
async def a_page(move: Move | None = None, on_exchange: OnExchange | None = None) -> AsyncIterator[Page]:
    """The page of Rowan ward, with the app installed in its team."""
    async with a_ward() as ward:
        sharepoint = SharePointStandIn(ward.clock, lambda _: True, lambda _: None, on_exchange=on_exchange)
        await sharepoint.start()
        page = Page(ward, sharepoint)

        async def moments(place: str) -> Mapping[str, datetime]:
            return page.moments if place == page.place else {}

        runner = web.AppRunner(
            site(ward.clock, ward.teams, sharepoint, moments=moments, move=move), shutdown_timeout=0.5
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        page.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield page
        finally:
            await runner.cleanup()
            await sharepoint.stop()


async def next_event(events: aiohttp.ClientResponse) -> str:
    """The next server-sent event, whole."""
    async with asyncio.timeout(5):
        return (await events.content.readuntil(b"\n\n")).decode()
