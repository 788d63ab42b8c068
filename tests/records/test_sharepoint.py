"""Filing rows in SharePoint: each once, whatever goes wrong on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from azure.core.exceptions import ClientAuthenticationError

from bot.records.sharepoint import Filed, Filing, Parked, Retry, SharePoint, Wake
from tests.rehearsal.sharepoint_fixtures import World, filed, reply, world

INSERT = "POST /sites"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists."""
    async with world() as made:
        yield made


async def test_rows_are_filed_twenty_at_a_time(w: World) -> None:
    """Forty-five replies are three requests, and each outcome belongs to its own reply."""
    outcomes = await w.sharepoint.file([reply(number) for number in range(45)])

    assert w.stand_in.requests["batch"] == 3
    ids = {str(row["fields"]["EntryKey"]): row["id"] for row in w.rows()}
    assert [outcome.item_id for outcome in outcomes if isinstance(outcome, Filed)] == [
        ids[f"reply-{number}"] for number in range(45)
    ]


async def test_an_empty_column_is_not_sent(w: World) -> None:
    """An insert leaves out what is empty."""
    await w.sharepoint.file([reply(1)])
    (sent,) = [exchange[2]["fields"] for exchange in w.exchanges if exchange[1].endswith("/items")]

    assert reply(1).fields["TryNext"] is None
    assert "TryNext" not in sent


async def test_nothing_to_file_costs_nothing(w: World) -> None:
    """An empty call has no outcomes."""
    assert await w.sharepoint.file([]) == []
    assert w.stand_in.requests["batch"] == 0


async def test_a_second_filing_finds_the_first(w: World) -> None:
    """A reply filed twice is one row, with what the second said."""
    (first,) = await w.sharepoint.file([reply(1)])
    again = replace(reply(1), fields={**reply(1).fields, "Feeling": "Good"})
    (second,) = await w.sharepoint.file([again])

    assert isinstance(first, Filed)
    assert isinstance(second, Filed)
    assert second.item_id == first.item_id
    assert [row["fields"]["Feeling"] for row in w.rows()] == ["Good"]


@pytest.mark.parametrize(
    "fault",
    ["item-503-after-commit", "item-504-after-commit", "item-missing", "item-409", "item-423", "item-503-before"],
)
async def test_an_item_that_fails_is_looked_up_before_anything_else(w: World, fault: str) -> None:
    """What was committed is found in the same call; what was not is left for later; nothing is filed twice."""
    w.stand_in.faults.next(fault, where=INSERT)
    outcomes = await w.sharepoint.file([reply(number) for number in range(3)])
    left = [reply(n, unsure=o.unsure) for n, o in enumerate(outcomes) if isinstance(o, Retry)]
    committed = "after" in fault or fault == "item-missing"
    assert len(left) == (0 if committed else 1)
    assert not any(filing.unsure for filing in left)
    await w.sharepoint.file(left)

    assert w.keys() == ["reply-0", "reply-1", "reply-2"]


@pytest.mark.parametrize("fault", ["503-after-commit", "504-after-commit", "drop", "html-after-commit"])
async def test_a_batch_whose_answer_is_lost_is_unsure(w: World, fault: str) -> None:
    """With SharePoint gone after the commit, all are unsure; later each is found by its key and none is there twice."""
    await filed(w, 9)
    # An answer that came, however bad, is followed by a look-up, which fails as well; none at all ends the call.
    w.stand_in.faults.next(fault, 1 if fault == "drop" else 2, where="$batch")
    outcomes = await w.sharepoint.file([reply(number) for number in range(3)])
    assert [o.unsure for o in outcomes if isinstance(o, Retry)] == [True] * 3
    inserts = w.stand_in.requests["insert"]
    again = await w.sharepoint.file([reply(number, unsure=True) for number in range(3)])

    assert all(isinstance(outcome, Filed) for outcome in again)
    assert w.keys() == ["reply-0", "reply-1", "reply-2", "reply-9"]
    assert w.stand_in.requests["insert"] == inserts


async def test_an_unsure_row_that_is_not_there_is_inserted(w: World) -> None:
    """Looked up first, then inserted."""
    (outcome,) = await w.sharepoint.file([reply(1, unsure=True)])

    assert isinstance(outcome, Filed)
    assert w.keys() == ["reply-1"]


async def test_a_throttled_item_waits_as_told(w: World) -> None:
    """A 429 was not carried out: it needs no looking up, only time."""
    w.stand_in.faults.next("item-429-fractional", where=INSERT)
    outcomes = await w.sharepoint.file([reply(1), reply(2)])

    assert sorted(map(repr, outcomes))[1] == repr(Retry("graph_throttled", 2.128, unsure=False))
    assert w.stand_in.requests["items"] == 0


