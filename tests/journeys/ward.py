"""A ward's week as its people live it: what they do and see, in their own words, over real HTTP with signed tokens."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.rehearsal.people import Channel, Person
from bot.rehearsal.rehearse import Rehearsal
from bot.rehearsal.teams_deliveries import Answer
from bot.rehearsal.teams_talk import Card, Message, Thread

LONDON = ZoneInfo("Europe/London")
QUESTION = "How is"


def london(text: str) -> datetime:
    """A moment on the ward's clock, as "2026-11-25 14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def words(card: Card | None) -> list[str]:
    """Every text that a card shows, in order: lines, labels, choices, what boxes hold, and buttons."""
    return list(_words(card or {}))


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif isinstance(part, dict):
        if part.get("type") == "RichTextBlock":
            yield "".join(str(run["text"]) for run in part["inlines"])
            return
        for key in ("text", "label", "title", "value"):
            if isinstance(part.get(key), str):
                yield part[key]
        for key in ("body", "items", "columns", "choices", "actions", "facts"):
            yield from _words(part.get(key, []))


def shows(card: Card | None, text: str) -> bool:
    """Whether a card shows this text anywhere."""
    return any(text in line for line in words(card))


class Week:
    """Rowan ward, its people and its bot."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.teams = rehearsal.teams
        self.team = rehearsal.town.teams["rowan"]
        self.channel: Channel = self.team.channel("Coffee before handover")

    def person(self, name: str) -> Person:
        """Somebody by their first name."""
        return self.rehearsal.town.people[name.lower()]

    async def clock_shows(self, text: str) -> None:
        """Move to this moment, and let the bot do what is due."""
        await self.rehearsal.move(london(text))

    # What is to be seen

    @property
    def threads(self) -> list[Thread]:
        """Everything in the project's channel."""
        return self.teams.threads(self.channel)

    @property
    def check_ins(self) -> list[Message]:
        """The check-in posts, oldest first: whatever they have become."""
        return [thread.root for thread in self.threads if _was_check_in(thread.root)]

    @property
    def post(self) -> Message:
        """The newest check-in post."""
        return self.check_ins[-1]

    @property
    def thread(self) -> list[Card | None]:
        """What was said under the newest check-in."""
        found = next(thread for thread in self.threads if thread.root is self.post)
        return [reply.card for reply in found.replies if reply.author == self.teams.world.bot_id]

    def sees(self, name: str) -> Card | None:
        """The newest check-in as this person sees it."""
        return self.teams.view(self.person(name), self.post.id)

    def told(self, name: str, message: Message | None = None) -> str:
        """The last sentence under a message that only this person sees."""
        notices = (message or self.post).notices.get(self.person(name).id, [])
        return notices[-1].text if notices else ""

    def chat(self, name: str) -> list[Card | None]:
        """What the bot said in this person's own chat."""
        person = self.person(name)
        return [message.card for message in self.teams.chat(person) if message.author != person.id]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a SharePoint list, by internal column name."""
        return [row["fields"] for row in self.rehearsal.sharepoint.tables()[name]["rows"]]

    # What people do

    async def answers(self, name: str, feeling: str, message: Message | None = None, **how: Any) -> Answer:
        """Two taps: a word, and Send."""
        post = message or self.post
        return await self.teams.execute(self.person(name), post.id, "check_in.send", {"feeling": feeling}, **how)

    async def adds(self, name: str, button: str = "check_in.add", **lines: str) -> Answer:
        """Fill in some of the three lines and press Add."""
        return await self.teams.execute(self.person(name), self.post.id, button, lines)

    async def taps(self, name: str, button: str, inputs: Mapping[str, Any] | None = None, message: Message | None = None) -> Answer:
        """Press a button on a card."""
        return await self.teams.execute(self.person(name), (message or self.post).id, button, inputs or {})

    async def looks(self, name: str) -> Card | None:
        """Open Teams and look at the check-in."""
        return await self.teams.open_message(self.person(name), self.post.id)

    async def says(self, name: str, text: str, **how: Any) -> Card:
        """Mention the bot in the channel, and the card it answers with."""
        before = len(self.threads)
        await self.teams.mention(self.person(name), self.channel, text, **how)
        thread = self.threads[before]
        card = thread.replies[-1].card
        assert card is not None
        return card

    async def says_privately(self, name: str, text: str) -> Card:
        """Write to the bot in one's own chat, and the card it answers with."""
        await self.teams.say(self.person(name), text)
        card = self.chat(name)[-1]
        assert card is not None
        return card


def _was_check_in(message: Message) -> bool:
    first = message.versions[0].get("attachments") or [{}]
    return shows(first[0].get("content"), QUESTION)
