"""A ward, and settings that are nobody's."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.app.house import House
from tests.journeys.conftest import rehearsed


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Rowan ward, set up, at two minutes to two. The clock stands still until it is moved."""
    async with rehearsed() as rehearsal:
        yield House(rehearsal)


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to run in, with no setting in the environment."""
    for name in os.environ:
        if name.startswith("WARD_RHYTHMS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own_log() -> Iterator[None]:
    """Whatever is set up about logs is taken down again."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
