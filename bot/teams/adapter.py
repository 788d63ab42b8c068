"""The SDK's adapter, with our Connector in place of its clients."""

from collections.abc import Sequence
from typing import Any, Self

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ConversationReference, ResourceResponse
from msrest.serialization import Model

from bot.errors import TryAgain
from bot.teams.connector import Connector
from bot.teams.gate import Gate
from bot.teams.pace import Pace
from bot.teams.refusals import THROTTLED, UNREACHABLE

#: Seconds before an answer that did not arrive is sent once more, and the longest that Teams may ask for: Bot Service gives a turn 10 to 15 s.
SHORT_WAIT = 0.5
LONGEST_WAIT = 2.0


class AsIs(dict[str, Any]):
    """A JSON object that the SDK hands on uncopied. For cards: the SDK deep-copies what it sends, 300 µs each."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Adapter(CloudAdapterBase):
    """Turns go through the SDK's own pipeline; what they send goes straight to the Connector.

    No `on_turn_error` is set, because one would swallow errors: a proactive caller would see success. What a handler
    raises is raised by `process_activity`.
    """

    def __init__(self, gate: Gate, connector: Connector, pace: Pace) -> None:
        super().__init__(gate)
        self._connector = connector
        self._pace = pace

    async def send_activities(self, context: TurnContext, activities: Sequence[Activity]) -> list[ResourceResponse]:
        """Send in order. An invoke's answer is kept for the end of the turn; traces are for emulators and go nowhere.

        Raises:
            TryAgain, Final, WakeSomebody: as `Connector.send`.

        """
        sent = []
        for activity in activities:
            message_id = ""
            if activity.type == ActivityTypes.invoke_response:
                context.turn_state[self._INVOKE_RESPONSE_KEY] = activity
            elif activity.type != ActivityTypes.trace:
                message_id = await self._send(activity)
            sent.append(ResourceResponse(id=message_id))
        return sent

    async def _send(self, activity: Activity) -> str:
        """Send, and once more where it surely did not arrive and the wait is one that a person sits out."""
        where, said = activity.conversation.id, json_of(activity)
        await self._pace.turn(where, for_a_person=True)
        try:
            return await self._connector.send(activity.service_url, where, said)
        except TryAgain as later:
            wait = _worth_waiting(later)
            if wait is None:
                raise
        await self._pace.rest(wait)
        await self._pace.turn(where, for_a_person=True)
        return await self._connector.send(activity.service_url, where, said)

    def answer(self, context: TurnContext, response: InvokeResponse) -> None:
        """Answer an invoke without the SDK's copy of the whole answer (60 µs); the handler then returns None."""
        context.turn_state[self._INVOKE_RESPONSE_KEY] = Activity(type=ActivityTypes.invoke_response, value=response)

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Replace the message `activity.id`. Raises as `Connector.update`."""
        await self._connector.update(activity.service_url, activity.conversation.id, activity.id, json_of(activity))
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Take away the message `reference.activity_id`. Raises as `Connector.delete`."""
        await self._connector.delete(reference.service_url, reference.conversation.id, reference.activity_id)


def _worth_waiting(later: TryAgain) -> float | None:
    if later.code == UNREACHABLE:
        return SHORT_WAIT
    if later.code == THROTTLED and later.after is not None and later.after <= LONGEST_WAIT:
        return later.after
    return None


def json_of(value: Any) -> Any:
    """Return the SDK's models as plain JSON: the fields that are set, under their names on the wire.

    Plain values are returned as they are. Not msrest's own serialiser, which takes 2.2 ms for a card of 6 KB.
    """
    if isinstance(value, Model):
        wire = {
            field["key"]: json_of(held)
            for name, field in value._attribute_map.items()  # noqa: SLF001 (the SDK's models describe themselves here)
            if (held := getattr(value, name, None)) is not None
        }
        return {**(value.additional_properties or {}), **wire}
    if isinstance(value, list):
        return [json_of(part) for part in value]
    return value
