"""The store that a measurement begins with: many wards, each with an open check-in, their ids following from their numbers."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.checkins import CheckIn, State
from bot.domain.rhythms import Rhythm, period_of
from bot.domain.wards import Person, Place, Ward
from bot.records.database import Database
from bot.records.store import Store

#: A Wednesday, 14:00 in London.
DUE = datetime(2026, 11, 25, 14, tzinfo=UTC)

TENANT = "22222222-2222-4222-8222-222222222222"


def channel_of(number: int) -> str:
    """The channel of a ward."""
    return f"19:{number:032x}@thread.tacv2"


def team_of(number: int) -> str:
    """The team of a ward."""
    return f"19:{number + 10**6:032x}@thread.tacv2"


def check_in_of(number: int) -> str:
    """The open check-in of a ward."""
    return f"{number:032x}"


def message_of(number: int) -> str:
    """Teams' id of that check-in's card."""
    return str(1_760_000_000_000 + number)


def seed(store: Path, service_url: str, wards: int, *, posted: bool = True) -> None:
    """Write a new store. With `posted`, each ward's check-in is open and in its channel; without, all are due at `DUE`."""
    asyncio.run(_seed(store, service_url, wards, posted=posted))


async def _seed(file: Path, service_url: str, wards: int, *, posted: bool) -> None:
    now = datetime.now(UTC) if posted else DUE - timedelta(days=1)
    database = Database(url_of(file))
    await database.start()
    store = Store(database, SystemClock())
    for number in range(wards):
        ward = a_ward(number, service_url, now)
        await store.add_ward(ward, [])
        if posted:
            await store.add_check_in(_check_in(number, ward), [])
    await database.close()


def url_of(store: Path) -> str:
    """The store's URL, as settings have it."""
    return f"sqlite:///{store}"


def a_ward(number: int, service_url: str, now: datetime) -> Ward:
    """A ward by its number, with its rhythm from `now` on."""
    place = Place(
        tenant_id=TENANT,
        team_id=team_of(number),
        group_id=f"group-{number}",
        channel_id=channel_of(number),
        service_url=service_url,
        team_name=f"Ward {number}",
        channel_name="Coffee before handover",
    )
    return Ward(
        id=f"ward-{number}",
        name=f"Ward {number}",
        project="Coffee before handover",
        aim="Everyone has five minutes with someone from another role each shift by June.",
        leads=(Person(id=f"lead-{number}", name="Priya Nair"),),
        reader="Priya reads these on working days.",
        rhythm=Rhythm(anchor=now.date(), since=now),
        place=place,
    )


def _check_in(number: int, ward: Ward) -> CheckIn:
    now = datetime.now(UTC)
    return CheckIn(
        id=check_in_of(number),
        ward_id=ward.id,
        period=period_of(now.date()),
        state=State.OPEN,
        opened_at=now,
        closes_at=now + timedelta(days=7),
        remind_at=now + timedelta(days=3),
        message_id=message_of(number),
    )
