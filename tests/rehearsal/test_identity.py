"""Keys and tokens of a rehearsal."""

from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from bot.clock import SystemClock
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.identity import Identity, RehearsalCredential, make_keys
from tests.rehearsal.small_bot import APP_ID, TENANT, WEDNESDAY, Ward, a_ward, keys

GRAPH = "https://graph.microsoft.com"
SERVICE = "http://127.0.0.1:1/teams/"


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands still."""
    return MovableClock(SystemClock(), start=WEDNESDAY, frozen=True)


def published(identity: Identity, token: str) -> dict[str, Any]:
    """The published key that a token names."""
    kid = jwt.get_unverified_header(token)["kid"]
    found: dict[str, Any] = next(key for key in identity.jwks()["keys"] if key["kid"] == kid)
    return found


def read(identity: Identity, token: str) -> dict[str, Any]:
    """The claims of a token, checked against the published keys at any time of day."""
    key = jwt.PyJWK(published(identity, token))
    claims: dict[str, Any] = jwt.decode(
        token, key, ["RS256"], audience=APP_ID, options={"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    )
    return claims


def test_inbound_token(clock: MovableClock) -> None:
    """A token carries what the Bot Framework's does, lasts an hour by the clock, and its key is endorsed for Teams."""
    identity = Identity(clock, keys())
    token = identity.sign(APP_ID, SERVICE)
    claims = read(identity, token)

    assert (claims["iss"], claims["aud"], claims["serviceurl"]) == ("https://api.botframework.com", APP_ID, SERVICE)
    assert claims["exp"] - claims["nbf"] == 3600
    assert claims["nbf"] == WEDNESDAY.timestamp()
    assert "msteams" in published(identity, token)["endorsements"]


def test_forged_claims(clock: MovableClock) -> None:
    """Claims can be replaced and left out, and headers replaced."""
    identity = Identity(clock, keys())
    claims = read(identity, identity.sign(APP_ID, SERVICE, claims={"iss": "somebody", "serviceurl": None}))
    strange = identity.sign(APP_ID, SERVICE, headers={"kid": "unknown"})

    assert claims["iss"] == "somebody"
    assert "serviceurl" not in claims
    assert jwt.get_unverified_header(strange)["kid"] == "unknown"


def test_forged_algorithms(clock: MovableClock) -> None:
    """A token can be unsigned, signed with a shared word, or with a key that nobody published."""
    identity = Identity(clock, keys())
    stranger = make_keys(1)[0]
    by_word = identity.sign(APP_ID, SERVICE, algorithm="HS256", key="a word of thirty-two characters!")

    assert identity.sign(APP_ID, SERVICE, algorithm="none").endswith(".")
    assert jwt.get_unverified_header(by_word)["alg"] == "HS256"
    with pytest.raises(jwt.InvalidSignatureError):
        read(identity, identity.sign(APP_ID, SERVICE, key=stranger))


def test_other_channels(clock: MovableClock) -> None:
    """One published key is not endorsed for Teams."""
    identity = Identity(clock, keys())
    token = identity.sign(APP_ID, SERVICE, channel="directline")

    assert published(identity, token)["endorsements"] == ["directline"]


def test_rotation(clock: MovableClock) -> None:
    """A new key signs at once; the one before stays published, and goes at the next rotation."""
    identity = Identity(clock, keys())
    old = jwt.get_unverified_header(identity.sign(APP_ID, SERVICE))["kid"]
    new = identity.rotate()
    after_one = identity.kids
    newest = identity.rotate(keys()[0])

    assert after_one == (new, old, "rehearsal-other")
    assert identity.kids == (newest, new, "rehearsal-other")
    assert jwt.get_unverified_header(identity.sign(APP_ID, SERVICE))["kid"] == newest


def test_own_keys(clock: MovableClock) -> None:
    """Without keys an identity makes its own."""
    identity = Identity(clock)

    assert len(identity.jwks()["keys"]) == 3


