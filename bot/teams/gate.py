"""Who may speak to us: only Teams, signed for this bot, from a listed tenant. This cannot be switched off."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never, Self

import jwt
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)

from bot.addresses import Addresses
from bot.clock import Clock
from bot.errors import WardRhythmsError
from bot.teams.keys import Keys
from bot.teams.service_urls import is_known_service

#: Azure Bot Service, "Authentication with the Bot Connector API", step 4: "industry-standard clock-skew is 5 minutes".
LEEWAY = 300.0
TEAMS = "msteams"
#: Who the SDK is told has called (botframework: CallerIdConstants.public_azure_channel).
CALLER = "urn:botframework:azure"
#: Tokens. The channel uses one for an hour; room for many of its servers.
MOST_REMEMBERED = 512
#: Characters. Tokens of the channel are about 1,000.
LONGEST_TOKEN = 8_000


class Refused(WardRhythmsError):
    """A request that is turned away: `status` is 401 (who are you?) or 403 (not for you), `code` a word for the log."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class _Token:
    claims: Mapping[str, Any]
    endorsements: frozenset[str]
    not_before: float
    until: float


class NoConnector(ConnectorFactory):
    """Stands where the SDK wants a connector client; our adapter speaks through its own `Connector` instead."""

    async def create(self, service_url: str, audience: str) -> Self:
        return self


class Gate(BotFrameworkAuthentication):
    """Checks the token first, then that the activity is what the token is for.

    Sources: Azure Bot Service "Authentication with the Bot Connector API" (issuer, audience, signature, service URL,
    endorsements); the tenants and the service's hosts are this bot's own rule.

    Raises:
        ValueError: with an empty app id or no tenant, since then there would be nobody to compare with.

    """

    def __init__(self, keys: Keys, addresses: Addresses, clock: Clock, *, app_id: str, tenants: Sequence[str]) -> None:
        self._keys = keys
        self._addresses = addresses
        self._clock = clock
        self._app_id = app_id.strip()
        self._tenants = frozenset(tenant.strip().lower() for tenant in tenants)
        if not self._app_id:
            raise ValueError("an app id is needed")
        if not self._tenants or "" in self._tenants:
            raise ValueError("at least one tenant is needed, and none may be empty")
        self._remembered: dict[bytes, _Token] = {}
        self._nobody = NoConnector()

    async def verify(self, header: str | None) -> Mapping[str, Any]:
        """Return the claims of the `Authorization` header's token.

        Raises:
            Refused: 401, with what is wrong.
            TryAgain: `no_signing_keys`, when nothing can be said about any token yet.

        """
        return (await self._token(header)).claims

    async def authenticate_request(self, activity: Activity, auth_header: str | None) -> AuthenticateRequestResult:
        """Check the token again and the activity against it.

        Raises:
            Refused: 401 where the token is for another service URL, 403 where the activity is not for this bot.
            TryAgain: `no_signing_keys`.

        """
        token = await self._token(auth_header)
        if token.claims.get("serviceurl") != activity.service_url:
            raise Refused(401, "service_url_not_signed")
        if activity.channel_id != TEAMS:
            raise Refused(403, "wrong_channel")
        if TEAMS not in token.endorsements:
            raise Refused(403, "key_not_endorsed")
        if not is_known_service(activity.service_url, self._addresses):
            raise Refused(403, "service_url_refused")
        if tenant_of(activity) not in self._tenants:
            raise Refused(403, "wrong_tenant")
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(token.claims), is_authenticated=True)
        result.audience = self._addresses.token_issuer
        result.caller_id = CALLER
        result.connector_factory = self._nobody
        return result

    async def _token(self, header: str | None) -> _Token:
        scheme, _, raw = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not raw.isascii() or not 0 < len(raw) <= LONGEST_TOKEN:
            raise Refused(401, "no_token")
        digest = hashlib.sha256(raw.encode()).digest()
        token = self._remembered.get(digest)
        known = token is not None
        if token is None:
            token = await self._read(raw)
        now = self._clock.now().timestamp()
        if now >= token.until:
            self._remembered.pop(digest, None)
            raise Refused(401, "expired")
        if now < token.not_before:
            raise Refused(401, "not_yet_valid")
        if not known:
            if len(self._remembered) >= MOST_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[digest] = token
        return token

    async def _read(self, raw: str) -> _Token:
        try:
            head = jwt.get_unverified_header(raw)
            key_id = head.get("kid")
            if head.get("alg") != "RS256" or not isinstance(key_id, str):
                raise Refused(401, "wrong_algorithm_or_no_key_id")
            key = await self._keys.find(key_id)
            if key is None:
                raise Refused(401, "unknown_key")
            # Times are checked against our own clock by the caller, never against the machine's.
            claims = jwt.decode(
                raw,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=self._addresses.token_issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise Refused(401, "bad_token") from error
        return _Token(
            claims, key.endorsements, _seconds(claims.get("nbf", 0)) - LEEWAY, _seconds(claims["exp"]) + LEEWAY
        )

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return self._nobody

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """No user of this bot signs in to anything through it, so there is no client to make."""

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Never:
        raise Refused(403, "no_streaming")

    async def authenticate_channel_request(self, auth_header: str) -> Never:
        raise Refused(403, "no_skills")

    def create_bot_framework_client(self) -> Never:
        raise Refused(403, "no_skills")


def tenant_of(activity: Activity) -> str:
    """Return the tenant that Teams says the activity comes from, in lower case; empty where it says nothing.

    `conversation.tenantId` is not read: Teams states the tenant in `channelData` ("Bot conversations in Teams").
    """
    tenant = (activity.channel_data or {}).get("tenant") or {}
    return str(tenant.get("id", "")).lower()


def _seconds(claim: object) -> float:
    """Read a NumericDate (RFC 7519 section 2)."""
    try:
        seconds = float(claim) if isinstance(claim, int | float) and not isinstance(claim, bool) else math.nan
    except OverflowError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise Refused(401, "bad_time")
    return seconds
