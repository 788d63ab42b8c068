"""Rowan ward, set up by Priya, on a Wednesday at two minutes to two."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

import app
from bot.rehearsal.identity import make_keys
from bot.rehearsal.rehearse import Rehearsal
from tests.journeys.ward import Week, london
from tests.records.contract import held


@cache
def keys() -> tuple[RSAPrivateKey, ...]:
    """Three keys for the whole run: making them takes longer than a test."""
    return tuple(make_keys())


@asynccontextmanager
async def rehearsed(*, set_up: bool = True) -> AsyncIterator[Rehearsal]:
    """A rehearsal at two minutes to two, whose clock stands still until it is moved; every exchange with Graph is held against the contract."""
    rehearsal = Rehearsal(app.start_bot, start=london("2026-11-25 13:58"), frozen=True, set_up=set_up, keys=keys())
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
