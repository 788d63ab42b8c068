"""The same activity delivered again is answered again, not done again."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import TryAgain

#: Seconds. Teams repeats a delivery within seconds of a timeout; ten minutes leave room for a queue in between.
REMEMBERED = 600.0
#: Bytes of answers, with an allowance for each entry. The store refuses a second effect anyway.
MOST_BYTES = 4 * 1024 * 1024
ENTRY_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What went back over HTTP. Without a body: an empty answer."""

    status: int
    body: bytes | None = None


@dataclass(slots=True)
class _Entry:
    answer: "asyncio.Future[Answer]"
    at: float
    weight: int = ENTRY_BYTES


class Repeats:
    """Answers by key, for a while, oldest given up first. A failure goes to all who wait for it and is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[Hashable, _Entry] = {}
        self._weight = 0
        self._sweep: asyncio.TimerHandle | None = None

    async def once(self, key: Hashable, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `act` answers, or what it has answered for the same key within the last ten minutes.

        Raises what `act` raises; TryAgain `interrupted` for those who waited for an act that was cancelled.
        """
        now = self._clock.now().timestamp()
        self._forget(now)
        self._forget_later()
        known = self._entries.get(key)
        if known is not None:
            return await asyncio.shield(known.answer)
        entry = self._entries[key] = _Entry(asyncio.get_running_loop().create_future(), now)
        self._weight += entry.weight
        try:
            answer = await act()
        except BaseException as error:
            self._drop(key, entry)
            entry.answer.set_exception(error if isinstance(error, Exception) else TryAgain("interrupted"))
            entry.answer.exception()  # nobody may be waiting for it
            raise
        entry.answer.set_result(answer)
        added = len(answer.body or b"")
        entry.weight += added
        if self._entries.get(key) is entry:
            self._weight += added
        return answer

    def _forget_later(self) -> None:
        """See to it that answers go in time also when nobody comes any more: they hold what people wrote, beside who they are."""
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(REMEMBERED, self._swept)

    def _swept(self) -> None:
        self._sweep = None
        self._forget(self._clock.now().timestamp())
        if self._entries:
            self._forget_later()

    def _forget(self, now: float) -> None:
        while self._entries:
            key, oldest = next(iter(self._entries.items()))
            if now - oldest.at < REMEMBERED and self._weight <= MOST_BYTES:
                return
            self._drop(key, oldest)

    def _drop(self, key: Hashable, entry: _Entry) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]
            self._weight -= entry.weight
