"""What is asked of the SharePoint stand-in, and the shape of what it answers, errors above all (Graph "error responses")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.rehearsal.sharepoint_columns import Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, taken apart: what its path names, the path itself, its query, headers by lower-case name, and its body.

    `twist` is a fault in the making of the answer (`sharepoint_faults`), or empty.
    """

    parts: tuple[str, ...]
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    twist: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `body` is JSON, or a page of HTML where it is a text, or None for no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def error(
    status: int, code: str, message: str, now: datetime, headers: Mapping[str, str] | None = None, inner: str = ""
) -> Reply:
    """Graph's error body; `inner` is the code within, where there is one."""
    return Reply(status, {"error": error_of(code, message, now, inner)}, headers or {})


def error_of(code: str, message: str, now: datetime, inner: str = "") -> dict[str, Any]:
    """An error, without what stands around it."""
    request_id = str(uuid4())
    told = {"date": now.strftime("%Y-%m-%dT%H:%M:%S"), "request-id": request_id, "client-request-id": request_id}
    return {"code": code, "message": message, "innerError": {**told, "code": inner} if inner else told}


def refusal(refused: Refused, now: datetime) -> Reply:
    """The answer that a refusal becomes."""
    return error(refused.status, refused.code, refused.message, now, refused.headers, refused.inner)
