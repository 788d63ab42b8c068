"""How we speak to Teams, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web

from bot.errors import Final, TryAgain, WakeSomebody
from bot.teams.bearer import Bearer
from bot.teams.connector import TIMEOUT, Connector, PostedMessage
from tests.teams.door import APP_ID, TENANT, Call, Credential, Microsoft, MovedClock, microsoft, served, session

CARD = {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {}}]}


@dataclass(frozen=True)
class Channel:
    """A place as the store keeps it."""

    service_url: str
    tenant_id: str = TENANT
    channel_id: str = "19:rowan@thread.tacv2"


@dataclass
class Line:
    ms: Microsoft
    connector: Connector
    credential: Credential
    place: Channel


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A connector whose Teams is on loopback."""
    clock = MovedClock()
    credential = Credential(clock)
    async with microsoft() as ms, session() as opened:
        bearer = Bearer(credential, "scope", clock)
        made = Connector(opened, bearer, ms.addresses, bot_id=f"28:{APP_ID}")
        yield Line(ms, made, credential, Channel(ms.service_url))


def answering(status: int, text: str = "", **headers: str) -> Callable[[web.Request], web.Response]:
    """Answer with this."""
    return lambda _: web.Response(
        status=status, text=text, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def test_new_thread_in_a_channel(line: Line) -> None:
    """A post goes out with its channel, its tenant and the card as it is."""
    posted = await line.connector.post_in_channel(line.place, CARD)

    assert posted == PostedMessage("19:made@thread.tacv2;messageid=1", "1")
    assert line.ms.calls == [
        Call(
            "POST",
            "conversations",
            "Bearer token-1",
            {
                "bot": {"id": f"28:{APP_ID}"},
                "isGroup": True,
                "channelData": {"channel": {"id": "19:rowan@thread.tacv2"}, "tenant": {"id": TENANT}},
                "activity": CARD,
            },
        )
    ]


async def test_reply_in_a_thread(line: Line) -> None:
    """A reply names the thread in the conversation id."""
    assert await line.connector.reply(line.place, "17", CARD) == "1"

    path = "conversations/19%3Arowan%40thread.tacv2%3Bmessageid%3D17/activities"
    assert line.ms.calls == [Call("POST", path, "Bearer token-1", CARD)]


async def test_message_to_a_person(line: Line) -> None:
    """A personal conversation is made first, then written to."""
    line.ms.answers = [lambda _: web.json_response({"id": "a:1 2/3"}, status=201)]

    posted = await line.connector.post_to_person(line.place, "29:ada", CARD)

    assert posted == PostedMessage("a:1 2/3", "2")
    assert line.ms.calls[0].body == {
        "bot": {"id": f"28:{APP_ID}"},
        "isGroup": False,
        "members": [{"id": "29:ada"}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }
    assert line.ms.calls[1].path == "conversations/a%3A1%202%2F3/activities"


async def test_update_and_delete(line: Line) -> None:
    """A message is replaced by PUT, with its id, and taken away by DELETE; an empty answer will do."""
    line.ms.answers = [answering(200), answering(200)]
    await line.connector.update(line.ms.service_url, "c", "m", CARD)
    await line.connector.delete(line.ms.service_url, "c", "m")

    assert [(call.method, call.path, call.body) for call in line.ms.calls] == [
        ("PUT", "conversations/c/activities/m", {**CARD, "id": "m"}),
        ("DELETE", "conversations/c/activities/m", None),
    ]


async def test_what_graph_calls_a_team(line: Line) -> None:
    """A team's group id and name are asked of Teams."""
    line.ms.answers = [answering(200, '{"id": "19:team", "name": "Rowan ward", "aadGroupId": "g-1"}')]
    team = await line.connector.team(line.ms.service_url, "19:team")

    assert (team["aadGroupId"], team["name"]) == ("g-1", "Rowan ward")
    assert (line.ms.calls[0].method, line.ms.calls[0].path) == ("GET", "teams/19%3Ateam")


@pytest.mark.parametrize(
    ("answer", "channels"),
    [
        (
            '{"conversations": [{"id": "19:general"}, {"id": "19:c", "name": "Coffee"}, 7]}',
            {"19:general": "", "19:c": "Coffee"},
        ),
        ('{"conversations": null}', {}),
    ],
)
async def test_what_teams_calls_its_channels(line: Line, answer: str, channels: dict[str, str]) -> None:
    """A team's channels are asked of Teams, which gives General no name; what is no list holds none."""
    line.ms.answers = [answering(200, answer)]

    assert await line.connector.channels(line.ms.service_url, "19:team") == channels
    assert line.ms.calls[0].path == "teams/19%3Ateam/conversations"


async def test_many_channels(line: Line) -> None:
    """A list may be longer than any other answer; one without end is not read."""
    many = [{"id": f"19:{number:060x}", "name": "A channel with a name of some length"} for number in range(1000)]
    line.ms.answers = [answering(200, json.dumps({"conversations": many})), answering(200, " " * 2**20 + "{}")]

    assert len(await line.connector.channels(line.ms.service_url, "19:team")) == 1000
    with pytest.raises(Final, match="unreadable_answer"):
        await line.connector.channels(line.ms.service_url, "19:team")


@pytest.mark.parametrize("name", ["aadObjectId", "objectId"])
async def test_what_entra_calls_a_person(line: Line, name: str) -> None:
    """A person's object id is asked of Teams, which has two names for it."""
    line.ms.answers = [answering(200, f'{{"id": "29:ada", "{name}": "o-1"}}')]

    assert await line.connector.account_of(line.ms.service_url, "19:c", "29:ada") == "o-1"
    assert line.ms.calls[0].path == "conversations/19%3Ac/members/29%3Aada"


async def test_a_person_without_an_id_is_unreadable(line: Line) -> None:
    """A member that is no object cannot be read."""
    line.ms.answers = [answering(200, "[]")]

    with pytest.raises(Final, match="unreadable_answer"):
        await line.connector.account_of(line.ms.service_url, "19:c", "29:ada")


@pytest.mark.parametrize("url", ["https://evil.example/", "http://127.0.0.1:1/emea/", ""])
async def test_bearer_goes_nowhere_else(line: Line, url: str) -> None:
    """A service URL that is not on the list is refused before a token is even asked for."""
    with pytest.raises(Final, match="service_url_refused"):
        await line.connector.post_in_channel(replace(line.place, service_url=url), CARD)

    assert line.credential.asked == []


async def test_redirects_are_not_followed(line: Line) -> None:
    """A redirect is an answer like any other that we did not ask for."""
    line.ms.answers = [answering(307, Location=f"{line.ms.url}/emea/v3/elsewhere")]

    with pytest.raises(Final, match="connector_307"):
        await line.connector.send(line.ms.service_url, "c", CARD)
    assert len(line.ms.calls) == 1


async def test_refused_token_is_renewed_once(line: Line) -> None:
    """After a 401 a new token is tried, and the message goes out."""
    line.ms.answers = [answering(401)]

    assert await line.connector.send(line.ms.service_url, "c", CARD) == "2"
    assert [call.bearer for call in line.ms.calls] == ["Bearer token-1", "Bearer token-2"]


async def test_token_refused_twice_wakes_somebody(line: Line) -> None:
    """A second 401 needs an operator."""
    line.ms.answers = [answering(401), answering(401)]

    with pytest.raises(WakeSomebody, match="connector_refused_credential"):
        await line.connector.send(line.ms.service_url, "c", CARD)
    assert len(line.ms.calls) == 2


async def test_refused_credential_is_not_tried_twice(line: Line) -> None:
    """What the identity provider refuses is not a matter of an old token."""
    line.credential.fault = ValueError("expired")

    with pytest.raises(WakeSomebody, match="credential_refused"):
        await line.connector.send(line.ms.service_url, "c", CARD)
    assert len(line.credential.asked) == 1


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [(429, "3", 3.0), (429, "0.5", 0.5), (412, "", None), (502, "", None), (503, "1", 1.0), (504, "", None)],
)
async def test_passing_trouble_is_tried_again(line: Line, status: int, retry_after: str, seconds: float | None) -> None:
    """Throttling and gateway trouble pass; what Teams says about when is handed on."""
    line.ms.answers = [answering(status, Retry_After=retry_after)]

    with pytest.raises(TryAgain) as later:
        await line.connector.send(line.ms.service_url, "c", CARD)

    assert (later.value.code, later.value.after) == (f"connector_{status}", seconds)


async def test_final_refusals_are_final(line: Line) -> None:
    """The bot was removed from the team: one call, one word."""
    line.ms.answers = [answering(403, '{"error": {"code": "BotNotInConversationRoster", "message": "…"}}')]

    with pytest.raises(Final, match="bot_not_in_roster"):
        await line.connector.post_in_channel(line.place, CARD)
    assert len(line.ms.calls) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 5}', '{"id": ""}', "<html>", "x" * 70_000])
