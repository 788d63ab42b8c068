"""Each activity to the part that answers it. The SDK's dispatcher calls these methods."""

from http import HTTPStatus
from typing import Any

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, Attachment

import cards.talking
from bot.errors import Final, Problem, TellPerson, TryAgain, WakeSomebody
from bot.teams.adapter import AsIs
from bot.teams.connector import Connector
from bot.teams.events import Events
from bot.teams.forms import Tap, mentioned_in, person_of, place_of, said_in, tap_of
from bot.teams.talk import Talk
from bot.teams.taps import Taps

CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
CARD_ACTION = "adaptiveCard/action"

#: Said in the channel's thread when somebody's own answer cannot be shown to them alone. It names nobody.
KEPT_QUIETLY = "That worked. To see or change it, add me to your own chats, or use a newer Teams."
NOT_KEPT_QUIETLY = (
    "That did not work, and nothing was kept. To see why, add me to your own chats, or use a newer Teams."
)

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
            person, place = person_of(activity), place_of(activity)
            card = await self._talk.answer(said_in(activity), place, person, lambda: self._accounts(activity))
        except TellPerson as told:
            card = cards.talking.refused(_sentence(told))
        await turn_context.send_activity(_message(card))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Not the SDK's own dispatch, which asks Teams for every new member one by one."""
        await self._events.conversation(turn_context.activity)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Put in, taken out, upgraded."""
        await self._events.installation(turn_context.activity)

    async def _submitted(self, turn_context: TurnContext, activity: Activity) -> None:
        """An `Action.Submit` cannot be answered with a card in place: the answer goes to the person alone."""
        tap: Tap | None = None
        otherwise = KEPT_QUIETLY
        try:
            tap = tap_of(activity, activity.value)
            card = await self._taps.answer(tap)
        except TellPerson as told:
            card, otherwise = cards.talking.refused(_sentence(told)), NOT_KEPT_QUIETLY
        if tap is None or tap.place is None:
            await turn_context.send_activity(_message(card))
            return
        try:
            await self._connector.post_to_person(tap.place, tap.person.id, message_of(card))
        except Final as refused:
            log.info("a private answer could not be given", code=refused.code)
            await turn_context.send_activity(_message(cards.talking.sentence(otherwise)))

    async def _accounts(self, activity: Activity) -> list[str]:
        """The Entra object ids of the people mentioned; Teams gives only their ids in Teams.

        Whatever else can be mentioned (a channel, a tag, an app, somebody who has left) keeps that id, which is nobody's in the team.
        """
        accounts = []
        for teams_id in mentioned_in(activity):
            try:
                account = await self._connector.account_of(activity.service_url, activity.conversation.id, teams_id)
            except Final:
                account = teams_id
            except (TryAgain, WakeSomebody) as error:
                raise TellPerson([Problem("", CANNOT_LOOK_UP)]) from error
            accounts.append(account)
        return accounts


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
