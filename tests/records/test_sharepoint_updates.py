"""Updating and taking away rows that are in SharePoint already, where people edit them too."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.records.filing_steps import Differs, Filed, Gone, Removal, Retry
from tests.rehearsal.sharepoint_fixtures import World, filed, reply, world

UPDATE = "PATCH"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists."""
    async with world() as made:
        yield made


async def test_an_update_clears_what_is_empty(w: World) -> None:
    """None in an update empties the column; the version moves on by one."""
    update = await filed(w)
    (outcome,) = await w.write(replace(update, fields={"WentWell": None, "Feeling": "Good"}))
    (row,) = w.rows()

    assert isinstance(outcome, Filed)
    assert outcome.etag is not None
    assert outcome.etag.endswith(',2"')
    assert row["fields"]["Feeling"] == "Good"
    assert "WentWell" not in row["fields"]


@pytest.mark.parametrize("known", [True, False])
async def test_an_update_meets_a_persons_edit(w: World, known: bool) -> None:
    """With an old eTag or none, nothing is written: the row is shown as the person left it."""
    update = await filed(w)
    w.stand_in.edit("Replies", str(update.item_id), {"InTheWay": "a person's note"})
    (outcome,) = await w.write(update if known else replace(update, etag=None))
    (row,) = w.rows()

    assert isinstance(outcome, Differs)
    assert outcome.remote.fields["InTheWay"] == "a person's note"
    assert not outcome.remote.by_app
    assert row["version"] == 2


async def test_a_conflict_that_is_none_is_tried_once_more(w: World) -> None:
    """409 comes without a real clash: where the row is as it was, it is written all the same; twice in a row waits."""
    update = await filed(w)
    w.stand_in.faults.next("item-409", where=UPDATE)
    (done,) = await w.write(update)
    assert isinstance(done, Filed)
    w.stand_in.faults.next("item-409", 2, where=UPDATE)

    assert await w.write(replace(update, etag=done.etag)) == [Retry("graph_lags_behind", None, unsure=True)]


async def test_a_change_that_is_not_shown_yet(w: World) -> None:
    """A row that has moved on, and is still shown as it was, waits until it is shown."""
    update = await filed(w)
    w.clock.pass_by(seconds=120)
    w.stand_in.edit("Replies", str(update.item_id), {"InTheWay": "x"})
    w.stand_in.lag(60)
    (early,) = await w.write(update)
    w.clock.pass_by(seconds=61)
    (shown,) = await w.write(update)

    assert early == Retry("graph_lags_behind", None, unsure=True)
    assert isinstance(shown, Differs)


async def test_an_update_whose_answer_is_lost_is_simply_repeated(w: World) -> None:
    """The repeat meets the version of its own making, and knows it by the write key."""
    update = await filed(w)
    w.stand_in.faults.next("drop", where="$batch")
    (lost,) = await w.write(replace(update, write_key="second"))
    w.stand_in.faults.next("item-423", where=UPDATE)
    (locked,) = await w.write(replace(update, write_key="second"))
    (again,) = await w.write(replace(update, write_key="second"))

    assert lost == Retry("graph_unreachable", None, unsure=True)
    assert locked == Retry("graph_423", None, unsure=True)
    assert isinstance(again, Differs)
    assert again.remote.write_key == "second"


@pytest.mark.parametrize(("fault", "outcome"), [("item-401", None), ("item-429", False), ("item-500", True)])
async def test_what_was_refused_before_it_began_is_certain(w: World, fault: str, outcome: bool | None) -> None:
    """Only what may have been carried out is unsure."""
    update = await filed(w)
    w.stand_in.faults.next(fault, where=UPDATE)
    (came,) = await w.write(update)

    assert getattr(came, "unsure", None) is outcome


async def test_a_row_that_a_person_deleted_is_gone(w: World) -> None:
    """Nobody's deletion is undone behind their back."""
    update = await filed(w)
    w.stand_in.remove("Replies", str(update.item_id))

    assert await w.write(update) == [Gone()]
    assert w.rows() == []


async def test_a_row_that_moved_is_found_by_its_key(w: World) -> None:
    """A wrong row number is put right by the key."""
    update = await filed(w)
    (moved,) = await w.write(replace(update, item_id="77"))

    assert isinstance(moved, Differs)
    assert moved.remote.item_id == update.item_id


async def test_a_row_is_taken_away_once_and_for_all(w: World) -> None:
    """By number, by key, or gone already: in the end it is gone; a failure is tried again."""
    one = await filed(w, 1)
    await w.write(reply(2))
    w.stand_in.faults.next("item-503-before", where="DELETE")
    (later,) = await w.write(Removal("reply-1", one.item_id))
    w.clock.pass_by(seconds=2)
    outcomes = await w.write(Removal("reply-1", one.item_id), Removal("reply-2"), Removal("reply-3"))
    again = await w.write(Removal("reply-1", one.item_id))

    assert later == Retry("graph_503", 1.0, unsure=True)
    assert outcomes == [Filed(None, None)] * 3
    assert again == [Filed(None, None)]
    assert w.rows() == []