async def test_taken_without_an_id_is_final(line: Line, text: str) -> None:
    """Teams took the message but its answer holds no id: repeating would post it twice."""
    line.ms.answers = [answering(201, text)]

    with pytest.raises(Final, match="unreadable_answer"):
        await line.connector.send(line.ms.service_url, "c", CARD)


async def test_nobody_listening_is_unreachable(line: Line) -> None:
    """A refused connection means that nothing was sent."""
    address = replace(line.ms.addresses, service_hosts=("127.0.0.1:1",))
    async with session() as opened:
        connector = Connector(opened, Bearer(line.credential, "scope", MovedClock()), address, bot_id="28:x")

        with pytest.raises(TryAgain, match="unreachable"):
            await connector.send("http://127.0.0.1:1/", "c", CARD)


def hang_up(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def test_broken_connection_may_have_delivered(line: Line) -> None:
    """A connection that ends without an answer counts as a timeout: the message may be there."""
    line.ms.answers = [hang_up]

    with pytest.raises(TryAgain, match="timeout"):
        await line.connector.send(line.ms.service_url, "c", CARD)


async def test_silence_may_have_delivered(line: Line) -> None:
    """No answer within the time limit counts as a timeout; the limit is fifteen seconds."""
    assert TIMEOUT.total == 15
    enough = asyncio.Event()

    async def silent(_: web.Request) -> web.Response:
        await enough.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", silent)
    async with served(app) as url, session() as opened:
        address = replace(line.ms.addresses, service_hosts=(url.removeprefix("http://"),))
        bearer = Bearer(line.credential, "scope", MovedClock())
        soon = aiohttp.ClientTimeout(total=0.05)
        connector = Connector(opened, bearer, address, bot_id="28:x", timeout=soon)

        with pytest.raises(TryAgain, match="timeout"):
            await connector.send(f"{url}/", "c", CARD)
        enough.set()
