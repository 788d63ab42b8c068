"""The keys that Teams' channel signs its tokens with: fetched without blocking, kept, refreshed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError
from yarl import URL

from bot.clock import Clock
from bot.errors import TryAgain
from bot.teams.bounded import read_within

#: "Cached for at least one day" (Azure Bot Service, "Authentication with the Bot Connector API").
FRESH = timedelta(hours=24)
#: An unknown key id may be a rotation or a guess: one look in this time serves both.
BETWEEN_TRIES = timedelta(seconds=30)
#: Bytes. Microsoft's document of keys is about 20 KB.
LARGEST_DOCUMENT = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=10)
#: RFC 7518 section 3.3: a key of 2,048 bits or larger must be used with RS256.
SMALLEST_KEY = 2048

log = structlog.get_logger()


class _Unreadable(Exception):
    """What was fetched is not what it should be."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key and the channels it may speak for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """Signing keys by key id. A known key never waits for the network."""

    def __init__(self, session: aiohttp.ClientSession, metadata_url: str, clock: Clock) -> None:
        self._session = session
        self._metadata_url = URL(metadata_url)
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> SigningKey | None:
        """Return the key of that id, or None where Microsoft knows none.

        Raises:
            TryAgain: `no_signing_keys`: the trouble is ours, we have none at all yet.

        """
        key = self._keys.get(key_id)
        if key is None:
            await self._refresh()
            key = self._keys.get(key_id)
            if not self._keys:
                raise TryAgain("no_signing_keys", BETWEEN_TRIES.total_seconds())
        elif self._fetched is not None and self._clock.now() - self._fetched >= FRESH and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self._refreshed)
        return key

    async def close(self) -> None:
        """Give up a refresh that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    def _refreshed(self, _: asyncio.Task[None]) -> None:
        self._refreshing = None

    async def _refresh(self) -> None:
        """Fetch the keys, unless that was tried a moment ago. A failure keeps the keys there are."""
        async with self._lock:
            if self._tried is not None and self._clock.now() - self._tried < BETWEEN_TRIES:
                return
            self._tried = self._clock.now()
            try:
                keys = await self._fetch()
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError, _Unreadable) as error:
                log.warning("signing keys could not be fetched", error=type(error).__name__)
                return
            self._keys, self._fetched = keys, self._clock.now()
            log.info("signing keys fetched", keys=len(keys))

    async def _fetch(self) -> Mapping[str, SigningKey]:
        where = (await self._document(self._metadata_url)).get("jwks_uri")
        if not isinstance(where, str) or URL(where).scheme != self._metadata_url.scheme:
            raise _Unreadable
        found = (await self._document(URL(where))).get("keys")
        if not isinstance(found, list):
            raise _Unreadable
        keys = dict(pair for pair in map(_signing_key, found) if pair is not None)
        if not keys:
            raise _Unreadable
        return keys

    async def _document(self, url: URL) -> Mapping[str, Any]:
        async with self._session.get(url, allow_redirects=False, timeout=TIMEOUT) as response:
            if response.status != 200:
                raise _Unreadable
            body = await read_within(response.content, LARGEST_DOCUMENT)
        document = json.loads(body) if body is not None else None
        if not isinstance(document, dict):
            raise _Unreadable
        return document


def _signing_key(entry: object) -> tuple[str, SigningKey] | None:
    """Read one JSON Web Key (RFC 7517); None for one that is not an RSA key for signatures."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    key_id, endorsements = entry.get("kid"), entry.get("endorsements", [])
    if not isinstance(key_id, str) or not isinstance(endorsements, list):
        return None
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": entry.get("n"), "e": entry.get("e")})
    except (InvalidKeyError, ValueError, TypeError, AttributeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < SMALLEST_KEY:
        return None
    return key_id, SigningKey(public, frozenset(name for name in endorsements if isinstance(name, str)))
