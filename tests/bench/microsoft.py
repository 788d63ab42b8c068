"""Microsoft at its fastest, on one port: signing keys, tokens, the Bot Connector and Graph. It checks nothing and costs little.

With `latency` (seconds) the Connector answers late; with `limit` it refuses more requests in a second than that.
"""

import asyncio
import time
from collections import Counter, deque
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from bot.addresses import Addresses
from bot.clock import SystemClock
from bot.rehearsal.identity import CHANNEL_ISSUER, Identity
from tests.bench.requests import APP_ID

LISTS = ("Wards", "CheckIns", "Replies")
TOKENS = 8
DAY = 86_400
TOKEN = {"token_type": "Bearer", "expires_in": DAY, "access_token": "a-bearer-of-the-usual-length" * 40}


class Answers(Protocol):
    """Whatever stands behind an address. It is handed the method, the target with its query, and the body."""

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Any, float]:
        """Status, body, and the seconds to wait before they go out."""
        ...


async def listen(to: Answers) -> str:
    """The address at which it answers from now on: a free port of loopback."""
    server = await asyncio.get_running_loop().create_server(lambda: _Http(to), "127.0.0.1", 0, backlog=4096)
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Microsoft:
    """The server. `counts` says what was asked, `posts` when a message was taken."""

    def __init__(self, *, latency: float = 0.0, limit: int = 0) -> None:
        self.identity = Identity(SystemClock())
        self.counts: Counter[str] = Counter()
        self.posts: list[float] = []
        self._latency = latency
        self._limit = limit
        self._window: deque[float] = deque(maxlen=limit or 1)
        self._ids = count(1)
        self._base = ""

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._base = await listen(self)

    @property
    def service_url(self) -> str:
        """The Connector."""
        return f"{self._base}/teams/"

    @property
    def token_url(self) -> str:
        """Where a bearer is asked for."""
        return f"{self._base}/token"

    @property
    def addresses(self) -> Addresses:
        """What a bot has to be told."""
        return Addresses(
            openid_metadata=f"{self._base}/openid",
            token_issuer=CHANNEL_ISSUER,
            graph=f"{self._base}/v1.0",
            service_hosts=(urlsplit(self._base).netloc,),
            service_schemes=("http",),
        )

    def tokens(self) -> list[str]:
        """A few tokens for the bot, as the channel service uses each for a while."""
        ends = int(time.time()) + DAY
        return [self.identity.sign(APP_ID, self.service_url, claims={"exp": ends - number}) for number in range(TOKENS)]

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Any, float]:
        """Status, body, and the seconds to wait before they go out."""
        path = target.partition("?")[0]
        if path.startswith("/teams/"):
            return self._connector(method)
        if path == "/openid":
            return 200, self.identity.metadata(f"{self._base}/keys"), 0.0
        if path == "/keys":
            return 200, self.identity.jwks(), 0.0
        if path == "/token":
            self.counts["token"] += 1
            return 200, TOKEN, 0.0
        return 200, self._graph(path, body), 0.0

    def _connector(self, method: str) -> tuple[int, Any, float]:
        now = time.monotonic()
        if self._limit and len(self._window) == self._limit and now - self._window[0] < 1.0:
            self.counts["429"] += 1
            return 429, {"error": {"code": "Throttled", "message": "Too many requests."}}, 0.0
        self._window.append(now)
        self.counts[f"connector {method}"] += 1
        if method == "POST":
            self.posts.append(now)
        number = str(1_780_000_000_000 + next(self._ids))
        return 201, {"id": number, "activityId": number}, self._latency

    def _graph(self, path: str, body: bytes) -> dict[str, Any]:
        self.counts["graph"] += 1
        if path == "/v1.0/$batch":
            asked = orjson.loads(body)["requests"]
            self.counts["graph items"] += len(asked)
            return {"responses": [self._filed(one) for one in asked]}
        if path.endswith("/lists"):
            return {"value": [{"id": name, "displayName": name} for name in LISTS]}
        return {"id": "site", "value": []}

    def _filed(self, asked: dict[str, Any]) -> dict[str, Any]:
        row = {"id": str(next(self._ids)), "eTag": '"1"'}
        return {"id": asked["id"], "status": 201, "headers": {"Content-Type": "application/json"}, "body": row}


class _Http(asyncio.Protocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            lines = self._buffer[:end].decode("latin-1").split("\r\n")
            fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
            until = end + 4 + int(fields.get("content-length", "0"))
            if len(self._buffer) < until:
                return
            body, self._buffer = self._buffer[end + 4 : until], self._buffer[until:]
            method, target, _ = lines[0].split(" ")
            status, said, wait = self._answers.answer(method, target, body)
            content = orjson.dumps(said)
            head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            self._send(head.encode() + content, wait)

    def _send(self, answer: bytes, wait: float) -> None:
        assert self._transport is not None
        if wait:
            asyncio.get_running_loop().call_later(wait, self._transport.write, answer)
        else:
            self._transport.write(answer)
