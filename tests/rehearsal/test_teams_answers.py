"""What people see in the Teams stand-in of what the bot answers, and when their cards refresh."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.rehearsal.teams_deliveries import BadAnswer
from tests.rehearsal.small_bot import Ward, a_card, a_ward, answers, conversation, feeling, send, with_card

CARD = a_card(feeling(), send())
THANKS = a_card({"type": "TextBlock", "text": "Saved. Thank you."})
EXECUTED = {"type": "Action.Execute", "title": "Execute", "verb": "refresh", "data": {"checkin": "c1"}}


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


async def test_update_takes_views_away(ward: Ward) -> None:
    """An update of the shared card shows everybody the shared card again."""
    joe = ward.person("joe")
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answers("card.adaptive", THANKS)
    await ward.teams.execute(joe, message_id)
    await ward.call("PUT", conversation(ward.coffee.id) + f"/activities/{message_id}", with_card(CARD))

    assert ward.teams.view(joe, message_id) == CARD


@pytest.mark.parametrize(
    ("kind", "value", "status", "seen"),
    [
        ("activity.message", "Only leads can.", 200, ("message", "Only leads can.")),
        ("error", {"code": "late", "message": "It has closed."}, 400, ("error", "It has closed.")),
    ],
)
async def test_answers_in_words(ward: Ward, kind: str, value: Any, status: int, seen: tuple[str, str]) -> None:
    """An answer in words stands under the card, for that person only, and the card stays."""
    joe = ward.person("joe")
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answers(kind, value, status)
    await ward.teams.execute(joe, message_id)

    notices = ward.teams.talk.messages[message_id].notices
    assert [(notice.kind, notice.text) for notice in notices[joe.id]] == [seen]
    assert set(notices) == {joe.id}
    assert ward.teams.view(joe, message_id) == CARD


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answers("card.adaptive", a_card({"type": "Marquee"})), "Marquee"),
        (answers("card.adaptive", "words"), "fit each other"),
        (answers("activity.message", THANKS), "fit each other"),
        (answers("error", "words"), "fit each other"),
        (lambda _: {"value": "words"}, "fit each other"),
        (lambda _: None, "fit each other"),
    ],
)
async def test_answers_that_cannot_be_shown(ward: Ward, answer: Callable[[Any], Any], why: str) -> None:
    """An answer that Teams could not show is an error for the person, and loud for whoever wrote the bot."""
    joe = ward.person("joe")
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answer
    with pytest.raises(BadAnswer, match=why):
        await ward.teams.execute(joe, message_id)

    assert [notice.kind for notice in ward.teams.talk.messages[message_id].notices[joe.id]] == ["error"]


async def test_a_bot_that_fails(ward: Ward) -> None:
    """A bot that answers 500, or is not there, leaves an error under the card."""
    joe = ward.person("joe")
    message_id = await ward.post_card(CARD)
    ward.bot.status, ward.bot.raw = 500, b"<html>"
    failed = await ward.teams.execute(joe, message_id)
    ward.teams.bot_url = "http://127.0.0.1:9/"
    gone = await ward.teams.execute(joe, message_id)

    assert [failed, gone] == [(500, "<html>"), (502, None)]
    assert len(ward.teams.talk.messages[message_id].notices[joe.id]) == 2


async def test_a_bot_that_is_late() -> None:
    """A bot that does not answer in time leaves an error under the card."""
    async with a_ward(patience=0.2) as ward:
        joe = ward.person("joe")
        message_id = await ward.post_card(CARD)
        ward.bot.silent = True
        late = await ward.teams.execute(joe, message_id)

    assert late == (504, None)
    assert len(ward.teams.talk.messages[message_id].notices[joe.id]) == 1


async def refreshed(ward: Ward, **refresh: Any) -> int:
    """How often looking twice, now and a minute later, refreshes Joe's card."""
    message_id = await ward.post_card(a_card(feeling(), refresh={"action": EXECUTED, **refresh}))
    ward.bot.answer = answers("card.adaptive", a_card(feeling(value="good"), refresh={"action": EXECUTED, **refresh}))
    ward.bot.received.clear()
    for seconds in (0, 30, 30):
        ward.clock.move_by(seconds)
        await ward.teams.open_message(ward.person("joe"), message_id)
    return len(ward.bot.received)


async def test_refresh(ward: Ward) -> None:
    """Looking at a card refreshes it for whom it names, and again when it is a minute old; and not for others."""
    joe = ward.person("joe")

    assert await refreshed(ward, userIds=[joe.teams_id]) == 2
    assert ward.bot.received[0]["value"]["trigger"] == "automatic"
    assert ward.bot.received[0]["value"]["action"]["data"] == {"checkin": "c1"}
    assert await refreshed(ward, userIds=[]) == 0
    assert await refreshed(ward, userIds=[ward.person("amina").teams_id]) == 0


async def test_refresh_for_all(ward: Ward) -> None:
    """A card that names nobody refreshes for everybody in a conversation of up to sixty."""
    small = await refreshed(ward)
    for number in range(60):
        ward.town.add_member(ward.rowan, ward.town.add_person(f"n{number}", f"Nurse {number}", "nurse"))
    large = await refreshed(ward)

    assert (small, large) == (2, 0)


async def test_no_refresh(ward: Ward) -> None:
    """A card without refresh, and a message without a card, are only looked at."""
    message_id = await ward.post_card(CARD)
    words = (await ward.post({"type": "message", "text": "Hello"})).body["activityId"]

    assert await ward.teams.open_message(ward.person("joe"), message_id) == CARD
    assert await ward.teams.open_message(ward.person("joe"), words) is None
    assert ward.bot.received == []
