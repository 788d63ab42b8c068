"""Bodies that Teams would not send: each gets a status and a word, and none a 500."""

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.teams.messages import LARGEST_BODY
from tests.teams.door import (
    Json,
    activity,
    tap,
)
from tests.teams.route import Door


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
