"""HTTP for the Graph SDK: what goes out and comes in unchanged, and whose errors are raised."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web

from bot.records.transport import Transport

PATIENCE = 0.2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client over the transport, and the address of a server that answers like this."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with httpx.AsyncClient(transport=Transport(PATIENCE, proxies=False), trust_env=False) as client:
            yield client, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_what_is_sent_arrives_as_it_is() -> None:
    """Method, address to the letter, headers and body arrive as httpx was told, and the answer's come back."""
    seen: list[tuple[str, str, str, bytes]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.method, request.path_qs, request.headers["If-Match"], await request.read()))
        return web.Response(status=201, body=b"made", headers={"ETag": "2", "X-Request": request.headers["X-Own"]})

    async with served(handler) as (client, base):
        path = "/items?$filter=fields%2FEntryKey%20eq%20%27a%2Bb%27&token=a%3Bb+c"
        answer = await client.post(base + path, content=b"{}", headers={"If-Match": "1", "X-Own": "mine"})

    assert seen == [("POST", path, "1", b"{}")]
    assert (answer.status_code, answer.content) == (201, b"made")
    assert (answer.headers["etag"], answer.headers["x-request"]) == ("2", "mine")


async def test_a_packed_answer_is_unpacked() -> None:
    """Graph packs its answers where it is told that it may; they are read all the same."""

    async def handler(request: web.Request) -> web.Response:
        assert "gzip" in request.headers["Accept-Encoding"]
        return web.Response(body=gzip.compress(b'{"value": []}'), headers={"Content-Encoding": "gzip"})

    async with served(handler) as (client, base):
        answer = await client.get(base)

    assert answer.json() == {"value": []}


async def test_no_redirect_is_followed() -> None:
    """A redirect is an answer: the token goes nowhere else."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with served(handler) as (client, base):
        answer = await client.get(f"{base}/here")

    assert (answer.status_code, asked) == (302, ["/here"])


async def test_a_post_is_never_repeated() -> None:
    """A connection that closes without an answer is httpx's error, and a POST was sent once."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.method)
        if len(asked) > 1:
            assert request.transport is not None
            request.transport.close()
        return web.Response()

    async with served(handler) as (client, base):
        await client.post(base)
        with pytest.raises(httpx.NetworkError):
            await client.post(base)

    assert asked == ["POST", "POST"]


async def test_patience_ends() -> None:
    """An answer that does not come in time is httpx's time-out, and so is one that stops half-way."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "9"})
        if request.path == "/half":
            await answer.prepare(request)
            await answer.write(b"half")
        await request.content.readany()
        await stop.wait()
        return answer

    stop = asyncio.Event()
    async with served(handler) as (client, base):
        for path in ("/late", "/half"):
            with pytest.raises(httpx.TimeoutException):
                await client.get(base + path)
        stop.set()


async def test_nobody_there() -> None:
    """A refused connection is httpx's error."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response()

    async with served(handler) as (_, base):
        pass
    async with httpx.AsyncClient(transport=Transport(PATIENCE, proxies=False)) as client:
        with pytest.raises(httpx.NetworkError):
            await client.get(base)
