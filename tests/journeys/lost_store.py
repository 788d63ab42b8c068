"""The machine that the bot's store was on is lost, and an operator makes the store anew from SharePoint."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot import chores
from bot.clock import Clock
from bot.domain.checkins import CheckIn
from bot.domain.wards import Ward
from bot.records.store import Store
from bot.settings import Settings
from tests.journeys.ward import Week


async def store_is_lost(week: Week) -> None:
    """The bot stops, and the file of its store is gone."""
    await week.rehearsal.stop_bot()
    path = Path(str(week.rehearsal.tenant.settings["store"]).removeprefix("sqlite:///"))
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


async def store_is_made_anew(week: Week, clock: Clock | None = None) -> tuple[bool, list[str]]:
    """`app.py rebuild`, and what it says."""
    said: list[str] = []
    tenant = week.rehearsal.tenant
    settings, clock = Settings.model_validate(tenant.settings), clock or tenant.clock
    credential, addresses = tenant.credential, tenant.addresses
    done = await chores.rebuild(settings, credential, addresses=addresses, clock=clock, say=said.append)
    return done, said


async def starts_again(week: Week) -> None:
    """The bot runs again, and has done what is due."""
    await week.rehearsal.start_bot()
    await week.bot_has_worked()


async def what_it_knows(store: Any, channels: Sequence[str]) -> tuple[list[Ward], list[CheckIn]]:
    """The wards of these channels with their check-ins, moments to the second."""
    assert isinstance(store, Store)
    found = [await store.ward_in(channel) for channel in channels]
    wards = [ward for ward in found if ward is not None]
    check_ins = [one for ward in wards for one in await store.recent_check_ins(ward.id, 100)]
    return [_ward(ward) for ward in wards], [_check_in(one) for one in check_ins]


def _ward(ward: Ward) -> Ward:
    rhythm = ward.rhythm.model_copy(update={"since": ward.rhythm.since.replace(microsecond=0)})
    return ward.model_copy(update={"rhythm": rhythm})


def _check_in(one: CheckIn) -> CheckIn:
    def whole(moment: datetime | None) -> datetime | None:
        return moment and moment.replace(microsecond=0)

    return replace(
        one,
        opened_at=one.opened_at.replace(microsecond=0),
        closes_at=one.closes_at.replace(microsecond=0),
        remind_at=whole(one.remind_at),
        down_from=whole(one.down_from),
        down_until=whole(one.down_until),
    )


async def reasons(week: Week) -> list[str]:
    """Why the bot is not well, by its own account."""
    async with aiohttp.ClientSession() as session, session.get(f"{week.rehearsal.bot.url}/readyz") as response:
        return list((await response.json())["reasons"])
