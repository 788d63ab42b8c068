"""A tiny bot beside the Teams stand-in, for the tests of the stand-in itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.clock import SystemClock
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.identity import Identity, make_keys
from bot.rehearsal.people import Channel, Person, Team, Town, seed_town
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_connector import CONNECTOR_AUDIENCE
from bot.rehearsal.teams_deliveries import PATIENCE

APP_ID = "11111111-1111-4111-8111-111111111111"
TENANT = "22222222-2222-4222-8222-222222222222"
WEDNESDAY = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)

Json = dict[str, Any]


@cache
def keys() -> tuple[RSAPrivateKey, ...]:
    """Three keys for the whole run: making them takes longer than a test."""
    return tuple(make_keys())


class Said(NamedTuple):
    """What the Connector answered."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class SmallBot:
    """Remembers what it was sent; answers every activity with `status` and with what `answer` makes of it."""

    received: list[Json] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    status: int = 200
    answer: Callable[[Json], Any] = lambda _: None
    raw: bytes | None = None
    silent: bool = False

    async def on_activity(self, request: web.Request) -> web.Response:
        """POST /api/messages."""
        self.authorizations.append(request.headers.get("Authorization"))
        raw = await request.read()
        self.received.append(await request.json() if raw.startswith(b"{") else {"raw": raw})
        if self.silent:
            await asyncio.Event().wait()
        if self.raw is not None:
            return web.Response(body=self.raw, status=self.status)
        body = self.answer(self.received[-1])
        return web.Response(status=self.status) if body is None else web.json_response(body, status=self.status)


@dataclass
class Ward:
    """Rowan ward with the app installed, and ways to speak as the bot."""

    teams: TeamsStandIn
    bot: SmallBot
    town: Town
    identity: Identity
    clock: MovableClock
    session: aiohttp.ClientSession

    @property
    def rowan(self) -> Team:
        return self.town.teams["rowan"]

    @property
    def coffee(self) -> Channel:
        return self.rowan.channel("Coffee before handover")

    def person(self, key: str) -> Person:
        return self.town.people[key]

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Said:
        """A request of the bot to the Connector, with a good bearer unless `authorization` says otherwise."""
        token, _ = self.identity.issue(CONNECTOR_AUDIENCE + "/.default")
        headers = {"Authorization": more.pop("authorization", f"Bearer {token}")}
        if body is not None:
            more["json"] = body
        async with self.session.request(method, self.teams.service_url + path, headers=headers, **more) as response:
            raw = await response.text()
            content = await response.json() if response.content_type == "application/json" else raw
            return Said(response.status, content, response.headers)

    async def post(self, activity: Any, channel: Channel | None = None) -> Said:
        """A new message in Rowan's project channel (or another)."""
        return await self.call("POST", "v3/conversations", self.new_post(activity, channel))

    def new_post(self, activity: Any, channel: Channel | None = None) -> Json:
        """The body of the same."""
        where = {"channel": {"id": (channel or self.coffee).id}, "tenant": {"id": TENANT}}
        return {"isGroup": True, "channelData": where, "activity": activity}

    async def post_card(self, card: Json) -> str:
        """A new message with a card, and its id."""
        said = await self.post(with_card(card))
        assert said.status == 201, said.body
        return str(said.body["activityId"])


def conversation(channel_id: str, root: str = "") -> str:
    """A conversation in a path, in its thread."""
    return "v3/conversations/" + quote(channel_id + (f";messageid={root}" if root else ""), safe="")


def text(words: str = "How is it going this week?") -> Json:
    """A message in words."""
    return {"type": "message", "text": words}


def with_card(card: Json) -> Json:
    """A message with an Adaptive Card."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def a_card(*body: Json, **more: Any) -> Json:
    """A card that Teams takes."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def send(**more: Any) -> Json:
    """An ActionSet with a button that both old and new clients know."""
    data = {"action": "answer", "checkin": "c1"}
    fallback = {"type": "Action.Submit", "title": "Send", "data": data}
    action = {"type": "Action.Execute", "title": "Send", "verb": "answer", "data": data, "fallback": fallback}
    return {"type": "ActionSet", "actions": [action | more]}


def feeling(**more: Any) -> Json:
    """An input with two choices."""
    choices = [{"title": "Steady", "value": "steady"}, {"title": "Good", "value": "good"}]
    return {"type": "Input.ChoiceSet", "id": "feeling", "label": "How is it going?", "choices": choices} | more


def code(body: Any) -> str:
    """The code in Teams' error shape."""
    return str(body["error"]["code"])


def answers(kind: str, value: Any, status: int = 200) -> Callable[[Any], Any]:
    """A bot that answers every invoke so."""
    return lambda _: {"statusCode": status, "type": f"application/vnd.microsoft.{kind}", "value": value}


@asynccontextmanager
async def a_ward(patience: float = PATIENCE) -> AsyncIterator[Ward]:
    """Rowan ward on a Wednesday at 14:00, on a clock that stands still. `patience`: seconds that Teams waits for the bot."""
    clock = MovableClock(SystemClock(), start=WEDNESDAY, frozen=True)
    identity, town, bot = Identity(clock, keys()), seed_town(), SmallBot()
    teams = TeamsStandIn(clock, identity, town, APP_ID, TENANT, patience=patience)
    app = web.Application()
    app.add_routes([web.post("/api/messages", bot.on_activity)])
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await teams.start()
    teams.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    teams.talk.app_in_teams.add(town.teams["rowan"].id)
    async with aiohttp.ClientSession() as session:
        yield Ward(teams, bot, town, identity, clock, session)
    await teams.stop()
    await runner.cleanup()
