"""The other side of the door, small: Microsoft's OpenID documents and a Connector on loopback, keys to sign with, a clock to move."""

import asyncio
import base64
import functools
import heapq
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.addresses import Addresses

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
ISSUER = "https://api.botframework.com"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

Json = dict[str, Any]


@functools.cache
def key_pair(name: str) -> rsa.RSAPrivateKey:
    """Return the private key of that name; making one is slow, so each is made once a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "short" else 2048)


def jwk(kid: str, **other: Any) -> Json:
    """Return the public half as Microsoft publishes it."""
    numbers = key_pair(kid).public_key().public_numbers()

    def text(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

    published = {"kty": "RSA", "use": "sig", "kid": kid, "n": text(numbers.n), "e": text(numbers.e)}
    return {**published, "endorsements": ["acs", "msteams"], **other}


class MovedClock:
    """Stands still until somebody sleeps; then the earliest sleeper's time comes at once."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int]] = []
        self._asleep = 0

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)

    async def sleep(self, seconds: float) -> None:
        self._asleep += 1
        me = (self._now + timedelta(seconds=seconds), self._asleep)
        heapq.heappush(self._sleepers, me)
        try:
            for _ in range(5):  # let all who can run go to sleep too
                await asyncio.sleep(0)
            while self._sleepers[0] != me:
                await asyncio.sleep(0)
            self._now = max(self._now, me[0])
        finally:
            self._sleepers.remove(me)
            heapq.heapify(self._sleepers)


class Credential:
    """An azure-identity credential that hands out numbered tokens, or raises what it is told to."""

    def __init__(self, clock: MovedClock, lasts: float = 3600) -> None:
        self.clock = clock
        self.lasts = lasts
        self.asked: list[tuple[str, ...]] = []
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def get_token(self, *scopes: str) -> AccessToken:
        self.asked.append(scopes)
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return AccessToken(f"token-{len(self.asked)}", int(self.clock.now().timestamp() + self.lasts))


@dataclass(frozen=True)
class Call:
    """One request that the Connector received."""

    method: str
    path: str
    bearer: str
    body: Any


Answering = Callable[[web.Request], web.StreamResponse]


@dataclass
class Microsoft:
    """OpenID metadata, keys and a Connector, which answers as told by `answers` first and then as Teams does."""

    url: str = ""
    keys: list[Any] = field(default_factory=lambda: [jwk("k1")])
    key_fetches: int = 0
    documents: dict[str, web.Response] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answering] = field(default_factory=list)
    hold: asyncio.Event | None = None

    @property
    def service_url(self) -> str:
        return f"{self.url}/emea/"

    @property
    def metadata(self) -> str:
        return f"{self.url}/openid"

    @property
    def addresses(self) -> Addresses:
        host = self.url.removeprefix("http://")
        return Addresses(self.metadata, ISSUER, f"{self.url}/graph", (host,), ("http",))

    async def openid(self, _: web.Request) -> web.StreamResponse:
        return self.documents.get("openid") or web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def jwks(self, _: web.Request) -> web.StreamResponse:
        self.key_fetches += 1
        if self.hold is not None:
            await self.hold.wait()
        return self.documents.get("keys") or web.json_response({"keys": self.keys})

    async def connector(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        path = request.rel_url.raw_path.removeprefix("/emea/v3/")
        self.calls.append(Call(request.method, path, request.headers.get("Authorization", ""), body))
        if self.answers:
            return self.answers.pop(0)(request)
        number = len(self.calls)
        if path == "conversations":
            made = {"id": f"19:made@thread.tacv2;messageid={number}", "activityId": f"{number}"}
            return web.json_response(made, status=201)
        return web.json_response({"id": f"{number}"})


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Serve on a free port of loopback and give the address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def microsoft() -> AsyncIterator[Microsoft]:
    """Run the stand-in."""
    standin = Microsoft()
    app = web.Application()
    app.router.add_get("/openid", standin.openid)
    app.router.add_get("/keys", standin.jwks)
    app.router.add_route("*", "/emea/{rest:.*}", standin.connector)
    async with served(app) as url:
        standin.url = url
        yield standin


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client session as the front door does."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def claims(service_url: str, clock: MovedClock, **changed: Any) -> Json:
    """Return the claims of a good token; `None` in `changed` takes one out."""
    now = int(clock.now().timestamp())
    good = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 60, "exp": now + 3600, "serviceurl": service_url, **changed}
    return {name: claim for name, claim in good.items() if claim is not None}


def signed(content: Json, kid: str = "k1", *, by: str | None = None) -> str:
    """Return an `Authorization` header with these claims, naming key `kid` and signed with key `by` (else the same)."""
    return "Bearer " + jwt.encode(content, key_pair(by or kid), algorithm="RS256", headers={"kid": kid})


def activity(service_url: str, **changed: Any) -> Json:
    """Return a message as Teams sends it; `None` in `changed` takes a field out."""
    good = {
        "type": "message",
        "id": "1763283600000",
        "timestamp": "2026-11-16T09:00:00.123Z",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:ada", "name": "Ada", "aadObjectId": "0d1e2f3a-0000-0000-0000-000000000001"},
        "recipient": {"id": f"28:{APP_ID}", "name": "Ward Rhythms"},
        "conversation": {
            "id": "19:rowan@thread.tacv2;messageid=1763283500000",
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": TENANT,
        },
        "channelData": {
            "tenant": {"id": TENANT},
            "team": {"id": "19:team@thread.tacv2", "name": "Rowan"},
            "channel": {"id": "19:rowan@thread.tacv2"},
        },
        "text": "<at>Ward Rhythms</at> help",
        "entities": [
            {
                "type": "mention",
                "text": "<at>Ward Rhythms</at>",
                "mentioned": {"id": f"28:{APP_ID}", "name": "Ward Rhythms"},
            },
            {"type": "clientInfo", "locale": "en-GB", "platform": "iOS"},
        ],
        "locale": "en-GB",
        **changed,
    }
    return {name: value for name, value in good.items() if value is not None}


def tap(service_url: str, **changed: Any) -> Json:
    """Return a tap on a card's button."""
    execute = {"type": "Action.Execute", "verb": "reply", "data": {"feeling": "good"}}
    return activity(
        service_url,
        **{
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": {"action": execute, "trigger": "manual"},
            "text": None,
            "entities": None,
            **changed,
        },
    )
