"""A stand-in for SharePoint behind Graph, over HTTP on loopback: strict, with faults on command, and with people who edit rows.

It knows what the bot asks Graph for, no more: a site, its lists, columns and rows, what has changed, batches, and the members of a team.
"""

import inspect
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from bot.clock import Clock
from bot.rehearsal.sharepoint_api import Api, Members
from bot.rehearsal.sharepoint_batch import play
from bot.rehearsal.sharepoint_delta import TWISTS
from bot.rehearsal.sharepoint_faults import Dropped, Faults, faulty, throttled
from bot.rehearsal.sharepoint_meter import Meter
from bot.rehearsal.sharepoint_people import People
from bot.rehearsal.sharepoint_replies import Reply, error

__all__ = ["SITE_URL", "Dropped", "SharePointStandIn"]

SITE_URL = "https://trust.sharepoint.com/sites/culture"

ROOT = "/v1.0"
_BATCH = "/$batch"
#: Graph's own limit for a request is 4 MB.
_LARGEST = 4 * 1024 * 1024
_CHANGES = frozenset({"POST", "PATCH", "DELETE"})

CheckToken = Callable[[str], bool | Awaitable[bool]]

#: Told of each exchange, those inside a batch too: method, address, request body, status, response body.
OnExchange = Callable[[str, str, Any, int, Any], None]

#: Told of each connection that closes without an answer: method, address, and whether the request was carried out (then it was an exchange too).
OnDrop = Callable[[str, str, bool], None]


class SharePointStandIn(People):
    """Graph for one SharePoint site, and the people of that site.

    `check_token` says whether a bearer token is good; `members` gives a team's people (see `Api`). With `keep`, the lists outlive the
    process in that file. `requests` counts: each kind of request, those inside a batch too, and "batch" for the batches themselves;
    `meter` counts in SharePoint's own units, and throttles where it is told to.
    """

    def __init__(
        self,
        clock: Clock,
        check_token: CheckToken,
        members: Members,
        *,
        site_url: str = SITE_URL,
        keep: Path | None = None,
        on_exchange: OnExchange | None = None,
    ) -> None:
        self.api = Api(site_url, clock.now, members)
        super().__init__(self.api.lists)
        self.faults = Faults()
        self.meter = Meter()
        self.site_url = site_url
        self.on_exchange = on_exchange
        self.on_drop: OnDrop | None = None
        self._clock = clock
        self._check_token = check_token
        self._keep = keep
        # One known order, so that a test that fails, fails again.
        self._shuffled = random.Random(7)  # noqa: S311 - an order, not a secret
        self._runner: web.AppRunner | None = None
        if keep is not None and keep.exists():
            self.api.lists.load(orjson.loads(keep.read_bytes()))

    @property
    def requests(self) -> Counter[str]:
        """How often each kind of request was made."""
        return self.api.counts

    def lag(self, seconds: float) -> None:
        """From now on, whoever reads (rows, one row, a filter, a delta) sees what was there `seconds` ago; 0 for the truth.

        Writing, eTags and unique values go by the truth, and a write's own answer tells it.
        """
        self.api.habits.lag = seconds

    async def start(self) -> str:
        """Listen on a free port of loopback; the base address, version and all."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.api.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}{ROOT}"
        return self.api.base

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Any = None,
        content_type: str = "application/json",
    ) -> Reply:
        """One request and its answer without a network: all that HTTP comes to, token check, faults and `on_exchange` included.

        `target` is relative to the version root, query and all; `body` is JSON as bytes, or read already, or None.

        Raises:
            Dropped: the connection was closed without an answer, before or after the request was carried out.
        """
        named = {name.lower(): value for name, value in headers.items()}
        content, reply = await self._refused(named, body, content_type)
        fault = None if reply else self.faults.take(f"{method} {target}", in_batch=False)
        if fault == "drop-before":
            raise self._drop(method, target, carried_out=False)
        if reply is None:
            reply = faulty(fault, self._clock.now(), lambda: self._carry_out(method, target, named, content, fault))
        self._tell(method, self.api.base + target, content, reply)
        if fault == "slow":
            await self._clock.sleep(self.faults.slow_seconds)
        if fault == "drop":
            raise self._drop(method, target, carried_out=True)
        return reply

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        target = request.raw_path.removeprefix(ROOT)
        content = await request.read()
        try:
            reply = await self.exchange(request.method, target, request.headers, content, request.content_type)
        except Dropped:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return _response(reply)

    async def _refused(self, headers: dict[str, str], body: Any, content_type: str) -> tuple[Any, Reply | None]:
        """The body, and the reply where the request gets no further than the door."""
        now = self._clock.now()
        if self.faults.down:
            return None, error(503, "serviceNotAvailable", "The service is temporarily unavailable.", now)
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token or not await self._good(token):
            return None, error(
                401,
                "InvalidAuthenticationToken",
                "Access token is empty or not valid.",
                now,
                {"WWW-Authenticate": "Bearer"},
            )
        if not isinstance(body, bytes):
            return body, None
        if not body:
            return None, None
        if content_type != "application/json":
            return None, error(415, "UnsupportedMediaType", "The content type is not supported.", now)
        try:
            return json.loads(body), None
        except ValueError:
            return None, error(400, "BadRequest", "Unable to read JSON request payload.", now)

    async def _good(self, token: str) -> bool:
        said = self._check_token(token)
        return bool(await said) if inspect.isawaitable(said) else bool(said)

    def _carry_out(self, method: str, target: str, headers: dict[str, str], body: Any, fault: str | None) -> Reply:
        if (method, target) == ("POST", _BATCH):
            self.api.counts["batch"] += 1
            reply = play(body, self._one, self._shuffled, self._clock.now())
        else:
            reply = self._answer(method, target, headers, body, fault)
        if method in _CHANGES:
            self._save()
        return reply

    def _one(self, method: str, target: str, headers: dict[str, str], body: Any) -> Reply | None:
        fault = self.faults.take(f"{method} {target}", in_batch=True)
        reply = faulty(fault, self._clock.now(), lambda: self._answer(method, target, headers, body, fault))
        self._tell(method, self.api.base + target, body, reply)
        return None if fault == "missing" else reply

    def _answer(self, method: str, target: str, headers: dict[str, str], body: Any, fault: str | None) -> Reply:
        now = self._clock.now()
        if self.faults.site_refused and target.startswith("/sites/"):
            return error(403, "accessDenied", "Access denied", now)
        allowed, limits = self.meter.charge(method, target, now)
        if not allowed:
            return throttled(now, limits)
        twist = fault if fault in TWISTS else ""
        reply = self.api.answer(method, target, headers, body, twist or "")
        return Reply(reply.status, reply.body, {**reply.headers, **limits}) if limits else reply

    def _tell(self, method: str, address: str, body: Any, reply: Reply) -> None:
        if self.on_exchange is not None:
            self.on_exchange(method, address, body, reply.status, reply.body)

    def _drop(self, method: str, target: str, *, carried_out: bool) -> Dropped:
        if self.on_drop is not None:
            self.on_drop(method, self.api.base + target, carried_out)
        return Dropped()

    def _save(self) -> None:
        if self._keep is not None:
            beside = self._keep.with_suffix(".new")
            beside.write_bytes(orjson.dumps(self.api.lists.dump()))
            beside.replace(self._keep)


def _response(reply: Reply) -> web.Response:
    if isinstance(reply.body, str):
        return web.Response(status=reply.status, text=reply.body, content_type="text/html", headers=reply.headers)
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    return web.Response(
        status=reply.status, body=orjson.dumps(reply.body), content_type="application/json", headers=reply.headers
    )
