"""The front door: settings, then everything built by hand, then the web server.

python app.py serve       the bot, for a tenant
python app.py resend      tries again what was given up
python app.py rebuild     makes a lost store anew from SharePoint
python app.py rehearse    a ward on your own machine: no tenant, nothing leaves it
"""

import gc

if gc.isenabled():
    # Until everything is imported: what that makes is there to stay, and to look through it again and again is a fifth of a start.
    gc.disable()

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import aiohttp
import typer
from aiohttp import web
from azure.core.credentials_async import AsyncTokenCredential

from bot import chores, logs
from bot.addresses import CONNECTOR_SCOPE, MICROSOFT, Addresses
from bot.clock import Clock, SystemClock
from bot.collector import spare_the_collector
from bot.courier import Courier, Round
from bot.credential import CredentialUnusable, credential_for
from bot.errors import TryAgain
from bot.readiness import Readiness, alive
from bot.records.database import Database
from bot.records.graph import Graph
from bot.records.outbox import Outbox
from bot.records.record import Record
from bot.records.store import Store
from bot.scheduler import Scheduler
from bot.service import Service
from bot.settings import Settings, WrongSettings, from_environment
from bot.teams.adapter import Adapter
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.events import Events
from bot.teams.gate import Gate
from bot.teams.handler import Handler
from bot.teams.keys import Keys
from bot.teams.messages import messages
from bot.teams.messenger import Messenger
from bot.teams.own_data import OwnData
from bot.teams.pace import Pace
from bot.teams.roster import Roster
from bot.teams.talk import Talk
from bot.teams.taps import Taps
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.checkins import CheckIns
from bot.usecases.people import People
from bot.usecases.permits import Permits
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards

if TYPE_CHECKING:
    from bot.rehearsal.tenant import Tenant

gc.freeze()
gc.enable()

#: Exit code of a start that settings forbid (as sysexits and most tools: wrong usage).
WRONG_SETTINGS = 2
#: Exit code of a start that something else forbids.
CANNOT_START = 1

#: Deliveries to Teams under way at a time; the pace is kept by `Pace`, this bounds what a slow Teams can hold.
TEAMS_AT_ONCE = 16
#: Rows of one Graph batch (Graph "JSON batching": 20).
FILED_TOGETHER = 20

SETTINGS_ARE_WRONG = "Ward Rhythms cannot start. Put these settings right (deployment/README.md explains each):"
CERTIFICATE_IS_WRONG = (
    "Ward Rhythms cannot start: WARD_RHYTHMS_CLIENT_CERTIFICATE is no PEM file with a key and its certificate."
)
NO_STORE = "Ward Rhythms cannot start: its store (WARD_RHYTHMS_STORE) cannot be opened."
RESENT = "Parked entries that are tried again within a minute: {count}."
#: Where a rehearsal is kept, under the folder that it is started in.
REHEARSED_IN = Path(".rehearsal")

NO_PORT = "Ward Rhythms cannot listen on port {port}: {why}."


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

        # A proxy from the environment leads to the world outside; what is on this machine is never behind one.
        pool = aiohttp.TCPConnector(limit=100)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=pool, trust_env=addresses is MICROSOFT)
        )
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

        pace = Pace(clock)
        messenger = Messenger(connector, pace, store, wards, check_ins, turns, rhythms)
        record = Record.of(settings, database, store, graph, clock, dice)
        couriers = (
            Courier(
                Outbox(database, clock, dice),
                clock,
                Round(tuple(messenger.kinds), messenger.deliver, together=1, at_once=TEAMS_AT_ONCE),
            ),
            Courier(
                Outbox(database, clock, dice),
                clock,
                Round(record.desk.kinds, record.desk.deliver, together=FILED_TOGETHER, at_once=1),
            ),
        )
        scheduler = Scheduler(store, turns, clock, record.retention)

        gate = Gate(keys, addresses, clock, app_id=str(settings.app_id), tenants=[str(settings.tenant_id)])
        own_data = OwnData(People(store))
        talk = Talk(wards, turns, rhythms, own_data)
        handler = Handler(Taps(wards, check_ins, rhythms, talk, own_data), talk, Events(wards), connector)
        application = web.Application()
        application.router.add_post(
            "/api/messages", messages(gate, Adapter(gate, connector, pace), handler.on_turn, clock)
        )
        application.router.add_get("/healthz", alive)
        readiness = Readiness(clock, Outbox(database, clock, dice), scheduler, couriers, record.reader)
        application.router.add_get("/readyz", readiness.answer)
        return Service(settings, application, store, scheduler, couriers, record.reader).run(stack.pop_all())


def _new_id() -> str:
    return uuid4().hex


