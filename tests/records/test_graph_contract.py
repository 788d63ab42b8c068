"""Microsoft's contract over everything that the bot says to Graph, and everything that the stand-in says back."""

import json
from pathlib import Path

import pytest

from bot.records.filing_steps import Removal
from bot.records.provisioning import provision
from bot.rehearsal.sharepoint import SITE_URL
from tests.records.contract import Contract, held, outline
from tests.rehearsal.sharepoint_fixtures import direct_world, reply, world


@pytest.fixture(scope="session")
def contract(contracts: Path) -> Contract:
    """Microsoft's contract, read once."""
    return Contract(contracts)


async def test_every_exchange_fits_microsofts_contract(contract: Contract) -> None:
    """Provisioning, filing, updating, deleting and all their refusals are exchanges that Graph's own description allows."""
    async with world(provisioned=False) as w:
        await provision(w.graph, SITE_URL, lambda _: None)
        await provision(w.graph, SITE_URL, lambda _: None)
        for fault in ("item-429", "item-503-after-commit", "item-409", "item-423", "item-400", "item-missing"):
            w.stand_in.faults.next(fault, where="POST /sites")
        for _ in range(2):
            for first in (0, 20):
                await w.write(*(reply(number) for number in range(first, first + 20)))
        w.sharepoint.note_read("Replies", await w.sharepoint.list_id("Replies"))
        await w.write(reply(3, item_id="3", etag='"old,1"'), Removal("reply-4", "4"), Removal("reply-5"))
        page = await w.sharepoint.changes("Replies", None)
        w.stand_in.remove("Replies", "7")
        await w.sharepoint.changes("Replies", page.link)
        w.stand_in.expire_delta()
        await w.sharepoint.changes("Replies", page.link)
        await w.sharepoint.rows("Replies", ["1", "404"])
        for fault in ("429", "429-fractional", "503-before", "504-after-commit", "401"):
            w.stand_in.faults.next(fault)
            await w.write(reply(50))
        await w.graph.collect(f"/sites/{w.stand_in.api.site_id}/lists/Replies/items?$expand=fields&$top=7")
        await w.graph.request("GET", f"/sites/{w.stand_in.api.site_id}/lists/Replies/items/404")
        await w.graph.request("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/sites/x"}] * 2})
        told = [(what, contract.departures(*what)) for what in w.exchanges if "/teams/" not in what[1]]

    assert len(told) > 150
    assert {what[3] for what, _ in told} >= {200, 201, 204, 400, 401, 404, 409, 412, 423, 429, 503, 504}
    assert [(what, departures) for what, departures in told if departures] == []


@pytest.mark.usefixtures("contracts")
async def test_whoever_listened_before_still_hears() -> None:
    """Holding exchanges against the contract takes nothing from the one who was told of them, and a departure is an error at the end."""
    async with direct_world(held=False) as w:
        with held(w.stand_in) as exchanges:
            await w.graph.request("GET", f"/sites/{w.stand_in.api.site_id}")
        with pytest.raises(AssertionError, match="not in the contract"), held(w.stand_in):
            await w.graph.request("DELETE", f"/sites/{w.stand_in.api.site_id}")

    assert exchanges == w.exchanges[:1]
    assert [method for method, *_ in w.exchanges] == ["GET", "DELETE"]


def test_recorded_exchanges_fit_too(contract: Contract, contracts: Path) -> None:
    """Our checker agrees with the exchanges that Microsoft recorded."""
    wrong = {}
    for file in sorted((contracts / "examples").glob("*.json")):
        example = json.loads(file.read_text(encoding="utf-8"))
        asked, came = example["request"], example["response"]
        address = f"/v1.0/{asked['url'].partition('/v1.0/')[2] or asked['url'].lstrip('/')}" if asked else ""
        if came is None or contract.describes(address) is None:
            continue
        departures = contract.departures(asked["method"], address, asked["body"], came["status"], came["body"])
        if departures:
            wrong[file.stem] = departures

    assert wrong == {}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sites/s/lists/l/items", {"field": {"Title": "x"}}),
        ("POST", "/sites/s/lists/l/columns", {"name": "A", "txt": {}}),
        ("POST", "/$batch", {"requests": [{"id": str(number), "method": "GET", "url": "/x"} for number in range(21)]}),
        ("PUT", "/sites/s", None),
        ("GET", "/nowhere", None),
    ],
)
def test_the_checker_sees_mistakes(contract: Contract, method: str, path: str, body: object) -> None:
    """A misspelt property, a batch that is too long, and an unknown address are departures."""
    assert contract.departures(method, f"/v1.0{path}", body, 200, None) != []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"fields": {"Title": "a", "Score": 1}}, {"fields": {"Score": 2, "Title": "b"}}, True),
        ({"fields": {"Title": "a"}}, {"fields": {"Title": 1}}, False),
        ({"fields": {"Title": "a"}}, {"fields": {"Line": "a"}}, False),
        ({"id": "a long text, 1"}, {"id": "a long text, 2"}, True),
        ({"format": "dateOnly"}, {"format": "dateTime"}, False),
        ({"requests": [1] * 20}, {"requests": [1] * 21}, False),
        ({"value": [1, 1]}, {"value": [1, "x"]}, False),
        ({"a": None}, {"a": {}}, False),
    ],
)
def test_exchanges_are_alike_only_where_the_contract_does_not_look(one: object, other: object, alike: bool) -> None:
    """What is checked once for many exchanges leaves out only texts and numbers that no rule speaks of."""
    assert (outline(one) == outline(other)) is alike
