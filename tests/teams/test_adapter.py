"""What the SDK's turns send, over real HTTP."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    Attachment,
    CardAction,
    HeroCard,
    Mention,
)

from bot.errors import Final, TryAgain
from bot.teams.activities import parse
from bot.teams.adapter import Adapter, AsIs, json_of
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.gate import Gate, Refused
from bot.teams.keys import Keys
from bot.teams.pace import Pace
from tests.teams.door import (
    APP_ID,
    TENANT,
    Credential,
    Json,
    Microsoft,
    MovedClock,
    activity,
    claims,
    microsoft,
    session,
    signed,
    tap,
)
from tests.teams.test_connector import answering

OnTurn = Callable[[TurnContext], Awaitable[Any]]


@dataclass
class Desk:
    ms: Microsoft
    clock: MovedClock
    gate: Gate
    connector: Connector
    adapter: Adapter

    async def turn(
        self, logic: OnTurn, content: Json | None = None, header: str | None = None
    ) -> InvokeResponse | None:
        """Run one turn through the SDK's own `process_activity`."""
        body = content or activity(self.ms.service_url)
        token = signed(claims(self.ms.service_url, self.clock)) if header is None else header
        answered: InvokeResponse | None = await self.adapter.process_activity(
            token, parse(json.dumps(body).encode()), logic
        )
        return answered


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """An adapter whose Teams is on loopback."""
    clock = MovedClock()
    async with microsoft() as ms, session() as opened:
        gate = Gate(Keys(opened, ms.metadata, clock), ms.addresses, clock, app_id=APP_ID, tenants=[TENANT])
        bearer = Bearer(Credential(clock), "scope", clock)
        connector = Connector(opened, bearer, ms.addresses, bot_id=f"28:{APP_ID}")
        yield Desk(ms, clock, gate, connector, Adapter(gate, connector, Pace(clock)))


