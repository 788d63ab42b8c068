"""One request to Graph, its answer, and what to do about it. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from bot.errors import Final, TryAgain, WakeSomebody

JSON_TYPE = "application/json"
THROTTLED = "graph_throttled"
UNKNOWN_COLUMN = "unknown_column"

#: Limits that last longest are counted by the day (SharePoint "avoid getting throttled", 10/2025), so nobody has to wait longer.
LONGEST_WAIT = 86_400.0

_NOT_JSON = 502
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")
_UNKNOWN_FIELD = re.compile(r"^Field '(\w{1,32})' is not recognized", re.IGNORECASE)
#: As reported (n8n, `nodes/Microsoft/SharePoint/helpers/utils.ts`); in other languages it reads otherwise, so it is never the only sign.
_TAKEN = re.compile(r"unique constraints?", re.IGNORECASE)
_REFUSED = frozenset({401, 403})
_NOT_THERE = frozenset({404, 410})
#: 409 comes without a real clash, and 423 while a file is open (OneDrive api-docs issue 1415, sp-dev-docs issue 1905); 424 follows
#: another item of the same batch.
_LATER = frozenset({408, 409, 412, 423, 424, 425, 429})


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """One request of a batch; `path` is relative to the version root and begins with a slash."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `headers` by lower-case name, `body` empty where it was no JSON object, `after` the seconds to wait if it says so."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]
    after: float | None = None

    @property
    def ok(self) -> bool:
        """Whether what was asked has been done."""
        return 200 <= self.status < 300


def understand(status: int, content: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    """Read an answer as it came. A success that is no JSON object was not Graph speaking, so it counts as 502, a bad gateway."""
    try:
        body = orjson.loads(content) if content else {}
    except json.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        status, body = (_NOT_JSON if 200 <= status < 300 else status), {}
    return answer(status, body, headers, now)


def answer(status: int, body: object, headers: Mapping[str, object], now: datetime) -> Answer:
    """One answer from its parts, whatever they turn out to be."""
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    return Answer(status, body if isinstance(body, dict) else {}, named, wait(named, now))


def wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, or None if the answer does not say.

    Retry-After is whole, fractional (Graph "throttling") or an HTTP date (RFC 9110, 10.2.3); RateLimit-Reset may ask for more, and the
    greater of the two is honoured (SharePoint "avoid getting throttled", 10/2025).
    """
    asked = [_seconds(headers.get("retry-after", ""), now), _seconds(headers.get("ratelimit-reset", ""), now)]
    given = [seconds for seconds in asked if seconds is not None]
    return min(max(given), LONGEST_WAIT) if given else None


def _seconds(value: str, now: datetime) -> float | None:
    value = value.strip()
    if not value:
        return None
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - now.timestamp(), 0.0)


def what_to_do(answer: Answer) -> None:
    """Return if it is done, else raise its `refusal`."""
    if not answer.ok:
        raise refusal(answer)


def refusal(answer: Answer) -> TryAgain | WakeSomebody | Final:
    """What an answer other than "done" calls for.

    TryAgain: throttled, busy, locked or in conflict (408, 409, 412, 423, 424, 425, 429, 5xx); `after` from the answer.
    WakeSomebody: "graph_refused", the token or the grant (401, 403).
    Final: "not_found" (404, 410), "unknown_column: …" (a person deleted that column), or "refused".
    """
    status = answer.status
    if status in _LATER or status >= 500:
        return TryAgain(THROTTLED if status == 429 else f"graph_{status}", answer.after)
    if status in _REFUSED:
        return WakeSomebody("graph_refused")
    if status in _NOT_THERE:
        return Final("not_found")
    unknown = _UNKNOWN_FIELD.match(_message(answer))
    return Final(f"{UNKNOWN_COLUMN}: {unknown[1]}" if unknown else "refused")


def is_taken(answer: Answer) -> bool:
    """Whether a value that has to be unique is there already."""
    return answer.status == 400 and _TAKEN.search(_message(answer)) is not None


def id_of(answer: Answer) -> str:
    """The id of what was found or made.

    Raises:
        TryAgain: "graph_odd", a success that names nothing.
    """
    told = answer.body.get("id")
    if not isinstance(told, str) or not told:
        raise TryAgain("graph_odd")
    return told


def dicts(rows: object) -> list[dict[str, Any]]:
    """The JSON objects of a JSON list, whatever else may stand there."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _message(answer: Answer) -> str:
    # It may quote what was sent: never to be logged.
    error = answer.body.get("error")
    return str(error.get("message", "")) if isinstance(error, dict) else ""
