"""How long it is remembered that a row was taken away."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from bot.records.beat_rows import ERASED_KEPT
from bot.records.database import Write
from bot.records.filed_rows import erase
from bot.records.schema import filed_rows
from tests.records.store_fixtures import House


async def test_tombstones_go_in_the_end(house: House) -> None:
    """That a row was taken away is remembered for longer than a recycle bin keeps it, and then no more."""

    def bury(write: Write) -> None:
        erase(write, "Replies", "sooner", date(2026, 11, 18))
        erase(write, "Replies", "later", date(2026, 11, 19))

    await house.database.write(bury)
    last = datetime(2026, 11, 18, 12, tzinfo=UTC) + ERASED_KEPT
    await house.store.prune(last)
    both = await house.database.read(lambda connection: connection.execute(select(filed_rows.c.key)).scalars().all())
    await house.store.prune(last + timedelta(days=1))
    left = await house.database.read(lambda connection: connection.execute(select(filed_rows.c.key)).scalars().all())

    assert timedelta(days=93) < ERASED_KEPT
    assert len(both) == 2
    assert left == ["later"]
