"""Faults of the SharePoint stand-in on command: the ones that Graph is known for.

Sources: Graph "throttling" (fractional Retry-After) and "JSON batching" (an item throttled alone); SharePoint "avoid getting throttled";
OneDrive api-docs issue 1415 (409 without a clash).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

from bot.rehearsal.sharepoint_replies import Reply, error

HTML = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Try again later.</body></html>"

_BUSY = "The service is temporarily unavailable."
_THROTTLED = "Please retry again later."
_CHANGED = "The resource has changed since the caller last read it; usually an eTag mismatch"

_REPLIES: dict[str, Callable[[datetime], Reply]] = {
    "429": lambda now: error(429, "TooManyRequests", _THROTTLED, now, {"Retry-After": "2"}),
    "429-fractional": lambda now: error(429, "TooManyRequests", _THROTTLED, now, {"Retry-After": "2.128"}),
    "429-date": lambda now: error(
        429,
        "TooManyRequests",
        _THROTTLED,
        now,
        {"Retry-After": format_datetime(now + timedelta(seconds=5), usegmt=True)},
    ),
    "503-before": lambda now: error(503, "serviceNotAvailable", _BUSY, now, {"Retry-After": "1"}),
    "503-after-commit": lambda now: error(503, "serviceNotAvailable", _BUSY, now),
    "504-after-commit": lambda now: error(504, "UnknownError", _BUSY, now),
    "html": lambda _: Reply(503, HTML),
    "html-after-commit": lambda _: Reply(200, HTML),
    "400": lambda now: error(400, "invalidRequest", "Invalid request", now),
    "401": lambda now: error(
        401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", now
    ),
    "403": lambda now: error(403, "accessDenied", "Access denied", now),
    "404": lambda now: error(404, "itemNotFound", "The specified item was not found.", now),
    "409": lambda now: error(409, "resourceModified", _CHANGED, now),
    "412": lambda now: error(412, "resourceModified", _CHANGED, now),
    "423": lambda now: error(423, "resourceLocked", "The resource is locked.", now),
}
_WITHOUT_REPLY = frozenset({"drop", "slow", "item-missing"})


class Faults:
    """What is to go wrong next. `down` refuses everything with 503 until it is False again."""

    def __init__(self) -> None:
        self.down = False
        self.slow_seconds = 0.5
        self._waiting: list[tuple[str, str]] = []

    def next(self, kind: str, times: int = 1, where: str = "") -> None:
        """Let the next `times` requests fail that have `where` in "METHOD /path".

        Kinds: 429, 429-fractional, 429-date, 503-before, 503-after-commit, 504-after-commit, html, html-after-commit, 400, 401, 403, 404,
        409, 412, 423, drop (carried out, then the connection closes without an answer), slow (carried out and answered late, after
        `slow_seconds` on the clock). With "item-" before it, a reply goes to one request inside a batch; "item-missing" leaves its answer out.

        Raises:
            ValueError: no such kind.
        """
        if kind not in _WITHOUT_REPLY and kind.removeprefix("item-") not in _REPLIES:
            raise ValueError(f"no such fault: {kind}")
        self._waiting += [(kind, where)] * times

    def take(self, what: str, *, in_batch: bool) -> str | None:
        """The fault for this request ("METHOD /path"), if one waits for it. It is given once, without its "item-"."""
        for number, (kind, where) in enumerate(self._waiting):
            if kind.startswith("item-") is in_batch and where in what:
                del self._waiting[number]
                return kind.removeprefix("item-")
        return None


def faulty(kind: str | None, now: datetime, carry_out: Callable[[], Reply]) -> Reply:
    """The reply under a fault. What fails before it begins is not carried out; drop, slow and missing leave the reply as it is."""
    make = _REPLIES.get(kind or "")
    if make is None:
        return carry_out()
    if str(kind).endswith("-after-commit"):
        carry_out()
    return make(now)
