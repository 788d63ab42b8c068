"""Each activity to the part that answers it. The SDK's dispatcher calls these methods."""

from http import HTTPStatus
from typing import Any

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, Attachment

import cards.checkins
import cards.talking
from bot.errors import Final, Problem, TellPerson, TryAgain, WakeSomebody
from bot.teams.adapter import AsIs
from bot.teams.connector import Connector
from bot.teams.events import Events
from bot.teams.forms import Tap, asked_in, mentioned_in, person_of, place_of, said_in, tap_of
from bot.teams.talk import Talk
from bot.teams.taps import Taps
from cards.verbs import Verb

CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
CARD_ACTION = "adaptiveCard/action"

#: Said in the channel's thread when what somebody asked for cannot be shown to them alone. It names nobody.
ASK_ME_ALONE = "My answer is for you alone, and we have no chat yet. Open one with me and ask me there."
NOT_KEPT = "That could not be kept. I can say why in a chat with you alone. Open one with me and try again."

#: Of these the channel hears nothing where they went well: its thread would show the minute in which somebody answered.
ANSWERING = frozenset({Verb.SEND, Verb.ADD, Verb.DONE})
LOOKING = frozenset({Verb.MINE, Verb.VIEW})
#: What the cards say that answer somebody whose answer was kept.
KEPT = frozenset({cards.checkins.SAVED, cards.checkins.SAVED_SHORT})

CANNOT_LOOK_UP = (
    "I cannot look up the people you mentioned just now, so I changed nothing. Please try again in a few minutes."
)

log = structlog.get_logger()


class Handler(TeamsActivityHandler):
    """Taps, words and events. What a person should put right (`TellPerson`) becomes a plain sentence; anything else is the door's to log."""

    def __init__(self, taps: Taps, talk: Talk, events: Events, connector: Connector) -> None:
        super().__init__()
        self._taps = taps
        self._talk = talk
        self._events = events
        self._connector = connector

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """A tap on a card. The answer is a plain dict, handed past the SDK: its own models break on the way out (4.17.1)."""
        activity = turn_context.activity
        answer = InvokeResponse(status=HTTPStatus.NOT_IMPLEMENTED)
        if activity.name == CARD_ACTION:
            try:
                card = await self._taps.answer(tap_of(activity, activity.value or {}))
                answer = InvokeResponse(status=HTTPStatus.OK, body=_answer(CARD, card))
            except TellPerson as told:
                answer = InvokeResponse(status=HTTPStatus.OK, body=_answer(SENTENCE, _sentence(told)))
        turn_context.adapter.answer(turn_context, answer)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Words; or a tap from a client that knows only `Action.Submit`."""
        activity = turn_context.activity
        if isinstance(activity.value, dict) and "verb" in activity.value:
            await self._submitted(turn_context, activity)
            return
        try:
            person, place = person_of(activity), asked_in(activity)
            card = await self._talk.answer(said_in(activity), place, person, lambda: self._accounts(activity))
        except TellPerson as told:
            card = cards.talking.refused(_sentence(told))
        await _say(turn_context, card)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Not the SDK's own dispatch, which asks Teams for every new member one by one."""
        await self._events.conversation(turn_context.activity)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Put in, taken out, upgraded."""
        await self._events.installation(turn_context.activity)

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        """Somebody changed what they said: what was answered stays. The SDK's own dispatch breaks on channel data of another shape."""

    async def on_message_delete_activity(self, turn_context: TurnContext) -> None:
        """Somebody took back what they said: see above."""

    async def on_event_activity(self, turn_context: TurnContext) -> None:
        """Read receipts and meetings are nothing to us: see above."""

    async def _submitted(self, turn_context: TurnContext, activity: Activity) -> None:
        """An `Action.Submit` cannot be answered with a card in place: the answer goes to the person alone."""
        tap: Tap | None = None
        otherwise: str | None
        try:
            tap = tap_of(activity, activity.value)
            card = await self._taps.answer(tap)
            otherwise = _without_a_chat(tap.verb, card)
        except TellPerson as told:
            card, otherwise = cards.talking.refused(_sentence(told)), NOT_KEPT
        if tap is None or tap.place is None:
            await _say(turn_context, card)
            return
        try:
            await self._connector.post_to_person(tap.place, tap.person.id, message_of(card))
        except (TryAgain, Final, WakeSomebody) as refused:
            log.info("a private answer could not be given", code=refused.code)
            if otherwise is not None:
                await _say(turn_context, cards.talking.sentence(otherwise))

    async def _accounts(self, activity: Activity) -> list[str]:
        """The Entra object ids of the people mentioned; Teams gives only their ids in Teams.

        Whatever else can be mentioned (a channel, a tag, an app, somebody who has left) keeps that id, which is nobody's in the team.
        """
        accounts = []
        place = place_of(activity)
        team_id = place.team_id if place else activity.conversation.id
        for teams_id in mentioned_in(activity):
            try:
                account = await self._connector.account_of(activity.service_url, team_id, teams_id)
            except Final:
                account = teams_id
            except (TryAgain, WakeSomebody) as error:
                raise TellPerson([Problem("", CANNOT_LOOK_UP)]) from error
            accounts.append(account)
        return accounts


def _without_a_chat(verb: Verb, card: dict[str, Any]) -> str | None:
    """What the channel's thread says in place of a card for one person; None: nothing."""
    if verb in ANSWERING:
        return None if card["fallbackText"] in KEPT else NOT_KEPT
    return None if verb in LOOKING else ASK_ME_ALONE


async def _say(turn_context: TurnContext, card: dict[str, Any]) -> None:
    """Answer. Where Teams does not take that, the act itself stands, and to have it all delivered again would do it twice."""
    try:
        await turn_context.send_activity(_message(card))
    except (TryAgain, Final, WakeSomebody) as error:
        log.warning("an answer could not be given", code=error.code)


def message_of(card: dict[str, Any]) -> dict[str, Any]:
    """A message with one card, as the Connector takes it. `summary` is what notifications show."""
    attachment = {"contentType": CARD, "content": card}
    return {"type": ActivityTypes.message, "attachments": [attachment], "summary": card["fallbackText"]}


def _message(card: dict[str, Any]) -> Activity:
    attachment = Attachment(content_type=CARD, content=AsIs(card))
    return Activity(type=ActivityTypes.message, attachments=[attachment], summary=card["fallbackText"])


def _answer(kind: str, value: Any) -> dict[str, Any]:
    """Shape of an answer to `adaptiveCard/action` (Adaptive Cards "Universal Action Model")."""
    return {"statusCode": HTTPStatus.OK, "type": kind, "value": value}


def _sentence(told: TellPerson) -> str:
    return " ".join(problem.sentence for problem in told.problems)
