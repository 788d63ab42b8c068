"""What Teams sends to a bot, field by field (Bot Framework activity schema; Teams: "conversation events", "bot messages")."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.rehearsal.people import Channel, Person, Team
from bot.rehearsal.teams_talk import THREAD_MARK, Message
from bot.rehearsal.teams_world import World

Activity = dict[str, Any]

ZONE = "Europe/London"
LOCALE = "en-GB"
#: What Teams' own clients put behind a mention.
SPACE = "&nbsp;"
CLIENT_INFO = {"type": "clientInfo", "locale": LOCALE, "country": "GB", "platform": "Web", "timezone": ZONE}


class Activities:
    """Builds each activity as it would come over the wire."""

    def __init__(self, world: World) -> None:
        self._world = world

    def channel_message(
        self, person: Person, team: Team, channel: Channel, text: str, thread: str | None, mentions: Sequence[Person]
    ) -> Activity:
        """A message in a channel that mentions the bot, and perhaps people. Its text is escaped as HTML."""
        named = [(self._world.bot_id, self._world.app_name), *((one.teams_id, one.name) for one in mentions)]
        tags = [_tag(name) for _, name in named]
        words = escape(text, quote=False)
        for tag in tags:
            words = words.replace(escape(tag, quote=False), tag)
        words = words if tags[0] in words else f"{tags[0]}{SPACE}{words}"
        words = " ".join([words, *(tag for tag in tags[1:] if tag not in words)])
        entities = [
            {"type": "mention", "mentioned": {"id": who, "name": name}, "text": _tag(name)} for who, name in named
        ]
        message_id = self._new_message_id()
        activity = self._frame("message", person, self.channel_conversation(channel, thread or message_id))
        return activity | {
            "id": message_id,
            "text": words,
            "textFormat": "plain",
            "attachments": [{"contentType": "text/html", "content": f"<p>{words}</p>"}],
            "entities": [*entities, CLIENT_INFO],
            "channelData": self.spot(team, channel),
        }

    def chat_message(self, person: Person, chat: str, text: str) -> Activity:
        """A message in the personal chat."""
        activity = self._frame("message", person, self.personal_conversation(chat))
        return activity | {
            "id": self._new_message_id(),
            "text": text,
            "textFormat": "plain",
            "attachments": [{"contentType": "text/html", "content": f"<p>{text}</p>"}],
        }

    def on_card(self, kind: str, person: Person, message: Message, value: Any) -> Activity:
        """Something done on a card: an "invoke", or the "message" without words of an Action.Submit."""
        found = self._world.town.find_channel(message.conversation)
        where = (
            self.channel_conversation(found[1], message.root)
            if found
            else self.personal_conversation(message.conversation)
        )
        place = self.spot(*found) if found else {"tenant": {"id": self._world.tenant_id}}
        activity = self._frame(kind, person, where)
        return activity | {
            "replyToId": message.id,
            "value": value,
            "channelData": place | {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{message.id}"}},
        }

    def installation(self, person: Person, where: dict[str, Any], data: dict[str, Any], action: str) -> Activity:
        """installationUpdate: `action` is add, remove, add-upgrade or remove-upgrade."""
        activity = self._frame("installationUpdate", person, where)
        return activity | {"action": action, "channelData": data | {"source": {"name": "message"}}}

    def conversation_update(
        self, person: Person, where: dict[str, Any], data: dict[str, Any], **changed: Any
    ) -> Activity:
        """conversationUpdate: `changed` may be membersAdded or membersRemoved; the kind of event is in `data`."""
        return self._frame("conversationUpdate", person, where) | {"channelData": data} | changed

    def account(self, person: Person) -> dict[str, Any]:
        """A person as they stand in membersAdded and membersRemoved: without their Entra object id (Teams: "conversation events", samples)."""
        return {"id": person.teams_id}

    def spot(self, team: Team, channel: Channel) -> dict[str, Any]:
        """channelData of a message or an invoke: ids and no names, and not the Entra group (Teams: "Bot conversations", channelData)."""
        return self.place(team, channel) | {"team": {"id": team.id}}

    def place(self, team: Team, channel: Channel | None = None) -> dict[str, Any]:
        """channelData of an event in a team."""
        data: dict[str, Any] = {
            "team": {"id": team.id, "name": team.name, "aadGroupId": team.group_id},
            "tenant": {"id": self._world.tenant_id},
        }
        if channel:
            data |= {"channel": {"id": channel.id}, "teamsChannelId": channel.id, "teamsTeamId": team.id}
        return data

    def channel_conversation(self, channel: Channel, thread: str | None = None) -> dict[str, Any]:
        """Where something in a channel happened."""
        suffix = f"{THREAD_MARK}{thread}" if thread else ""
        return {
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": self._world.tenant_id,
            "id": channel.id + suffix,
        }

    def personal_conversation(self, chat: str) -> dict[str, Any]:
        """Where something in a personal chat happened."""
        return {"conversationType": "personal", "tenantId": self._world.tenant_id, "id": chat}

    def _frame(self, kind: str, person: Person, where: dict[str, Any]) -> Activity:
        now = self._world.clock.now()
        return {
            "type": kind,
            "id": f"f:{uuid4()}",
            "timestamp": _stamp(now).replace("+00:00", "Z"),
            "localTimestamp": _stamp(now.astimezone(ZoneInfo(ZONE))),
            "localTimezone": ZONE,
            "channelId": "msteams",
            "serviceUrl": self._world.service_url,
            "from": {"id": person.teams_id, "name": person.name, "aadObjectId": person.id},
            "conversation": where,
            "recipient": {"id": self._world.bot_id, "name": self._world.app_name},
            "entities": [CLIENT_INFO],
            "channelData": {"tenant": {"id": self._world.tenant_id}},
            "locale": LOCALE,
        }

    def _new_message_id(self) -> str:
        return self._world.talk.new_id(self._world.clock.now())


def _tag(name: str) -> str:
    return f"<at>{name}</at>"


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
