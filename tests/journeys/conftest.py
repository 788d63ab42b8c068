"""Rowan ward, set up by Priya, on a Wednesday at two minutes to two."""

from collections.abc import AsyncIterator
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

import app
from bot.rehearsal.identity import make_keys
from bot.rehearsal.rehearse import Rehearsal
from tests.journeys.ward import Week, london


@cache
def keys() -> tuple[RSAPrivateKey, ...]:
    """Three keys for the whole run: making them takes longer than a test."""
    return tuple(make_keys())


@pytest.fixture
async def week() -> AsyncIterator[Week]:
    """The clock stands still until it is moved."""
    start = london("2026-11-25 13:58")
    async with Rehearsal(app.start_bot, start=start, frozen=True, keys=keys()) as rehearsal:
        yield Week(rehearsal)


@pytest.fixture
async def unset() -> AsyncIterator[Week]:
    """The same, before anybody has added the bot."""
    start = london("2026-11-25 13:58")
    async with Rehearsal(app.start_bot, start=start, frozen=True, set_up=False, keys=keys()) as rehearsal:
        yield Week(rehearsal)
