"""The route, over real HTTP: good deliveries are answered, bad ones get a status and a word, and none gets a 500."""

import asyncio
import gzip
import io
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.teams.adapter import Adapter, AsIs
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.gate import Gate
from bot.teams.keys import Keys
from bot.teams.messages import LARGEST_BODY, SORRY, messages
from tests.teams.door import (
    APP_ID,
    TENANT,
    Credential,
    Json,
    Microsoft,
    MovedClock,
    activity,
    claims,
    microsoft,
    served,
    session,
    signed,
    tap,
)

SAVED = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Saved."}


class Bot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    """Answers taps, and counts everything."""

    def __init__(self) -> None:
        self.turns = 0
        self.fault: Exception | None = None
        self.body: Any = AsIs(SAVED)
        self.may = asyncio.Event()
        self.may.set()

    async def on_turn(self, turn_context: TurnContext) -> None:
        self.turns += 1
        await self.may.wait()
        if self.fault is not None:
            raise self.fault
        await super().on_turn(turn_context)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse | None:
        if turn_context.activity.name != "adaptiveCard/action":
            return None
        return InvokeResponse(status=200, body=self.body)


@dataclass
class Got:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Door:
    ms: Microsoft
    clock: MovedClock
    bot: Bot
    url: str
    client: aiohttp.ClientSession
    logged: list[Any] = field(default_factory=list)

    def headers(self, **changed: Any) -> dict[str, str]:
        """Return headers of a good delivery whose token's claims are `changed`."""
        token = signed(claims(self.ms.service_url, self.clock, **changed))
        return {"Authorization": token, "Content-Type": "application/json"}

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> Got:
        """Deliver: a dict as JSON, anything else as it is."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        async with self.client.post(self.url, data=data, headers=headers or self.headers()) as response:
            return Got(response.status, await response.text(), dict(response.headers))


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """The route as the front door serves it, with Microsoft on loopback."""
    clock, bot = MovedClock(), Bot()
    async with microsoft() as ms, session() as opened, session() as client:
        keys = Keys(opened, ms.metadata, clock)
        gate = Gate(keys, ms.addresses, clock, app_id=APP_ID, tenants=[TENANT])
        connector = Connector(opened, Bearer(Credential(clock), "scope", clock), ms.addresses, bot_id=f"28:{APP_ID}")
        app = web.Application()
        app.router.add_post(
            "/api/messages", messages(gate, Adapter(gate, connector), bot.on_turn, clock, body_timeout=0.3)
        )
        async with served(app) as url:
            yield Door(ms, clock, bot, f"{url}/api/messages", client)
        await keys.close()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged meanwhile."""
    with structlog.testing.capture_logs() as entries:
        yield entries


async def test_message_is_taken(door: Door) -> None:
    """A message is answered 200 and nothing."""
    got = await door.post(activity(door.ms.service_url))

    assert (got.status, got.text, door.bot.turns) == (200, "", 1)


async def test_tap_is_answered_with_json(door: Door) -> None:
    """A tap's answer comes back in the response, as JSON."""
    got = await door.post(tap(door.ms.service_url))

    assert (got.status, got.json) == (200, SAVED)
    assert got.headers["Content-Type"] == "application/json"


async def test_unknown_invoke_says_so(door: Door) -> None:
    """An invoke that the bot does not know gets the SDK's documented 501."""
    got = await door.post(tap(door.ms.service_url, name="fileConsent/other"))

    assert (got.status, got.text) == (501, "")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "", "application/jsonp"],
)
async def test_other_content_types_are_refused(door: Door, content_type: str) -> None:
    """Only JSON in UTF-8 is read."""
    got = await door.post(activity(door.ms.service_url), {**door.headers(), "Content-Type": content_type})

    assert (got.status, got.json) == (415, {"error": "not_json"})


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
async def test_json_may_name_its_charset(door: Door, content_type: str) -> None:
    """Teams sends `application/json; charset=utf-8`."""
    got = await door.post(activity(door.ms.service_url), {**door.headers(), "Content-Type": content_type})

    assert got.status == 200


