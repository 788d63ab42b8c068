"""Keys and tokens of a rehearsal: really signed, really checked, and worth nothing anywhere else."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
import jwt
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from bot.clock import Clock

#: Who signs what Teams sends (Azure Bot Service: "Authentication with the Bot Connector API", step 4).
CHANNEL_ISSUER = "https://api.botframework.com"
TOKEN_ISSUER = "https://login.rehearsal.invalid"
TEAMS = "msteams"
ANOTHER_CHANNEL = "directline"
HOUR = 3600  # seconds; how long a token lasts
REFRESH_AHEAD = 300  # seconds before its end that a cached token is replaced, as azure-identity does


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One published key: which channels may be signed with it is its endorsements."""

    kid: str
    private: RSAPrivateKey
    endorsements: tuple[str, ...]


def make_keys(count: int = 3) -> list[RSAPrivateKey]:
    """Fresh RSA keys of 2048 bits."""
    return [generate_private_key(public_exponent=65537, key_size=2048) for _ in range(count)]


class Identity:
    """The Bot Framework's signing service and Entra's token service in one.

    `keys`: three RSA keys to begin with; without them, fresh ones are made. `refuses_bearers` and `refuses_secrets` may be set to
    see what happens when Microsoft stops believing us.
    """

    def __init__(self, clock: Clock, keys: Sequence[RSAPrivateKey] = ()) -> None:
        current, previous, other = keys or make_keys()
        self._clock = clock
        self._published = [
            SigningKey("rehearsal-2", current, (TEAMS, "webchat")),
            SigningKey("rehearsal-1", previous, (TEAMS, "webchat")),
            SigningKey("rehearsal-other", other, (ANOTHER_CHANNEL,)),
        ]
        self._made = len(self._published) - 1
        self._own = other
        self.client_secret = secrets.token_urlsafe(24)
        self.refuses_bearers = False
        self.refuses_secrets = False

    @property
    def kids(self) -> tuple[str, ...]:
        """The key ids published now, newest first."""
        return tuple(key.kid for key in self._published)

    def rotate(self, key: RSAPrivateKey | None = None) -> str:
        """Sign with a new key from now on; the newest old one stays published, older ones are withdrawn. Returns the key id."""
        self._made += 1
        fresh = SigningKey(f"rehearsal-{self._made}", key or make_keys(1)[0], (TEAMS, "webchat"))
        self._published = [fresh, self._published[0], self._published[-1]]
        return fresh.kid

    def sign(
        self,
        audience: str,
        service_url: str,
        *,
        channel: str = TEAMS,
        claims: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        algorithm: str = "RS256",
        key: RSAPrivateKey | str | None = None,
    ) -> str:
        """A token as the Bot Framework sends it along with an activity.

        To forge one: `channel` picks a key endorsed for that channel; `claims` replaces claims (a value of None takes one away);
        `headers`, `algorithm` and `key` replace what their names say.
        """
        now = int(self._clock.now().timestamp())
        signer = next(key for key in self._published if channel in key.endorsements)
        said = {
            "iss": CHANNEL_ISSUER,
            "aud": audience,
            "serviceurl": service_url,
            "nbf": now,
            "iat": now,
            "exp": now + HOUR,
        }
        said |= claims or {}
        return jwt.encode(
            {name: value for name, value in said.items() if value is not None},
            key or ("" if algorithm == "none" else signer.private),
            algorithm=algorithm,
            headers={"kid": signer.kid, "x5t": signer.kid, **(headers or {})},
        )

    def metadata(self, jwks_uri: str) -> dict[str, Any]:
        """The OpenID metadata document that points at the keys."""
        return {
            "issuer": CHANNEL_ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": jwks_uri,
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def jwks(self) -> dict[str, Any]:
        """The published keys, each with its endorsements (RFC 7517; endorsements are the Bot Framework's addition)."""
        return {
            "keys": [
                RSAAlgorithm.to_jwk(key.private.public_key(), as_dict=True)
                | {"use": "sig", "kid": key.kid, "x5t": key.kid, "endorsements": list(key.endorsements)}
                for key in self._published
            ]
        }

    def issue(self, scope: str, app_id: str = "") -> tuple[str, int]:
        """A bearer token for `scope` (".../.default" or the bare audience) and when it ends, in seconds since 1970."""
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": TOKEN_ISSUER,
            "aud": _audience(scope),
            "appid": app_id,
            "iat": now,
            "nbf": now,
            "exp": now + HOUR,
        }
        return jwt.encode(claims, self._own, algorithm="RS256"), now + HOUR

    def check_outbound(self, token: str, audience: str) -> bool:
        """Whether `token` is one of ours, for `audience`, and in date by the clock."""
        if self.refuses_bearers:
            return False
        try:
            claims = jwt.decode(
                token,
                self._own.public_key(),
                algorithms=["RS256"],
                audience=_audience(audience),
                issuer=TOKEN_ISSUER,
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp", "nbf"]},
            )
        except jwt.InvalidTokenError:
            return False
        # By our clock, which may stand anywhere: PyJWT asks the machine's.
        return bool(claims["nbf"] <= self._clock.now().timestamp() < claims["exp"])


def _audience(scope: str) -> str:
    return scope.removesuffix("/.default").rstrip("/")


class RehearsalCredential:
    """Shaped like azure-identity's asynchronous credentials: asks a token endpoint over HTTP with a client secret, and caches."""

    def __init__(self, clock: Clock, token_url: str, client_id: str, client_secret: str) -> None:
        self._clock = clock
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._session: aiohttp.ClientSession | None = None
        self._cached: dict[str, AccessToken] = {}

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        """A token for `scopes`, from memory when it still has five minutes. Raises ClientAuthenticationError when refused."""
        wanted = " ".join(scopes)
        known = self._cached.get(wanted)
        if known and known.expires_on - self._clock.now().timestamp() > REFRESH_AHEAD:
            return known
        if self._session is None:
            self._session = aiohttp.ClientSession()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "scope": wanted,
        }
        asked_at = int(self._clock.now().timestamp())
        async with self._session.post(self._token_url, data=form) as response:
            answer = await response.json()
            if response.status != 200:
                raise ClientAuthenticationError(message=f"Authentication failed: {answer['error_description']}")
        token = AccessToken(answer["access_token"], asked_at + int(answer["expires_in"]))
        self._cached[wanted] = token
        return token

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
