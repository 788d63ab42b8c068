"""Graph's transport, against the stand-in over HTTP."""

import logging
from collections.abc import AsyncIterator

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from bot.errors import TryAgain, WakeSomebody
from bot.records.exchanges import GraphRequest
from bot.records.graph import Graph, Member
from tests.rehearsal.sharepoint_fixtures import Credential, Says, StillClock, World, world

MEMBERS = (
    Member("p-1", "Priya", owner=True, guest=False),
    Member("j-1", "Joe", owner=False, guest=False),
    Member("s-1", "Sam", owner=False, guest=True),
)


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site without lists."""
    async with world(provisioned=False) as made:
        yield made


async def test_an_answer_comes_as_it_is(w: World) -> None:
    """A status is never raised: body, headers and the time to wait are handed over."""
    w.stand_in.faults.next("429-fractional")

    told = await w.graph.request("GET", "/sites/elsewhere")

    assert (told.status, told.after, told.headers["retry-after"]) == (429, 2.128, "2.128")
    assert told.body["error"]["code"] == "TooManyRequests"


async def test_nothing_is_retried_by_the_sdk(w: World) -> None:
    """One request is one request: the outbox alone decides when to ask again."""
    for fault in ("429", "503-before", "504-after-commit", "html"):
        w.stand_in.faults.next(fault)
        told = await w.graph.request("POST", "/sites/x/lists", {"displayName": "x"})

        assert not told.ok

    assert w.stand_in.requests.total() == 1  # what failed before it began was not even counted
    assert len(w.exchanges) == 4


async def test_a_token_that_ran_out_on_its_way_is_replaced_once() -> None:
    """After a 401 the credential is asked again, once."""
    async with world(provisioned=False) as w:
        w.credential.tokens = ["old", "good"]
        first = await w.graph.request("GET", "/teams/team/members")
        w.credential.tokens = ["bad"]
        second = await w.graph.request("GET", "/teams/team/members")

    assert (first.status, second.status) == (200, 401)
    assert [exchange[3] for exchange in w.exchanges] == [401, 200, 401, 401]
    assert w.credential.scopes == {"https://graph.microsoft.com/.default"}


async def test_a_refused_credential_wakes_somebody(w: World) -> None:
    """A secret that has run out is for an operator; an identity service that is away is not."""
    w.credential.fails = ClientAuthenticationError("AADSTS7000222")
    with pytest.raises(WakeSomebody) as woken:
        await w.graph.request("GET", "/sites/x")
    w.credential.fails = ServiceRequestError("no route")
    with pytest.raises(TryAgain) as later:
        await w.graph.request("GET", "/sites/x")

    assert (woken.value.code, later.value.code) == ("graph_credential", "graph_credential_unreachable")


async def test_a_lost_connection_is_tried_again(w: World) -> None:
    """A connection that closes without an answer, a new one as well as one that was kept, or is refused, raises TryAgain."""
    w.stand_in.faults.next("drop", times=2)
    with pytest.raises(TryAgain) as dropped:
        await w.graph.request("GET", "/sites/x")
    await w.stand_in.stop()
    with pytest.raises(TryAgain) as refused:
        await w.graph.request("GET", "/sites/x")

    assert {dropped.value.code, refused.value.code} == {"graph_unreachable"}


async def test_an_answer_that_takes_too_long_is_tried_again() -> None:
    """The time-out raises TryAgain, also when the request was carried out."""
    async with world(provisioned=False, patience=0.05) as w:
        w.stand_in.faults.next("slow")
        with pytest.raises(TryAgain) as late:
            await w.graph.request("GET", "/sites/x")

        assert late.value.code == "graph_timeout"


async def test_a_page_of_html_is_a_failure_of_the_gateway(w: World) -> None:
    """Status 200 with a page of HTML is not Graph's success."""
    w.stand_in.faults.next("html-after-commit")

    told = await w.graph.request("GET", "/teams/team/members")

    assert (told.status, told.body) == (502, {})


async def test_headers_go_along(w: World) -> None:
    """What is held to an eTag alone, not in a batch, carries it too."""
    lists = w.stand_in.api.lists
    of = lists.create({"displayName": "Things", "list": {"template": "genericList"}})
    lists.insert(of, {"fields": {"Title": "x"}})
    path = f"/sites/{w.stand_in.api.site_id}/lists/Things/items/1/fields"

    assert (await w.graph.request("PATCH", path, {"Title": "y"}, {"If-Match": '"old"'})).status == 412
    assert (await w.graph.request("PATCH", path, {"Title": "y"})).status == 200


async def test_a_batch_answers_in_the_order_asked(w: World) -> None:
    """Graph answers a batch in any order; we do not."""
    asked = [GraphRequest("GET", f"/teams/{'team' if number % 2 else 'none'}/members") for number in range(20)]

    told = await w.graph.batch(asked)

    assert [answer.status for answer in told] == [404, 200] * 10


async def test_an_item_without_an_answer_counts_as_busy(w: World) -> None:
    """A missing item is as unknown as a 503."""
    w.stand_in.faults.next("item-missing")

    told = await w.graph.batch([GraphRequest("GET", "/teams/team/members")] * 2)

    assert sorted(answer.status for answer in told) == [200, 503]


