"""A whole tenant on this machine: the stand-ins, the bot between them, a ward that is set up, and the page to watch it on."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.clock import SystemClock
from bot.records.graph import Graph
from bot.records.provisioning import provision
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.diary import moments_of, next_moment
from bot.rehearsal.identity import Identity, RehearsalCredential
from bot.rehearsal.keep import Folder, Kept, packed
from bot.rehearsal.people import Channel, seed_town
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site import site
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_members import members_of
from bot.rehearsal.tenant import APP_ID, LOOPBACK, SITE_URL, TENANT_ID, Bot, StartBot, tenant_of

WEDNESDAY = 2
LONDON = ZoneInfo("Europe/London")
#: Real seconds between a change and its being kept, so that a rush of changes is written once.
KEPT_AFTER = 1.0

OPEN = "{wards}: open for rehearsal. Nothing leaves this machine."
CARRIED_ON = "Your rehearsal carries on where it stopped. Nothing leaves this machine."
NOT_MADE = "What is kept here already was not made anew. For that, say --fresh too."
LOOK = """
    Look at it in a browser:  {url}
"""
FORGOTTEN = "Stop with Ctrl+C. Everything you did is forgotten then."
IS_KEPT = """Stop with Ctrl+C. Everything is kept in {folder}; the same command carries on.
To begin again, add --fresh: that forgets what is kept there."""

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


#: Makes what a rehearsal begins with.
Make = Callable[["Rehearsal"], Awaitable[None]]


class Rehearsal:
    """Entered, everything runs; left, everything is gone, unless it has a `folder` (entered before) to keep it in and carry on from.

    `start` is the moment it begins (aware), `frozen` stops its clock between moves; without `set_up` the bot is in no team yet. `keys` are for
    signing; without them fresh ones are made, which takes a moment. Raises CannotRehearse where what the folder holds cannot be read.
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
        folder: Folder | None = None,
    ) -> None:
        self._start_bot = start_bot
        self._port = port
        self._set_up = set_up
        self._folder = folder
        self._kept = folder.load() if folder else None
        started = self._kept.shown if self._kept else start or last_wednesday()
        self.clock = MovableClock(SystemClock(), start=started, frozen=frozen)
        self.identity = Identity(self.clock, keys)
        self.town = self._kept.town if self._kept else seed_town()
        self.teams = TeamsStandIn(self.clock, self.identity, self.town, APP_ID, TENANT_ID)
        if self._kept:
            self.teams.talk = self._kept.talk
        self.sharepoint = self._sharepoint()
        self.page_url = ""
        self.bot: Bot
        # A start that gets no further than half-way leaves nothing to carry on from.
        self._begun = self.carried_on
        self._open = AsyncExitStack()
        self._running = AsyncExitStack()

    @property
    def carried_on(self) -> bool:
        """Whether it goes on from what was kept."""
        return self._kept is not None

    @property
    def invitation(self) -> str:
        """What to tell whoever started it."""
        wards = [team.name for team in self.town.teams.values() if team.id in self.teams.talk.app_in_teams]
        first = CARRIED_ON if self.carried_on else OPEN.format(wards=", ".join(wards))
        last = IS_KEPT.format(folder=self._folder.path.resolve()) if self._folder else FORGOTTEN
        return "\n".join(["", first, LOOK.format(url=self.page_url), last, ""])

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._folder is None:
                store = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ward-rhythms-"))) / "store.db"
            else:
                store = self._folder.store
            await self._start_teams()
            stack.push_async_callback(self.teams.stop)
            graph_url = await self.sharepoint.start()
            stack.push_async_callback(self.sharepoint.stop)
            self.tenant = tenant_of(self.teams, graph_url, store, self.credential(), self.clock)
            stack.push_async_callback(self.tenant.credential.close)
            # Also where it carries on: a newer version may bring columns.
            await self._provision(graph_url)
            # Behind the bot, whose last words are kept too.
            stack.callback(self._keep)
            stack.push_async_callback(self.stop_bot)
            await self.start_bot()
            if self.carried_on:
                await self._tell_where()
            elif self._set_up:
                await self.set_up_ward("rowan", "Coffee before handover", ROWAN, ("priya", "tomasz"))
            await self._serve_page(stack)
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def until(self, told_to_stop: asyncio.Event, make: Make | None, tell: Callable[[str], None]) -> None:
        """Begin, invite, and stay until told to stop, which may be in the middle of beginning. `tell` says what is to be said."""
        beginning, stopping = asyncio.create_task(self.begin(make)), asyncio.create_task(told_to_stop.wait())
        await asyncio.wait({beginning, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if beginning.done():
            await beginning
            if make and self.carried_on:
                tell(NOT_MADE)
            tell(self.invitation)
            await stopping
        await _end(beginning)

    async def begin(self, make: Make | None = None) -> None:
        """Where nothing is carried on, `make` the beginning: without it, move to the first check-in, so that there is something to answer.

        From here on, what happens is kept in the folder, if there is one.
        """
        if not self.carried_on:
            await (make(self) if make else self._first_check_in())
        self._begun = True
        self._keep()
        keeping = asyncio.create_task(self._keep_on())
        self._open.push_async_callback(_end, keeping)

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
        self.teams.changes.note()

    async def pass_time(self, moment: datetime) -> None:
        """Let the time pass until `moment`, stopping wherever something falls due in a ward: nothing is missed on the way, as in real life."""
        while coming := await next_moment(self.bot.store, self.clock.now(), moment):
            await self.move(coming)
        await self.move(moment)

    async def set_up_ward(self, key: str, channel_name: str, form: Mapping[str, str], leads: Sequence[str]) -> Channel:
        """Add the app to a team and its people, and let the first of `leads` set the ward up, all by the names they have in town."""
        team = self.town.teams[key]
        channel = team.channel(channel_name)
        picked = [self.town.people[lead] for lead in leads]
        await self.teams.install(team, channel)
        await asyncio.gather(*(self.teams.install_for(person) for person in team.members))
        await self.teams.wait_for(lambda: bool(self.teams.threads(channel)))
        welcome = self.teams.threads(channel)[0].root.id
        await self.teams.execute(picked[0], welcome, "ward.set_up")
        wanted = {**form, "leads": ",".join(lead.id for lead in picked)}
        await self.teams.execute(picked[0], welcome, "ward.save", wanted)
        await self.teams.wait_for(lambda: len(self.teams.threads(channel)) > 1)
        return channel

    async def _first_check_in(self) -> None:
        channel = self.town.teams["rowan"].channel("Coffee before handover")
        await self.move((await self._moments(channel.id))["check-in"])

    async def _start_teams(self) -> None:
        """Where it was before, for the bot has written down where its wards are; on another port where that one is taken."""
        try:
            await self.teams.start(self._kept.port if self._kept else 0)
        except OSError:
            await self.teams.stop()
            await self.teams.start()

    async def _tell_where(self) -> None:
        """On another port than before, each team is heard of from there, and the bot follows what it hears (Teams: service URLs may change)."""
        if self._kept and self._kept.port != self._teams_port:
            for team in self.town.teams.values():
                await self.teams.team_renamed(team, team.name)

    @property
    def _teams_port(self) -> int:
        return int(self.teams.service_host.rpartition(":")[2])

    def _keep(self) -> None:
        if self._folder is not None and self._begun:
            kept = Kept.of(self.clock.now(), self._teams_port, self.town, self.teams.talk)
            self._folder.save(packed(kept))

    async def _keep_on(self) -> None:
        count = self.teams.changes.count
        while True:
            count = await self.teams.changes.after(count)
            await SystemClock().sleep(KEPT_AFTER)
            self._keep()

    def _sharepoint(self) -> SharePointStandIn:
        lists = self._folder.lists if self._folder else None
        try:
            return SharePointStandIn(self.clock, self._believes, self._members, site_url=SITE_URL, keep=lists)
        except (AttributeError, KeyError, TypeError, ValueError):
            if self._folder is None:
                raise
            raise self._folder.unreadable() from None

    async def _provision(self, graph_url: str) -> None:
        credential = self.credential()
        graph = Graph(graph_url, credential, self.clock)
        try:
            await provision(graph, SITE_URL, lambda _: None)
        finally:
            await graph.close()
            await credential.close()

    async def _serve_page(self, stack: AsyncExitStack) -> None:
        page = site(self.clock, self.teams, self.sharepoint, moments=self._moments, move=self.pass_time)
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


def last_wednesday() -> datetime:
    """The Wednesday of this week or the last one, shortly before two in the afternoon in London."""
    today = SystemClock().now().date()
    day = today - timedelta(days=(today.weekday() - WEDNESDAY) % 7)
    return datetime.combine(day, time(13, 58), LONDON)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
