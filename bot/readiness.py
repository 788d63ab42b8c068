"""Whether the service does its work, and if not, why: what `/readyz` answers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.courier import Courier
from bot.records.outbox import Outbox
from bot.records.reading import Reader
from bot.scheduler import Scheduler

#: The scheduler looks every 15 seconds; this many missed looks mean that it hangs.
SCHEDULER_SILENT = timedelta(minutes=2)

SILENT = "scheduler_silent"

#: SharePoint has rows of ours that this store knows nothing of: it was lost, and not made anew (`app.py rebuild`).
UNKNOWN_ROWS = "unknown_rows"

#: Something due that nobody could deliver for this long.
OLDEST_WAITING = timedelta(minutes=15)


async def alive(_: web.Request) -> web.Response:
    """`GET /healthz`: the process answers, whatever else is the matter."""
    return web.json_response({"alive": True})


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks each part. A reason is a short word; none means ready."""

    clock: Clock
    outbox: Outbox
    scheduler: Scheduler
    couriers: Sequence[Courier]
    reader: Reader

    async def reasons(self) -> list[str]:
        """What somebody should look at; nothing where all is well."""
        found = []
        if self._scheduler_is_silent():
            found.append(SILENT)
        oldest = await self.outbox.oldest_waiting()
        if oldest is not None and self.clock.now() - oldest > OLDEST_WAITING:
            found.append("outbox_waiting")
        if self.reader.unknown:
            found.append(UNKNOWN_ROWS)
        codes = {code for courier in self.couriers for code in courier.woken.values()}
        return found + sorted(codes | set(self.reader.trouble.values()))

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
        lists = {"read_at": self.reader.read_at and self.reader.read_at.isoformat(), **self._lists()}
        report = {"ready": ready, "reasons": reasons, "waiting": waiting, "parked": dict(parked), "lists": lists}
        return ready, report

    async def answer(self, _: web.Request) -> web.Response:
        """`GET /readyz`."""
        is_ready, report = await self.report()
        return web.json_response(report, status=200 if is_ready else 503)

    def _lists(self) -> dict[str, Any]:
        """What there is to say of reading the lists back."""
        unknown = {name: len(keys) for name, keys in self.reader.unknown.items()}
        return {"trouble": dict(self.reader.trouble), "unknown_rows": unknown}

    def _scheduler_is_silent(self) -> bool:
        looked = self.scheduler.looked_at
        return looked is None or self.clock.now() - looked > SCHEDULER_SILENT