async def test_an_item_is_throttled_alone(w: World) -> None:
    """An item of a batch has its own Retry-After."""
    w.stand_in.faults.next("item-429-fractional")

    told = await w.graph.batch([GraphRequest("GET", "/teams/team/members")] * 2)

    assert sorted((answer.status, answer.after) for answer in told if not answer.ok) == [(429, 2.128)]


async def test_a_batch_that_is_refused_is_refused_for_each_item(w: World) -> None:
    """The batch's own status is each item's status."""
    w.stand_in.faults.next("503-before")

    told = await w.graph.batch([GraphRequest("GET", "/teams/team/members")] * 2)

    assert [(answer.status, answer.after) for answer in told] == [(503, 1.0)] * 2


async def test_a_batch_has_at_most_twenty(w: World) -> None:
    """Twenty-one is a mistake of the caller's."""
    with pytest.raises(ValueError, match="20"):
        await w.graph.batch([GraphRequest("GET", "/x")] * 21)


async def test_members_are_read_page_by_page(w: World) -> None:
    """All pages count, with the roles that Graph gives."""
    w.stand_in.api.page = 2

    assert await w.graph.team_members("team") == MEMBERS
    assert w.stand_in.requests["members"] == 2


async def test_members_are_known_for_a_quarter_of_an_hour(w: World) -> None:
    """Within 15 minutes Graph is not asked again; after that it is, and what is old is forgotten."""
    await w.graph.team_members("team")
    w.clock.pass_by(minutes=14)
    await w.graph.team_members("team")
    within = w.stand_in.requests["members"]
    w.clock.pass_by(minutes=1)
    await w.graph.team_members("team")
    w.clock.pass_by(hours=-1)
    await w.graph.team_members("team")

    assert (within, w.stand_in.requests["members"]) == (1, 3)


async def test_members_are_asked_for_afresh_but_not_all_the_time(w: World) -> None:
    """Whoever may have joined since is looked for at once, and then not again for 30 seconds."""
    await w.graph.team_members("team")
    w.clock.pass_by(seconds=31)
    await w.graph.team_members("team", afresh=True)
    await w.graph.team_members("team", afresh=True)
    at_once = w.stand_in.requests["members"]
    w.clock.pass_by(seconds=31)
    await w.graph.team_members("team", afresh=True)

    assert (at_once, w.stand_in.requests["members"]) == (2, 3)


async def test_nobody_is_a_member_while_graph_cannot_tell(w: World) -> None:
    """Every failure raises, so that callers can fail closed."""
    codes = {}
    for fault in ("503-before", "403", "404", "400"):
        w.stand_in.faults.next(fault)
        with pytest.raises((TryAgain, WakeSomebody)) as caught:
            await w.graph.team_members("team")
        codes[fault] = str(caught.value)

    assert codes == {
        "503-before": "graph_503",
        "403": "graph_refused",
        "404": "members_not_found",
        "400": "members_refused",
    }


async def test_a_person_without_an_account_is_no_member() -> None:
    """Deleted people keep a membership without a user id; roles of an odd shape give no rights."""
    odd = [
        {"userId": None, "displayName": "gone", "roles": ["owner"]},
        {"userId": "x", "displayName": None, "roles": None},
    ]
    async with Says({"value": [*odd, "nonsense"]}) as base:
        graph = Graph(base, Credential(), StillClock())
        members = await graph.team_members("team")
        await graph.close()

    assert members == (Member("x", "", owner=False, guest=False),)


@pytest.mark.parametrize(
    ("link", "code"),
    [("https://elsewhere.example/v1.0/teams?$skiptoken=1", "graph_foreign_link"), (None, "graph_endless")],
)
async def test_links_are_followed_on_graphs_own_host_only(link: str | None, code: str) -> None:
    """A next link to another host is not followed, and a circle of links ends."""
    async with Says({"value": [], "@odata.nextLink": link or "itself"}) as base:
        graph = Graph(base, Credential(), StillClock())
        with pytest.raises((TryAgain, WakeSomebody)) as caught:
            await graph.collect("/x", pages=3)
        await graph.close()

    assert str(caught.value) == code


async def test_a_batch_of_nonsense_is_unanswered() -> None:
    """Answers of an odd shape count as missing."""
    async with Says({"responses": [{"id": "0", "status": "200"}, {"id": "1", "status": 200, "headers": 7}, 3]}) as base:
        graph = Graph(base, Credential(), StillClock())
        told = await graph.batch([GraphRequest("GET", "/x")] * 3)
        await graph.close()

    assert [answer.status for answer in told] == [503, 200, 503]


async def test_who_we_are_is_said_and_addresses_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The User-Agent has SharePoint's form; no address reaches a log, as addresses carry keys and tokens."""
    seen: dict[str, str] = {}
    with caplog.at_level(logging.DEBUG, logger="root"):
        async with Says({}, seen) as base:
            graph = Graph(base, Credential(), StillClock())
            await graph.request("GET", "/x?$skiptoken=secret")
            await graph.close()

    assert seen["User-Agent"].startswith("NONISV|WardRhythms|WardRhythms/")
    assert "secret" not in caplog.text


def test_an_address_without_a_host_is_refused() -> None:
    """The token needs a host that it may go to."""
    with pytest.raises(ValueError, match="host"):
        Graph("/v1.0", Credential(), StillClock())
