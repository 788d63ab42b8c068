"""Counts the resource units that SharePoint would charge, and warns and throttles by them where it is told a limit.

Source: SharePoint "avoid getting throttled", 10/2025: 1 unit for a single item or a delta with a token, 2 for a query of several, a delta
without one, and every change; batched requests count one by one; headers warn from 80 % of the minute's limit on; throttled calls count too.
"""

import re
from datetime import datetime, timedelta
from math import ceil

MINUTE = timedelta(minutes=1)
WARN_FROM = 0.8

_SINGLE = re.compile(r"/sites/[^/]+(?:/lists/[^/]+(?:/items/[^/]+)?)?")
_DELTA = re.compile(r"/sites/.*/items/delta(?:\(.*\))?")


class Meter:
    """`limit` is in units a minute, None for none; `total` and `busiest` (the most in one minute) are counted in any case."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self.total = 0
        self.busiest = 0
        self._since: datetime | None = None
        self._spent = 0

    def charge(self, method: str, target: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Charge one request; whether it may be carried out, and the headers that its answer carries."""
        units = units_of(method, target)
        if self._since is None or not timedelta() <= now - self._since < MINUTE:
            self._since, self._spent = now, 0
        self._spent += units
        self.total += units
        self.busiest = max(self.busiest, self._spent)
        if self.limit is None or not units or self._spent < WARN_FROM * self.limit:
            return True, {}
        seconds = str(ceil((self._since + MINUTE - now).total_seconds()))
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self._spent, 0)),
            "RateLimit-Reset": seconds,
        }
        over = self._spent > self.limit
        return not over, {**headers, "Retry-After": seconds} if over else headers


def units_of(method: str, target: str) -> int:
    """What one request costs. Who is in a team, and a batch for itself, cost SharePoint nothing."""
    path, _, query = target.partition("?")
    if not path.startswith("/sites/"):
        return 0
    if method == "GET" and _DELTA.fullmatch(path):
        return 1 if "token=" in path or re.search(r"(?:^|&)token=[^&]", query) else 2
    return 1 if method == "GET" and _SINGLE.fullmatch(path) else 2
