"""$batch of the SharePoint stand-in: at most 20, carried out and answered in any order (Graph "JSON batching")."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.rehearsal.sharepoint_replies import Reply, error

LIMIT = 20
TOO_MANY = "Number of batch request steps exceeds the maximum value of 20."
SAME_ID = "Request Id must be unique within a batch."
BAD_ITEM = "Invalid batch payload format."
NO_CONTENT_TYPE = "Write request id : {id} does not contain Content-Type header or body."

_KEYS = frozenset({"id", "method", "url", "headers", "body"})

# One request: method, address relative to the version root, headers by lower-case name, body. None leaves its answer out.
One = Callable[[str, str, dict[str, str], Any], Reply | None]


def play(body: Any, one: One, shuffled: random.Random, now: datetime) -> Reply:
    """Carry out a batch. Dependencies between items are not played and are refused."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests or not all(_well_formed(item) for item in requests):
        return error(400, "BadRequest", BAD_ITEM, now)
    if len(requests) > LIMIT:
        return error(400, "BadRequest", TOO_MANY, now)
    if len({item["id"] for item in requests}) < len(requests):
        return error(400, "BadRequest", SAME_ID, now)
    for item in requests:
        if "body" in item and "content-type" not in _lowered(item):
            return error(400, "BadRequest", NO_CONTENT_TYPE.format(id=item["id"]), now)
    in_turn = shuffled.sample(requests, len(requests))
    came = [(item["id"], one(item["method"], item["url"], _lowered(item), item.get("body"))) for item in in_turn]
    answers = [_answer(item_id, reply) for item_id, reply in came if reply is not None]
    return Reply(200, {"responses": answers})


def _well_formed(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and not item.keys() - _KEYS
        and all(isinstance(item.get(name), str) for name in ("id", "method", "url"))
        and item["url"].startswith("/")
    )


def _lowered(item: dict[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (item.get("headers") or {}).items()}


def _answer(item_id: str, reply: Reply) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": item_id, "status": reply.status, "headers": dict(reply.headers)}
    if reply.body is not None:
        answer["headers"]["Content-Type"] = "application/json"
        answer["body"] = reply.body
    return answer
