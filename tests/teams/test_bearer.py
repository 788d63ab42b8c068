"""Our own token: one question for many askers, and none of them waits for a renewal."""

import asyncio

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from bot.errors import TryAgain, WakeSomebody
from bot.teams.bearer import AHEAD, Bearer
from tests.teams.door import Credential, MovedClock


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands still."""
    return MovedClock()


@pytest.fixture
def credential(clock: MovedClock) -> Credential:
    """A credential that hands out numbered tokens."""
    return Credential(clock)


@pytest.fixture
def bearer(credential: Credential, clock: MovedClock) -> Bearer:
    """A bearer that has asked for nothing yet."""
    return Bearer(credential, "scope", clock)


async def settle() -> None:
    """Let what runs in the background finish."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_token_is_asked_for_once(bearer: Bearer, credential: Credential) -> None:
    """Twenty messages at once cost one question, and the next message none."""
    values = await asyncio.gather(*(bearer.value() for _ in range(20)))

    assert set(values) == {"Bearer token-1"}
    assert await bearer.value() == "Bearer token-1"
    assert credential.asked == [("scope",)]


async def test_renewal_is_in_the_background(bearer: Bearer, credential: Credential, clock: MovedClock) -> None:
    """Five minutes before expiry a new token is asked for, while the old one is still used."""
    await bearer.value()
    clock.move(seconds=3600 - AHEAD - 1)
    await bearer.value()
    await settle()
    assert len(credential.asked) == 1
    clock.move(seconds=1)
    credential.gate.clear()

    assert await bearer.value() == "Bearer token-1"
    clock.move(seconds=31)
    assert await bearer.value() == "Bearer token-1"
    await settle()
    credential.gate.set()
    await settle()
    assert await bearer.value() == "Bearer token-2"
    assert len(credential.asked) == 2


async def test_failed_renewal_is_tried_again_after_a_while(
    bearer: Bearer, credential: Credential, clock: MovedClock
) -> None:
    """While the old token holds, a failing credential is asked every thirty seconds and nobody notices."""
    await bearer.value()
    credential.fault = ServiceRequestError("away")
    clock.move(seconds=3600 - AHEAD)
    for _ in range(3):
        assert await bearer.value() == "Bearer token-1"
        await settle()
    assert len(credential.asked) == 2
    clock.move(seconds=30)
    credential.fault = None
    await bearer.value()
    await settle()

    assert await bearer.value() == "Bearer token-3"


async def test_expired_token_is_not_used(bearer: Bearer, clock: MovedClock) -> None:
    """Half a minute before expiry the message waits for a new token."""
    await bearer.value()
    clock.move(seconds=3570)

    assert await bearer.value() == "Bearer token-2"


async def test_refused_token_is_forgotten(bearer: Bearer) -> None:
    """After `forget` a new token is asked for."""
    await bearer.value()
    bearer.forget()

    assert await bearer.value() == "Bearer token-2"


@pytest.mark.parametrize("fault", [ClientAuthenticationError("expired secret"), ValueError("no such tenant")])
async def test_refused_credential_wakes_somebody(bearer: Bearer, credential: Credential, fault: Exception) -> None:
    """A credential that the identity provider refuses needs an operator."""
    credential.fault = fault

    with pytest.raises(WakeSomebody, match="credential_refused"):
        await bearer.value()


@pytest.mark.parametrize("fault", [ServiceRequestError("no route"), TimeoutError(), ConnectionResetError()])
async def test_unreachable_provider_is_tried_again(bearer: Bearer, credential: Credential, fault: Exception) -> None:
    """An identity provider that does not answer may answer later."""
    credential.fault = fault

    with pytest.raises(TryAgain, match="credential_unreachable"):
        await bearer.value()


async def test_one_impatient_asker_does_not_spoil_it(bearer: Bearer, credential: Credential) -> None:
    """Whoever gives up waiting leaves the question standing for the others."""
    credential.gate.clear()
    impatient = asyncio.create_task(bearer.value())
    patient = asyncio.create_task(bearer.value())
    await settle()
    impatient.cancel()
    await settle()
    credential.gate.set()

    assert await patient == "Bearer token-1"
    assert impatient.cancelled()


async def test_asking_can_be_given_up(bearer: Bearer, credential: Credential) -> None:
    """Closing ends a question that hangs, and is harmless when nothing was asked."""
    await bearer.close()
    credential.gate.clear()
    waiting = asyncio.create_task(bearer.value())
    await settle()

    await bearer.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
