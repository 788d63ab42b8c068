"""`POST /api/messages`: from bytes to an answer. Whatever arrives, it gets a status and at most one word of why."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ActivityTypes
from botframework.connector.auth import AuthenticateRequestResult

from bot.clock import Clock
from bot.errors import TryAgain
from bot.teams.activities import BadActivity, parse
from bot.teams.adapter import Adapter, json_of
from bot.teams.bounded import read_within
from bot.teams.gate import Gate, Refused, tenant_of
from bot.teams.repeats import Answer, Repeats

#: Bytes. Teams' own messages end at 100 KB ("Format your bot messages", 08/2026).
LARGEST_BODY = 256 * 1024
#: Seconds for a body to arrive.
BODY_TIMEOUT = 10.0

SORRY = "Sorry, something went wrong on our side. Please try again in a minute."

JSON = "application/json"

#: An invoke is answered 200 with the error inside ("Universal Action Model"), else Teams shows a technical message.
_INVOKE_FAILED = Answer(
    HTTPStatus.OK,
    orjson.dumps(
        {
            "statusCode": 500,
            "type": "application/vnd.microsoft.error",
            "value": {"code": "ServerError", "message": SORRY},
        }
    ),
)

OnTurn = Callable[[TurnContext], Awaitable[Any]]

log = structlog.get_logger()


class _NotTaken(Exception):
    """An answer other than the bot's own: the status, and a word for the body."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class _BotFailed(Exception):
    """The bot's own code raised; it has been logged. `answer` is what goes back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def messages(
    gate: Gate, adapter: Adapter, on_turn: OnTurn, clock: Clock, *, body_timeout: float = BODY_TIMEOUT
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of the route.

    It looks in this order, so that a stranger costs little: content type (415), token (401, before the body is read;
    503 while we have no keys), size (413), shape (400), what the token is for (401, 403), repetition (the first answer
    again). Then the bot's turn: 200 with an invoke's answer, or 200 and nothing.
    """
    repeats = Repeats(clock)

    async def take(request: web.Request) -> Answer:
        header = request.headers.get("Authorization")
        _check_content_type(request)
        await gate.verify(header)
        activity = parse(await _body(request, body_timeout))
        identity = await gate.authenticate_request(activity, header)

        async def act() -> Answer:
            return await _turn(adapter, identity, activity, on_turn)

        return await (act() if activity.id is None else repeats.once(_key(activity), act))

    async def handle(request: web.Request) -> web.Response:
        try:
            answer = await take(request)
        except _BotFailed as failed:
            answer = failed.answer
        except Refused as refused:
            log.warning("a request was refused", code=refused.code)
            said = {"WWW-Authenticate": "Bearer"} if refused.status == HTTPStatus.UNAUTHORIZED else {}
            return _error(refused.status, refused.code, said)
        except BadActivity as bad:
            log.warning("an activity could not be read", code=bad.code)
            return _error(HTTPStatus.BAD_REQUEST, bad.code)
        except _NotTaken as bad:
            return _error(bad.status, bad.code)
        except TryAgain as later:
            said = {} if later.after is None else {"Retry-After": f"{later.after:.0f}"}
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, later.code, said)
        return web.Response(status=answer.status, body=answer.body, content_type=JSON if answer.body else None)

    return handle


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps({"error": code}), content_type=JSON, headers=headers)


def _check_content_type(request: web.Request) -> None:
    if request.content_type != JSON or (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise _NotTaken(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _NotTaken(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "compressed")


async def _body(request: web.Request, seconds: float) -> bytes:
    body = None
    if (request.content_length or 0) <= LARGEST_BODY:
        try:
            async with asyncio.timeout(seconds):
                body = await read_within(request.content, LARGEST_BODY)
        except TimeoutError:
            raise _NotTaken(HTTPStatus.REQUEST_TIMEOUT, "too_slow") from None
        except (ConnectionError, web.RequestPayloadError) as error:
            raise _NotTaken(HTTPStatus.BAD_REQUEST, "cut_off") from error
    if body is None:
        raise _NotTaken(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    return body


def _key(activity: Activity) -> tuple[str, ...]:
    """What makes two deliveries one. The sender is in it: no mix-up of ids can show one person's answer to another."""
    return (tenant_of(activity), activity.conversation.id, activity.from_property.id, activity.type, activity.id)


async def _turn(adapter: Adapter, identity: AuthenticateRequestResult, activity: Activity, on_turn: OnTurn) -> Answer:
    try:
        answered = await adapter.process_activity(identity, activity, on_turn)
        if answered is None:
            return Answer(HTTPStatus.OK)
        return Answer(
            int(answered.status), None if answered.body is None else orjson.dumps(answered.body, default=json_of)
        )
    except Exception as error:
        # Where, and of what kind, but not the message: it may hold what somebody wrote.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "the bot could not handle an activity",
            activity_type=activity.type,
            error=type(error).__name__,
            where=f"{place.filename}:{place.lineno} {place.name}",
        )
        invoke = activity.type == ActivityTypes.invoke
        raise _BotFailed(_INVOKE_FAILED if invoke else Answer(HTTPStatus.INTERNAL_SERVER_ERROR)) from error
