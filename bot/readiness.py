"""Whether the service does its work, and if not, why: what `/readyz` answers."""

from collections import Counter
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

SILENT = "scheduler_silent"

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
        """What somebody should look at; nothing where all is well."""
        found = []
        if self._scheduler_is_silent():
            found.append(SILENT)
        oldest = await self.outbox.oldest_waiting()
        if oldest is not None and self.clock.now() - oldest > OLDEST_WAITING:
            found.append("outbox_waiting")
        return found + sorted({code for courier in self.couriers for code in courier.woken.values()})

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Ready or not, with reasons and the numbers an operator asks for first. Codes and counts only: anybody may read it.

        Not ready means that it had better not be sent requests: the store does not answer, or nothing is looked after. Trouble with one ward, with
        Teams or with SharePoint is a reason to act, and none to turn answers away that can still be kept.
        """
        try:
            reasons = await self.reasons()
            waiting = {kind.value: count for kind, count in (await self.outbox.waiting()).items()}
            parked = Counter(f"{entry.kind}: {entry.code}" for entry in await self.outbox.parked())
        except Exception:  # noqa: BLE001 -- whatever it is, the store does not answer
            return False, {"ready": False, "reasons": ["store_unreachable"]}
        ready = SILENT not in reasons
        return ready, {"ready": ready, "reasons": reasons, "waiting": waiting, "parked": dict(parked)}

    def _scheduler_is_silent(self) -> bool:
        looked = self.scheduler.looked_at
        return looked is None or self.clock.now() - looked > SCHEDULER_SILENT
