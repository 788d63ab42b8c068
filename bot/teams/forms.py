"""From an activity to typed things: who, where, what was tapped, what was said. Nothing further in reads an activity."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from botbuilder.schema import Activity

from bot.domain.wards import Person, Place
from bot.errors import Problem, TellPerson
from cards.verbs import Verb

NO_ACCOUNT = "I cannot tell who you are, so I did nothing. Please use your own account in Teams."
UNKNOWN_TAP = "I do not know that button any more. Please say “help”."

STANDARD_ONLY = (
    "I work in standard channels only. This one is shared or private. Please ask me in another channel of your team."
)

IN_A_GROUP = "I do not work in group chats. Please ask me in your ward’s channel, or in a chat with me alone."

#: `conversation.conversationType` of a chat of several people (Teams sends personal, channel or groupChat). The app cannot be added to one; but
#: what is for one person alone must not be shown there, whatever an administrator changes.
GROUP = "groupchat"

#: `channelData.channel.type` of channels that are not everybody's in the team (Bot Framework SDK for .NET, `ChannelInfo.Type`).
OWN_MEMBERS = frozenset({"shared", "private"})

#: A name nobody gave.
SOMEBODY = "Somebody"


@dataclass(frozen=True, slots=True)
class Tap:
    """A button somebody pressed on a card, with what they typed.

    `place` is the channel (None in personal chat), `message_id` the card's own message. `delivery` is the same for every delivery of the same tap.
    """

    verb: Verb
    form: Mapping[str, object]
    person: Person
    place: Place | None
    message_id: str | None
    delivery: str

    def id_of(self, thing: str) -> str:
        """The opaque id the card carries under this name; empty where it carries none."""
        value = self.form.get(thing)
        return value if isinstance(value, str) else ""

    def typed(self) -> dict[str, str]:
        """What was typed, as text, to be shown again."""
        return {name: value for name, value in self.form.items() if isinstance(value, str)}


def person_of(activity: Activity) -> Person:
    """Who sent it, by their Entra object id.

    Raises:
        TellPerson: the account has none (an anonymous guest of a meeting, another bot).
    """
    sender = activity.from_property
    if not sender.aad_object_id:
        raise TellPerson([Problem("", NO_ACCOUNT)])
    return Person(id=sender.aad_object_id, name=sender.name or SOMEBODY)


def place_of(activity: Activity) -> Place | None:
    """The channel it came from, or None outside channels. Team and channel come from `channelData`, which Teams writes, never from a card."""
    said = activity.channel_data or {}
    team = said.get("team") or {}
    channel = said.get("channel") or {}
    if not team.get("id"):
        return None
    return Place(
        tenant_id=said["tenant"]["id"],
        team_id=team["id"],
        group_id=team.get("aadGroupId") or "",
        # The General channel has its team's id and no name (Teams: "channelData" in "Bot conversations").
        channel_id=channel.get("id") or team["id"],
        service_url=activity.service_url,
        team_name=team.get("name") or "",
        channel_name=channel.get("name") or "",
    )


def asked_in(activity: Activity) -> Place | None:
    """The same, for what people ask of us.

    Raises:
        TellPerson: a shared or private channel. It has its own members, some perhaps of other organisations, and we know the team's only. Or a
            chat of several people, which belongs to no ward.
    """
    if (activity.conversation.conversation_type or "").lower() == GROUP:
        raise TellPerson([Problem("", IN_A_GROUP)])
    kind = ((activity.channel_data or {}).get("channel") or {}).get("type")
    if isinstance(kind, str) and kind.lower() in OWN_MEMBERS:
        raise TellPerson([Problem("", STANDARD_ONLY)])
    return place_of(activity)


def tap_of(activity: Activity, value: Mapping[str, object]) -> Tap:
    """The tap in `value`: an `Action.Execute`'s action, or an `Action.Submit`'s data, which both carry the verb in their data.

    Raises:
        TellPerson: no such verb, or nobody to answer to.
    """
    action = value.get("action")
    if isinstance(action, Mapping):
        data = action.get("data")
        form: Mapping[str, object] = data if isinstance(data, Mapping) else {}
        verb = action.get("verb")
    else:
        form, verb = value, value.get("verb")
    try:
        known = Verb(verb if isinstance(verb, str) else "")
    except ValueError:
        raise TellPerson([Problem("", UNKNOWN_TAP)]) from None
    delivery = f"{activity.conversation.id} {activity.id or uuid4()}"
    return Tap(known, form, person_of(activity), asked_in(activity), _message_id(activity), delivery)


def thread_of(activity: Activity) -> str | None:
    """The id of the thread's first message: Teams puts it behind the conversation's id."""
    found = re.search(r";messageid=([^;]+)$", activity.conversation.id)
    return found.group(1) if found else None


def _message_id(activity: Activity) -> str | None:
    """The message of the card, where it is the first of its thread."""
    root = thread_of(activity)
    return root if root == activity.reply_to_id else None


def said_in(activity: Activity) -> str:
    """What was said, without the mentions, the bot's own or people's. They are known by their entities: names may be anything."""
    text = activity.text or ""
    for entity in activity.entities or ():
        if entity.type == "mention" and entity.additional_properties.get("text"):
            text = text.replace(entity.additional_properties["text"], " ", 1)
    # What Teams sends is escaped as HTML, and a mention is followed by "&nbsp;", which `split` takes for the space that it is.
    return " ".join(html.unescape(text).split())


def mentioned_in(activity: Activity) -> list[str]:
    """The ids in Teams ("29:…") of the people mentioned, the bot itself left out."""
    ids = [
        entity.additional_properties["mentioned"]["id"]
        for entity in activity.entities or ()
        if entity.type == "mention" and entity.additional_properties.get("mentioned")
    ]
    return [one for one in dict.fromkeys(ids) if one != activity.recipient.id]
