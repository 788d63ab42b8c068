"""Microsoft's contract over everything that the bot says to Graph, and everything that the stand-in says back."""

import json
from pathlib import Path

import pytest

from bot.records.provisioning import provision
from bot.rehearsal.sharepoint import SITE_URL
from tests.records.contract import Contract
from tests.rehearsal.sharepoint_fixtures import reply, world


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
        await w.sharepoint.file([reply(number) for number in range(25)])
        await w.sharepoint.file([reply(number, unsure=True) for number in range(25)])
        await w.sharepoint.file([reply(3, item_id="3", etag='"old,1"'), reply(4, item_id="4", delete=True)])
        for fault in ("429", "429-fractional", "503-before", "504-after-commit", "401"):
            w.stand_in.faults.next(fault)
            await w.sharepoint.file([reply(30)])
        await w.graph.collect(f"/sites/{w.stand_in.api.site_id}/lists/Replies/items?$expand=fields&$top=7")
        await w.graph.request("GET", f"/sites/{w.stand_in.api.site_id}/lists/Replies/items/404")
        await w.graph.request("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/sites/x"}] * 2})
        told = [(what, contract.departures(*what)) for what in w.exchanges if "/teams/" not in what[1]]

    assert len(told) > 150
    assert {what[3] for what, _ in told} >= {200, 201, 204, 400, 401, 404, 409, 412, 423, 429, 503, 504}
    assert [(what, departures) for what, departures in told if departures] == []


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
