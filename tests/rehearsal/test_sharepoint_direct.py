"""The SharePoint stand-in without a network: the real Graph client speaks to it call by call."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import TryAgain
from bot.records.exchanges import GraphRequest
from bot.records.filing_steps import Filed
from bot.rehearsal.sharepoint import Dropped
from bot.rehearsal.sharepoint_direct import BASE
from tests.rehearsal.sharepoint_caller import BEARER
from tests.rehearsal.sharepoint_fixtures import World, direct_world, reply, world


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists, and no sockets."""
    async with direct_world() as made:
        yield made


def items(w: World) -> str:
    """Where the replies are."""
    return f"/sites/{w.stand_in.api.site_id}/lists/Replies/items"


async def test_both_ways_in_come_to_the_same() -> None:
    """Filing over HTTP and without it leaves the same rows behind the same exchanges, but for the addresses' beginning and what is random."""
    told = []
    for made in (world(), direct_world()):
        async with made as w:
            outcomes = await w.write(*(reply(number) for number in range(20)))
            rows = await w.graph.collect(f"{items(w)}?$expand=fields&$top=10")
            gone = await w.graph.request("DELETE", f"{items(w)}/1")
            refused = await w.graph.request("GET", f"{items(w)}?$filter=fields/Title eq 'x'")
            assert all(isinstance(one, Filed) for one in outcomes)
            told.append(
                (
                    [(method, status) for method, _, _, status, _ in w.exchanges],
                    [row["fields"]["EntryKey"] for row in rows if "EntryKey" in row["fields"]],
                    len(rows),
                    (gone.status, gone.body, refused.status, refused.body["error"]["message"]),
                )
            )

    assert told[0] == told[1]
    assert told[0][2] == 20


async def test_links_lead_back_in(w: World) -> None:
    """What the stand-in hands out begins with its own base, so that the client follows it."""
    await w.write(*(reply(number) for number in range(3)))
    told = await w.graph.request("GET", f"{items(w)}/delta?$top=2")
    rest = await w.graph.request("GET", told.body["@odata.nextLink"].removeprefix(BASE))

    assert told.body["@odata.nextLink"].startswith(f"{BASE}/sites/")
    assert [row["id"] for row in told.body["value"] + rest.body["value"]] == ["1", "2", "3"]


@pytest.mark.parametrize(("kind", "there"), [("drop", ["reply-1"]), ("drop-before", [])])
async def test_a_connection_drops(w: World, kind: str, there: list[str]) -> None:
    """Before or after it is carried out: the client hears of neither."""
    w.stand_in.faults.next(kind)
    with pytest.raises(TryAgain, match="graph_unreachable"):
        await w.graph.request("POST", items(w), {"fields": dict(reply(1).fields)})

    assert w.keys() == there


async def test_the_line_is_cut(w: World) -> None:
    """Nothing gets through until it is mended, and nothing is counted."""
    assert w.transport
    w.transport.connected = False
    with pytest.raises(TryAgain, match="graph_unreachable"):
        await w.graph.request("GET", items(w))
    counted = w.stand_in.requests.total()
    w.transport.connected = True

    assert counted == 0
    assert (await w.graph.request("GET", items(w))).ok


async def test_html_and_bad_tokens_come_as_they_do_over_http(w: World) -> None:
    """A gateway's page is no JSON; a bad token is 401, asked once more with the next."""
    w.stand_in.faults.next("html")
    page = await w.graph.request("GET", items(w))
    w.credential.tokens[:0] = ["bad"]
    once_more = await w.graph.request("GET", items(w))
    w.credential.tokens[:] = ["bad"]

    assert (page.status, page.body) == (503, {})
    assert once_more.ok
    assert (await w.graph.request("GET", items(w))).status == 401


async def test_a_slow_answer_is_late_by_the_clock(w: World) -> None:
    """Slow works here too."""
    w.stand_in.faults.next("slow")
    w.clock.wake.set()

    assert (await w.graph.request("GET", items(w))).ok


async def test_the_door_takes_json_that_was_read_already(w: World) -> None:
    """`exchange` takes bytes or JSON, and raises for a connection that drops."""
    fields = {"fields": dict(reply(1).fields)}
    made = await w.stand_in.exchange("POST", items(w), BEARER, fields)
    refused = await w.stand_in.exchange("POST", items(w), BEARER, b"{")
    nobody = await w.stand_in.exchange("GET", items(w), {})
    w.stand_in.faults.next("drop")
    with pytest.raises(Dropped):
        await w.stand_in.exchange("GET", items(w), BEARER)

    assert (made.status, refused.status, nobody.status) == (201, 400, 401)
    assert w.keys() == ["reply-1"]


@pytest.mark.usefixtures("contracts")
async def test_a_departure_from_the_contract_fails_the_test() -> None:
    """Who asks for what Microsoft's contract does not describe is told so at the end, unless that was the purpose."""
    with pytest.raises(AssertionError, match="not in the contract"):
        async with direct_world() as w:
            await w.graph.batch([GraphRequest("POST", "/me/sendMail", {})])
    async with direct_world(held=False) as w:
        await w.graph.batch([GraphRequest("POST", "/me/sendMail", {})])
