"""The shape of what the SharePoint stand-in answers, errors above all (Graph "error responses")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `body` is JSON, or a page of HTML where it is a text, or None for no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def error(status: int, code: str, message: str, now: datetime, headers: Mapping[str, str] | None = None) -> Reply:
    """Graph's error body."""
    request_id = str(uuid4())
    inner = {
        "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": request_id,
    }
    return Reply(status, {"error": {"code": code, "message": message, "innerError": inner}}, headers or {})
