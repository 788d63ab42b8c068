"""What has been said in the stand-in's Teams: messages in threads, their versions, and what each person sees of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter

from bot.rehearsal.people import Person, invented_uuid

Card = dict[str, Any]

ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"
#: What stands between a channel's id and the id of a thread's first message (Teams: a thread is addressed so).
THREAD_MARK = ";messageid="


@dataclass(slots=True)
class View:
    """A card that one person sees in place of the shared one, since `at`."""

    card: Card
    at: datetime


@dataclass(slots=True)
class Notice:
    """A line that one person sees under a message: an answer in words, or that something went wrong."""

    kind: Literal["message", "error"]
    text: str
    at: datetime


@dataclass(slots=True)
class Message:
    """One message. `author` is a person's object id, or the bot's Teams id; `versions` are activities as sent, newest last."""

    id: str
    conversation: str
    root: str
    author: str
    sent_at: datetime
    versions: list[dict[str, Any]]
    deleted: bool = False
    views: dict[str, View] = field(default_factory=dict)
    notices: dict[str, list[Notice]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of the newest version, as sent."""
        return str(self.versions[-1].get("text") or "")

    @property
    def card(self) -> Card | None:
        """The Adaptive Card of the newest version that everybody sees."""
        for attachment in self.versions[-1].get("attachments") or []:
            if attachment.get("contentType") == ADAPTIVE_CARD:
                card: Card = attachment["content"]
                return card
        return None


class Thread(NamedTuple):
    """A first message and what was said under it."""

    root: Message
    replies: list[Message]


@dataclass(slots=True)
class Talk:
    """All of it, kept as plain values so that a rehearsal can be put away and carried on."""

    messages: dict[str, Message] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)
    app_in_teams: set[str] = field(default_factory=set)
    app_with_people: set[str] = field(default_factory=set)
    newest_id: int = 0

    def new_id(self, at: datetime) -> str:
        """An id for a message: milliseconds since 1970, as Teams' are, and never the same twice."""
        self.newest_id = max(int(at.timestamp() * 1000), self.newest_id + 1)
        return str(self.newest_id)

    def add(
        self, message_id: str, conversation: str, root: str | None, author: str, activity: dict[str, Any], at: datetime
    ) -> None:
        """Keep a new message; without `root` it begins a thread."""
        self.messages[message_id] = Message(message_id, conversation, root or message_id, author, at, [activity])

    def open_chat(self, person: Person) -> str:
        """The id of the bot's personal chat with `person`."""
        conversation = "a:1" + invented_uuid(f"chat/{person.id}").replace("-", "")
        self.chats[conversation] = person.id
        return conversation

    def conversation(self, conversation: str) -> list[Message]:
        """What stands in a channel or personal chat, oldest first, without what was deleted."""
        return [one for one in self.messages.values() if one.conversation == conversation and not one.deleted]

    def threads(self, conversation: str) -> list[Thread]:
        """The same, in threads."""
        found: dict[str, Thread] = {}
        for message in self.conversation(conversation):
            if message.root == message.id:
                found[message.id] = Thread(message, [])
            elif message.root in found:
                found[message.root].replies.append(message)
        return list(found.values())

    def view(self, person: Person, message_id: str) -> Card | None:
        """The card that `person` sees on a message: their own if they have one, else the shared one."""
        message = self.messages[message_id]
        own = message.views.get(person.id)
        return own.card if own else message.card

    def dump(self) -> bytes:
        """All of it as JSON."""
        return _STORED.dump_json(self)

    @staticmethod
    def load(stored: bytes) -> "Talk":
        """What `dump` wrote."""
        return _STORED.validate_json(stored)


_STORED = TypeAdapter(Talk)


class Changes:
    """A count that moves on with each change, and a way to wait for the next one."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def note(self) -> None:
        """Something changed: wake all who wait."""
        self.count += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, count: int) -> int:
        """Wait until more than `count` changes have happened; returns how many have."""
        while self.count <= count:
            await self._changed.wait()
        return self.count

    async def wait_for(self, condition: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until `condition` holds, asking again after each change. Raises TimeoutError after `within` real seconds."""
        async with asyncio.timeout(within):
            while not condition():
                await self.after(self.count)


def split_thread(conversation: str) -> tuple[str, str | None]:
    """The channel (or chat) and the thread's first message in "<channel>;messageid=<root>"."""
    base, _, root = conversation.partition(THREAD_MARK)
    return base, root or None
