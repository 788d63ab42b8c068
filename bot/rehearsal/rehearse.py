"""A whole tenant on this machine: the stand-ins, the bot between them, a ward that is set up, and the page to watch it on."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from aiohttp import web
from azure.core.credentials_async import AsyncTokenCredential
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.addresses import Addresses
from bot.clock import Clock, SystemClock
from bot.records.graph import Graph
from bot.records.provisioning import provision
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.diary import Diary, moments_of
from bot.rehearsal.identity import CHANNEL_ISSUER, Identity, RehearsalCredential
from bot.rehearsal.people import invented_uuid, seed_town
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site import site
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_members import members_of

APP_ID = invented_uuid("app")
TENANT_ID = invented_uuid("tenant")
SITE_URL = "https://trust.sharepoint.com/sites/culture-of-care"
LOOPBACK = "127.0.0.1"

WEDNESDAY = 2
LONDON = ZoneInfo("Europe/London")
INVITATION = """
Rowan ward is open for rehearsal. Nothing leaves this machine.

    Look at it in a browser:  {url}

Stop with Ctrl+C. Everything you did is forgotten then.
"""

#: What Priya types on the set-up form.
ROWAN = {
    "name": "Rowan",
    "project": "Coffee before handover",
    "aim": "Everyone has five minutes with someone from another role each shift by June.",
    "weekday": "2",
    "at": "14:00",
    "every_weeks": "1",
    "reader": "Priya reads these on working days.",
    "incident": "https://trust.example/incidents",
    "speak_up": "https://trust.example/speak-up",
    "sustainability": "https://trust.example/sustainability-pack",
    "co_production": "https://trust.example/co-production",
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a bot needs to work for the rehearsed tenant."""

    settings: dict[str, Any]
    credential: AsyncTokenCredential
    addresses: Addresses
    clock: Clock


class Bot(Protocol):
    """A bot that listens."""

    @property
    def url(self) -> str: ...
    @property
    def store(self) -> Diary: ...

    async def catch_up(self) -> None:
        """Do at once what is due."""
        ...


#: Starts the bot; what it gives back listens from `__aenter__` to `__aexit__`.
StartBot = Callable[[Tenant], Awaitable[AbstractAsyncContextManager[Bot]]]


class Rehearsal:
    """Entered, everything runs; left, everything is gone.

    `start` is the moment it begins (aware), `frozen` stops its clock between moves; without `set_up` the bot is in no team yet. `keys` are for
    signing; without them fresh ones are made, which takes a moment.
    """

    def __init__(
        self,
        start_bot: StartBot,
        *,
        port: int = 0,
        start: datetime | None = None,
        frozen: bool = False,
        set_up: bool = True,
        keys: Sequence[RSAPrivateKey] = (),
    ) -> None:
        self._start_bot = start_bot
        self._port = port
        self._set_up = set_up
        self.clock = MovableClock(SystemClock(), start=start or _last_wednesday(), frozen=frozen)
        self.identity = Identity(self.clock, keys)
        self.town = seed_town()
        self.teams = TeamsStandIn(self.clock, self.identity, self.town, APP_ID, TENANT_ID)
        self.sharepoint = SharePointStandIn(self.clock, self._believes, self._members, site_url=SITE_URL)
        self.page_url = ""
        self._open = AsyncExitStack()
        self._running = AsyncExitStack()
        self._folder = Path()

    @property
    def invitation(self) -> str:
        """What to tell whoever started it."""
        return INVITATION.format(url=self.page_url)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ward-rhythms-")))
            await self.teams.start()
            stack.push_async_callback(self.teams.stop)
            graph_url = await self.sharepoint.start()
            stack.push_async_callback(self.sharepoint.stop)
            self.tenant = Tenant(
                settings={
                    "app_id": APP_ID,
                    "tenant_id": TENANT_ID,
                    "sharepoint_site": SITE_URL,
                    "store": f"sqlite:///{self._folder / 'store.db'}",
                    "host": LOOPBACK,
                    "port": 0,
                },
                credential=self.credential(),
                addresses=Addresses(
                    openid_metadata=self.teams.openid_metadata,
                    token_issuer=CHANNEL_ISSUER,
                    graph=graph_url,
                    service_hosts=(self.teams.service_host,),
                    service_schemes=("http",),
                ),
                clock=self.clock,
            )
            stack.push_async_callback(self.tenant.credential.close)
            await self._provision(graph_url)
            stack.push_async_callback(self.stop_bot)
            await self.start_bot()
            if self._set_up:
                await self.set_up_rowan()
            await self._serve_page(stack)
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def credential(self) -> RehearsalCredential:
        """The bot's identity, as the rehearsed Entra knows it."""
        return RehearsalCredential(self.clock, self.teams.token_url, APP_ID, self.identity.client_secret)

    async def start_bot(self) -> None:
        """Start the bot, or start it again on the same store after `stop_bot`."""
        self.bot = await self._running.enter_async_context(await self._start_bot(self.tenant))
        self.teams.bot_url = f"{self.bot.url}/api/messages"

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM would. Its store stays."""
        await self._running.aclose()

    async def move(self, moment: datetime) -> None:
        """Move the clock and let the bot do what is due then."""
        self.clock.move_to(moment)
        await self.bot.catch_up()

    async def begin(self) -> None:
        """Move to the first check-in, so that there is something to answer."""
        channel = self.town.teams["rowan"].channel("Coffee before handover")
        await self.move((await self._moments(channel.id))["check-in"])

    async def set_up_rowan(self) -> None:
        """Add the app to Rowan's team and its people, and let Priya set the ward up."""
        team = self.town.teams["rowan"]
        channel = team.channel("Coffee before handover")
        priya, tomasz = self.town.people["priya"], self.town.people["tomasz"]
        await self.teams.install(team, channel)
        for person in team.members:
            await self.teams.install_for(person)
        await self.teams.wait_for(lambda: bool(self.teams.threads(channel)))
        welcome = self.teams.threads(channel)[0].root.id
        await self.teams.execute(priya, welcome, "ward.set_up")
        await self.teams.execute(priya, welcome, "ward.save", {**ROWAN, "leads": f"{priya.id},{tomasz.id}"})
        await self.teams.wait_for(lambda: len(self.teams.threads(channel)) > 1)

    async def _provision(self, graph_url: str) -> None:
        credential = self.credential()
        graph = Graph(graph_url, credential, self.clock)
        try:
            await provision(graph, SITE_URL, lambda _: None)
        finally:
            await graph.close()
            await credential.close()

    async def _serve_page(self, stack: AsyncExitStack) -> None:
        page = site(self.clock, self.teams, self.sharepoint, moments=self._moments, move=self.move)
        runner = web.AppRunner(page, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOOPBACK, self._port).start()
        self.page_url = f"http://{LOOPBACK}:{runner.addresses[0][1]}/"

    async def _moments(self, channel_id: str) -> Mapping[str, datetime]:
        return await moments_of(self.bot.store, channel_id, self.clock.now())

    def _members(self, group_id: str) -> list[dict[str, Any]] | None:
        return members_of(self.town, group_id)

    def _believes(self, token: str) -> bool:
        return self.identity.check_outbound(token, "https://graph.microsoft.com")


def _last_wednesday() -> datetime:
    """The Wednesday of this week or the last one, shortly before two in the afternoon in London."""
    today = SystemClock().now().date()
    day = today - timedelta(days=(today.weekday() - WEDNESDAY) % 7)
    return datetime.combine(day, time(13, 58), LONDON)
