"""Filing rows in SharePoint: each once, whatever goes wrong on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from azure.core.exceptions import ClientAuthenticationError

from bot.errors import TryAgain, WakeSomebody
from bot.records.budget import Budget
from bot.records.filing_steps import Differs, Filed, Filing, Parked, Retry, Wake
from bot.records.sharepoint import SharePoint
from tests.rehearsal.sharepoint_fixtures import PLENTY, World, filed, reply, world

INSERT = "POST /sites"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists."""
    async with world() as made:
        yield made


async def test_rows_are_filed_together(w: World) -> None:
    """Twenty replies are one request, and each outcome belongs to its own reply."""
    outcomes = await w.write(*(reply(number) for number in range(20)))

    assert w.stand_in.requests["batch"] == 1
    ids = {str(row["fields"]["EntryKey"]): row["id"] for row in w.rows()}
    assert [o.item_id for o in outcomes if isinstance(o, Filed)] == [ids[f"reply-{n}"] for n in range(20)]


async def test_more_than_a_batch_takes(w: World) -> None:
    """Twenty-one are refused before anything is sent."""
    with pytest.raises(ValueError, match="20"):
        await w.write(*(reply(number) for number in range(21)))


async def test_an_empty_column_is_not_sent(w: World) -> None:
    """An insert leaves out what is empty, and carries both keys."""
    await w.write(reply(1))
    (sent,) = [exchange[2]["fields"] for exchange in w.exchanges if exchange[1].endswith("/items")]

    assert reply(1).fields["TryNext"] is None
    assert "TryNext" not in sent
    assert (sent["EntryKey"], sent["WriteKey"]) == ("reply-1", "write-1")


async def test_nothing_to_file_costs_nothing(w: World) -> None:
    """An empty call has no outcomes."""
    assert await w.write() == []
    assert w.stand_in.requests["batch"] == 0


async def test_a_second_filing_finds_the_first(w: World) -> None:
    """A reply that is there already is shown as it is there, and nothing is written over it."""
    await w.write(reply(1))
    (second,) = await w.write(replace(reply(1), write_key="other", fields={**reply(1).fields, "Feeling": "Good"}))

    assert isinstance(second, Differs)
    assert (second.remote.key, second.remote.write_key) == ("reply-1", "write-1")
    assert [row["fields"]["Feeling"] for row in w.rows()] == ["Steady"]


@pytest.mark.parametrize(
    "fault",
    ["item-503-after-commit", "item-504-after-commit", "item-missing", "item-409", "item-423", "item-503-before"],
)
async def test_an_item_that_fails_is_looked_up(w: World, fault: str) -> None:
    """What was committed is found in the same call, by its write key; what was not is left for later; nothing is filed twice."""
    w.stand_in.faults.next(fault, where=INSERT)
    outcomes = await w.write(*(reply(number) for number in range(3)))
    committed = "after" in fault or fault == "item-missing"
    (odd,) = [outcome for outcome in outcomes if not isinstance(outcome, Filed)]

    assert isinstance(odd, Differs if committed else Retry)
    await w.write(*(reply(number) for number in range(3)))
    assert w.keys() == ["reply-0", "reply-1", "reply-2"]


@pytest.mark.parametrize("fault", ["503-after-commit", "504-after-commit", "drop", "html-after-commit"])
async def test_a_batch_whose_answer_is_lost_is_unsure(w: World, fault: str) -> None:
    """With SharePoint gone after the commit, all are unsure; sent again, each is found by its key and none is there twice."""
    await filed(w, 9)
    # An answer that came, however bad, is followed by a look-up, which fails as well; none at all ends the call.
    w.stand_in.faults.next(fault, 1 if fault == "drop" else 2, where="$batch")
    outcomes = await w.write(*(reply(number) for number in range(3)))
    again = await w.write(*(reply(number) for number in range(3)))

    assert [o.unsure for o in outcomes if isinstance(o, Retry)] == [True] * 3
    assert all(isinstance(outcome, Differs) for outcome in again)
    assert w.keys() == ["reply-0", "reply-1", "reply-2", "reply-9"]


async def test_a_throttled_item_waits_as_told(w: World) -> None:
    """A 429 was not carried out: it needs no looking up, only time; and nobody asks for anything meanwhile."""
    w.stand_in.faults.next("item-429-fractional", where=INSERT)
    outcomes = await w.write(reply(1), reply(2))

    assert sorted(map(repr, outcomes))[1] == repr(Retry("graph_throttled", 2.128, unsure=False))
    assert w.stand_in.requests["items"] == 0
    assert (w.sharepoint.budget.ready_at(2) - w.clock.now()).total_seconds() == 2.128


async def test_while_sharepoint_is_away_nothing_is_lost(w: World) -> None:
    """With the connection refused nobody can say what was done."""
    await filed(w, 99)
    await w.stand_in.stop()

    assert await w.write(reply(0)) == [Retry("graph_unreachable", None, unsure=True)]


