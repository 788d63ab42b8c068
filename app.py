"""The front door: settings, then everything built by hand, then the web server.

python app.py serve       the bot, for a tenant
python app.py rehearse    a ward on your own machine: no tenant, nothing leaves it
"""

import gc

if gc.isenabled():
    # Until everything is imported: what that makes is there to stay, and to look through it again and again is a fifth of a start.
    gc.disable()

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import uuid4

import aiohttp
import structlog
import typer
from aiohttp import web
from azure.core.credentials_async import AsyncTokenCredential
from pydantic import ValidationError

from bot import logs
from bot.addresses import CONNECTOR_SCOPE, MICROSOFT, Addresses
from bot.clock import Clock, SystemClock
from bot.courier import Courier, Round
from bot.credential import CredentialUnusable, credential_for
from bot.errors import TryAgain
from bot.readiness import Readiness
from bot.records.database import Database
from bot.records.filing import FilingDesk
from bot.records.graph import Graph
from bot.records.outbox import Outbox
from bot.records.sharepoint import SharePoint
from bot.records.store import Store
from bot.scheduler import Scheduler
from bot.settings import EnvironmentSettings, Settings, problems
from bot.teams.adapter import Adapter
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.events import Events
from bot.teams.gate import Gate
from bot.teams.handler import Handler
from bot.teams.keys import Keys
from bot.teams.messages import messages
from bot.teams.messenger import Messenger
from bot.teams.pace import Pace
from bot.teams.roster import Roster
from bot.teams.talk import Talk
from bot.teams.taps import Taps
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.checkins import CheckIns
from bot.usecases.permits import Permits
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards

if TYPE_CHECKING:
    from bot.rehearsal.rehearse import Tenant

gc.freeze()
gc.enable()

#: Exit code of a start that settings forbid (as sysexits and most tools: wrong usage).
WRONG_SETTINGS = 2
#: Exit code of a start that something else forbids.
CANNOT_START = 1

#: Seconds. Together under the 10 in which a container has to be gone.
FINISH_REQUESTS = 4.0
FLUSH = 3.0

Couriers = tuple[Courier, ...]

#: Deliveries to Teams under way at a time; the pace is kept by `Pace`, this bounds what a slow Teams can hold.
TEAMS_AT_ONCE = 16
#: Rows of one Graph batch (Graph "JSON batching": 20).
FILED_TOGETHER = 20

SETTINGS_ARE_WRONG = "Ward Rhythms cannot start. Put these settings right (deployment/README.md explains each):"
CERTIFICATE_IS_WRONG = (
    "Ward Rhythms cannot start: WARD_RHYTHMS_CLIENT_CERTIFICATE is no PEM file with a key and its certificate."
)
NO_STORE = "Ward Rhythms cannot start: its store (WARD_RHYTHMS_STORE) cannot be opened."
NO_PORT = "Ward Rhythms cannot listen on port {port}: {why}."

log = structlog.get_logger()