def test_outbound_tokens(clock: MovableClock) -> None:
    """A bearer is good for its audience and for an hour by the clock."""
    identity = Identity(clock, keys())
    token, ends = identity.issue(f"{GRAPH}/.default")
    good = identity.check_outbound(token, GRAPH)
    wrong_audience = identity.check_outbound(token, "https://api.botframework.com")
    clock.move_by(3600)

    assert good
    assert not wrong_audience
    assert not identity.check_outbound(token, GRAPH)
    assert ends == WEDNESDAY.timestamp() + 3600


def test_bearers_of_strangers(clock: MovableClock) -> None:
    """Garbage, somebody else's signature and tokens of tomorrow are not believed."""
    identity, stranger = Identity(clock, keys()), Identity(clock, make_keys())
    clock.move_by(86400)
    tomorrow, _ = identity.issue(GRAPH)
    clock.move_by(-86400)

    assert not identity.check_outbound("garbage", GRAPH)
    assert not identity.check_outbound(stranger.issue(GRAPH)[0], GRAPH)
    assert not identity.check_outbound(tomorrow, GRAPH)


def test_refusing_bearers(clock: MovableClock) -> None:
    """An identity can be told to believe nobody."""
    identity = Identity(clock, keys())
    identity.refuses_bearers = True

    assert not identity.check_outbound(identity.issue(GRAPH)[0], GRAPH)


async def test_metadata_and_keys(ward: Ward) -> None:
    """The OpenID metadata leads to the keys over HTTP."""
    async with ward.session.get(ward.teams.openid_metadata) as response:
        metadata = await response.json()
    async with ward.session.get(metadata["jwks_uri"]) as response:
        jwks = await response.json()

    assert metadata["issuer"] == "https://api.botframework.com"
    assert jwks == ward.identity.jwks()
    assert (ward.teams.world.requests["metadata"], ward.teams.world.requests["keys"]) == (1, 1)


async def test_credential(ward: Ward) -> None:
    """The credential fetches a token that is believed, and keeps it until five minutes before its end."""
    secret = ward.identity.client_secret
    async with RehearsalCredential(ward.clock, ward.teams.token_url, APP_ID, secret) as credential:
        typed: AsyncTokenCredential = credential
        first = await typed.get_token(f"{GRAPH}/.default")
        ward.clock.move_by(3200)
        second = await typed.get_token(f"{GRAPH}/.default")
        ward.clock.move_by(101)
        third = await typed.get_token(f"{GRAPH}/.default")

    assert first is second
    assert ward.identity.check_outbound(third.token, GRAPH)
    assert third.expires_on == first.expires_on + 3301
    assert ward.teams.world.requests["token"] == 2


async def test_wrong_secret(ward: Ward) -> None:
    """A wrong secret is refused as azure-identity would say it."""
    async with RehearsalCredential(ward.clock, ward.teams.token_url, APP_ID, "wrong") as credential:
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
            await credential.get_token(f"{GRAPH}/.default")


async def test_unused_credential(ward: Ward) -> None:
    """A credential that was never asked closes without a word."""
    await RehearsalCredential(ward.clock, ward.teams.token_url, APP_ID, "any").close()

    assert ward.teams.world.requests["token"] == 0


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": TENANT}, 400, "unauthorized_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"scope": "User.Read"}, 400, "invalid_scope"),
    ],
)
async def test_refused_token_requests(ward: Ward, changed: dict[str, str], status: int, error: str) -> None:
    """The token endpoint takes nothing but well-formed client credentials."""
    form = {
        "grant_type": "client_credentials",
        "client_id": APP_ID,
        "client_secret": ward.identity.client_secret,
        "scope": f"{GRAPH}/.default",
    }
    async with ward.session.post(ward.teams.token_url, data=form | changed) as response:
        answer = await response.json()

    assert response.status == status
    assert answer["error"] == error


async def test_refusing_secrets(ward: Ward) -> None:
    """The token endpoint can be told to refuse even the right secret."""
    ward.identity.refuses_secrets = True
    async with RehearsalCredential(ward.clock, ward.teams.token_url, APP_ID, ward.identity.client_secret) as credential:
        with pytest.raises(ClientAuthenticationError):
            await credential.get_token(f"{GRAPH}/.default")
