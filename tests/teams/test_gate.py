"""Who gets in."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from botframework.connector.auth import AuthenticateRequestResult
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.errors import TryAgain
from bot.teams.activities import parse
from bot.teams.gate import MOST_REMEMBERED, Gate, NoConnector, Refused
from bot.teams.keys import Keys
from tests.teams.door import (
    APP_ID,
    TENANT,
    Json,
    Microsoft,
    MovedClock,
    activity,
    claims,
    jwk,
    key_pair,
    microsoft,
    session,
    signed,
)


@dataclass
class Door:
    ms: Microsoft
    clock: MovedClock
    gate: Gate

    def token(self, **changed: Any) -> str:
        """Return a good header, but for `changed`."""
        return signed(claims(self.ms.service_url, self.clock, **changed))

    async def ask(self, header: str | None = None, **changed: Any) -> AuthenticateRequestResult:
        """Knock with an activity that is good but for `changed`."""
        content = parse(json.dumps(activity(self.ms.service_url, **changed)).encode())
        return await self.gate.authenticate_request(content, header or self.token())


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A gate whose Microsoft is on loopback."""
    clock = MovedClock()
    async with microsoft() as ms, session() as opened:
        keys = Keys(opened, ms.metadata, clock)
        yield Door(ms, clock, Gate(keys, ms.addresses, clock, app_id=APP_ID, tenants=[TENANT]))
        await keys.close()


def forged(header: Json, content: Json, secret: bytes = b"") -> str:
    """Return a token put together by hand, signed by HMAC with `secret` where there is one."""

    def part(raw: bytes) -> bytes:
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    body = part(json.dumps(header).encode()) + b"." + part(json.dumps(content).encode())
    signature = hmac.digest(secret, body, "sha256") if secret else b""
    return f"Bearer {(body + b'.' + part(signature)).decode()}"


async def test_teams_gets_in(door: Door) -> None:
    """A token of Teams for this bot, with an activity it fits, passes."""
    result = await door.ask()

    assert result.claims_identity.is_authenticated
    assert result.claims_identity.claims["aud"] == APP_ID
    assert isinstance(result.connector_factory, NoConnector)
    assert await result.connector_factory.create("", "") is result.connector_factory
    await door.gate.create_user_token_client(result.claims_identity)
    assert door.gate.create_connector_factory(result.claims_identity) is result.connector_factory


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer a b", "Bearer é"])
async def test_no_token_is_refused(door: Door, header: str | None) -> None:
    """Without a token there is no entry."""
    with pytest.raises(Refused) as refused:
        await door.gate.verify(header)

    assert refused.value.status == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer " + "a" * 9000,
        forged({"alg": "RS256", "kid": "k1"}, {}),
        forged({"alg": "RS256", "kid": 5}, {}),
        forged({"alg": "RS256"}, {}),
        forged({"alg": "none", "kid": "k1"}, {"aud": APP_ID}),
        forged({"alg": "RS512", "kid": "k1"}, {}),
        "Bearer " + "eyJhIjo" * 1000,
    ],
)
async def test_garbage_is_refused(door: Door, header: str) -> None:
    """What is not a token signed with RS256 is refused."""
    with pytest.raises(Refused) as refused:
        await door.gate.verify(header)

    assert refused.value.status == 401


async def test_unsigned_token_is_refused(door: Door) -> None:
    """A token whose `alg` is none is refused, whatever it claims."""
    with pytest.raises(Refused):
        await door.gate.verify(forged({"alg": "none", "kid": "k1"}, claims(door.ms.service_url, door.clock)))


async def test_public_key_is_not_a_shared_secret(door: Door) -> None:
    """A token signed by HS256 with our public key as its secret is refused."""
    published = key_pair("k1").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    good = claims(door.ms.service_url, door.clock)

    with pytest.raises(Refused):
        await door.gate.verify(forged({"alg": "HS256", "kid": "k1"}, good, published))


async def test_foreign_signature_is_refused(door: Door) -> None:
    """A token that names our key and is signed with another is refused."""
    with pytest.raises(Refused, match="bad_token"):
        await door.gate.verify(signed(claims(door.ms.service_url, door.clock), by="thief"))


