"""A rehearsal that begins with what is alike in each of them: keys, an empty store, and our lists in SharePoint."""

from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

import app
from bot.rehearsal.identity import make_keys
from bot.rehearsal.rehearse import Rehearsal
from bot.rehearsal.tenant import Bot, Tenant
from tests.journeys.ward import london
from tests.records.store_fixtures import new_store
from tests.rehearsal.sharepoint_fixtures import add_our_lists

#: Rowan's first Wednesday, two minutes before its check-in.
BEGINNING = "2026-11-25 13:58"


@cache
def keys() -> tuple[RSAPrivateKey, ...]:
    """Three keys for the whole run: making them takes longer than a test."""
    return tuple(make_keys())


def quick_rehearsal(start: str = BEGINNING, **more: Any) -> Rehearsal:
    """A rehearsal whose clock stands still until it is moved. What is made ready here, it would make itself, in many times the time."""
    rehearsal = Rehearsal(_start_bot, start=london(start), frozen=True, keys=keys(), **more)
    if not rehearsal.carried_on:
        add_our_lists(rehearsal.sharepoint)
    return rehearsal


async def _start_bot(tenant: Tenant) -> AbstractAsyncContextManager[Bot]:
    _make_store(Path(str(tenant.settings["store"]).removeprefix("sqlite:///")))
    return await app.start_bot(tenant)


def _make_store(file: Path) -> None:
    if not file.exists():
        file.write_bytes(new_store())