async def test_compressed_bodies_are_refused(door: Door) -> None:
    """A small body that grows on reading is not read."""
    bomb = gzip.compress(b" " * 10_000_000)

    got = await door.post(bomb, {**door.headers(), "Content-Encoding": "gzip"})

    assert (got.status, got.json) == (415, {"error": "compressed"})


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer garbage", "Basic YTpi", "Bearer a.b.c"],
)
async def test_strangers_are_refused(door: Door, header: str) -> None:
    """Without a token of Teams: 401, one word, and how to identify oneself."""
    got = await door.post(activity(door.ms.service_url), {**door.headers(), "Authorization": header})

    assert got.status == 401
    assert got.headers["WWW-Authenticate"] == "Bearer"
    assert set(got.json) == {"error"}
    assert door.bot.turns == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"iss": "https://login.microsoftonline.com/"},
        {"aud": "another"},
        {"serviceurl": None},
        {"serviceurl": "https://smba.trafficmanager.net/uk/"},
    ],
)
async def test_wrong_tokens_are_refused(door: Door, changed: Json) -> None:
    """Expired, early, for another, from another, for elsewhere: 401."""
    got = await door.post(activity(door.ms.service_url), door.headers(**changed))

    assert (got.status, door.bot.turns) == (401, 0)


async def test_unknown_key_is_refused(door: Door) -> None:
    """Signed by somebody else's key: 401."""
    token = signed(claims(door.ms.service_url, door.clock), "thief")
    got = await door.post(activity(door.ms.service_url), {**door.headers(), "Authorization": token})

    assert (got.status, door.bot.turns) == (401, 0)


async def test_other_tenants_and_places_are_refused(door: Door) -> None:
    """Another tenant, another channel, a service URL off the list: 403."""
    here = door.ms.service_url
    elsewhere = "https://evil.example/"
    answers = [
        await door.post(activity(here, channelData={"tenant": {"id": "another"}})),
        await door.post(activity(here, channelId="webchat")),
        await door.post(activity(elsewhere), door.headers(serviceurl=elsewhere)),
    ]

    assert [(got.status, got.json["error"]) for got in answers] == [
        (403, "wrong_tenant"),
        (403, "wrong_channel"),
        (403, "service_url_refused"),
    ]
    assert door.bot.turns == 0


async def test_no_keys_yet_is_our_trouble(door: Door) -> None:
    """While Microsoft's keys cannot be had, Teams is asked to come again."""
    door.ms.keys = []

    got = await door.post(activity(door.ms.service_url))

    assert (got.status, got.json) == (503, {"error": "no_signing_keys"})
    assert got.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"not json", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"text": "\\ud800"}', "not_json"),
        (b'{"text": "\\u0000"}', "nul"),
        (b"[]", "wrong_shape"),
        (b'{"type": ["message"]}', "wrong_shape"),
        (b"{}", "wrong_shape"),
    ],
)
async def test_bad_bodies_are_refused(door: Door, body: bytes, code: str) -> None:
    """What is not an activity: 400 and why."""
    got = await door.post(body)

    assert (got.status, got.json, door.bot.turns) == (400, {"error": code}, 0)


async def test_large_bodies_are_refused(door: Door) -> None:
    """More than 256 KB is refused, with a length and without; exactly 256 KB is read."""
    good = json.dumps(activity(door.ms.service_url)).encode()
    fits = good + b" " * (LARGEST_BODY - len(good))

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield fits[:100_000]

    assert (await door.post(fits)).status == 200
    assert (await door.post(fits + b" ")).status == 413
    assert (await door.post(io.BytesIO(b"x" * 10_000_000))).status == 413
    got = await door.post(unannounced())
    assert (got.status, got.json) == (413, {"error": "too_large"})


async def raw(door: Door, head: str, *parts: bytes, token: str = "", wait: bool = True) -> bytes:
    """Send bytes as they are, with pauses in between, and return the first line that comes back."""
    host, port = door.url.removeprefix("http://").split("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    token = token or door.headers()["Authorization"]
    lines = ["POST /api/messages HTTP/1.1", f"Host: {host}", f"Authorization: {token}", head, "", ""]
    writer.write("\r\n".join(lines).encode())
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.02)
    answer = await reader.readline() if wait else b""
    writer.close()
    await writer.wait_closed()
    return answer


async def test_stranger_is_answered_before_the_body(door: Door) -> None:
    """A token is checked before any of the body has come."""
    head = "Content-Type: application/json\r\nContent-Length: 1000"

    assert b" 401 " in await raw(door, head, token="Bearer x")


async def test_announced_size_is_enough(door: Door) -> None:
    """A body that says it is too large is refused before any of it has come."""
    head = f"Content-Type: application/json\r\nContent-Length: {LARGEST_BODY + 1}"

    assert b" 413 " in await raw(door, head)


