"""The Bot Connector of the Teams stand-in: how a bot speaks."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.rehearsal.small_bot import TENANT, Ward, a_ward, code, conversation, text


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


async def test_new_post(ward: Ward) -> None:
    """A new channel post is answered with its thread and its id, and stands in the channel."""
    said = await ward.post(text())
    message_id = said.body["activityId"]

    assert said.status == 201
    assert said.body["id"] == f"{ward.coffee.id};messageid={message_id}"
    (thread,) = ward.teams.threads(ward.coffee)
    assert (thread.root.id, thread.root.text, thread.root.author) == (
        message_id,
        text()["text"],
        ward.teams.world.bot_id,
    )
    assert thread.root.card is None


async def test_replies(ward: Ward) -> None:
    """The suffix of the conversation makes a reply; an activity id in the path does not."""
    root = (await ward.post(text())).body["activityId"]
    under = await ward.call("POST", conversation(ward.coffee.id, root) + "/activities", text("under it"))
    beside = await ward.call("POST", conversation(ward.coffee.id) + f"/activities/{root}", text("beside it"))

    first, second = ward.teams.threads(ward.coffee)
    assert (under.status, beside.status) == (201, 201)
    assert [reply.id for reply in first.replies] == [under.body["id"]]
    assert second.root.id == beside.body["id"]


async def test_replies_to_nothing(ward: Ward) -> None:
    """There is no replying to what never was, nor to a reply."""
    root = (await ward.post(text())).body["activityId"]
    reply = (await ward.call("POST", conversation(ward.coffee.id, root) + "/activities", text())).body["id"]
    for wrong in ("1", reply):
        said = await ward.call("POST", conversation(ward.coffee.id, wrong) + "/activities", text())

        assert (said.status, code(said.body)) == (404, "ConversationNotFound")


async def test_ids_never_repeat(ward: Ward) -> None:
    """Two messages in the same millisecond have two ids, the later the greater."""
    first, second = [(await ward.post(text())).body["activityId"] for _ in range(2)]

    assert int(second) == int(first) + 1


async def test_update(ward: Ward) -> None:
    """An update keeps the older version and shows the newer one."""
    root = (await ward.post(text("one"))).body["activityId"]
    said = await ward.call("PUT", conversation(ward.coffee.id, root) + f"/activities/{root}", text("two"))

    message = ward.teams.talk.messages[root]
    assert (said.status, said.body) == (200, {"id": root})
    assert [version["text"] for version in message.versions] == ["one", "two"]
    assert message.text == "two"


async def test_delete(ward: Ward) -> None:
    """What is deleted is gone from the channel, and cannot be changed any more; its replies go with it."""
    root = (await ward.post(text())).body["activityId"]
    await ward.call("POST", conversation(ward.coffee.id, root) + "/activities", text())
    path = conversation(ward.coffee.id) + f"/activities/{root}"
    deleted = await ward.call("DELETE", path)
    again = await ward.call("DELETE", path)
    changed = await ward.call("PUT", path, text())

    assert deleted.status == 200
    assert (again.status, code(again.body)) == (404, "ActivityNotFoundInConversation")
    assert changed.status == 404
    assert ward.teams.threads(ward.coffee) == []
    assert ward.teams.talk.messages[root].deleted


async def test_other_peoples_messages(ward: Ward) -> None:
    """A bot cannot change what a person wrote, nor a message of another channel."""
    await ward.teams.mention(ward.person("joe"), ward.coffee, "hello")
    theirs = ward.teams.threads(ward.coffee)[0].root.id
    own = (await ward.post(text())).body["activityId"]
    refused = await ward.call("PUT", conversation(ward.coffee.id) + f"/activities/{theirs}", text())
    elsewhere = await ward.call("PUT", conversation(ward.rowan.general.id) + f"/activities/{own}", text())

    assert (refused.status, code(refused.body)) == (403, "NotEnoughPermissions")
    assert elsewhere.status == 404


async def test_typing(ward: Ward) -> None:
    """A sign of typing is taken and leaves nothing behind."""
    said = await ward.call("POST", conversation(ward.coffee.id) + "/activities", {"type": "typing"})

    assert said.status == 201
    assert ward.teams.threads(ward.coffee) == []


async def test_personal_chat(ward: Ward) -> None:
    """A personal chat is opened by Teams id or object id, once the person has the app, and is always the same."""
    joe = ward.person("joe")
    body = {"members": [{"id": joe.id}], "tenantId": TENANT, "bot": {"id": "28:x"}}
    before = await ward.call("POST", "v3/conversations", body)
    await ward.teams.install_for(joe)
    first = await ward.call("POST", "v3/conversations", body)
    second = await ward.call("POST", "v3/conversations", body | {"members": [{"id": joe.teams_id}]})
    said = await ward.call("POST", conversation(first.body["id"]) + "/activities", text("Good morning"))
    with_words = await ward.call("POST", "v3/conversations", body | {"activity": text("And more")})

    assert (before.status, code(before.body)) == (403, "ForbiddenOperationException")
    assert first.body == second.body
    assert first.body["id"].startswith("a:")
    assert [message.id for message in ward.teams.chat(joe)] == [said.body["id"], with_words.body["activityId"]]
    assert with_words.body["id"] == first.body["id"]


async def test_members(ward: Ward) -> None:
    """Members come by pages, with both spellings of the object id, and guests as guests."""
    for number in range(60):
        ward.town.add_member(ward.rowan, ward.town.add_person(f"n{number}", f"Nurse {number}", "nurse"))
    path = conversation(ward.coffee.id) + "/pagedmembers"
    first = await ward.call("GET", path, params={"pageSize": "50"})
    rest = await ward.call("GET", path, params={"pageSize": "50", "continuationToken": first.body["continuationToken"]})
    usual = await ward.call("GET", path)

    assert [len(first.body["members"]), len(rest.body["members"]), len(usual.body["members"])] == [50, 16, 66]
    assert "continuationToken" not in rest.body
    priya, sam = first.body["members"][0], first.body["members"][4]
    assert priya["objectId"] == priya["aadObjectId"] == ward.person("priya").id
    assert (priya["givenName"], priya["surname"], priya["userRole"]) == ("Priya", "Nair", "user")
    assert sam["userRole"] == "guest"


@pytest.mark.parametrize(
    "query", [{"pageSize": "49"}, {"pageSize": "501"}, {"pageSize": "x"}, {"continuationToken": "x"}]
)
async def test_wrong_pages(ward: Ward, query: dict[str, str]) -> None:
    """Pages have from 50 to 500 members, and go on from where Teams said."""
    said = await ward.call("GET", conversation(ward.coffee.id) + "/pagedmembers", params=query)

    assert (said.status, code(said.body)) == (400, "Bad Argument")


async def test_one_member(ward: Ward) -> None:
    """A member is found by id; who is not in the team is not, nor anybody in a thread; a personal chat has its one person."""
    joe = ward.person("joe")
    await ward.teams.install_for(joe)
    found = await ward.call("GET", conversation(ward.coffee.id) + f"/members/{joe.id}")
    stranger = await ward.call("GET", conversation(ward.coffee.id) + f"/members/{ward.person('osei').id}")
    nobody = await ward.call("GET", conversation(ward.coffee.id) + "/members/x")
    root = (await ward.post(text())).body["activityId"]
    thread = await ward.call("GET", conversation(f"{ward.coffee.id};messageid={root}") + f"/members/{joe.id}")
    alone = await ward.call("GET", conversation(ward.teams.talk.open_chat(joe)) + "/pagedmembers")

    assert found.body["name"] == "Joe Brennan"
    assert (stranger.status, nobody.status, thread.status) == (404, 404, 404)
    assert [one["id"] for one in alone.body["members"]] == [joe.teams_id]


async def test_team_details(ward: Ward) -> None:
    """A team tells its name and group; its channels come without the deleted, and General without a name."""
    await ward.teams.channel_created(ward.rowan, "Longlist")
    await ward.teams.channel_deleted(ward.coffee)
    team = await ward.call("GET", f"v3/teams/{ward.rowan.id}")
    channels = await ward.call("GET", f"v3/teams/{ward.rowan.id}/conversations")

    assert (team.body["name"], team.body["aadGroupId"]) == ("Rowan ward", ward.rowan.group_id)
    assert [one["name"] for one in channels.body["conversations"]] == [None, "Longlist"]


async def test_where_the_bot_is_not(ward: Ward) -> None:
    """Teams tells apart a channel that is not there, one without the bot, and one that is read-only."""
    elsewhere = await ward.post(text(), ward.town.teams["elm"].general)
    unknown = await ward.call("POST", conversation("19:nowhere@thread.tacv2") + "/activities", text())
    ward.rowan.archived = True
    archived = await ward.post(text())
    ward.rowan.archived, ward.coffee.deleted = False, True
    deleted_channel = await ward.post(text())
    ward.coffee.deleted, ward.rowan.deleted = False, True
    deleted_team = await ward.post(text())

    assert (elsewhere.status, code(elsewhere.body)) == (403, "BotNotInConversationRoster")
    assert (unknown.status, code(unknown.body)) == (404, "ConversationNotFound")
    assert (archived.status, code(archived.body)) == (403, "MessageWritesBlocked")
    assert archived.body["error"]["errorCode"] == 209
    assert (deleted_channel.status, deleted_team.status) == (404, 404)


async def test_under_a_deleted_message(ward: Ward) -> None:
    """Nothing can be said under a message that was taken away; Teams says so with a code, or with nothing but the status."""
    root = (await ward.post(text())).body["activityId"]
    await ward.call("DELETE", conversation(ward.coffee.id) + f"/activities/{root}")
    under = conversation(f"{ward.coffee.id};messageid={root}") + "/activities"
    told = await ward.call("POST", under, text())
    ward.teams.faults.bare = True
    bare = await ward.call("POST", under, text())

    assert (told.status, code(told.body)) == (404, "ConversationNotFound")
    assert (bare.status, bare.body) == (404, "")


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer garbage", "Basic eDp5"])
async def test_no_bearer(ward: Ward, authorization: str) -> None:
    """Without a good bearer nothing happens."""
    said = await ward.call("POST", "v3/conversations", ward.new_post(text()), authorization=authorization)

    assert (said.status, code(said.body)) == (401, "Unauthorized")
    assert ward.teams.threads(ward.coffee) == []


async def test_bearer_for_graph(ward: Ward) -> None:
    """A token that is meant for Graph does not open the Connector."""
    token, _ = ward.identity.issue("https://graph.microsoft.com/.default")
    said = await ward.call("POST", "v3/conversations", ward.new_post(text()), authorization=f"Bearer {token}")

    assert said.status == 401


async def test_stopped(ward: Ward) -> None:
    """Once stopped it does not listen; stopping twice does no harm."""
    await ward.teams.stop()
    await ward.teams.stop()

    with pytest.raises(aiohttp.ClientConnectorError):
        await ward.post(text())