async def test_unknown_key_is_refused(door: Door) -> None:
    """A key id that Microsoft does not publish is refused."""
    with pytest.raises(Refused, match="unknown_key"):
        await door.gate.verify(signed(claims(door.ms.service_url, door.clock), "thief"))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://sts.windows.net/x/"},
        {"iss": None},
        {"aud": "another bot"},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": "now"},
        {"nbf": [1]},
    ],
)
async def test_wrong_claims_are_refused(door: Door, changed: Json) -> None:
    """Issuer, audience and expiry have to be there and right."""
    with pytest.raises(Refused) as refused:
        await door.gate.verify(door.token(**changed))

    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("changed", "seconds", "code"),
    [
        ({}, 3600 + 299, None),
        ({}, 3600 + 300, "expired"),
        ({"nbf": None}, 0, None),
        ({"nbf": None}, -10_000_000, None),
        ({}, -360, None),
        ({}, -361, "not_yet_valid"),
    ],
)
async def test_clocks_may_differ_by_five_minutes(door: Door, changed: Json, seconds: float, code: str | None) -> None:
    """Five minutes of leeway on either side, by our own clock, also for a token that was believed before."""
    header = door.token(**changed)
    fresh = signed(claims(door.ms.service_url, door.clock, jti="another", **changed))
    await door.gate.verify(header)
    door.clock.move(seconds=seconds)

    for token in (header, fresh):
        if code is None:
            assert (await door.gate.verify(token))["aud"] == APP_ID
        else:
            with pytest.raises(Refused, match=code):
                await door.gate.verify(token)


async def test_verified_tokens_are_remembered_within_bounds(door: Door) -> None:
    """The oldest token is let go when there are too many; it is verified again when it comes back."""
    first = door.token(jti="0")
    for number in range(MOST_REMEMBERED + 1):
        await door.gate.verify(door.token(jti=str(number)))

    assert (await door.gate.verify(first))["jti"] == "0"
    assert len(door.gate._remembered) == MOST_REMEMBERED  # noqa: SLF001 (memory is what this is about)


async def test_no_keys_is_our_own_trouble(door: Door) -> None:
    """While there are no keys at all, nobody is called a stranger."""
    door.ms.keys = []

    with pytest.raises(TryAgain, match="no_signing_keys"):
        await door.gate.verify(door.token())


@pytest.mark.parametrize("claim", [None, "https://smba.trafficmanager.net/uk/", "", 5])
async def test_service_url_is_the_signed_one(door: Door, claim: object) -> None:
    """An activity whose service URL is not the token's is refused."""
    with pytest.raises(Refused) as refused:
        await door.ask(door.token(serviceurl=claim))

    assert (refused.value.status, refused.value.code) == (401, "service_url_not_signed")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"channelId": "webchat"}, "wrong_channel"),
        ({"channelId": "MSTEAMS"}, "wrong_channel"),
        ({"channelData": {"tenant": {"id": "another"}}}, "wrong_tenant"),
        ({"channelData": {"tenant": None}}, "wrong_tenant"),
        ({"channelData": {}}, "wrong_tenant"),
        ({"channelData": None}, "wrong_tenant"),
    ],
)
async def test_activity_is_for_this_bot(door: Door, changed: Json, code: str) -> None:
    """Another channel or tenant is refused, also when Teams itself signed for it."""
    with pytest.raises(Refused) as refused:
        await door.ask(**changed)

    assert (refused.value.status, refused.value.code) == (403, code)


async def test_tenant_is_compared_without_case(door: Door) -> None:
    """Ids are the same in capitals."""
    result = await door.ask(channelData={"tenant": {"id": TENANT.upper()}})

    assert result.claims_identity.is_authenticated


async def test_signed_foreign_service_url_is_refused(door: Door) -> None:
    """Even a signed service URL must be on the list, because our bearer goes there."""
    elsewhere = "https://evil.example/"

    with pytest.raises(Refused) as refused:
        await door.ask(door.token(serviceurl=elsewhere), serviceUrl=elsewhere)

    assert (refused.value.status, refused.value.code) == (403, "service_url_refused")


async def test_key_must_be_endorsed_for_teams(door: Door) -> None:
    """A key that may not speak for Teams cannot bring an activity of Teams."""
    door.ms.keys = [jwk("k1", endorsements=["webchat"])]

    with pytest.raises(Refused, match="key_not_endorsed"):
        await door.ask()


@pytest.mark.parametrize(
    ("app_id", "tenants"), [("", [TENANT]), ("  ", [TENANT]), (APP_ID, []), (APP_ID, [""]), (APP_ID, [TENANT, " "])]
)
async def test_gate_cannot_be_built_open(door: Door, app_id: str, tenants: list[str]) -> None:
    """With nobody to compare with, there is no gate."""
    with pytest.raises(ValueError, match="needed"):
        Gate(Keys(None, "", door.clock), door.ms.addresses, door.clock, app_id=app_id, tenants=tenants)  # type: ignore[arg-type]


async def test_other_ways_in_are_shut(door: Door) -> None:
    """Streaming and skills are refused."""
    with pytest.raises(Refused, match="no_streaming"):
        await door.gate.authenticate_streaming_request(door.token(), "msteams")
    with pytest.raises(Refused, match="no_skills"):
        await door.gate.authenticate_channel_request(door.token())
    with pytest.raises(Refused, match="no_skills"):
        door.gate.create_bot_framework_client()


def test_keys_differ() -> None:
    """The stand-in's keys are told apart by name."""
    assert key_pair("k1") is not key_pair("thief")
