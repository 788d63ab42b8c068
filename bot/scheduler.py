"""Wakes, asks the use cases what is due and not done, and has it done. It remembers nothing: what is due is computed from what is missing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Protocol

import structlog

from bot.clock import Clock

#: Seconds between two looks. A check-in is posted at most this late.
LOOK_EVERY = 15.0

log = structlog.get_logger()


class Beats(Protocol):
    """Where the heartbeat is kept."""

    async def beat(self, now: datetime) -> None: ...
    async def prune(self, now: datetime) -> None: ...


class Duties(Protocol):
    """What is looked at on every wake, in this order: closing makes room for the next check-in."""

    async def close_what_is_over(self) -> int: ...
    async def remind_who_is_open(self) -> int: ...
    async def post_what_is_due(self) -> int: ...


class Removal(Protocol):
    """What is past its date, to be removed step by step."""

    async def remove_what_is_past(self, now: datetime) -> bool: ...


class Scheduler:
    """Looks every 15 seconds on its clock, for ever. Two of them do no harm: the store refuses the second of everything."""

    def __init__(self, beats: Beats, duties: Duties, clock: Clock, removal: Removal | None = None) -> None:
        self._beats = beats
        self._duties = duties
        self._clock = clock
        self._removal = removal
        self._pruned: date | None = None
        self._removed: date | None = None
        self.looked_at: datetime | None = None

    async def look(self) -> None:
        """Look once. A duty that fails is logged and looked at again on the next wake; the others go on."""
        await self._try("beat", lambda: self._beats.beat(self._clock.now()))
        await self._try("close", self._duties.close_what_is_over)
        await self._try("remind", self._duties.remind_who_is_open)
        await self._try("post", self._duties.post_what_is_due)
        await self._try("prune", self._prune)
        await self._try("remove", self._remove)
        self.looked_at = self._clock.now()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY)

    async def _prune(self) -> None:
        """Once a day, let go of what is kept for days only."""
        now = self._clock.now()
        if self._pruned != now.date():
            await self._beats.prune(now)
            self._pruned = now.date()

    async def _remove(self) -> None:
        """Once a day, one step a wake until nothing is left: a hundred thousand rows hold nobody up."""
        now = self._clock.now()
        if self._removal is None or self._removed == now.date():
            return
        if await self._removal.remove_what_is_past(now):
            self._removed = now.date()

    async def _try(self, duty: str, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- the next wake tries again; one duty must not stop another
            log.error("a duty failed and will be tried again", duty=duty, error=type(error).__name__)
