"""What the rehearsal's page is told: what one person sees of one place, and what stands around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.commands import COMMANDS, Where
from bot.rehearsal.people import Channel, Person, Team, Town
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_deliveries import Delivered
from bot.rehearsal.teams_talk import Message, Thread
from bot.rehearsal.teams_world import NotSent

CHAT = "chat"
#: Threads that are shown of a channel until somebody asks for older ones; of a chat, whose threads are single messages, so many times more.
SHOWN_THREADS, CHAT_SHOWS = 5, 4
NO_SUCH_PLACE = "You are not in that channel."
LAST_DELIVERIES = 30
OK_UNTIL = 300

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks: a channel they are in, or (without one) their chat with the bot."""

    id: str
    team: Team | None = None
    channel: Channel | None = None


def places_of(town: Town, person: Person) -> list[Place]:
    """The chat with the bot, and every channel of every team that `person` is in; what was deleted is gone."""
    channels = [
        Place(channel.id, team, channel)
        for team in town.teams.values()
        if person in team.members and not team.deleted
        for channel in team.channels
        if not channel.deleted
    ]
    return [*channels, Place(CHAT)]


def place_of(teams: TeamsStandIn, person: Person, wanted: str) -> Place:
    """The place called `wanted`. Raises NotSent where this person is not in it."""
    for place in places_of(teams.world.town, person):
        if place.id == wanted:
            return place
    raise NotSent({"": NO_SUCH_PLACE})


def seen_from(teams: TeamsStandIn, person: Person, wanted: str) -> Place:
    """The place called `wanted`, or where this person is not in it, the place of theirs where most was said."""
    places = places_of(teams.world.town, person)
    return next((one for one in places if one.id == wanted), None) or max(
        places,
        key=lambda one: (len(_threads(teams, person, one)), one.team is not None and one.channel != one.team.general),
    )


def describe_people(town: Town) -> list[Json]:
    """Everybody who can be played, each with the first of their teams."""
    return [
        {"key": one.key, "id": one.id, "name": one.name, "role": one.role, "guest": one.guest, "team": _team(town, one)}
        for one in town.people.values()
    ]


def describe_places(teams: TeamsStandIn, person: Person) -> list[Json]:
    """The places of one person, each with how many posts stand there."""
    return [
        _head(teams, person, place) | {"count": len(_threads(teams, person, place))}
        for place in places_of(teams.world.town, person)
    ]


def describe_place(teams: TeamsStandIn, person: Person, place: Place, most: int = SHOWN_THREADS) -> Json:
    """One place as `person` sees it: its newest threads, each message with the card that is theirs, and how many older ones there are."""
    # A thread that is written in comes to the front, as in Teams: a reminder or a summary must not hide under what was said since.
    threads = sorted(_threads(teams, person, place), key=lambda thread: (thread.replies or [thread.root])[-1].sent_at)
    shown = threads[-(most if place.team else most * CHAT_SHOWS) :]
    members = place.team.members if place.team else [person]
    return _head(teams, person, place) | {
        "people": [{"id": one.id, "name": one.name, "role": one.role} for one in members],
        "threads": [[_message(teams, person, one) for one in (thread.root, *thread.replies)] for thread in shown],
        "older": len(threads) - len(shown),
    }


def describe_commands(place: Place) -> list[Json]:
    """What can be said to the bot here."""
    where = Where.CHANNEL if place.channel else Where.PERSONAL
    return [{"title": one.title, "says": one.says} for one in COMMANDS if where in one.where]


def describe_moments(moments: Mapping[str, datetime]) -> dict[str, str]:
    """Moments as JSON."""
    return {name: moment.isoformat() for name, moment in moments.items()}


def describe_deliveries(delivered: Sequence[Delivered]) -> list[Json]:
    """What went to the bot lately, newest first, and how it answered; several answers to one tap are all told."""
    return [
        {
            "at": one.activity.get("timestamp"),
            "what": _kind(one.activity),
            "answers": [answer.status for answer in one.answers],
            "well": all(answer.status < OK_UNTIL for answer in one.answers),
        }
        for one in list(delivered)[: -LAST_DELIVERIES - 1 : -1]
    ]


def _kind(activity: Mapping[str, Any]) -> str:
    value = activity.get("value")
    action = value.get("action") if isinstance(value, dict) else None
    verb = action.get("verb") if isinstance(action, dict) else None
    return " ".join(str(word) for word in (activity.get("name") or activity.get("type"), verb) if word)


def _team(town: Town, person: Person) -> str:
    return next((team.name for team in town.teams.values() if person in team.members), "")


def _head(teams: TeamsStandIn, person: Person, place: Place) -> Json:
    talk = teams.talk
    if place.team is None or place.channel is None:
        return {"id": CHAT, "kind": "personal", "team": "", "name": "", "appHere": person.id in talk.app_with_people}
    here = place.team.id in talk.app_in_teams
    return {"id": place.id, "kind": "channel", "team": place.team.name, "name": place.channel.name, "appHere": here}


def _threads(teams: TeamsStandIn, person: Person, place: Place) -> list[Thread]:
    if place.channel is None:
        return [Thread(message, []) for message in teams.chat(person)]
    return teams.threads(place.channel)


def _message(teams: TeamsStandIn, person: Person, message: Message) -> Json:
    author = next((one for one in teams.world.town.people.values() if one.id == message.author), None)
    card = teams.talk.view(person, message.id)
    return {
        "id": message.id,
        "author": {"name": author.name if author else teams.world.app_name, "bot": author is None},
        "at": message.sent_at.isoformat(),
        "edition": len(message.versions),
        "text": message.text,
        # Bot Framework activity schema: without a textFormat, text is Markdown; what people type is not.
        "plain": author is not None or message.versions[-1].get("textFormat") == "plain",
        "card": card,
        "own": card != message.card,
        "refreshes": bool(card and card.get("refresh")),
        "notices": [{"kind": one.kind, "text": one.text} for one in message.notices.get(person.id, [])],
    }
