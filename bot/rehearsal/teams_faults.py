"""What can go wrong in Teams, on command, and how Teams says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from aiohttp import web

Kind = Literal[
    "412", "429", "429-retry-after", "502", "503", "504", "504-after-commit", "drop", "403-roster", "slow"
]  # fmt: skip

MESSAGES = {
    "Bad Argument": "Bad argument in the request.",
    "BotDisabledByAdmin": "The tenant admin disabled this bot",
    "BotNotInConversationRoster": "The bot is not part of the conversation roster.",
    "ForbiddenOperationException": "Bot is not installed in user's personal scope",
    "MessageWritesBlocked": "Message writes are blocked on this thread.",
    "NotEnoughPermissions": "The bot does not have the required permissions to perform this action.",
    "ConversationNotFound": "Conversation not found.",
    "ActivityNotFoundInConversation": "The activity was not found in the conversation.",
    "PreconditionFailed": "Precondition failed, please try again.",
    "MessageSizeTooBig": "Message size too large.",
    "Throttled": "Too many requests.",
    "Unauthorized": "Authorization has been denied for this request.",
    "ServiceError": "Service unavailable, please try again.",
}


class Refusal(Exception):
    """An answer of Teams that is not success (Teams: "status codes from bot conversational APIs").

    `code` and the HTTP `status` are Teams' own; `headers` go out with it.
    """

    def __init__(self, status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        super().__init__(f"{status} {code} {detail}".strip())

    def response(self, *, bare: bool = False) -> web.Response:
        """The same over HTTP, in Teams' error shape; `bare`, with a status only."""
        if bare:
            return web.Response(status=self.status, headers=self.headers)
        error: dict[str, object] = {"code": self.code, "message": f"{MESSAGES[self.code]} {self.detail}".strip()}
        if self.code == "MessageWritesBlocked":
            error["errorCode"] = 209
        return web.json_response({"error": error}, status=self.status, headers=self.headers)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that will go wrong. `seconds`: how slow, or what Retry-After says; `conversation`: only there, else anywhere."""

    kind: Kind
    seconds: float = 2.0
    conversation: str | None = None

    def refusal(self) -> Refusal | None:
        """What is answered instead of doing anything; None for a fault that lets it happen."""
        match self.kind:
            case "412":
                return Refusal(412, "PreconditionFailed")
            case "429":
                return Refusal(429, "Throttled")
            case "429-retry-after":
                return Refusal(429, "Throttled", headers={"Retry-After": f"{self.seconds:g}"})
            case "403-roster":
                return Refusal(403, "BotNotInConversationRoster")
            case "502" | "503" | "504":
                return Refusal(int(self.kind), "ServiceError")
            case _:
                return None


class Faults:
    """The faults that are waiting to happen, in order, and the conversations that are blocked until further notice.

    While `bare` is set, no refusal says why: it has a status and no body.
    """

    def __init__(self) -> None:
        self.bare = False
        self._waiting: list[Fault] = []
        self._blocked: dict[str, str] = {}

    def next(self, kind: Kind, times: int = 1, *, seconds: float = 2.0, conversation: str | None = None) -> None:
        """Let the next `times` requests (to `conversation`) meet this fault. Raises ValueError for a kind that there is not."""
        if kind not in get_args(Kind):
            raise ValueError(f"no such fault: {kind}")
        self._waiting += [Fault(kind, seconds, conversation)] * times

    def take(self, conversation: str) -> Fault | None:
        """The fault that a request to `conversation` meets now."""
        for fault in self._waiting:
            if fault.conversation in (None, conversation):
                self._waiting.remove(fault)
                return fault
        return None

    def block(self, conversation: str, code: str = "BotDisabledByAdmin") -> None:
        """Answer 403 with `code` to everything in this conversation, until `unblock`."""
        self._blocked[conversation] = code

    def unblock(self, conversation: str) -> None:
        """Let the bot speak there again."""
        self._blocked.pop(conversation, None)

    def blocked(self, conversation: str) -> Refusal | None:
        """What a request to a blocked conversation is answered."""
        code = self._blocked.get(conversation)
        return Refusal(403, code) if code else None
