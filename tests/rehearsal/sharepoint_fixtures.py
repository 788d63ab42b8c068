"""What the tests of the SharePoint side share: a clock that stands still, a credential, and the stand-in with a Graph client on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self

from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError

from bot.records.budget import Budget
from bot.records.filing_steps import Filed, Filing, Outcome, Removal
from bot.records.graph import TIMEOUT, Graph
from bot.records.lists import LISTS
from bot.records.sharepoint import SharePoint
from bot.rehearsal.sharepoint import SITE_URL, SharePointStandIn
from bot.rehearsal.sharepoint_direct import BASE, DirectTransport
from tests.records.contract import departures

TOKEN = "good"
#: Units a second that no test spends.
PLENTY = 10_000.0


class StillClock:
    """A clock that stands still; whoever sleeps on it sleeps until `wake`."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
        self.wake = asyncio.Event()

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await self.wake.wait()

    def pass_by(self, **much: float) -> None:
        self.moment += timedelta(**much)


@dataclass
class Credential:
    """An azure-identity-shaped credential that hands out `tokens` in turn, the last one for good, or fails."""

    tokens: list[str] = field(default_factory=lambda: [TOKEN])
    fails: AzureError | None = None
    scopes: set[str] = field(default_factory=set)

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        self.scopes |= set(scopes)
        if self.fails is not None:
            raise self.fails
        return AccessToken(self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0], 0)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None: ...


TEAM = [
    {"userId": "p-1", "displayName": "Priya", "roles": ["owner"], "email": "priya@trust.example"},
    {"userId": "j-1", "displayName": "Joe", "roles": [], "email": "joe@trust.example"},
    {"userId": "s-1", "displayName": "Sam", "roles": ["guest"], "email": "sam@college.example"},
]


@dataclass
class World:
    """The stand-in and everything that talks to it."""

    clock: StillClock
    credential: Credential
    stand_in: SharePointStandIn
    graph: Graph
    sharepoint: SharePoint
    base: str
    exchanges: list[tuple[str, str, Any, int, Any]]
    transport: DirectTransport | None = None

    def rows(self, name: str = "Replies") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.stand_in.tables()[name]["rows"]
        return rows

    async def write(self, *filings: Filing | Removal, name: str = "Replies") -> list[Outcome]:
        """Write rows of one list."""
        return await self.sharepoint.write([(name, filing) for filing in filings])

    def keys(self) -> list[str]:
        return sorted(str(row["fields"]["EntryKey"]) for row in self.rows())


class Wire(Protocol):
    """How the Graph client reaches the stand-in: entered, it gives the base address and the transport to use, if any."""

    def __call__(
        self, stand_in: SharePointStandIn
    ) -> AbstractAsyncContextManager[tuple[str, DirectTransport | None]]: ...


@asynccontextmanager
async def over_http(stand_in: SharePointStandIn) -> AsyncIterator[tuple[str, DirectTransport | None]]:
    """Over loopback, as in a rehearsal."""
    try:
        yield await stand_in.start(), None
    finally:
        await stand_in.stop()


@asynccontextmanager
async def without_network(stand_in: SharePointStandIn) -> AsyncIterator[tuple[str, DirectTransport | None]]:
    """Call by call, without a socket."""
    yield BASE, DirectTransport(stand_in)


def add_our_lists(stand_in: SharePointStandIn) -> None:
    """What provisioning would make there, at once."""
    for definition in LISTS:
        made = {
            "displayName": definition.name,
            "description": definition.description,
            "list": {"template": "genericList"},
        }
        stand_in.api.lists.create({**made, "columns": [column.definition() for column in definition.columns]})


@asynccontextmanager
async def world(
    *, provisioned: bool = True, patience: float = TIMEOUT, held: bool = True, wire: Wire = over_http
) -> AsyncIterator[World]:
    """The stand-in, listening, with our lists in it unless it is to be empty.

    Where Microsoft's contract is at hand, every exchange is held against it, both ways, and a departure fails the test at its end, unless it
    is not to be `held`, as a test sends wrong things on purpose.
    """
    clock, credential = StillClock(), Credential()
    exchanges: list[tuple[str, str, Any, int, Any]] = []
    stand_in = SharePointStandIn(
        clock,
        lambda token: token == TOKEN,
        lambda team_id: TEAM if team_id == "team" else None,
        on_exchange=lambda *exchange: exchanges.append(exchange),
    )
    async with wire(stand_in) as (base, transport):
        graph = Graph(base, credential, clock, timeout=patience, transport=transport)
        try:
            if provisioned:
                add_our_lists(stand_in)
            sharepoint = SharePoint(graph, SITE_URL, Budget(clock, PLENTY))
            for of in stand_in.api.lists.all.values():
                sharepoint.note_read(of.name, of.id)
            yield World(clock, credential, stand_in, graph, sharepoint, base, exchanges, transport)
        finally:
            clock.wake.set()
            await graph.close()
    found = departures(exchanges) if held else []
    assert found == [], found


def direct_world(*, provisioned: bool = True, held: bool = True) -> AbstractAsyncContextManager[World]:
    """The same without sockets, where a batch of twenty takes a few milliseconds. `World.transport` cuts the line."""
    return world(provisioned=provisioned, held=held, wire=without_network)


def reply(number: int, **more: Any) -> Filing:
    """The filing of one reply."""
    fields = {
        "EntryKey": f"reply-{number}",
        "Title": "2026-W47",
        "CheckInKey": "rowan-2026-W47",
        "WardKey": "rowan",
        "Period": "2026-W47",
        "Feeling": "Steady",
        "WentWell": f"line {number}",
        "TryNext": None,
    }
    return Filing(f"reply-{number}", f"write-{number}", fields, **more)


async def filed(w: World, number: int = 1) -> Filing:
    """A reply that is filed already, as an update of it would be."""
    (done,) = await w.write(reply(number))
    assert isinstance(done, Filed)
    return reply(number, item_id=done.item_id, etag=done.etag)


class Says:
    """A server that gives one answer to everything; a next link "itself" leads back to it."""

    def __init__(self, body: dict[str, object], seen: dict[str, str] | None = None) -> None:
        self._body, self._seen = body, {} if seen is None else seen
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)

    async def _answer(self, request: web.Request) -> web.Response:
        self._seen.update(request.headers)
        links = {"@odata.nextLink": f"{self._base}/x"} if self._body.get("@odata.nextLink") == "itself" else {}
        return web.json_response({**self._body, **links})

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1.0"
        return self._base

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
