"""How much Teams lets a bot say, and how fast."""

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import Clock

Traffic = Literal["send", "create", "members", "conversations"]

#: (how many, in how many seconds), per bot and conversation (Teams: rate-limit.md, 10/2026).
WRITING = ((7, 1), (8, 2), (60, 30), (1800, 3600))
READING = ((14, 1), (16, 2), (120, 30), (3600, 3600))
PER_CONVERSATION: dict[Traffic, tuple[tuple[int, int], ...]] = {
    "send": WRITING,
    "create": WRITING,
    "members": READING,
    "conversations": READING,
}
#: For one app in one tenant (the same page; an older one says 30).
PER_TENANT = ((50, 1),)


class Limits:
    """Sliding windows by the clock. `on` switches them all; `tells_when` decides whether a refusal carries Retry-After."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tenant: deque[datetime] = deque(maxlen=_most(PER_TENANT))
        self._conversations: dict[tuple[Traffic, str], deque[datetime]] = defaultdict(lambda: deque(maxlen=3600))
        self.on = True
        self.tells_when = True

    def admit(self, traffic: Traffic, conversation: str) -> float:
        """0 and counted, when there is room; else the seconds until there is. What is refused is not counted."""
        if not self.on:
            return 0.0
        now = self._clock.now()
        here = self._conversations[traffic, conversation]
        wait = max(_wait(self._tenant, PER_TENANT, now), _wait(here, PER_CONVERSATION[traffic], now))
        if wait <= 0:
            self._tenant.append(now)
            here.append(now)
        return wait


def retry_after(wait: float) -> str:
    """The seconds for a Retry-After header: whole ones (RFC 9110, 10.2.3), never too few."""
    return str(math.ceil(wait))


def _most(windows: tuple[tuple[int, int], ...]) -> int:
    return max(count for count, _ in windows)


def _wait(times: deque[datetime], windows: tuple[tuple[int, int], ...], now: datetime) -> float:
    full = [
        (times[-count] + timedelta(seconds=seconds) - now).total_seconds()
        for count, seconds in windows
        if len(times) >= count
    ]
    return max([0.0, *full])