async def test_once_sharepoint_is_busy_the_rest_is_not_sent(w: World) -> None:
    """After a batch that is throttled, the batches behind it are kept back and keep what they know."""
    await filed(w, 99)
    before = w.stand_in.requests["batch"]
    w.stand_in.faults.next("429", where="$batch")
    outcomes = await w.sharepoint.file([reply(number, unsure=number > 30) for number in range(45)])

    assert w.stand_in.requests["batch"] == before
    assert outcomes[0] == Retry("graph_throttled", 2.0, unsure=False)
    assert outcomes[25] == Retry("graph_429", 2.0, unsure=False)
    assert outcomes[44] == Retry("graph_429", 2.0, unsure=True)
    assert w.keys() == ["reply-99"]


async def test_while_sharepoint_is_away_nothing_is_lost(w: World) -> None:
    """With the connection refused, the first batch is unsure and the second was never sent."""
    await filed(w, 99)
    await w.stand_in.stop()
    outcomes = await w.sharepoint.file([reply(number) for number in range(21)])

    assert outcomes[0] == Retry("graph_unreachable", None, unsure=True)
    assert outcomes[20] == Retry("graph_unreachable", None, unsure=False)


async def test_while_the_site_cannot_be_found_each_keeps_what_it_knows(w: World) -> None:
    """A switch thrown before anything was known leaves every filing as it was."""
    w.stand_in.faults.down = True
    outcomes = await w.sharepoint.file([reply(1), reply(2, unsure=True)])

    assert outcomes == [Retry("graph_503", None, unsure=False), Retry("graph_503", None, unsure=True)]


async def test_one_poisoned_row_does_not_block_another(w: World) -> None:
    """What SharePoint refuses is parked by its reason, and what is no JSON never leaves; the others are filed."""
    unknown = replace(reply(1), fields={"InTheWey": "x"})
    refused = replace(reply(2), fields={"WentWell": 7})
    half = replace(reply(3), fields={"WentWell": "\ud800"})
    outcomes = await w.sharepoint.file([unknown, refused, half, reply(4)])

    assert outcomes[:3] == [Parked("unknown_column"), Parked("refused"), Parked("not_json")]
    assert isinstance(outcomes[3], Filed)
    assert w.keys() == ["reply-4"]


async def test_a_list_that_is_missing_wakes_somebody(w: World) -> None:
    """Rows of other lists are filed all the same, and the list is looked for again the next time."""
    outcomes = await w.sharepoint.file([replace(reply(1), list_name="Stories"), reply(2)])

    assert outcomes[0] == Wake("list_missing")
    assert isinstance(outcomes[1], Filed)


async def test_a_list_that_was_made_anew_is_found(w: World) -> None:
    """A list that is gone is looked up again with the next call."""
    update = await filed(w)
    lists = w.stand_in.api.lists
    old = lists.find("Replies")
    del lists.all[old.id]
    inserted, updated = await w.sharepoint.file([reply(2), update])
    gone = await w.sharepoint.file([reply(2)])
    lists.all["new"] = replace(old, id="new")
    (found,) = await w.sharepoint.file([reply(2)])

    assert inserted == updated == Retry("list_gone", None, unsure=False)
    assert gone == [Wake("list_missing")]
    assert isinstance(found, Filed)


async def test_a_site_that_is_missing_wakes_somebody(w: World) -> None:
    """A wrong address in the settings is for an operator."""
    elsewhere = SharePoint(w.graph, "https://trust.sharepoint.com/sites/wrong")
    root = SharePoint(w.graph, "https://trust.sharepoint.com/")

    assert await elsewhere.file([reply(1)]) == [Wake("site_missing")]
    assert await root.file([reply(1)]) == [Wake("site_missing")]


async def test_a_refused_identity_wakes_somebody(w: World) -> None:
    """Neither a missing grant nor a credential that has run out parks a row."""
    await filed(w, 9)
    w.stand_in.faults.next("item-403")
    (grant,) = await w.sharepoint.file([reply(1)])
    w.credential.fails = ClientAuthenticationError("AADSTS7000222")
    outcomes = await w.sharepoint.file([reply(number) for number in range(21)])

    assert grant == Wake("graph_refused")
    assert outcomes == [Wake("graph_credential")] * 21


async def test_unsure_stays_unsure_when_the_look_up_fails(w: World) -> None:
    """After an insert that may have been committed, a look-up that is refused leaves the row unsure."""
    w.stand_in.faults.next("item-503-after-commit", where=INSERT)
    w.stand_in.faults.next("item-403", where="GET")
    (outcome,) = await w.sharepoint.file([reply(1)])

    assert outcome == Retry("graph_refused", None, unsure=True)


async def test_a_key_with_a_quote_is_found(w: World) -> None:
    """A quote in a key is doubled and encoded."""
    odd = Filing("Replies", "o'neil&x=1#%", {"Title": "x"}, unsure=True)
    await w.sharepoint.file([odd])
    await w.sharepoint.file([odd])

    assert w.keys() == ["o'neil&x=1#%"]


async def test_addresses_are_looked_up_once(w: World) -> None:
    """The site and its lists are asked for once, whatever is filed."""
    before = w.stand_in.requests["site"], w.stand_in.requests["lists"]
    for number in range(3):
        await w.sharepoint.file([reply(number)])

    assert (w.stand_in.requests["site"], w.stand_in.requests["lists"]) == (before[0] + 1, before[1] + 1)