class Service:
    """Everything that runs, from `async with` to its end. Built by `build`."""

    def __init__(
        self, settings: Settings, application: web.Application, store: Store, scheduler: Scheduler, couriers: Couriers
    ) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_REQUESTS)
        self._settings = settings
        self._scheduler = scheduler
        self._couriers = couriers
        self._running = contextlib.AsyncExitStack()
        self.store = store
        self.url = ""

    def run(self, resources: contextlib.AsyncExitStack) -> Self:
        """Set the scheduler and the couriers going; `resources` are let go last."""
        works = [asyncio.create_task(run()) for run in (self._scheduler.run, *(one.run for one in self._couriers))]
        self._running.push_async_callback(resources.aclose)
        self._running.push_async_callback(self._wind_down, works)
        return self

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError where the port is taken, and lets everything go."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port, backlog=1024).start()
        except OSError:
            await self.__aexit__()
            raise
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        log.info("listening", port=port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop accepting, finish what is in flight, flush the outbox, let go."""
        await self._runner.cleanup()
        await self._running.aclose()
        log.info("stopped")

    async def catch_up(self) -> None:
        """Look and deliver once, now, instead of at the next wake: for whoever moves the clock."""
        await self._scheduler.look()
        await asyncio.gather(*(courier.flush() for courier in self._couriers))

    async def _wind_down(self, works: Sequence[asyncio.Task[None]]) -> None:
        """What is under way or due goes out if it can in a moment; the rest is written down and waits for the next start."""
        for work in works:
            work.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH):
                await asyncio.gather(*works, return_exceptions=True)
                await asyncio.gather(*(courier.flush() for courier in self._couriers))
        await asyncio.gather(*works, return_exceptions=True)


async def build(
    settings: Settings,
    credential: AsyncTokenCredential,
    *,
    addresses: Addresses = MICROSOFT,
    clock: Clock | None = None,
    dice: Random | None = None,
) -> Service:
    """The bot of these settings, its database migrated, its scheduler and couriers running; it listens once entered.

    `addresses`, `clock` and `dice` come from code alone (rehearsals, tests): no setting can make a bot believe another issuer.
    """
    clock, dice = clock or SystemClock(), dice or SystemRandom()
    async with contextlib.AsyncExitStack() as stack:
        database = Database(settings.store)
        stack.push_async_callback(database.close)
        await database.start()
        store = Store(database, clock)

        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)))
        keys = Keys(session, addresses.openid_metadata, clock)
        stack.push_async_callback(keys.close)
        bearer = Bearer(credential, CONNECTOR_SCOPE, clock)
        stack.push_async_callback(bearer.close)
        graph = Graph(addresses.graph, credential, clock)
        stack.push_async_callback(graph.close)
        connector = Connector(session, bearer, addresses, bot_id=f"28:{settings.app_id}")

        permits = Permits(Roster(connector, graph))
        wards = Wards(store, permits, clock, _new_id, settings.time_zone)
        rhythms = Rhythms(store, permits, clock)
        check_ins = CheckIns(store, permits, clock, dice)
        turns = CheckInTurns(store, permits, clock, _new_id)

        messenger = Messenger(connector, Pace(clock), store, wards, check_ins, turns, rhythms)
        desk = FilingDesk(store, SharePoint(graph, settings.sharepoint_site), dice)
        couriers = (
            Courier(
                Outbox(database, clock, dice),
                Round(tuple(messenger.kinds), messenger.deliver, together=1, at_once=TEAMS_AT_ONCE),
            ),
            Courier(Outbox(database, clock, dice), Round(desk.kinds, desk.deliver, together=FILED_TOGETHER, at_once=1)),
        )
        scheduler = Scheduler(store, turns, clock)

        gate = Gate(keys, addresses, clock, app_id=str(settings.app_id), tenants=sorted(settings.tenants))
        talk = Talk(wards, turns, rhythms)
        handler = Handler(Taps(wards, check_ins, rhythms, talk), talk, Events(wards), connector)
        application = web.Application()
        application.router.add_post("/api/messages", messages(gate, Adapter(gate, connector), handler.on_turn, clock))
        application.router.add_get("/healthz", _alive)
        readiness = Readiness(clock, Outbox(database, clock, dice), scheduler, couriers)
        application.router.add_get("/readyz", _ready(readiness))
        return Service(settings, application, store, scheduler, couriers).run(stack.pop_all())


def _new_id() -> str:
    return uuid4().hex


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"alive": True})


def _ready(readiness: Readiness) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    async def ready(_: web.Request) -> web.Response:
        is_ready, report = await readiness.report()
        return web.json_response(report, status=200 if is_ready else 503)

    return ready


cli = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Ward Rhythms, the Teams bot that keeps a ward's rhythm."
)


@cli.command()
def serve() -> None:
    """Run the bot for a tenant, with settings from the environment or `.env`."""
    logs.set_up()
    try:
        settings = EnvironmentSettings()
    except ValidationError as error:
        typer.echo("\n  ".join([SETTINGS_ARE_WRONG, *problems(error)]), err=True)
        raise typer.Exit(WRONG_SETTINGS) from None
    try:
        asyncio.run(_serve(settings))
    except CredentialUnusable:
        typer.echo(CERTIFICATE_IS_WRONG, err=True)
        raise typer.Exit(WRONG_SETTINGS) from None
    except TryAgain:
        typer.echo(NO_STORE, err=True)
        raise typer.Exit(CANNOT_START) from None
    except OSError as error:
        typer.echo(NO_PORT.format(port=settings.port, why=error.strerror), err=True)
        raise typer.Exit(CANNOT_START) from None


async def _serve(settings: Settings) -> None:
    told_to_stop = signalled()
    async with credential_for(settings) as credential, await build(settings, credential):
        spare_the_collector()
        await told_to_stop.wait()


@cli.command()
def rehearse(
    port: Annotated[int, typer.Option(help="The port of the page; 0 takes a free one.", min=0, max=65535)] = 8080,
) -> None:
    """Rehearse a ward's week on this machine, with stand-ins for Teams and SharePoint. Nothing leaves the machine."""
    logs.set_up(json=False)
    try:
        asyncio.run(_rehearse(port))
    except OSError as error:
        typer.echo(NO_PORT.format(port=port, why=error.strerror), err=True)
        raise typer.Exit(CANNOT_START) from None


async def _rehearse(port: int) -> None:
    from bot.rehearsal.rehearse import Rehearsal  # noqa: PLC0415 -- a bot for a tenant does not carry the stand-ins

    told_to_stop = signalled()
    async with Rehearsal(start_bot, port=port) as rehearsal:
        await rehearsal.begin()
        typer.echo(rehearsal.invitation)
        await told_to_stop.wait()


async def start_bot(tenant: "Tenant") -> Service:
    """The same bot as `serve` starts, for a rehearsed tenant on loopback."""
    settings = Settings.model_validate(tenant.settings)
    return await build(settings, tenant.credential, addresses=tenant.addresses, clock=tenant.clock)


def spare_the_collector() -> None:
    """Take what a start leaves behind (170,000 objects that stay for ever) out of every later collection, which held the loop for 100 ms."""
    gc.collect()
    gc.freeze()


def signalled() -> asyncio.Event:
    """Set once the process is told to stop. Asked for before anything starts: without a handler, a container's first process ignores SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    return stop


if __name__ == "__main__":
    sys.exit(cli())
