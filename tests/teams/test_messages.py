"""The route, over real HTTP: good deliveries are answered, bad ones get a status and a word, and none gets a 500."""

import asyncio
import gzip
from typing import Any

import pytest

from bot.teams.messages import SORRY
from tests.teams.door import (
    Json,
    activity,
    claims,
    signed,
    tap,
)
from tests.teams.route import SAVED, Door


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
