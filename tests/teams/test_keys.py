"""Signing keys: fetched once, refreshed when unknown or old, kept when Microsoft is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.errors import TryAgain
from bot.teams.keys import LARGEST_DOCUMENT, Keys
from tests.teams.door import Microsoft, MovedClock, jwk, microsoft, session


@pytest.fixture
async def ms() -> AsyncIterator[Microsoft]:
    """Microsoft's side on loopback."""
    async with microsoft() as running:
        yield running


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands still."""
    return MovedClock()


@pytest.fixture
async def keys(ms: Microsoft, clock: MovedClock) -> AsyncIterator[Keys]:
    """Keys that have fetched nothing yet."""
    async with session() as opened:
        made = Keys(opened, ms.metadata, clock)
        yield made
        await made.close()


async def test_key_is_found_with_its_endorsements(keys: Keys) -> None:
    """A published key is found by its id, with the channels it speaks for."""
    key = await keys.find("k1")

    assert key is not None
    assert key.endorsements == {"acs", "msteams"}


async def test_many_askers_cause_one_fetch(keys: Keys, ms: Microsoft) -> None:
    """Twenty tokens at once before the first fetch cost one fetch."""
    found = await asyncio.gather(*(keys.find("k1") for _ in range(20)))

    assert None not in found
    assert ms.key_fetches == 1


async def test_unknown_key_is_looked_for_every_thirty_seconds(keys: Keys, ms: Microsoft, clock: MovedClock) -> None:
    """A guessed key id costs Microsoft one fetch in thirty seconds, a rotated key is found after them."""
    await keys.find("k1")
    assert await keys.find("k2") is None
    ms.keys.append(jwk("k2"))
    clock.move(seconds=29)
    assert await keys.find("k2") is None
    clock.move(seconds=1)

    assert await keys.find("k2") is not None
    assert ms.key_fetches == 2


async def test_known_key_does_not_wait_for_a_fetch(keys: Keys, ms: Microsoft, clock: MovedClock) -> None:
    """While an unknown key id is being looked for, known keys answer."""
    await keys.find("k1")
    clock.move(seconds=31)
    ms.hold = asyncio.Event()
    looking = asyncio.create_task(keys.find("guess"))
    while ms.key_fetches < 2:
        await asyncio.sleep(0.001)

    assert await keys.find("k1") is not None
    assert not looking.done()
    ms.hold.set()
    assert await looking is None


async def test_keys_are_refreshed_daily_in_the_background(keys: Keys, ms: Microsoft, clock: MovedClock) -> None:
    """After a day the next use fetches again, without waiting; a withdrawn key is gone then."""
    await keys.find("k1")
    ms.keys = [jwk("k2")]
    clock.move(hours=24)

    assert await keys.find("k1") is not None
    assert await keys.find("k1") is not None
    while await keys.find("k2") is None:
        await asyncio.sleep(0.001)
    assert await keys.find("k1") is None
    assert ms.key_fetches == 2


async def test_a_refresh_can_be_given_up(keys: Keys, ms: Microsoft, clock: MovedClock) -> None:
    """Closing ends a background refresh that hangs."""
    await keys.find("k1")
    clock.move(hours=24)
    ms.hold = asyncio.Event()
    await keys.find("k1")
    while ms.key_fetches < 2:
        await asyncio.sleep(0.001)

    await keys.close()

    assert await keys.find("k1") is not None
    ms.hold.set()


async def test_keys_are_kept_while_microsoft_is_away(keys: Keys, ms: Microsoft, clock: MovedClock) -> None:
    """A failed refresh takes nothing away."""
    await keys.find("k1")
    ms.documents["keys"] = web.Response(status=503)
    clock.move(seconds=31)

    assert await keys.find("unknown") is None
    assert await keys.find("k1") is not None


async def test_an_unreachable_address_is_our_own_trouble(clock: MovedClock) -> None:
    """Without any key nothing can be said about a token: try again, not "wrong key"."""
    async with session() as opened:
        keys = Keys(opened, "http://127.0.0.1:1/openid", clock)
        with pytest.raises(TryAgain) as trouble:
            await keys.find("k1")

    assert (trouble.value.code, trouble.value.after) == ("no_signing_keys", 30)


@pytest.mark.parametrize(
    ("which", "status", "text"),
    [
        ("openid", 200, "{}"),
        ("openid", 200, '{"jwks_uri": 5}'),
        ("openid", 200, '{"jwks_uri": "/keys"}'),
        ("openid", 200, '{"jwks_uri": "ftp://127.0.0.1/keys"}'),
        ("openid", 200, '{"jwks_uri": "http://[/keys"}'),
        ("openid", 302, "{}"),
        ("keys", 500, "{}"),
        ("keys", 200, "<html>"),
        ("keys", 200, "[]"),
        ("keys", 200, "[" * 100_000),
        ("keys", 200, "{}"),
        ("keys", 200, '{"keys": {}}'),
        ("keys", 200, '{"keys": []}'),
        ("keys", 200, '{"keys": ["k1", {"kty": "oct"}]}'),
        ("keys", 200, " " * (LARGEST_DOCUMENT + 1)),
    ],
)
async def test_bad_documents_are_not_believed(keys: Keys, ms: Microsoft, which: str, status: int, text: str) -> None:
    """A document that is too large, not JSON, redirected or of another shape is a failed fetch."""
    ms.documents[which] = web.Response(status=status, text=text, headers={"Location": f"{ms.url}/openid"})

    with pytest.raises(TryAgain, match="no_signing_keys"):
        await keys.find("k1")


async def test_keys_come_the_way_the_metadata_came(keys: Keys, ms: Microsoft) -> None:
    """Keys at an address of another scheme are not even asked for."""
    callers: list[asyncio.StreamWriter] = []

    async def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer)
        writer.close()

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    elsewhere = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    ms.documents["openid"] = web.json_response({"jwks_uri": elsewhere})

    with pytest.raises(TryAgain):
        await keys.find("k1")
    assert callers == []
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "EC"},
        {"use": "enc"},
        {"kid": 5},
        {"endorsements": "msteams"},
        {"n": None},
        {"n": "!"},
        {"e": 5},
        {"n": "AQAB"},
    ],
)
async def test_unusable_keys_are_passed_over(keys: Keys, ms: Microsoft, changed: dict[str, Any]) -> None:
    """A key of another kind or too short is not kept; the others are."""
    ms.keys = [{**jwk("k2"), **changed}, jwk("k1")]

    assert await keys.find("k1") is not None
    assert await keys.find("k2") is None


async def test_a_short_key_is_passed_over(keys: Keys, ms: Microsoft) -> None:
    """RSA of 1,024 bits is not believed (RFC 7518 section 3.3)."""
    ms.keys = [jwk("short"), jwk("k1")]

    assert await keys.find("short") is None


async def test_endorsements_may_be_missing(keys: Keys, ms: Microsoft) -> None:
    """A key without endorsements speaks for no channel."""
    bare = jwk("k1")
    del bare["endorsements"]
    ms.keys = [bare]
    key = await keys.find("k1")

    assert key is not None
    assert key.endorsements == frozenset()
