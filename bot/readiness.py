"""Whether the service does its work, and if not, why: what `/readyz` answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.courier import Courier
from bot.records.outbox import Outbox
from bot.scheduler import Scheduler

#: The scheduler looks every 15 seconds; this many missed looks mean that it hangs.
SCHEDULER_SILENT = timedelta(minutes=2)

#: Something due that nobody could deliver for this long.
OLDEST_WAITING = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks each part. A reason is a short word; none means ready."""

    clock: Clock
    outbox: Outbox
    scheduler: Scheduler
    couriers: Sequence[Courier]

    async def reasons(self) -> list[str]:
        """Why the service is not ready, and nothing where it is."""
        found = []
        now = self.clock.now()
        if self.scheduler.looked_at is None or now - self.scheduler.looked_at > SCHEDULER_SILENT:
            found.append("scheduler_silent")
        oldest = await self.outbox.oldest_waiting()
        if oldest is not None and now - oldest > OLDEST_WAITING:
            found.append("outbox_waiting")
        return found + sorted({code for courier in self.couriers for code in courier.woken.values()})

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Ready or not, and the numbers an operator asks for first. Codes and counts only: anybody may read it."""
        try:
            reasons = await self.reasons()
            waiting = {kind.value: count for kind, count in (await self.outbox.waiting()).items()}
            parked = len(await self.outbox.parked())
        except Exception:  # noqa: BLE001 -- whatever it is, the store does not answer
            return False, {"ready": False, "reasons": ["store_unreachable"]}
        return not reasons, {"ready": not reasons, "reasons": reasons, "waiting": waiting, "parked": parked}
