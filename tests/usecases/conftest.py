"""A database of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.records.store_fixtures import House, new_sqlite, opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house on a new SQLite file."""
    async with opened(new_sqlite(tmp_path)) as new:
        yield new
