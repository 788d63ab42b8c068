"""What people do in Teams, delivered to the bot as signed activities, and what they then see."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any, NamedTuple, TypedDict, Unpack

import aiohttp
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.rehearsal.identity import TEAMS
from bot.rehearsal.people import Channel, Person
from bot.rehearsal.teams_activities import Activities, Activity
from bot.rehearsal.teams_cards import problems
from bot.rehearsal.teams_inputs import Given, fill_in, find_action
from bot.rehearsal.teams_talk import ADAPTIVE_CARD, Card, Message, Notice, View
from bot.rehearsal.teams_world import NotSent, World

log = structlog.get_logger()

WORDS = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
SOMETHING_WRONG = "Something went wrong. Please try again."
#: Seconds until Azure Bot Service gives up on an answer (Azure Bot Service: "manage long operations", 10 to 15 s).
PATIENCE = 15.0
#: A refreshed card is not refreshed by itself again before it is this old, in seconds (Teams: User-Specific-Views.md).
FRESH_FOR = 60.0
#: A card without `userIds` refreshes for everybody in conversations of at most so many people (the same page).
REFRESHES_FOR_ALL = 60
KEPT_DELIVERIES = 1000


class Answer(NamedTuple):
    """What the bot answered over HTTP. `body` is the JSON, else the text, or None without one; 502 and 504 when it could not be reached."""

    status: int
    body: Any


class Delivered(NamedTuple):
    """One activity that went to the bot, and the answers to each time it did."""

    activity: Activity
    answers: list[Answer]


class BadAnswer(Exception):
    """The bot answered an invoke with something that Teams could not show."""


@dataclass(frozen=True, slots=True)
class Forge:
    """What to send wrongly.

    `activity` replaces top-level fields (None takes one away), `body` the whole of it, `authorization` the whole header ("" sends
    none). `unchecked` lets through inputs that a client would stop. `audience`, `service_url` and what follows go to `Identity.sign`.
    """

    activity: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    authorization: str | None = None
    unchecked: bool = False
    audience: str | None = None
    service_url: str | None = None
    channel: str = TEAMS
    claims: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: RSAPrivateKey | str | None = None


class How(TypedDict, total=False):
    """How to deliver: so many times at once (the first answer counts), and what to forge."""

    deliver_times: int
    forge: Forge


class Deliveries:
    """The clients of everybody in town. Set `bot_url` once the bot listens; `delivered` remembers the last thousand."""

    def __init__(self, world: World, patience: float = PATIENCE) -> None:
        self.world = world
        self.bot_url = ""
        self.delivered: deque[Delivered] = deque(maxlen=KEPT_DELIVERIES)
        self._activities = Activities(world)
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def mention(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        thread: str | None = None,
        mentions: Sequence[Person] = (),
        **how: Unpack[How],
    ) -> Answer:
        """Say `text` to the bot in a channel, under the message `thread` or as a new one."""
        team = self.world.member(person, channel.id)
        activity = self._activities.channel_message(person, team, channel, text, thread, mentions)
        self._keep(activity, channel.id, thread, person)
        return await self._deliver(activity, how)

    async def say(self, person: Person, text: str, **how: Unpack[How]) -> Answer:
        """Say `text` to the bot in the personal chat."""
        chat = self.world.chat(person)
        activity = self._activities.chat_message(person, chat, text)
        self._keep(activity, chat, None, person)
        return await self._deliver(activity, how)

    async def execute(
        self,
        person: Person,
        message_id: str,
        action: str | int | Mapping[str, Any] = 0,
        inputs: Mapping[str, Given] | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """Tap an Action.Execute on the card that this person sees. Raises NotSent for what a client would stop, BadAnswer."""
        message = self._reach(person, message_id)
        tapped = self._filled(person, message, "Action.Execute", action, inputs or {}, how)
        return await self._universal_action(person, message, tapped, "manual", how)

    async def submit(
        self,
        person: Person,
        message_id: str,
        action: str | int | Mapping[str, Any] = 0,
        inputs: Mapping[str, Given] | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """Tap an Action.Submit (or the one that an older client shows for an Action.Execute): a message with a `value`."""
        message = self._reach(person, message_id)
        tapped = self._filled(person, message, "Action.Submit", action, inputs or {}, how)
        return await self._deliver(self._activities.on_card("message", person, message, tapped["data"]), how)

    async def open_message(self, person: Person, message_id: str, **how: Unpack[How]) -> Card | None:
        """Look at a message: refreshes its card by itself where Teams would. Returns what this person sees then."""
        message = self._reach(person, message_id)
        card = self.world.talk.view(person, message_id)
        if card and self._refreshes(person, message, card):
            action = {"data": {}, **card["refresh"]["action"]}
            await self._universal_action(person, message, action, "automatic", how)
        return self.world.talk.view(person, message_id)

    async def invoke(self, person: Person, message_id: str, name: str, value: Any, **how: Unpack[How]) -> Answer:
        """Any other invoke about a message ("task/fetch", "composeExtension/fetchTask", …); the answer is for the caller to show."""
        activity = self._activities.on_card("invoke", person, self._reach(person, message_id), value)
        return await self._deliver(activity | {"name": name}, how)

    def _keep(self, activity: Activity, conversation: str, root: str | None, person: Person) -> None:
        shown = activity | {"text": unescape(activity["text"]).replace("\xa0", " ")}
        self.world.talk.add(activity["id"], conversation, root, person.id, shown, self.world.clock.now())
        self.world.changes.note()

    def _reach(self, person: Person, message_id: str) -> Message:
        """The message, if this person has it before them."""
        message = self.world.talk.messages.get(message_id)
        if message is None or message.deleted:
            raise NotSent({"": "this message is not there any more"})
        if message.conversation in self.world.talk.chats:
            if self.world.chat(person) != message.conversation:
                raise NotSent({"": "this is somebody else's chat"})
        else:
            self.world.member(person, message.conversation)
        return message

    def _filled(
        self,
        person: Person,
        message: Message,
        kind: str,
        wanted: str | int | Mapping[str, Any],
        inputs: Mapping[str, Given],
        how: How,
    ) -> dict[str, Any]:
        card = self.world.talk.view(person, message.id)
        action = find_action(card, kind, wanted)
        if how.get("forge", Forge()).unchecked:
            return action | {"data": (action.get("data") or {}) | dict(inputs)}
        return action | {"data": fill_in(card, action, inputs, self.world.town)}

    def _refreshes(self, person: Person, message: Message, card: Card) -> bool:
        refresh = card.get("refresh")
        if not refresh:
            return False
        own = message.views.get(person.id)
        if own and (self.world.clock.now() - own.at).total_seconds() < FRESH_FOR:
            return False
        if "userIds" in refresh:
            return person.teams_id in refresh["userIds"]
        found = self.world.town.find_channel(message.conversation)
        return not found or len(found[0].members) <= REFRESHES_FOR_ALL

    async def _universal_action(
        self, person: Person, message: Message, action: Mapping[str, Any], trigger: str, how: How
    ) -> Answer:
        sent = {name: action[name] for name in ("type", "id", "verb", "title", "data") if name in action}
        activity = self._activities.on_card("invoke", person, message, {"action": sent, "trigger": trigger})
        answer = await self._deliver(activity | {"name": "adaptiveCard/action"}, how)
        try:
            self._show(person, message, answer)
        finally:
            self.world.changes.note()
        return answer

    def _show(self, person: Person, message: Message, answer: Answer) -> None:
        """Let this person, and nobody else, see the answer (Adaptive Cards: universal-action-model.md, response format)."""
        now = self.world.clock.now()
        notices = message.notices.setdefault(person.id, [])
        if answer.status != 200:
            notices.append(Notice("error", SOMETHING_WRONG, now))
            return
        match answer.body:
            case {"statusCode": 200, "type": str(kind), "value": dict(card)} if kind == ADAPTIVE_CARD:
                if found := problems(card):
                    notices.append(Notice("error", SOMETHING_WRONG, now))
                    raise BadAnswer("; ".join(found))
                message.views[person.id] = View(card, now)
                notices.clear()
            case {"statusCode": 200, "type": str(kind), "value": str(words)} if kind == WORDS:
                notices.append(Notice("message", words, now))
            case {"statusCode": int(), "type": str(kind), "value": {"code": str(), "message": str(words)}} if (
                kind == ERROR
            ):
                notices.append(Notice("error", words, now))
            case _:
                notices.append(Notice("error", SOMETHING_WRONG, now))
                raise BadAnswer(
                    "an adaptiveCard/action is answered with statusCode, type and a value that fit each other"
                )

    async def _deliver(self, activity: Activity, how: How) -> Answer:
        forge = how.get("forge", Forge())
        sent = {name: value for name, value in (activity | dict(forge.activity)).items() if value is not None}
        body = orjson.dumps(sent) if forge.body is None else forge.body
        headers = {"Content-Type": forge.content_type}
        authorization = self._authorization(forge) if forge.authorization is None else forge.authorization
        if authorization:
            headers["Authorization"] = authorization
        answers = await asyncio.gather(*(self._post(body, headers) for _ in range(how.get("deliver_times", 1))))
        self.delivered.append(Delivered(sent, answers))
        return answers[0]

    def _authorization(self, forge: Forge) -> str:
        token = self.world.identity.sign(
            forge.audience or self.world.app_id,
            forge.service_url or self.world.service_url,
            channel=forge.channel,
            claims=forge.claims,
            headers=forge.headers,
            algorithm=forge.algorithm,
            key=forge.key,
        )
        return f"Bearer {token}"

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("the stand-in is not started")
        timeout = aiohttp.ClientTimeout(total=self._patience)
        try:
            async with self._session.post(self.bot_url, data=body, headers=headers, timeout=timeout) as response:
                raw = await response.read()
        except TimeoutError:
            log.warning("the bot did not answer in time", seconds=self._patience)
            return Answer(504, None)
        except aiohttp.ClientError as error:
            log.warning("the bot could not be reached", error=type(error).__name__)
            return Answer(502, None)
        return Answer(response.status, _read(raw))


def _read(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return raw.decode(errors="replace")
