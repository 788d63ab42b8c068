"""Carries what waits in the outbox to where it belongs, and sorts what happens: done, again later, never, or somebody has to act."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.clock import Clock
from bot.domain.outbox import Kind
from bot.errors import Final, NotYet, TryAgain, WakeSomebody
from bot.records.outbox import Claimed, Outbox

#: Seconds before an entry that an operator's act has to precede (a grant, a credential) is tried again.
UNTIL_SOMEBODY_ACTED = 300.0

#: Seconds after each try to write down what came of an entry: together well inside its lease of a minute.
REMEMBER_HARDER = (1.0, 3.0, 10.0, 0.0)

#: Seconds between two tries while the store does not answer: at first, and at the longest.
STORE_AWAY = 1.0
STORE_AWAY_LONGEST = 30.0

log = structlog.get_logger()

#: Does what each entry asks. One answer an entry, in the same order: None for done, else what went wrong.
Deliver = Callable[[Sequence[Claimed]], Awaitable[Sequence[Exception | None]]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one courier carries: the kinds, how many entries in one delivery, and how many deliveries at the same time."""

    kinds: Collection[Kind]
    deliver: Deliver
    together: int
    at_once: int


class Courier:
    """Delivers what is due, each delivery on its own, so that a slow or failing one holds up no other.

    `woken` holds what an operator has to act on: the code of each entry that waits for that. `/readyz` shows it.
    """

    def __init__(self, outbox: Outbox, clock: Clock, what: Round) -> None:
        self._outbox = outbox
        self._clock = clock
        self._what = what
        self._under_way: set[asyncio.Task[None]] = set()
        self.woken: dict[int, str] = {}

    async def run(self) -> None:
        """Deliver until cancelled; then finish what is under way. While the store does not answer, ask less and less often."""
        rest = STORE_AWAY
        try:
            while True:
                try:
                    if not await self._start():
                        await self._pause()
                    rest = STORE_AWAY
                except Exception as error:  # noqa: BLE001 -- whatever it is, the store may be back at the next look
                    log.error("the outbox could not be read", error=type(error).__name__)
                    await self._clock.sleep(rest)
                    rest = min(2 * rest, STORE_AWAY_LONGEST)
        finally:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def flush(self) -> None:
        """Deliver what is due now, and return when it was tried once. Raises `TryAgain` where the store does not answer."""
        while await self._start() or self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _start(self) -> int:
        """Claim as many entries as there is room for and set their delivery going. How many were claimed."""
        room = self._what.at_once - len(self._under_way)
        if room <= 0:
            return 0
        claimed = await self._outbox.claim(self._what.kinds, room * self._what.together)
        for first in range(0, len(claimed), self._what.together):
            entries = claimed[first : first + self._what.together]
            task = asyncio.create_task(self._carry(entries))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(claimed)

    async def _pause(self) -> None:
        """Until something falls due or a delivery makes room."""
        if len(self._under_way) >= self._what.at_once:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return
        due = asyncio.create_task(self._outbox.wait(self._what.kinds))
        try:
            await asyncio.wait({due, *self._under_way}, return_when=asyncio.FIRST_COMPLETED)
            if due.done():
                await due
        finally:
            due.cancel()

    async def _carry(self, entries: Sequence[Claimed]) -> None:
        try:
            outcomes = await self._what.deliver(entries)
        except Exception as error:  # noqa: BLE001 -- whatever it is, each entry is kept and tried again
            outcomes = [error] * len(entries)
        came = list(zip(entries, outcomes, strict=True))
        done = [entry for entry, outcome in came if outcome is None]
        for entry, outcome in came:
            self.woken.pop(entry.id, None)
            if outcome is not None:
                await self._settled(entry.kind, partial(self._settle, entry, outcome))
        if done:
            await self._settled(done[0].kind, partial(self._outbox.done, *done))

    async def _settled(self, kind: Kind, write_down: Callable[[], Awaitable[None]]) -> None:
        """Write down what came of it. Where the store does not take that, the lease runs out and the entry comes again: tried a few times first."""
        for rest in REMEMBER_HARDER:
            try:
                await write_down()
                return
            except TryAgain:
                await self._clock.sleep(rest)
        log.error("what came of an outbox entry could not be written down", kind=kind)

    async def _settle(self, entry: Claimed, outcome: Exception) -> None:
        match outcome:
            case NotYet(due=due):
                await self._outbox.postpone(entry, due)
            case TryAgain(code=code, after=after):
                await self._outbox.retry(entry, code, after)
            case Final(code=code):
                log.error("an outbox entry was parked", kind=entry.kind, code=code)
                await self._outbox.park(entry, code)
            case WakeSomebody(code=code):
                log.error("somebody has to act before this can go on", kind=entry.kind, code=code)
                self.woken[entry.id] = code
                await self._outbox.retry(entry, code, UNTIL_SOMEBODY_ACTED)
            case _:
                log.error("an outbox entry failed in an unforeseen way", kind=entry.kind, error=type(outcome).__name__)
                await self._outbox.retry(entry, "unforeseen", None)