async def test_reply_goes_straight_to_the_connector(desk: Desk) -> None:
    """What a handler sends arrives in the conversation it answers, with the card untouched and the new id returned."""
    card = AsIs({"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "Hello"}]})
    ids: list[str] = []

    async def logic(context: TurnContext) -> None:
        attachment = Attachment(content_type="application/vnd.microsoft.card.adaptive", content=card)
        sent = await context.send_activity(Activity(type="message", text="Hello", attachments=[attachment]))
        ids.append(sent.id)

    assert await desk.turn(logic) is None
    (call,) = desk.ms.calls
    assert ids == ["1"]
    assert call.path == "conversations/19%3Arowan%40thread.tacv2%3Bmessageid%3D1763283500000/activities"
    assert call.body["attachments"] == [
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": dict(card)}
    ]
    assert (call.body["type"], call.body["text"]) == ("message", "Hello")
    assert call.body["replyToId"] == "1763283600000"
    assert call.body["from"] == {"id": f"28:{APP_ID}", "name": "Ward Rhythms"}
    assert call.body["recipient"]["id"] == "29:ada"
    assert "attachmentLayout" not in call.body


async def test_update_and_delete(desk: Desk) -> None:
    """A handler can replace and take away its messages."""

    async def logic(context: TurnContext) -> None:
        changed = await context.update_activity(Activity(id="17", type="message", text="new"))
        assert changed.id == "17"
        await context.delete_activity("18")

    await desk.turn(logic)

    assert [(call.method, call.path.rsplit("/", 1)[1]) for call in desk.ms.calls] == [("PUT", "17"), ("DELETE", "18")]
    assert desk.ms.calls[0].body["text"] == "new"


async def test_invoke_is_answered_in_the_response(desk: Desk) -> None:
    """An invoke's answer is a plain dict and goes to nobody else; a trace goes nowhere."""
    body = AsIs({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Saved."})

    async def logic(context: TurnContext) -> None:
        await context.send_trace_activity("trace")
        answer = InvokeResponse(status=200, body=body)
        await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=answer))

    answered = await desk.turn(logic, tap(desk.ms.service_url))

    assert answered is not None
    assert (answered.status, answered.body) == (200, body)
    assert answered.body is body
    assert desk.ms.calls == []


async def test_handler_may_answer_an_invoke_itself(desk: Desk) -> None:
    """An answer that is handed over is not copied, and the SDK's dispatcher leaves it alone."""
    body = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Saved."}

    class Bot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK carries no types
        async def on_invoke_activity(self, turn_context: TurnContext) -> None:
            desk.adapter.answer(turn_context, InvokeResponse(status=200, body=body))

    answered = await desk.turn(Bot().on_turn, tap(desk.ms.service_url))

    assert answered is not None
    assert answered.body is body


async def test_errors_are_not_swallowed(desk: Desk) -> None:
    """What Teams refuses is raised in the handler, and what a handler raises is raised to the caller."""
    desk.ms.answers = [lambda _: web.json_response({"error": {"code": "ConversationNotFound"}}, status=404)]

    async def logic(context: TurnContext) -> None:
        await context.send_activity("hello")

    with pytest.raises(Final, match="conversation_not_found"):
        await desk.turn(logic)


async def test_no_turn_without_a_token(desk: Desk) -> None:
    """The SDK's own way in goes through the gate."""
    turns: list[TurnContext] = []

    async def logic(context: TurnContext) -> None:
        turns.append(context)

    with pytest.raises(Refused):
        await desk.turn(logic, header="")
    assert turns == []


def test_models_become_what_teams_reads() -> None:
    """Models within models are written under their names on the wire; what is unset is left out; mentions keep what they carry."""
    when = datetime(2026, 11, 16, tzinfo=UTC)
    mention = parse(json.dumps(activity("https://x/")).encode()).entities[0]
    hero = HeroCard(title="T", buttons=[CardAction(type="openUrl", title="Open", value={"a": [1]})])
    message = Activity(
        type=ActivityTypes.message,
        timestamp=when,
        attachments=[Attachment(content=hero)],
        entities=[mention, Mention(type="mention", text="<at>x</at>")],
        channel_data={"a": None},
    )

    assert json_of(message) == {
        "type": "message",
        "timestamp": when,
        "attachments": [
            {"content": {"title": "T", "buttons": [{"type": "openUrl", "title": "Open", "value": {"a": [1]}}]}}
        ],
        "entities": [
            {
                "type": "mention",
                "mentioned": {"id": f"28:{APP_ID}", "name": "Ward Rhythms"},
                "text": "<at>Ward Rhythms</at>",
            },
            {"type": "mention", "text": "<at>x</at>"},
        ],
        "channelData": {"a": None},
    }


async def said(context: TurnContext) -> None:
    """A handler that answers."""
    await context.send_activity(Activity(type="message", text="Hello"))


def paced(desk: Desk) -> Pace:
    """Give the desk a pace to keep."""
    pace = Pace(desk.clock)
    desk.adapter = Adapter(desk.gate, desk.connector, pace)
    return pace


@pytest.mark.parametrize(("retry_after", "seconds"), [("0", 0), ("2", 2)])
async def test_an_answer_that_surely_did_not_arrive(desk: Desk, retry_after: str, seconds: float) -> None:
    """Somebody who waits for an answer gets it, though Teams wanted a moment's rest first."""
    paced(desk)
    desk.ms.answers = [answering(429, Retry_After=retry_after)]
    before = desk.clock.now()
    await desk.turn(said)

    assert len(desk.ms.calls) == 2
    assert (desk.clock.now() - before).total_seconds() == seconds


@pytest.mark.parametrize(
    ("refusals", "tries"),
    [
        ([answering(429)], 1),
        ([answering(429, Retry_After="3")], 1),
        ([answering(503)], 1),
        ([answering(429, Retry_After="1")] * 2, 2),
    ],
)
async def test_an_answer_that_is_not_sent_again(
    desk: Desk, refusals: list[Callable[[web.Request], web.Response]], tries: int
) -> None:
    """What may have arrived, and what would keep somebody waiting, is not sent a second time in a turn; nothing is a third time."""
    paced(desk)
    desk.ms.answers = list(refusals)
    with pytest.raises(TryAgain):
        await desk.turn(said)

    assert len(desk.ms.calls) == tries


async def test_answers_count(desk: Desk) -> None:
    """What is said in turns counts against what is said unasked in the same thread."""
    pace = paced(desk)
    for number in range(7):
        await desk.turn(said, activity(desk.ms.service_url, id=str(number)))
    before = desk.clock.now()
    await pace.turn("19:rowan@thread.tacv2;messageid=1763283500000")

    assert (desk.clock.now() - before).total_seconds() == 1
