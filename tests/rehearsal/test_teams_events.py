"""What happens to teams and channels in the stand-in, as the bot is told; and how changes are waited for and kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.rehearsal.teams_talk import Talk
from bot.rehearsal.teams_world import NotSent
from tests.rehearsal.small_bot import APP_ID, TENANT, Ward, a_card, a_ward, conversation, feeling, send, text

BOT = {"id": f"28:{APP_ID}"}


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


def told(ward: Ward) -> list[Any]:
    """What kind of thing the bot was told, in order: an installation's action or an event's type."""
    return [got.get("action") or got["channelData"].get("eventType") for got in ward.bot.received]


async def test_install(ward: Ward) -> None:
    """Adding the app tells the bot twice, once with the chosen channel and once as a new member; then it may speak."""
    elm = ward.town.teams["elm"]
    answer = await ward.teams.install(elm, elm.channel("Quiet hour"))

    first, second = ward.bot.received
    assert answer.status == 200
    assert told(ward) == ["add", "teamMemberAdded"]
    assert first["type"] == "installationUpdate"
    assert first["channelData"]["settings"] == {"selectedChannel": {"id": elm.channels[1].id}}
    assert first["from"]["aadObjectId"] == ward.person("ellen").id
    assert (second["type"], second["membersAdded"]) == ("conversationUpdate", [BOT])
    assert (await ward.post(text(), elm.general)).status == 201


async def test_install_answered_badly(ward: Ward) -> None:
    """The worst of the two answers counts."""
    ward.bot.status = 401

    assert (await ward.teams.install(ward.rowan, by=ward.person("joe"))).status == 401
    assert ward.bot.received[0]["from"]["name"] == "Joe Brennan"


async def test_uninstall(ward: Ward) -> None:
    """Taking the app away tells the bot twice, after which it may not speak there any more."""
    await ward.teams.uninstall(ward.rowan)
    again = pytest.raises(NotSent)
    with again:
        await ward.teams.uninstall(ward.rowan)

    assert told(ward) == ["remove", "teamMemberRemoved"]
    assert ward.bot.received[1]["membersRemoved"] == [BOT]
    assert (await ward.post(text())).body["error"]["code"] == "BotNotInConversationRoster"


async def test_upgrade(ward: Ward) -> None:
    """A new version comes as an upgrade, and the app stays where it is."""
    await ward.teams.upgrade(ward.rowan, remove=True)
    await ward.teams.upgrade(ward.rowan)

    assert told(ward) == ["remove-upgrade", "add-upgrade"]
    assert (await ward.post(text())).status == 201


async def test_personal_installation(ward: Ward) -> None:
    """A person adds the app for themselves and takes it away again."""
    sam = ward.person("sam")
    await ward.teams.install_for(sam)
    await ward.teams.uninstall_for(sam)
    with pytest.raises(NotSent):
        await ward.teams.uninstall_for(sam)

    assert [got.get("action") for got in ward.bot.received] == ["add", None, "remove"]
    assert ward.bot.received[1]["membersAdded"] == [BOT, {"id": sam.teams_id}]
    assert ward.bot.received[0]["conversation"] == {
        "conversationType": "personal",
        "tenantId": TENANT,
        "id": ward.teams.talk.open_chat(sam),
    }


async def test_members(ward: Ward) -> None:
    """Who joins and who leaves is told by their id in Teams alone."""
    osei = ward.person("osei")
    await ward.teams.member_added(ward.rowan, osei, owner=True)
    owner = osei in ward.rowan.owners
    await ward.teams.member_removed(ward.rowan, osei)

    account = {"id": osei.teams_id}
    assert told(ward) == ["teamMemberAdded", "teamMemberRemoved"]
    assert ward.bot.received[0]["membersAdded"] == ward.bot.received[1]["membersRemoved"] == [account]
    assert (owner, osei in ward.rowan.members) == (True, False)


async def test_channels(ward: Ward) -> None:
    """A channel's life is told with its id and its name at the time."""
    await ward.teams.channel_created(ward.rowan, "Longlist")
    longlist = ward.rowan.channel("Longlist")
    await ward.teams.channel_renamed(longlist, "Ideas")
    await ward.teams.channel_deleted(longlist)
    deleted = longlist.deleted
    await ward.teams.channel_restored(longlist)

    assert told(ward) == ["channelCreated", "channelRenamed", "channelDeleted", "channelRestored"]
    assert [got["channelData"]["channel"]["name"] for got in ward.bot.received] == ["Longlist", *["Ideas"] * 3]
    assert (deleted, longlist.deleted) == (True, False)


async def test_teams(ward: Ward) -> None:
    """A team's life is told with its id and name, even when nobody owns it any more."""
    await ward.teams.member_removed(ward.rowan, ward.person("priya"))
    await ward.teams.team_renamed(ward.rowan, "Rowan and Ash")
    await ward.teams.team_archived(ward.rowan)
    archived = ward.rowan.archived
    await ward.teams.team_unarchived(ward.rowan)
    await ward.teams.team_deleted(ward.rowan)
    deleted = ward.rowan.deleted
    await ward.teams.team_restored(ward.rowan)

    assert told(ward)[1:] == ["teamRenamed", "teamArchived", "teamUnarchived", "teamDeleted", "teamRestored"]
    assert {got["channelData"]["team"]["name"] for got in ward.bot.received[1:]} == {"Rowan and Ash"}
    assert (archived, ward.rowan.archived, deleted, ward.rowan.deleted) == (True, False, True, False)


async def test_where_the_app_is_not(ward: Ward) -> None:
    """What happens in other teams is not told."""
    answer = await ward.teams.team_renamed(ward.town.teams["elm"], "Elm and Oak")

    assert answer is None
    assert ward.bot.received == []


async def test_waiting(ward: Ward) -> None:
    """One waits for what will be said, and does not wait for ever."""
    waiting = asyncio.create_task(ward.teams.wait_for(lambda: len(ward.teams.threads(ward.coffee)) == 2))
    before = ward.teams.changes.count
    await ward.post(text())
    await ward.post(text())
    await waiting

    assert await ward.teams.changes.after(before) == before + 2
    with pytest.raises(TimeoutError):
        await ward.teams.wait_for(lambda: False, within=0.001)


async def test_carrying_on(ward: Ward) -> None:
    """All that was said can be put away and taken up again, with what each person sees."""
    joe = ward.person("joe")
    message_id = await ward.post_card(a_card(feeling(), send()))
    thanks = a_card({"type": "TextBlock", "text": "Saved."})
    ward.bot.answer = lambda _: {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": thanks}
    await ward.teams.execute(joe, message_id)
    stored = ward.teams.talk.dump()
    ward.teams.talk = Talk.load(stored)
    await ward.call("POST", conversation(ward.coffee.id, message_id) + "/activities", text())

    assert ward.teams.talk.dump() != stored
    assert ward.teams.view(joe, message_id) == thanks
    assert len(ward.teams.threads(ward.coffee)[0].replies) == 1
