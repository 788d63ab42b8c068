"""What the tests of the route share."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog

from tests.teams.route import Door, open_door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """The route, served."""
    async with open_door() as opened:
        yield opened


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged meanwhile."""
    with structlog.testing.capture_logs() as entries:
        yield entries
