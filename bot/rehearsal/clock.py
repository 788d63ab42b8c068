"""A clock that can be moved by hand, so that a ward's month is seen in two minutes and a test never waits."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.clock import Clock

Waiter = tuple[datetime, int, asyncio.Future[None]]


class MovableClock:
    """Runs beside `inner` at a distance that can be changed; with `frozen` it stands still until it is moved.

    `start`: the aware moment it shows at first; without it, the moment that `inner` shows.
    """

    def __init__(self, inner: Clock, *, start: datetime | None = None, frozen: bool = False) -> None:
        self._inner = inner
        self._frozen = frozen
        self._still_at = _aware(start) if start else inner.now()
        self._offset = self._still_at - inner.now()
        self._waiters: list[Waiter] = []
        self._order = count()

    def now(self) -> datetime:
        """The moment this clock shows, aware, in UTC."""
        return self._still_at if self._frozen else self._inner.now() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the inner one: enough to carry on from after a restart."""
        return self.now() - self._inner.now()

    @property
    def sleepers(self) -> tuple[datetime, ...]:
        """When each sleeper will wake, earliest first."""
        return tuple(sorted(due for due, _, _ in self._waiters))

    def move_to(self, moment: datetime) -> None:
        """Show `moment` (aware, earlier or later than now) and wake, in order, everybody whose sleep has ended by then."""
        moment = _aware(moment)
        self._still_at = moment
        self._offset = moment - self._inner.now()
        while self._waiters and self._waiters[0][0] <= moment:
            _wake(heapq.heappop(self._waiters)[2])

    def move_by(self, seconds: float) -> None:
        """Move by `seconds`, forward or (negative) back."""
        self.move_to(self.now() + timedelta(seconds=seconds))

    async def sleep(self, seconds: float) -> None:
        """Return once this clock has passed `seconds`, whether by running or by being moved."""
        due = self.now() + timedelta(seconds=seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        waiter: Waiter = (due, next(self._order), woken)
        heapq.heappush(self._waiters, waiter)
        timer = None if self._frozen else asyncio.create_task(self._ring(due, woken))
        try:
            await woken
        finally:
            if timer:
                timer.cancel()
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                heapq.heapify(self._waiters)

    async def _ring(self, due: datetime, woken: asyncio.Future[None]) -> None:
        # A loop, because the clock may have been moved back while the inner one slept.
        while (left := (due - self.now()).total_seconds()) > 0:
            await self._inner.sleep(left)
        _wake(woken)


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock is moved to an aware moment, never to a naive one")
    return moment.astimezone(UTC)
