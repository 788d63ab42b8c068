"""The bot's route as the front door serves it, with Microsoft on loopback and a bot that counts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler

from bot.teams.adapter import Adapter, AsIs
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.gate import Gate
from bot.teams.keys import Keys
from bot.teams.messages import messages
from bot.teams.pace import Pace
from tests.teams.door import (
    APP_ID,
    TENANT,
    Credential,
    Microsoft,
    MovedClock,
    claims,
    microsoft,
    served,
    session,
    signed,
)

SAVED = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Saved."}


class Bot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    """Answers taps, and counts everything."""

    def __init__(self) -> None:
        self.turns = 0
        self.fault: Exception | None = None
        self.body: Any = AsIs(SAVED)
        self.may = asyncio.Event()
        self.may.set()

    async def on_turn(self, turn_context: TurnContext) -> None:
        self.turns += 1
        await self.may.wait()
        if self.fault is not None:
            raise self.fault
        await super().on_turn(turn_context)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse | None:
        if turn_context.activity.name != "adaptiveCard/action":
            return None
        return InvokeResponse(status=200, body=self.body)


@dataclass
class Got:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Door:
    ms: Microsoft
    clock: MovedClock
    bot: Bot
    url: str
    client: aiohttp.ClientSession
    logged: list[Any] = field(default_factory=list)

    def headers(self, **changed: Any) -> dict[str, str]:
        """Return headers of a good delivery whose token's claims are `changed`."""
        token = signed(claims(self.ms.service_url, self.clock, **changed))
        return {"Authorization": token, "Content-Type": "application/json"}

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> Got:
        """Deliver: a dict as JSON, anything else as it is."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        async with self.client.post(self.url, data=data, headers=headers or self.headers()) as response:
            return Got(response.status, await response.text(), dict(response.headers))


@asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    """The route as the front door serves it, with Microsoft on loopback."""
    clock, bot = MovedClock(), Bot()
    async with microsoft() as ms, session() as opened, session() as client:
        keys = Keys(opened, ms.metadata, clock)
        gate = Gate(keys, ms.addresses, clock, app_id=APP_ID, tenants=[TENANT])
        connector = Connector(opened, Bearer(Credential(clock), "scope", clock), ms.addresses, bot_id=f"28:{APP_ID}")
        app = web.Application()
        app.router.add_post(
            "/api/messages", messages(gate, Adapter(gate, connector, Pace(clock)), bot.on_turn, clock, body_timeout=0.3)
        )
        async with served(app) as url:
            yield Door(ms, clock, bot, f"{url}/api/messages", client)
        await keys.close()
