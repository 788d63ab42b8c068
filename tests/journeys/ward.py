"""A ward's week as its people live it: what they do and see, in their own words, over real HTTP with signed tokens."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.rehearsal.people import Channel, Person
from bot.rehearsal.rehearse import ROWAN, Rehearsal
from bot.rehearsal.teams_deliveries import Answer, Forge
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


def boxes(part: Any) -> dict[str, str]:
    """What each box of a card holds, by its id."""
    found: dict[str, str] = {}
    for one in part if isinstance(part, list) else [part or {}]:
        if str(one.get("type", "")).startswith("Input."):
            found[one["id"]] = one.get("value", "")
        for key in ("body", "items", "columns"):
            found |= boxes(one.get(key, []))
    return found


def buttons(card: Card | None) -> list[str]:
    """The titles of a card's buttons."""
    return [action["title"] for action in _actions(card or {})]


def _actions(part: Any) -> Iterator[dict[str, Any]]:
    for one in part if isinstance(part, list) else [part]:
        yield from one.get("actions", [])
        for key in ("body", "items", "columns"):
            yield from _actions(one.get(key, []))


class Week:
    """A ward, its people and its bot. Rowan, unless another is named."""

    def __init__(self, rehearsal: Rehearsal, team: str = "rowan", channel: str = "Coffee before handover") -> None:
        self.rehearsal = rehearsal
        self.teams = rehearsal.teams
        self.team = rehearsal.town.teams[team]
        self.channel: Channel = self.team.channel(channel)

    def person(self, name: str) -> Person:
        """Somebody by their first name."""
        return self.rehearsal.town.people[name.lower()]

    # The clock, and the machine the bot runs on

    async def clock_shows(self, text: str) -> None:
        """Move to this moment, and let the bot do what is due."""
        await self.rehearsal.move(london(text))

    def some_seconds_pass(self) -> None:
        """Writing takes a while; Teams lets a bot say only so much in a second."""
        self.rehearsal.clock.move_by(4)

    async def bot_has_worked(self) -> None:
        """Let the bot do what is due now."""
        await self.rehearsal.bot.catch_up()

    async def bot_was_down(self, since: str, until: str) -> None:
        """The machine dies at one moment and is back at another."""
        await self.clock_shows(since)
        await self.rehearsal.stop_bot()
        self.rehearsal.clock.move_to(london(until))
        await self.rehearsal.start_bot()
        await self.bot_has_worked()

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
        return self.said_under(self.post)

    def said_under(self, post: Message) -> list[Card | None]:
        """What the bot said under a post."""
        found = next(thread for thread in self.threads if thread.root is post)
        return [reply.card for reply in found.replies if reply.author == self.teams.world.bot_id]

    def sees(self, name: str, message: Message | None = None) -> Card | None:
        """A message, the newest check-in without one, as this person sees it."""
        return self.teams.view(self.person(name), (message or self.post).id)

    def told(self, name: str, message: Message | None = None) -> str:
        """The last sentence under a message that only this person sees."""
        notices = (message or self.post).notices.get(self.person(name).id, [])
        return notices[-1].text if notices else ""

    def chat(self, name: str) -> list[Message]:
        """What the bot said in this person's own chat."""
        person = self.person(name)
        return [message for message in self.teams.chat(person) if message.author != person.id]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a SharePoint list, by internal column name."""
        return [row["fields"] for row in self.rehearsal.sharepoint.tables()[name]["rows"]]

    # What people do

    async def answers(self, name: str, feeling: str, message: Message | None = None, **how: Any) -> Answer:
        """Two taps: a word, and Send."""
        return await self.taps(name, "check_in.send", {"feeling": feeling}, message, **how)

    async def adds(self, name: str, button: str = "check_in.add", **lines: str | bool) -> Answer:
        """Fill in some of the boxes and press Add."""
        return await self.taps(name, button, lines)

    async def taps(
        self,
        name: str,
        button: str,
        inputs: Mapping[str, Any] | None = None,
        message: Message | None = None,
        **how: Any,
    ) -> Answer:
        """Press a button on a card."""
        return await self.teams.execute(self.person(name), (message or self.post).id, button, inputs or {}, **how)

    async def forges(self, name: str, button: str, data: Mapping[str, Any], message: Message | None = None) -> Answer:
        """Send what no card of ours would send: another's ids, or more than a box takes."""
        action = {"type": "Action.Execute", "verb": button, "data": {}}
        forge = Forge(unchecked=True)
        return await self.teams.execute(self.person(name), (message or self.post).id, action, data, forge=forge)

    async def looks(self, name: str, message: Message | None = None) -> Card | None:
        """Open Teams and look at the check-in."""
        return await self.teams.open_message(self.person(name), (message or self.post).id)

    async def says(self, name: str, text: str, channel: Channel | None = None, **how: Any) -> Message:
        """Mention the bot in the channel, and what it answers with."""
        where = channel or self.channel
        self.some_seconds_pass()
        before = len(self.teams.threads(where))
        await self.teams.mention(self.person(name), where, text, **how)
        return self.teams.threads(where)[before].replies[-1]

    async def says_privately(self, name: str, text: str) -> Message:
        """Write to the bot in one's own chat, and what it answers with."""
        self.some_seconds_pass()
        before = len(self.chat(name))
        await self.teams.say(self.person(name), text)
        (answer,) = self.chat(name)[before:]
        return answer

    # Setting a ward up

    async def is_added(self) -> Message:
        """Somebody adds the app to the team and to its people; the welcome."""
        await self.teams.install(self.team, self.channel)
        for person in self.team.members:
            await self.teams.install_for(person)
        await self.bot_has_worked()
        return self.threads[0].root

    async def fills_in(self, who: str, message: Message, **values: str) -> Answer:
        """Open the set-up form under a message, fill it in and save it."""
        await self.taps(who, "ward.set_up", {}, message)
        answer = await self.taps(who, "ward.save", values, message)
        await self.bot_has_worked()
        return answer


async def elm_ward(week: Week) -> Week:
    """A second ward, set up by Ellen for the same hour."""
    elm = Week(week.rehearsal, "elm", "Quiet hour")
    welcome = await elm.is_added()
    form = {**ROWAN, "name": "Elm", "project": "Quiet hour", "leads": elm.person("Ellen").id}
    await elm.fills_in("Ellen", welcome, **form)
    return elm


def _was_check_in(message: Message) -> bool:
    first = message.versions[0].get("attachments") or [{}]
    return shows(first[0].get("content"), QUESTION)
