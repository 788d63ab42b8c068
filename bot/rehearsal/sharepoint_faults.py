"""Faults of the SharePoint stand-in on command: the ones that Graph is known for.

Sources: Graph "throttling" (fractional Retry-After) and "JSON batching" (an item throttled alone); SharePoint "avoid getting throttled"
(RateLimit headers); OneDrive api-docs issue 1415 (409 without a clash); Dev Proxy's GraphRandomErrorPlugin (which method meets which error).
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

from bot.rehearsal.sharepoint_delta import TWISTS
from bot.rehearsal.sharepoint_replies import Reply, error

HTML = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Try again later.</body></html>"

_BUSY = "The service is temporarily unavailable."
THROTTLED = "Please retry again later."
_CHANGED = "The resource has changed since the caller last read it; usually an eTag mismatch"
_WENT_WRONG = "An unexpected error occurred."
_FULL = "The storage quota has been reached."
_EXPIRED = "Lifetime validation failed, the token is expired."

Headers = dict[str, str]


def throttled(now: datetime, headers: Headers) -> Reply:
    """429 with these headers."""
    return error(429, "TooManyRequests", THROTTLED, now, headers, inner="429")


_AT_LIMIT = {"Retry-After": "31", "RateLimit-Limit": "1200", "RateLimit-Remaining": "0", "RateLimit-Reset": "31"}
_NEAR_LIMIT = {"RateLimit-Limit": "1200", "RateLimit-Remaining": "120", "RateLimit-Reset": "5"}

_REPLIES: dict[str, Callable[[datetime], Reply]] = {
    "429": lambda now: throttled(now, {"Retry-After": "2"}),
    "429-fractional": lambda now: throttled(now, {"Retry-After": "2.128"}),
    "429-date": lambda now: throttled(now, {"Retry-After": format_datetime(now + timedelta(seconds=5), usegmt=True)}),
    "429-ratelimit": lambda now: throttled(now, _AT_LIMIT),
    "500": lambda now: error(500, "generalException", _WENT_WRONG, now),
    "500-after-commit": lambda now: error(500, "generalException", _WENT_WRONG, now),
    "502": lambda now: error(502, "UnknownError", _BUSY, now),
    "502-after-commit": lambda now: error(502, "UnknownError", _BUSY, now),
    "503-before": lambda now: error(503, "serviceNotAvailable", _BUSY, now, {"Retry-After": "1"}),
    "503-after-commit": lambda now: error(503, "serviceNotAvailable", _BUSY, now),
    "504-before": lambda now: error(504, "UnknownError", _BUSY, now),
    "504-after-commit": lambda now: error(504, "UnknownError", _BUSY, now),
    "507": lambda now: error(507, "quotaLimitReached", _FULL, now),
    "html": lambda _: Reply(503, HTML),
    "html-after-commit": lambda _: Reply(200, HTML),
    "400": lambda now: error(400, "invalidRequest", "Invalid request", now),
    "401": lambda now: error(401, "InvalidAuthenticationToken", _EXPIRED, now, {"WWW-Authenticate": "Bearer"}),
    "403": lambda now: error(403, "accessDenied", "Access denied", now),
    "404": lambda now: error(404, "itemNotFound", "The specified item was not found.", now),
    "409": lambda now: error(409, "resourceModified", _CHANGED, now),
    "412": lambda now: error(412, "resourceModified", _CHANGED, now),
    "423": lambda now: error(423, "resourceLocked", "The resource is locked.", now),
}
_OF_A_CONNECTION = frozenset({"drop", "drop-before", "slow"})
_MISSING, _WARNING = "missing", "ratelimit-warning"

#: What a storm brings, beside what is right for one kind of request only. Nothing that is final: Graph is not known to lie so.
_ANYWHERE = (
    *("429", "429-fractional", "429-date", "429-ratelimit", "500", "500-after-commit", "502", "502-after-commit"),
    *("503-before", "503-after-commit", "504-before", "504-after-commit", _WARNING),
)
_ON_THE_WAY = ("html", "html-after-commit", "drop", "drop-before", "401")
_ON_WRITING = ("409", "423")
_WRITES = frozenset({"POST", "PATCH", "DELETE"})
_DELTA = "/items/delta"


class Dropped(Exception):
    """The connection closes without an answer. What was asked may have been carried out."""


class Faults:
    """What is to go wrong next. `down` refuses everything with 503, `site_refused` all of the site with 403, until they are False again."""

    def __init__(self) -> None:
        self.down = False
        self.site_refused = False
        self.slow_seconds = 0.5
        self._waiting: list[tuple[str, str]] = []
        self._storm: tuple[Random, float, Collection[str] | None] | None = None

    def next(self, kind: str, times: int = 1, where: str = "") -> None:
        """Let the next `times` requests fail that have `where` in "METHOD /path".

        Kinds: 429, 429-fractional, 429-date, 429-ratelimit, 500, 500-after-commit, 502, 502-after-commit, 503-before, 503-after-commit,
        504-before, 504-after-commit, 507, html, html-after-commit, 400, 401, 403, 404, 409, 412, 423, ratelimit-warning (carried out, with
        the headers that warn), drop-before and drop (not carried out or carried out, then the connection closes without an answer), slow
        (carried out and answered late, after `slow_seconds` on the clock); delta-error-row, delta-repeat and delta-row-missing
        (`sharepoint_delta`) wait for a delta. With "item-" before it, a fault goes to one request inside a batch; "item-missing" leaves its
        answer out.

        Raises:
            ValueError: no such kind.
        """
        bare = kind.removeprefix("item-")
        if bare not in {*_REPLIES, *TWISTS, _WARNING} and kind not in {*_OF_A_CONNECTION, f"item-{_MISSING}"}:
            raise ValueError(f"no such fault: {kind}")
        self._waiting += [(kind, where)] * times

    def storm(self, dice: Random, share: float, kinds: Collection[str] | None = None) -> None:
        """Let each request, and each one inside a batch, meet a fault with the probability `share` until `calm`.

        Which one, the dice say, among those that fit the request: all that pass by themselves, but for slow, or of `kinds` (named as for
        `next`, without "item-"). The same dice and the same requests meet the same faults.
        """
        self._storm = (dice, share, kinds)

    def calm(self) -> None:
        """The storm is over, and what was still to go wrong does not."""
        self._storm = None
        self._waiting.clear()

    def take(self, what: str, *, in_batch: bool) -> str | None:
        """The fault for this request ("METHOD /path"), if there is one, without its "item-". One that waited is given once."""
        for number, (kind, where) in enumerate(self._waiting):
            bare = kind.removeprefix("item-")
            fits = bare not in TWISTS or _DELTA in what
            if kind.startswith("item-") is in_batch and where in what and fits:
                del self._waiting[number]
                return bare
        if self._storm is None:
            return None
        dice, share, kinds = self._storm
        if dice.random() >= share:
            return None
        fitting = [kind for kind in _fitting(what, in_batch=in_batch) if kinds is None or kind in kinds]
        if kinds and "slow" in kinds and not in_batch:
            fitting.append("slow")
        return dice.choice(fitting) if fitting else None


def _fitting(what: str, *, in_batch: bool) -> list[str]:
    method, _, target = what.partition(" ")
    fitting = [*_ANYWHERE, *([_MISSING] if in_batch else _ON_THE_WAY)]
    if method in _WRITES and target != "/$batch":
        fitting += [*_ON_WRITING, *([] if method == "PATCH" else ["507"])]
    return [*fitting, *sorted(TWISTS)] if _DELTA in target else fitting


def faulty(kind: str | None, now: datetime, carry_out: Callable[[], Reply]) -> Reply:
    """The reply under a fault. What fails before it begins is not carried out; drop, slow and missing leave the reply as it is."""
    if kind == _WARNING:
        reply = carry_out()
        return Reply(reply.status, reply.body, {**reply.headers, **_NEAR_LIMIT})
    make = _REPLIES.get(kind or "")
    if make is None:
        return carry_out()
    if str(kind).endswith("-after-commit"):
        carry_out()
    return make(now)