cli = typer.Typer(
    pretty_exceptions_enable=False,  # they show local variables, and those hold secrets
    add_completion=False,
    no_args_is_help=True,
    help="Ward Rhythms, the Teams bot that keeps a ward's rhythm.",
)


@cli.command()
def serve() -> None:
    """Run the bot for a tenant, with settings from the environment or `.env`."""
    logs.set_up()
    settings = _settings()
    with _what_forbids_it():
        try:
            asyncio.run(_serve(settings))
        except OSError as error:
            typer.echo(NO_PORT.format(port=settings.port, why=error.strerror), err=True)
            raise typer.Exit(CANNOT_START) from None


@contextlib.contextmanager
def _what_forbids_it() -> Iterator[None]:
    """What a command cannot do its work with is said in a sentence."""
    try:
        yield
    except CredentialUnusable:
        typer.echo(CERTIFICATE_IS_WRONG, err=True)
        raise typer.Exit(WRONG_SETTINGS) from None
    except chores.NoStore as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CANNOT_START) from None
    except TryAgain:
        typer.echo(NO_STORE, err=True)
        raise typer.Exit(CANNOT_START) from None


def _settings() -> Settings:
    """The settings of the environment; where they are wrong, say everything that is and stop."""
    try:
        return from_environment()
    except WrongSettings as error:
        typer.echo("\n  ".join([SETTINGS_ARE_WRONG, *error.lines]), err=True)
        raise typer.Exit(WRONG_SETTINGS) from None


async def _serve(settings: Settings) -> None:
    told_to_stop = signalled()
    async with credential_for(settings) as credential, await build(settings, credential):
        spare_the_collector()
        await told_to_stop.wait()


@cli.command()
def resend() -> None:
    """Try again what was parked (`/readyz` counts it), once its cause is mended. The bot may be running."""
    logs.set_up()
    settings = _settings()
    with _what_forbids_it():
        typer.echo(RESENT.format(count=asyncio.run(chores.resend(settings))))


@cli.command()
def rebuild() -> None:
    """Make a lost store anew from SharePoint. The bot must not be running, and the store must be empty."""
    # Whoever rebuilds reads the terminal.
    logs.set_up(json=False, least=logging.WARNING)
    settings = _settings()
    with _what_forbids_it():
        done = asyncio.run(_rebuild(settings))
    raise typer.Exit(0 if done else CANNOT_START)


async def _rebuild(settings: Settings) -> bool:
    async with credential_for(settings) as credential:
        return await chores.rebuild(settings, credential, say=typer.echo)


@cli.command()
def rehearse(
    port: Annotated[int, typer.Option(help="The port of the page; 0 takes a free one.", min=0, max=65535)] = 8080,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what is kept in .rehearsal, and begin again.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Begin with three wards and twelve weeks behind them.")] = False,
) -> None:
    """Rehearse a ward's week on this machine, with stand-ins for Teams and SharePoint. Nothing leaves the machine."""
    # Whoever rehearses reads the terminal: what goes as it should stays unsaid.
    logs.set_up(json=False, least=logging.WARNING)
    try:
        asyncio.run(_rehearse(port, fresh=fresh, demo=demo))
    except OSError as error:
        typer.echo(NO_PORT.format(port=port, why=error.strerror), err=True)
        raise typer.Exit(CANNOT_START) from None


async def _rehearse(port: int, *, fresh: bool, demo: bool) -> None:
    # A bot for a tenant does not carry the stand-ins.
    from bot.rehearsal import demo as weeks  # noqa: PLC0415
    from bot.rehearsal.keep import CannotRehearse, Folder  # noqa: PLC0415
    from bot.rehearsal.rehearse import Rehearsal  # noqa: PLC0415

    told_to_stop = signalled()
    try:
        with Folder(REHEARSED_IN) as folder:
            if fresh:
                folder.clear()
            start, make = (weeks.first_day(), weeks.make_weeks(typer.echo)) if demo else (None, None)
            async with Rehearsal(start_bot, port=port, start=start, folder=folder) as rehearsal:
                await rehearsal.until(told_to_stop, make, typer.echo)
    except CannotRehearse as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CANNOT_START) from None


async def start_bot(tenant: "Tenant") -> Service:
    """The same bot as `serve` starts, for a rehearsed tenant on loopback."""
    settings = Settings.model_validate(tenant.settings)
    return await build(settings, tenant.credential, addresses=tenant.addresses, clock=tenant.clock)


def signalled() -> asyncio.Event:
    """Set once the process is told to stop. Asked for before anything starts: without a handler, a container's first process ignores SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    return stop


if __name__ == "__main__":
    sys.exit(cli())
