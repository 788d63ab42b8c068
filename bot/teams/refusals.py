"""What a refusal by the Connector means for us: try again, never again, or somebody has to act.

Sources: Teams "Bot conversation messages" (status codes from bot conversational APIs); Teams: rate-limit.md, 10/2026;
RFC 9110 section 10.2.3 (Retry-After).
"""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import orjson

from bot.errors import Final, TryAgain, WakeSomebody

TRANSIENT = frozenset({412, 429, 502, 503, 504})
#: After these Teams may have taken the message all the same. Not 412: by RFC 9110 section 13.1.1 nothing was done.
MAY_HAVE_ARRIVED = frozenset({"timeout", "connector_502", "connector_503", "connector_504"})
#: The codes of what surely did not arrive.
UNREACHABLE = "unreachable"
THROTTLED = "connector_429"
#: The code of a 401 about our token.
CREDENTIAL_REFUSED = "connector_refused_credential"
#: Seconds. Nothing that Teams sends is longer; a wild number must not park a message for a year.
LONGEST_WAIT = 3600.0
#: "errorCode" of a channel in which posting is switched off.
WRITES_BLOCKED = 209

#: Teams' error codes, in our words.
BY_CODE: Mapping[str, str] = {
    "ActivityNotFoundInConversation": "message_not_found",
    "BotDisabledByAdmin": "bot_disabled",
    "BotNotInConversationRoster": "bot_not_in_roster",
    "BotNotRegistered": "bot_not_registered",
    "ConversationBlockedByUser": "blocked_by_user",
    "ConversationNotFound": "conversation_not_found",
    "ForbiddenOperationException": "forbidden",
    "InvalidBotApiHost": "wrong_cloud",
    "MessageSizeTooBig": "too_large",
    "MessageWritesBlocked": "writes_blocked",
    "NotEnoughPermissions": "not_enough_permissions",
}
#: What is not there any more: a message, its thread, or a conversation. Teams answers 404 with one of its codes or with none.
NOT_THERE = frozenset({"conversation_not_found", "message_not_found", "connector_404"})
#: Where the body names no code that we know.
BY_STATUS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "bad_argument",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
}


def sort_refusal(status: int, headers: Mapping[str, str], body: bytes | None) -> Final | TryAgain | WakeSomebody:
    """Return what to raise for an answer other than 2xx. A 500 is final: Teams documents it as not to be retried."""
    if status in TRANSIENT:
        return TryAgain(f"connector_{status}", retry_after(headers))
    code = _code(body)
    if code is not None:
        return Final(code)
    if status == HTTPStatus.UNAUTHORIZED:
        return WakeSomebody(CREDENTIAL_REFUSED)
    return Final(BY_STATUS.get(status, f"connector_{status}"))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait: whole, fractional, or up to an HTTP date as seen from the answer's `Date`."""
    said = headers.get("Retry-After", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


def _code(body: bytes | None) -> str | None:
    try:
        said = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict):
        return None
    inner = said.get("error")
    inner = inner if isinstance(inner, dict) else said
    if WRITES_BLOCKED in (said.get("errorCode"), inner.get("errorCode")):
        return "writes_blocked"
    code = inner.get("code")
    return BY_CODE.get(code) if isinstance(code, str) else None
