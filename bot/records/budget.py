"""How much may be asked of SharePoint: a budget of resource units, and a rest where SharePoint asks for one.

Source of the units: SharePoint "avoid getting throttled or blocked", 10/2025. A single item, or a delta with a token, is 1; a query of many
items, a delta without a token, and each create, update and delete are 2; items of a batch count one by one. The smallest tenants get 1,250 units
a minute for each app.
"""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.records.exchanges import Answer, GraphRequest

#: Units saved up at the most, in seconds of the pace: one minute's, so that in no minute more than twice the pace is spent.
SAVED_UP = 60.0

#: From how little left, as a share of the limit, SharePoint's own count is heeded.
NEARLY_SPENT = 0.2

READ, QUERY, CHANGE = 1, 2, 2


def units(request: GraphRequest) -> int:
    """What one request costs."""
    path, _, query = request.path.partition("?")
    if request.method != "GET":
        return CHANGE
    if path.endswith("/items/delta"):
        return READ if "token=" in query and "token=&" not in f"{query}&" else QUERY
    return READ if path.rpartition("/")[0].endswith("/items") else QUERY


class Budget:
    """So many units a second, saved up for a minute at the most. It never waits by itself: it says when to come again."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._pace = per_second
        self._saved = per_second * SAVED_UP
        self._at = clock.now()
        self._rest_until = datetime.min.replace(tzinfo=UTC)
        self.spent = 0

    def ready_at(self, cost: int) -> datetime:
        """When so many units may be spent, past or present where they may be now. More than can be saved up is let through when all is saved up."""
        now = self._clock.now()
        self._save_up(now)
        short = min(float(cost), self._pace * SAVED_UP) - self._saved
        return max(self._rest_until, now + timedelta(seconds=max(short, 0.0) / self._pace))

    def spend(self, cost: int) -> None:
        """They are spent, whatever comes of it: what is refused counts too."""
        self._save_up(self._clock.now())
        self._saved -= cost
        self.spent += cost

    def heed(self, answer: Answer) -> None:
        """SharePoint asks to wait, or says that little is left until its count begins anew (`RateLimit-…`, from 80 % of a limit on)."""
        now = self._clock.now()
        if answer.status in {429, 503} and answer.after is not None:
            self._rest(now + timedelta(seconds=answer.after))
        if not answer.ok or answer.after is None:
            return
        limit, left = (_number(answer.headers.get(f"ratelimit-{name}")) for name in ("limit", "remaining"))
        if limit and left is not None and answer.after and left <= NEARLY_SPENT * limit:
            # What is left is spread over the time that is left.
            self._rest(now + timedelta(seconds=answer.after / max(left, 1.0)))

    def _rest(self, until: datetime) -> None:
        self._rest_until = max(self._rest_until, until)

    def _save_up(self, now: datetime) -> None:
        # A clock that was set back does not take away what was saved.
        passed = max((now - self._at).total_seconds(), 0.0)
        self._saved = min(self._saved + passed * self._pace, self._pace * SAVED_UP)
        self._at = now


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
