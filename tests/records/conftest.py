"""The store's fixtures, for every test in this room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.records.afresh import Afresh, afresh
from tests.records.store_fixtures import House, house, postgres_server, postgres_url, sqlite_house

__all__ = ["house", "lost", "postgres_server", "postgres_url", "sqlite_house"]


@pytest.fixture
async def lost(house: House, tmp_path: Path) -> AsyncIterator[Afresh]:
    """Everything in SharePoint, and an empty store on each of the two databases."""
    folder = tmp_path / "before"
    folder.mkdir()
    async with afresh(house, folder) as made:
        yield made
