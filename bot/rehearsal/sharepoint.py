"""A stand-in for SharePoint behind Graph, over HTTP on loopback: strict, with faults on command, and with people who edit rows.

It knows what the bot asks Graph for, no more: a site, its lists, columns and rows, batches, and the members of a team.
"""

import inspect
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from bot.clock import Clock
from bot.rehearsal.sharepoint_api import Api, Members
from bot.rehearsal.sharepoint_batch import play
from bot.rehearsal.sharepoint_columns import FACETS, Json
from bot.rehearsal.sharepoint_faults import Faults, faulty
from bot.rehearsal.sharepoint_lists import ListOf
from bot.rehearsal.sharepoint_replies import Reply, error

SITE_URL = "https://trust.sharepoint.com/sites/culture"

_ROOT = "/v1.0"
_BATCH = "/$batch"
#: Graph's own limit for a request is 4 MB.
_LARGEST = 4 * 1024 * 1024
_CHANGES = frozenset({"POST", "PATCH", "DELETE"})

CheckToken = Callable[[str], bool | Awaitable[bool]]

#: Told of each exchange, those inside a batch too: method, address, request body, status, response body.
OnExchange = Callable[[str, str, Any, int, Any], None]


class SharePointStandIn:
    """Graph for one SharePoint site.

    `check_token` says whether a bearer token is good; `members` gives a team's people (see `Api`). With `keep`, the lists outlive the
    process in that file. `requests` counts: each kind of request, those inside a batch too, and "batch" for the batches themselves.
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
        self.faults = Faults()
        self.site_url = site_url
        self.on_exchange = on_exchange
        self.api = Api(site_url, clock.now, members)
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

    async def start(self) -> str:
        """Listen on a free port of loopback; the base address, version and all."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.api.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}{_ROOT}"
        return self.api.base

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def edit(self, list_name: str, item_id: str, fields: Json) -> None:
        """A person changes a row in the browser. Raises Refused (404, 400) as SharePoint would."""
        of = self.api.lists.find(list_name)
        self.api.lists.update(of, of.item(item_id), fields, None)
        self._save()

    def remove(self, list_name: str, item_id: str) -> None:
        """A person deletes a row in the browser."""
        of = self.api.lists.find(list_name)
        self.api.lists.delete(of, of.item(item_id), None)
        self._save()

    def tables(self) -> dict[str, Json]:
        """What people see, by list: its columns and its rows.

        A column has name, displayName, description, hidden, kind; a row has id, version, created, modified, and fields by internal name,
        empty columns absent.
        """
        return {of.name: _table(of) for of in self.api.lists.all.values()}

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        target = request.raw_path.removeprefix(_ROOT)
        body, reply = await self._refused(request)
        fault = None if reply else self.faults.take(f"{request.method} {target}", in_batch=False)
        if reply is None:
            reply = faulty(fault, self._clock.now(), lambda: self._carry_out(request, target, body))
        self._tell(request.method, self.api.base + target, body, reply)
        if fault == "slow":
            await self._clock.sleep(self.faults.slow_seconds)
        if fault == "drop" and request.transport is not None:
            request.transport.abort()
        return _response(reply)

    async def _refused(self, request: web.Request) -> tuple[Any, Reply | None]:
        """The body, and the reply where the request gets no further than the door."""
        now = self._clock.now()
        content = await request.read()
        if self.faults.down:
            return None, error(503, "serviceNotAvailable", "The service is temporarily unavailable.", now)
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token or not await self._good(token):
            return None, error(
                401,
                "InvalidAuthenticationToken",
                "Access token is empty or not valid.",
                now,
                {"WWW-Authenticate": "Bearer"},
            )
        if not content:
            return None, None
        if request.content_type != "application/json":
            return None, error(415, "UnsupportedMediaType", "The content type is not supported.", now)
        try:
            return json.loads(content), None
        except ValueError:
            return None, error(400, "BadRequest", "Unable to read JSON request payload.", now)

    async def _good(self, token: str) -> bool:
        said = self._check_token(token)
        return bool(await said) if inspect.isawaitable(said) else bool(said)

    def _carry_out(self, request: web.Request, target: str, body: Any) -> Reply:
        if (request.method, target) == ("POST", _BATCH):
            self.api.counts["batch"] += 1
            reply = play(body, self._one, self._shuffled, self._clock.now())
        else:
            headers = {name.lower(): value for name, value in request.headers.items()}
            reply = self.api.answer(request.method, target, headers, body)
        if request.method in _CHANGES:
            self._save()
        return reply

    def _one(self, method: str, target: str, headers: dict[str, str], body: Any) -> Reply | None:
        fault = self.faults.take(f"{method} {target}", in_batch=True)
        reply = faulty(fault, self._clock.now(), lambda: self.api.answer(method, target, headers, body))
        self._tell(method, self.api.base + target, body, reply)
        return None if fault == "missing" else reply

    def _tell(self, method: str, address: str, body: Any, reply: Reply) -> None:
        if self.on_exchange is not None:
            self.on_exchange(method, address, body, reply.status, reply.body)

    def _save(self) -> None:
        if self._keep is not None:
            beside = self._keep.with_suffix(".new")
            beside.write_bytes(orjson.dumps(self.api.lists.dump()))
            beside.replace(self._keep)


def _table(of: ListOf) -> Json:
    columns = [
        {
            "name": column["name"],
            "displayName": column["displayName"],
            "description": column["description"],
            "hidden": column["hidden"],
            "kind": next(iter(FACETS & column.keys())),
        }
        for column in of.columns.values()
    ]
    rows = [
        {
            "id": str(item.id),
            "version": item.version,
            "created": item.created,
            "modified": item.modified,
            "fields": dict(item.fields),
        }
        for item in of.items.values()
    ]
    return {"columns": columns, "rows": rows}


def _response(reply: Reply) -> web.Response:
    if isinstance(reply.body, str):
        return web.Response(status=reply.status, text=reply.body, content_type="text/html", headers=reply.headers)
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    return web.Response(
        status=reply.status, body=orjson.dumps(reply.body), content_type="application/json", headers=reply.headers
    )
