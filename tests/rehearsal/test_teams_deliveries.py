"""What people do in the Teams stand-in, as the bot receives it, and what they see then."""

from collections.abc import AsyncIterator

import jwt
import pytest

from bot.rehearsal.teams_deliveries import Forge
from bot.rehearsal.teams_world import NotSent
from tests.rehearsal.small_bot import APP_ID, TENANT, Ward, a_card, a_ward, answers, feeling, send, with_card

CARD = a_card(feeling(), send())
THANKS = a_card({"type": "TextBlock", "text": "Saved. Thank you."})
EXECUTED = {"type": "Action.Execute", "title": "Execute", "verb": "refresh", "data": {"checkin": "c1"}}


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


async def test_mention(ward: Ward) -> None:
    """A mention has every field that Teams sends, comes with a signed token, and stands in the channel."""
    joe, tomasz = ward.person("joe"), ward.person("tomasz")
    answer = await ward.teams.mention(joe, ward.coffee, "check in & now", mentions=[tomasz])

    (got,) = ward.bot.received
    (thread,) = ward.teams.threads(ward.coffee)
    claims = jwt.decode(str(ward.bot.authorizations[0]).removeprefix("Bearer "), options={"verify_signature": False})
    assert answer == (200, None)
    assert got["text"] == "<at>Ward Rhythms</at>&nbsp;check in &amp; now <at>Tomasz Kowalski</at>"
    assert thread.root.text == "<at>Ward Rhythms</at> check in & now <at>Tomasz Kowalski</at>"
    assert [entity["type"] for entity in got["entities"]] == ["mention", "mention", "clientInfo"]
    assert got["entities"][0]["mentioned"] == {"id": f"28:{APP_ID}", "name": "Ward Rhythms"}
    assert got["from"] == {"id": joe.teams_id, "name": "Joe Brennan", "aadObjectId": joe.id}
    assert got["conversation"]["id"] == f"{ward.coffee.id};messageid={thread.root.id}"
    assert got["channelData"]["team"]["id"] == ward.rowan.id
    assert got["channelData"]["channel"]["id"] == ward.coffee.id
    assert got["channelData"]["tenant"]["id"] == TENANT
    assert (got["timestamp"], got["localTimestamp"]) == ("2026-11-25T14:00:00.000Z", "2026-11-25T14:00:00.000+00:00")
    assert (got["channelId"], got["serviceUrl"]) == ("msteams", ward.teams.service_url)
    assert (claims["aud"], claims["serviceurl"]) == (APP_ID, ward.teams.service_url)


async def test_mention_in_a_thread(ward: Ward) -> None:
    """A mention can be a reply, with the bot named in the middle of the words."""
    root = await ward.post_card(CARD)
    await ward.teams.mention(ward.person("joe"), ward.coffee, "dear <at>Ward Rhythms</at>, help", thread=root)

    (thread,) = ward.teams.threads(ward.coffee)
    assert ward.bot.received[0]["conversation"]["id"].endswith(f";messageid={root}")
    assert [reply.text for reply in thread.replies] == ["dear <at>Ward Rhythms</at>, help"]


async def test_say(ward: Ward) -> None:
    """In the personal chat there is no team and no mention; only who has the app can write."""
    sam = ward.person("sam")
    with pytest.raises(NotSent, match="does not have the app"):
        await ward.teams.say(sam, "help")
    await ward.teams.install_for(sam)
    await ward.teams.say(sam, "help")

    got = ward.bot.received[-1]
    assert (got["type"], got["text"], got["conversation"]["conversationType"]) == ("message", "help", "personal")
    assert got["channelData"] == {"tenant": {"id": TENANT}}
    assert [message.text for message in ward.teams.chat(sam)] == ["help"]


async def test_who_cannot_speak(ward: Ward) -> None:
    """Strangers, deleted channels and teams without the app are beyond a person's reach."""
    joe = ward.person("joe")
    elm = ward.town.teams["elm"]
    with pytest.raises(NotSent, match="not in the team"):
        await ward.teams.mention(ward.person("osei"), ward.coffee, "help")
    with pytest.raises(NotSent, match="the app is not in this team"):
        await ward.teams.mention(ward.person("ellen"), elm.general, "help")
    await ward.teams.channel_deleted(ward.coffee)
    with pytest.raises(NotSent, match="not there any more"):
        await ward.teams.mention(joe, ward.coffee, "help")

    assert [one["type"] for one in ward.bot.received] == ["conversationUpdate"]


async def test_execute(ward: Ward) -> None:
    """A tap sends the card's own action with the inputs; the answer is seen by that person only."""
    joe, amina = ward.person("joe"), ward.person("amina")
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answers("card.adaptive", THANKS)
    answer = await ward.teams.execute(joe, message_id, "answer", {"feeling": "steady"})

    got = ward.bot.received[0]
    assert (got["type"], got["name"], got["replyToId"]) == ("invoke", "adaptiveCard/action", message_id)
    assert got["conversation"]["id"] == f"{ward.coffee.id};messageid={message_id}"
    assert got["value"] == {
        "action": {
            "type": "Action.Execute",
            "verb": "answer",
            "title": "Send",
            "data": {"action": "answer", "checkin": "c1", "feeling": "steady"},
        },
        "trigger": "manual",
    }
    assert answer.body["value"] == ward.teams.view(joe, message_id) == THANKS
    assert ward.teams.view(amina, message_id) == CARD


