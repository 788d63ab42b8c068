"""The pace of what we send unasked, so that Teams refuses none of it (rate-limit.md, 10/2026: "estimates")."""

import asyncio
import math
from collections import deque

from bot.clock import Clock

#: Sends and new conversations of one bot in one thread: so many in so many seconds.
PER_THREAD = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
#: Threads kept before those that have been quiet for the longest window are let go.
MANY_THREADS = 2_000


class _Windows:
    """When the last sends were, and when the next may be."""

    def __init__(self, limits: tuple[tuple[int, float], ...]) -> None:
        self._limits = limits
        self._longest = max(seconds for _, seconds in limits)
        self._sent: deque[float] = deque(maxlen=max(most for most, _ in limits))

    def wait(self, now: float) -> float:
        """Return the seconds until one more send fits into every window; 0 or less where it fits now."""
        sent = self._sent
        return max((sent[-most] + seconds - now for most, seconds in self._limits if len(sent) >= most), default=0.0)

    def record(self, now: float) -> None:
        self._sent.append(now)

    def quiet(self, now: float) -> bool:
        return not self._sent or self._sent[-1] + self._longest <= now


class _Thread:
    def __init__(self) -> None:
        self.windows = _Windows(PER_THREAD)
        self.queue = asyncio.Lock()


class Pace:
    """Turns in the order they were asked for; a thread that has to wait holds up nobody but itself.

    `tenant_per_second`: Teams takes 50 requests a second from one app in one tenant; two are left for what does not
    queue here.
    """

    def __init__(self, clock: Clock, tenant_per_second: int = 48, *, many_threads: int = MANY_THREADS) -> None:
        self._clock = clock
        self._many_threads = self._sweep_at = many_threads
        # The second window spreads a second's sends over the second, so that answers to people find the loop free.
        self._tenant = _Windows(((tenant_per_second, 1.0), (math.ceil(tenant_per_second / 8), 0.125)))
        self._queue = asyncio.Lock()
        self._threads: dict[str, _Thread] = {}

    async def turn(self, thread_id: str, *, for_a_person: bool = False) -> None:
        """Return when a message may go to that thread; it is counted from then on.

        `for_a_person`: somebody has just asked and is looking at their screen. Such a turn passes the queues, waits
        only for the thread's own limit, and counts like any other.
        """
        thread = self._thread(thread_id)
        if for_a_person:
            await self._fits(thread.windows)
            self._record(thread)
            return
        async with thread.queue:
            await self._fits(thread.windows)
            # Locks are handed on in the order of asking (asyncio documents them as fair).
            async with self._queue:
                await self._fits(self._tenant)
                self._record(thread)

    async def rest(self, seconds: float) -> None:
        """Return after so many seconds."""
        await self._clock.sleep(seconds)

    async def _fits(self, windows: _Windows) -> None:
        while (seconds := windows.wait(self._clock.now().timestamp())) > 0:
            await self._clock.sleep(seconds)

    def _record(self, thread: _Thread) -> None:
        now = self._clock.now().timestamp()
        thread.windows.record(now)
        self._tenant.record(now)

    def _thread(self, thread_id: str) -> _Thread:
        thread = self._threads.get(thread_id)
        if thread is None:
            if len(self._threads) >= self._sweep_at:
                now = self._clock.now().timestamp()
                self._threads = {
                    name: kept
                    for name, kept in self._threads.items()
                    if kept.queue.locked() or not kept.windows.quiet(now)
                }
                # Twice what is left, so that looking through all of them stays rare however many there are.
                self._sweep_at = max(self._many_threads, 2 * len(self._threads))
            thread = self._threads[thread_id] = _Thread()
        return thread
