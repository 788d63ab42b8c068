"""Rowan ward, set up by Priya, on a Wednesday at two minutes to two."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.rehearsal.rehearse import Rehearsal
from tests.journeys.quick import quick_rehearsal
from tests.journeys.ward import Week
from tests.records.contract import held


@asynccontextmanager
async def rehearsed(*, set_up: bool = True) -> AsyncIterator[Rehearsal]:
    """A rehearsal at two minutes to two, whose clock stands still until it is moved; every exchange with Graph is held against the contract."""
    rehearsal = quick_rehearsal(set_up=set_up)
    with held(rehearsal.sharepoint):
        async with rehearsal:
            yield rehearsal


@pytest.fixture
async def week() -> AsyncIterator[Week]:
    """Rowan ward, set up."""
    async with rehearsed() as rehearsal:
        yield Week(rehearsal)


@pytest.fixture
async def unset() -> AsyncIterator[Week]:
    """The same, before anybody has added the bot."""
    async with rehearsed(set_up=False) as rehearsal:
        yield Week(rehearsal)
