"""The heartbeat, on both databases."""

from datetime import timedelta

from sqlalchemy import select

from bot.domain.checkins import Outage
from bot.records.database import Write
from bot.records.filed_rows import erase
from bot.records.schema import filed_rows
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


async def test_erased_rows_are_known_for_a_while(house: House) -> None:
    """A row that was taken away for good is known for longer than SharePoint's recycle bins keep it, and one that was not is known on."""
    there = {"list": "Replies", "key": "reply-2"}

    def erased(write: Write) -> None:
        erase(write, "Replies", "reply-1", NOON.date())
        write.execute(filed_rows.insert().values(**there))

    async def known() -> list[str]:
        keys = select(filed_rows.c.key).order_by(filed_rows.c.key)
        return await house.database.read(lambda connection: list(connection.execute(keys).scalars()))

    await house.database.write(erased)
    await house.store.prune(NOON + timedelta(days=100))
    kept = await known()
    await house.store.prune(NOON + timedelta(days=101))

    assert kept == ["reply-1", "reply-2"]
    assert await known() == ["reply-2"]