async def test_caller_who_hangs_up_is_no_failure(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that ends within a body leaves no error behind."""
    await raw(door, "Content-Type: application/json\r\nContent-Length: 1000", b"{", wait=False)
    await asyncio.sleep(0.02)

    assert caplog.records == []


async def test_slow_body_is_not_waited_for(door: Door) -> None:
    """A body that does not come in time is answered 408."""
    assert b" 408 " in await raw(door, "Content-Type: application/json\r\nContent-Length: 1000", b"{")


CHUNKED = "Transfer-Encoding: chunked\r\nContent-Type: application/json"


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        (CHUNKED, [b"zz\r\n{}\r\n0\r\n\r\n"]),
        (CHUNKED, [b"2\r\n{}XX"]),
        (CHUNKED, [b"2\r\n{}\r\n", b"zz\r\n"]),
        ("Content-Length: -5\r\nContent-Type: application/json", [b"{}"]),
        ("Content-Type: application/json; charset\r\nContent-Length: 2", [b"{}"]),
    ],
)
async def test_broken_requests_are_not_our_failure(door: Door, head: str, parts: list[bytes]) -> None:
    """A body that is framed wrongly is answered 400, or 408 where its end never comes."""
    answer = await raw(door, head, *parts)

    assert answer.split()[1] in {b"400", b"408"}
    assert door.bot.turns == 0


async def test_five_deliveries_at_once_have_one_effect(door: Door) -> None:
    """The same tap delivered five times at once is one turn and five equal answers; a sixth later gets it too."""
    door.bot.may.clear()
    deliveries = [asyncio.create_task(door.post(tap(door.ms.service_url))) for _ in range(5)]
    while door.bot.turns == 0:
        await asyncio.sleep(0.001)
    door.bot.may.set()
    answers = [await delivery for delivery in deliveries]
    answers.append(await door.post(tap(door.ms.service_url)))

    assert door.bot.turns == 1
    assert [got.json for got in answers] == [SAVED] * 6


async def test_another_person_is_another_delivery(door: Door) -> None:
    """One person's answer is never another's, even under the same ids; without an id each delivery counts."""
    await door.post(tap(door.ms.service_url))
    await door.post(tap(door.ms.service_url, **{"from": {"id": "29:bea"}}))
    await door.post(tap(door.ms.service_url, id=None))
    await door.post(tap(door.ms.service_url, id=None))

    assert door.bot.turns == 4


async def test_a_stranger_cannot_read_a_remembered_answer(door: Door) -> None:
    """A repeated delivery is checked like the first."""
    await door.post(tap(door.ms.service_url))

    got = await door.post(tap(door.ms.service_url), {**door.headers(), "Authorization": "Bearer x"})

    assert got.status == 401


async def test_bots_failure_on_a_tap_is_a_kind_sentence(door: Door, logged: list[Any]) -> None:
    """A failure inside the bot answers a tap with 200 and an error that a person can read, and is done again next time."""
    door.bot.fault = ValueError("what Ada wrote")
    got = await door.post(tap(door.ms.service_url))
    door.bot.fault = None

    assert got.status == 200
    assert got.json["statusCode"] == 500
    assert got.json["type"] == "application/vnd.microsoft.error"
    assert got.json["value"] == {"code": "ServerError", "message": SORRY}
    assert (await door.post(tap(door.ms.service_url))).json == SAVED
    failure = next(entry for entry in logged if entry["log_level"] == "error")
    assert failure["error"] == "ValueError"
    assert "what Ada wrote" not in str(logged)


async def test_bots_failure_on_a_message_asks_for_another_delivery(door: Door) -> None:
    """A failure inside the bot answers a message with an empty 500, so that Teams delivers it again."""
    door.bot.fault = ValueError("what Ada wrote")
    got = await door.post(activity(door.ms.service_url))
    door.bot.fault = None

    assert (got.status, got.text) == (500, "")
    assert (await door.post(activity(door.ms.service_url))).status == 200
    assert door.bot.turns == 2


async def test_answer_that_is_not_json_is_the_bots_failure(door: Door) -> None:
    """What cannot be written as JSON is answered like any failure of ours."""
    door.bot.body = {"value": object()}
    got = await door.post(tap(door.ms.service_url))

    assert (got.status, got.json["statusCode"]) == (200, 500)


async def test_invoke_may_be_answered_without_a_body(door: Door) -> None:
    """An invoke's answer without a body is a status."""
    door.bot.body = None
    got = await door.post(tap(door.ms.service_url))

    assert (got.status, got.text) == (200, "")


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changed=st.dictionaries(st.sampled_from(sorted(tap("x"))), JSONS, max_size=3),
    kind=st.sampled_from(["message", "invoke", "conversationUpdate", "installationUpdate", "messageReaction", "event"]),
)
async def test_any_json_is_answered(door: Door, changed: Json, kind: str) -> None:
    """Whatever JSON an authenticated caller sends, the answer is not a failure and shows no trace."""
    got = await door.post({**tap(door.ms.service_url), "id": os.urandom(8).hex(), "type": kind, **changed})

    assert got.status in {200, 400, 401, 403, 501}
    assert "Traceback" not in got.text