async def test_while_the_site_cannot_be_found(w: World) -> None:
    """A switch thrown before anything was known: nothing was sent."""
    w.stand_in.faults.down = True

    assert await w.write(reply(1), reply(2)) == [Retry("graph_503", None, unsure=False)] * 2


async def test_a_taken_key_that_is_not_shown_yet(w: World) -> None:
    """Where reads lag behind, a key that is taken and not found is looked for later, and never given up."""
    await w.write(reply(1))
    w.stand_in.lag(60)
    (early,) = await w.write(reply(1))
    w.clock.pass_by(seconds=61)
    (found,) = await w.write(reply(1))

    assert early == Retry("graph_lags_behind", None, unsure=True)
    assert isinstance(found, Differs)


async def test_one_poisoned_row_does_not_block_another(w: World) -> None:
    """What SharePoint refuses is parked by its reason, with the column's name where it is that; the others are filed."""
    unknown = replace(reply(1), fields={"InTheWey": "x"})
    refused = replace(reply(2), fields={"WentWell": 7})
    outcomes = await w.write(unknown, refused, reply(4))

    assert outcomes[:2] == [Parked("unknown_column: InTheWey"), Parked("refused")]
    assert isinstance(outcomes[2], Filed)
    assert w.keys() == ["reply-4"]


async def test_a_list_that_is_missing_wakes_somebody(w: World) -> None:
    """Rows of other lists are filed all the same, and the list is looked for again the next time."""
    w.stand_in.remove_list("Stories")
    missing, there = await w.sharepoint.write([("Stories", reply(1)), ("Replies", reply(2))])

    assert missing == Wake("list_missing")
    assert isinstance(there, Filed)
    with pytest.raises(WakeSomebody, match="list_missing"):
        await w.sharepoint.list_id("Stories")


async def test_a_list_that_is_gone_is_looked_for_again(w: World) -> None:
    """No row counts as deleted because its whole list is gone; when it is back, all goes on."""
    update = await filed(w)
    w.stand_in.remove_list("Replies")
    inserted, updated = await w.write(reply(2), update)
    gone = await w.write(reply(2))
    w.stand_in.restore_list("Replies")
    (found,) = await w.write(reply(2))

    assert inserted == Retry("list_gone", None, unsure=False)
    assert updated == Retry("list_gone", None, unsure=True)
    assert gone == [Wake("list_missing")]
    assert isinstance(found, Filed)


async def test_a_list_made_anew_is_not_written_to_unread(w: World) -> None:
    """A row is changed only in the list that it is known from."""
    update = await filed(w)
    w.sharepoint.note_read("Replies", "another")

    assert await w.write(update) == [Retry("list_not_read_yet", None, unsure=False)]


async def test_a_site_that_is_missing_wakes_somebody(w: World) -> None:
    """A wrong address in the settings is for an operator."""
    budget = Budget(w.clock, PLENTY)
    for address in ("https://trust.sharepoint.com/sites/wrong", "https://trust.sharepoint.com/"):
        assert await SharePoint(w.graph, address, budget).write([("Replies", reply(1))]) == [Wake("site_missing")]


async def test_a_site_that_goes_missing(w: World) -> None:
    """A site that does not know its lists any more is looked for again."""
    w.stand_in.faults.next("404", where="/lists")
    first = await w.write(reply(1))
    second = await w.write(reply(1))

    assert first == [Wake("site_missing")]
    assert isinstance(second[0], Filed)


async def test_a_refused_identity_wakes_somebody(w: World) -> None:
    """Neither a missing grant nor a credential that has run out parks a row."""
    await filed(w, 9)
    w.stand_in.faults.next("item-403")
    (grant,) = await w.write(reply(1))
    w.credential.fails = ClientAuthenticationError("AADSTS7000222")

    assert grant == Wake("graph_refused")
    assert await w.write(reply(1), reply(2)) == [Wake("graph_credential")] * 2


async def test_a_key_with_a_quote_is_found(w: World) -> None:
    """A quote in a key is doubled and encoded."""
    odd = Filing("o'neil&x=1#%", "write-1", {"Title": "x"})
    await w.write(odd)
    (again,) = await w.write(odd)

    assert isinstance(again, Differs)
    assert w.keys() == ["o'neil&x=1#%"]


async def test_addresses_are_looked_up_once(w: World) -> None:
    """The site and its lists are asked for once, whatever is filed."""
    before = w.stand_in.requests["site"], w.stand_in.requests["lists"]
    for number in range(3):
        await w.write(reply(number))

    assert (w.stand_in.requests["site"], w.stand_in.requests["lists"]) == (before[0] + 1, before[1] + 1)


async def test_an_odd_page_of_changes_is_not_kept(w: World) -> None:
    """A page with an error in it, or that leads nowhere, is asked for again."""
    w.stand_in.faults.next("delta-error-row")
    with pytest.raises(TryAgain, match="graph_odd_page"):
        await w.sharepoint.changes("Replies", None)

    page = await w.sharepoint.changes("Replies", None)
    assert (page.last, page.expired, list(page.rows)) == (True, False, [])
