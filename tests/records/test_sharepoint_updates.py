"""Updating and taking away rows that are in SharePoint already, where people edit them too."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.records.sharepoint import Filed, Parked, Retry
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
    (outcome,) = await w.sharepoint.file([replace(update, fields={"WentWell": None, "Feeling": "Good"})])
    (row,) = w.rows()

    assert isinstance(outcome, Filed)
    assert outcome.etag is not None
    assert outcome.etag.endswith(',2"')
    assert row["fields"]["Feeling"] == "Good"
    assert "WentWell" not in row["fields"]


@pytest.mark.parametrize("known", [True, False])
async def test_an_update_meets_a_persons_edit(w: World, known: bool) -> None:
    """With an old eTag or none, the row is read again, and only our own fields are written."""
    update = await filed(w)
    w.stand_in.edit("Replies", str(update.item_id), {"InTheWay": "a person's note"})
    (outcome,) = await w.sharepoint.file([update if known else replace(update, etag=None)])
    (row,) = w.rows()

    assert isinstance(outcome, Filed)
    assert row["fields"]["InTheWay"] == "a person's note"
    assert row["version"] == 3
    assert (w.stand_in.requests["update"], w.stand_in.requests["item"]) == ((2, 1) if known else (1, 1))


async def test_an_update_that_keeps_clashing_waits(w: World) -> None:
    """Two clashes in a row are left for later."""
    update = await filed(w)
    w.stand_in.faults.next("item-409", where=UPDATE)
    w.stand_in.faults.next("item-412", where=UPDATE)
    (outcome,) = await w.sharepoint.file([update])

    assert outcome == Retry("changed_meanwhile", None, unsure=False)


async def test_an_update_whose_answer_is_lost_is_simply_repeated(w: World) -> None:
    """The repeat meets the new version of its own making and goes on from there."""
    update = await filed(w)
    w.stand_in.faults.next("drop", where="$batch")
    (lost,) = await w.sharepoint.file([update])
    w.stand_in.faults.next("item-423", where=UPDATE)
    (locked,) = await w.sharepoint.file([update])
    (done,) = await w.sharepoint.file([update])

    assert lost == Retry("graph_unreachable", None, unsure=False)
    assert locked == Retry("graph_423", None, unsure=False)
    assert isinstance(done, Filed)


@pytest.mark.parametrize("known", [True, False])
async def test_a_row_that_a_person_deleted_stays_deleted(w: World, known: bool) -> None:
    """Nobody's deletion is undone behind their back: the entry is parked."""
    update = await filed(w)
    w.stand_in.remove("Replies", str(update.item_id))
    (outcome,) = await w.sharepoint.file([update if known else replace(update, etag=None)])

    assert outcome == Parked("deleted_by_a_person")
    assert w.rows() == []


async def test_a_row_that_moved_is_found_by_its_key(w: World) -> None:
    """A wrong row number is put right by the key; a 404 for a row that is there is tried again."""
    update = await filed(w)
    (moved,) = await w.sharepoint.file([replace(update, item_id="77")])
    w.stand_in.faults.next("item-404", where=UPDATE)
    (odd,) = await w.sharepoint.file([update])

    assert isinstance(moved, Filed)
    assert moved.item_id == update.item_id
    assert odd == Retry("moved", None, unsure=False)


async def test_a_row_is_taken_away_once_and_for_all(w: World) -> None:
    """By number, by key, or gone already: in the end it is gone; a failure is tried again."""
    one, two = await filed(w, 1), reply(2)
    await w.sharepoint.file([two])
    w.stand_in.faults.next("item-503-before", where="DELETE")
    (later,) = await w.sharepoint.file([replace(one, delete=True)])
    outcomes = await w.sharepoint.file([replace(one, delete=True), replace(two, delete=True), reply(3, delete=True)])
    again = await w.sharepoint.file([replace(one, delete=True)])

    assert later == Retry("graph_503", 1.0, unsure=False)
    assert outcomes == [Filed(None, None)] * 3
    assert again == [Filed(None, None)]
    assert w.rows() == []
