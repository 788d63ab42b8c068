"""Our own token for speaking to Teams: asked for ahead of time, so that no answer waits for it."""

import asyncio
from typing import Protocol

import structlog
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError

from bot.clock import Clock
from bot.errors import TryAgain, WakeSomebody

#: Seconds before expiry at which a new token is asked for in the background: azure-identity's own offset, up to which
#: it answers from its cache.
AHEAD = 300.0
#: Seconds before expiry from which a token is no longer used: the time a slow request may be on its way.
TOO_LATE = 30.0
#: Seconds between two tries in the background.
BETWEEN_TRIES = 30.0

log = structlog.get_logger()


class Credential(Protocol):
    """What we use of an azure-identity credential."""

    async def get_token(self, *scopes: str) -> AccessToken: ...


class Bearer:
    """The value of our `Authorization` header for one scope. However many ask at once, the credential is asked once."""

    def __init__(self, credential: Credential, scope: str, clock: Clock) -> None:
        self._credential = credential
        self._scope = scope
        self._clock = clock
        self._value = ""
        self._until = 0.0
        self._next_try = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def value(self) -> str:
        """Return "Bearer …".

        Raises:
            WakeSomebody: `credential_refused`: the credential is wrong, has expired or lacks its grant.
            TryAgain: `credential_unreachable`: the identity provider did not answer.

        """
        now = self._clock.now().timestamp()
        if now < self._until - TOO_LATE:
            if now >= max(self._until - AHEAD, self._next_try) and self._asking is None:
                self._ask(now)
            return self._value
        # Shielded, because others wait for the same answer as whoever is cancelled here.
        await asyncio.shield(self._asking or self._ask(now))
        return self._value

    def forget(self) -> None:
        """Drop the token: Teams has refused it."""
        self._until = 0.0

    async def close(self) -> None:
        """Give up asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _ask(self, now: float) -> asyncio.Task[None]:
        self._next_try = now + BETWEEN_TRIES
        self._asking = asyncio.create_task(self._fetch())
        self._asking.add_done_callback(self._asked)
        return self._asking

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("no token from the credential", error=type(error.__cause__).__name__)

    async def _fetch(self) -> None:
        try:
            token = await self._credential.get_token(self._scope)
        except ClientAuthenticationError as error:
            raise WakeSomebody("credential_refused") from error
        except (AzureError, OSError) as error:
            raise TryAgain("credential_unreachable") from error
        except (
            Exception
        ) as error:  # a credential of any kind may be handed in; whatever it raises, somebody has to look
            raise WakeSomebody("credential_refused") from error
        self._value, self._until = f"Bearer {token.token}", float(token.expires_on)
