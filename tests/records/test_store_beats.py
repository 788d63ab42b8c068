"""The heartbeat, on both databases."""

from datetime import timedelta

from bot.domain.checkins import Outage
from tests.records.store_fixtures import NOON, House

MINUTE = timedelta(minutes=1)


async def test_a_long_silence_is_an_outage(house: House) -> None:
    """A gap of more than five minutes between heartbeats is an outage from the last to the next."""
    await house.store.beat(NOON)
    await house.store.beat(NOON + 5 * MINUTE)
    await house.store.beat(NOON + 11 * MINUTE)

    outage = Outage(NOON + 5 * MINUTE, NOON + 11 * MINUTE)
    assert await house.store.outage_over(NOON + 4 * MINUTE) is None
    assert await house.store.outage_over(NOON + 5 * MINUTE) == outage
    assert await house.store.outage_over(NOON + 10 * MINUTE) == outage
    assert await house.store.outage_over(NOON + 11 * MINUTE) is None


async def test_old_outages_are_forgotten(house: House) -> None:
    """An outage is forgotten a year after its end."""
    await house.store.beat(NOON - 10 * MINUTE)
    await house.store.beat(NOON)

    await house.store.prune(NOON + timedelta(days=365))
    kept = await house.store.outage_over(NOON - MINUTE)
    await house.store.prune(NOON + timedelta(days=366))
    gone = await house.store.outage_over(NOON - MINUTE)

    assert kept is not None
    assert gone is None