async def test_execute_by_what_is_seen(ward: Ward) -> None:
    """Once a person's card has changed, its buttons are the ones they can tap."""
    joe = ward.person("joe")
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answers("card.adaptive", THANKS)
    await ward.teams.execute(joe, message_id)

    with pytest.raises(NotSent, match="no such"):
        await ward.teams.execute(joe, message_id)


async def test_client_checks(ward: Ward) -> None:
    """The client stops a wrong choice; a forger gets it through."""
    message_id = await ward.post_card(CARD)
    ward.bot.answer = answers("card.adaptive", THANKS)
    joe, wrong = ward.person("joe"), {"feeling": "awful"}
    with pytest.raises(NotSent):
        await ward.teams.execute(joe, message_id, "answer", wrong)
    await ward.teams.execute(joe, message_id, "answer", wrong, forge=Forge(unchecked=True))

    assert [got["value"]["action"]["data"]["feeling"] for got in ward.bot.received] == ["awful"]


async def test_submit(ward: Ward) -> None:
    """An older client shows the fallback, and sends a message with a value and no words."""
    message_id = await ward.post_card(CARD)
    await ward.teams.submit(ward.person("joe"), message_id, inputs={"feeling": "good"})

    (got,) = ward.bot.received
    assert (got["type"], got["replyToId"]) == ("message", message_id)
    assert "text" not in got
    assert got["value"] == {"action": "answer", "checkin": "c1", "feeling": "good"}


async def test_cards_in_personal_chats(ward: Ward) -> None:
    """A card in a personal chat can be tapped by its person and by nobody else."""
    joe, amina = ward.person("joe"), ward.person("amina")
    await ward.teams.install_for(joe)
    await ward.teams.install_for(amina)
    body = {"tenantId": TENANT, "members": [{"id": joe.id}], "activity": with_card(CARD)}
    message_id = (await ward.call("POST", "v3/conversations", body)).body["activityId"]
    ward.bot.answer = answers("card.adaptive", THANKS)
    await ward.teams.execute(joe, message_id)

    assert ward.bot.received[-1]["conversation"]["conversationType"] == "personal"
    with pytest.raises(NotSent, match="somebody else's"):
        await ward.teams.execute(amina, message_id)


async def test_messages_out_of_reach(ward: Ward) -> None:
    """What is deleted, and what never was, cannot be tapped."""
    message_id = await ward.post_card(CARD)
    ward.teams.talk.messages[message_id].deleted = True
    for gone in (message_id, "1"):
        with pytest.raises(NotSent, match="not there any more"):
            await ward.teams.execute(ward.person("joe"), gone)


async def test_other_invokes(ward: Ward) -> None:
    """Any invoke can be sent about a message, and its answer comes back."""
    message_id = await ward.post_card(CARD)
    ward.bot.answer = lambda _: {"task": {"type": "continue"}}
    answer = await ward.teams.invoke(ward.person("joe"), message_id, "task/fetch", {"data": {"action": "story"}})

    assert (ward.bot.received[0]["name"], ward.bot.received[0]["value"]) == (
        "task/fetch",
        {"data": {"action": "story"}},
    )
    assert answer.body == {"task": {"type": "continue"}}


async def test_delivered_five_times(ward: Ward) -> None:
    """The same activity can arrive five times at once."""
    await ward.teams.mention(ward.person("joe"), ward.coffee, "help", deliver_times=5)

    assert len(ward.bot.received) == 5
    assert len({got["id"] for got in ward.bot.received}) == 1
    assert len(ward.teams.delivered[-1].answers) == 5
    assert len(ward.teams.threads(ward.coffee)) == 1


async def test_forgery(ward: Ward) -> None:
    """Fields, token, header and body can all be forged."""
    joe = ward.person("joe")
    for forge in (
        Forge(activity={"channelId": "webchat", "serviceUrl": None}, claims={"aud": "another"}),
        Forge(audience="somebody", service_url="http://elsewhere/"),
        Forge(authorization="", body=b"not json", content_type="text/plain"),
        Forge(authorization="Bearer garbage"),
    ):
        await ward.teams.mention(joe, ward.coffee, "help", forge=forge)

    first, second, third, fourth = ward.bot.authorizations
    assert ward.bot.received[0]["channelId"] == "webchat"
    assert "serviceUrl" not in ward.bot.received[0]
    assert ward.bot.received[2] == {"raw": b"not json"}
    assert jwt.decode(str(first)[7:], options={"verify_signature": False})["aud"] == "another"
    assert jwt.decode(str(second)[7:], options={"verify_signature": False})["serviceurl"] == "http://elsewhere/"
    assert (third, fourth) == (None, "Bearer garbage")


async def test_not_started(ward: Ward) -> None:
    """Nothing can be delivered once the stand-in has stopped."""
    await ward.teams.stop()

    with pytest.raises(RuntimeError, match="not started"):
        await ward.teams.mention(ward.person("joe"), ward.coffee, "help")
