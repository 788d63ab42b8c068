"""What the Teams stand-in does not take from a bot: activities and conversations of the wrong shape or size."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest

from tests.rehearsal.small_bot import TENANT, Ward, a_card, a_ward, code, send, text, with_card


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


MENTION = {"type": "mention", "text": "<at>Joe</at>", "mentioned": {"id": "nobody", "name": "Joe"}}


@pytest.mark.parametrize(
    ("activity", "why"),
    [
        ([], "not an object"),
        ({"text": "no type"}, "type"),
        ({"type": "message"}, "neither text nor attachments"),
        ({"type": "message", "text": ["a"]}, "text is not"),
        ({"type": "message", "text": "a", "attachments": {}}, "attachments is not"),
        ({"type": "message", "text": "a", "textFormat": "html"}, "textFormat"),
        ({"type": "message", "text": "a", "entities": ["a"]}, "entity has no type"),
        ({"type": "message", "text": "a", "entities": [MENTION]}, "does not stand"),
        ({"type": "message", "text": "<at>Joe</at>", "entities": [MENTION]}, "names nobody"),
        ({"type": "message", "attachments": ["a"]}, "not a card"),
        ({"type": "message", "attachments": [{"contentType": "text/html"}]}, "not a card"),
        (with_card({"type": "Card"}), "not an AdaptiveCard"),
        ({"type": "message", "text": "\ud800"}, "not JSON"),
    ],
)
async def test_malformed_activities(ward: Ward, activity: Any, why: str) -> None:
    """What Teams cannot take is refused with a sentence that says why."""
    said = await ward.post(activity)

    assert (said.status, code(said.body)) == (400, "Bad Argument")
    assert why in said.body["error"]["message"]


async def test_good_activities(ward: Ward) -> None:
    """Other cards, mentions of members and other entities are taken."""
    joe = ward.person("joe")
    mention = {"type": "mention", "text": "<at>Joe</at>", "mentioned": {"id": joe.id, "name": "Joe"}}
    hero = {"contentType": "application/vnd.microsoft.card.hero", "content": {"title": "Hello"}}
    activity = text("Hello <at>Joe</at>") | {"entities": [mention, {"type": "clientInfo"}], "attachments": [hero]}

    assert (await ward.post(activity)).status == 201
    assert (await ward.post(with_card(a_card(send())))).status == 201


@pytest.mark.parametrize(
    "change",
    [
        {"isGroup": False},
        {"channelData": {}},
        {"channelData": {"channel": {"id": "x"}, "tenant": {"id": "another"}}},
        {"isGroup": False, "tenantId": TENANT, "members": []},
        {"isGroup": False, "tenantId": TENANT, "members": [{"id": "a"}, {"id": "b"}]},
        {"activity": None},
    ],
)
async def test_malformed_conversations(ward: Ward, change: dict[str, Any]) -> None:
    """A conversation needs to say where it is, in this tenant, and with whom."""
    said = await ward.call("POST", "v3/conversations", ward.new_post(text()) | change)

    assert (said.status, code(said.body)) == (400, "Bad Argument")


async def test_conversation_with_a_stranger(ward: Ward) -> None:
    """A person whom the tenant does not know has no chat."""
    said = await ward.call("POST", "v3/conversations", {"members": [{"id": "x"}], "tenantId": TENANT})

    assert said.status == 404


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'"words"'])
async def test_bodies_that_are_not_json(ward: Ward, body: bytes) -> None:
    """A body that is not JSON, or not an object, is a bad argument."""
    said = await ward.call("POST", "v3/conversations", data=body)

    assert (said.status, code(said.body)) == (400, "Bad Argument")


async def test_a_group_without_words(ward: Ward) -> None:
    """A new channel post needs its activity."""
    body = ward.new_post(text())
    del body["activity"]

    assert (await ward.call("POST", "v3/conversations", body)).status == 400


async def test_size(ward: Ward) -> None:
    """A message has at most 100 KB when written in UTF-16, whatever its characters are."""
    fits = await ward.post(text("x" * 51_000))
    too_big = await ward.post(text("x" * 51_200))
    in_greek = await ward.post(text("λ" * 51_000))
    enormous = await ward.call("POST", "v3/conversations", data=BytesIO(b"x" * (5 * 1024 * 1024)))

    assert (fits.status, in_greek.status) == (201, 201)
    assert (too_big.status, code(too_big.body)) == (413, "MessageSizeTooBig")
    assert (enormous.status, code(enormous.body)) == (413, "MessageSizeTooBig")
