"""The door of the rehearsal's site: only this computer's own page gets in, and what cannot be done is answered with a sentence."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.rehearsal.sharepoint_columns import Refused
from bot.rehearsal.teams_deliveries import BadAnswer
from bot.rehearsal.teams_world import NotSent

log = structlog.get_logger()

PAGE_HEADER = "X-Rehearsal"  # a header of our own: no other site can make a browser send it without asking us (Fetch standard, CORS)
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    # W3C Content Security Policy Level 3: nothing from anywhere else, no inline script or style, no frames.
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

FOREIGN = "This page can be opened on this computer only."
NOT_FROM_PAGE = "Only the rehearsal's own page can do that."
BAD_REQUEST = "The rehearsal did not understand that."
NOT_SHOWN = "The bot answered something that Teams cannot show: {why}"
NOT_THERE = "This row is not in the list any more. Somebody has deleted it."
NOT_TAKEN = "SharePoint did not take this. It says: {why}"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def body_of(request: web.Request) -> Mapping[str, Any]:
    """The JSON object that the page sent. Raises NotSent for anything else."""
    try:
        body = await request.json()
    except ValueError as error:
        raise NotSent({"": BAD_REQUEST}) from error
    if not isinstance(body, dict):
        raise NotSent({"": BAD_REQUEST})
    return body


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """On its way out, every answer gets the headers that keep the page to itself."""
    del request
    response.headers.update(HEADERS)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that only pretend to be this computer (DNS rebinding) and requests that other sites make a browser send."""
    name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdecimal() else request.host
    if name not in LOOPBACK_NAMES:
        return _problem(HTTPStatus.FORBIDDEN, FOREIGN)
    if request.method != "GET" and not _from_page(request):
        return _problem(HTTPStatus.FORBIDDEN, NOT_FROM_PAGE)
    return await handler(request)


def _from_page(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    same = origin is None or urlsplit(origin).netloc == request.host
    return same and PAGE_HEADER in request.headers


@web.middleware
async def speak_plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a person cannot do into a sentence."""
    try:
        return await handler(request)
    except NotSent as error:
        return _problem(HTTPStatus.CONFLICT, ". ".join(error.problems.values()))
    except Refused as error:
        gone = error.status == HTTPStatus.NOT_FOUND
        return _problem(error.status, NOT_THERE if gone else NOT_TAKEN.format(why=error.message))
    except BadAnswer as error:
        log.warning("the bot's answer cannot be shown")
        return _problem(HTTPStatus.BAD_GATEWAY, NOT_SHOWN.format(why=error))


def _problem(status: int, sentence: str) -> web.Response:
    return web.json_response({"problem": sentence}, status=status)
