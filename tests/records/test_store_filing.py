"""What the store knows about filing, on both databases."""

from bot.domain.checkins import Feeling, Missed, Reply, State
from bot.records.filing_rows import FiledTable, FilingNote, FilingState
from tests.records.store_fixtures import (
    AMINA,
    JOE,
    House,
    a_check_in,
    a_ward,
    picked,
    with_open_check_in,
)

NOT_THERE = FilingState(None, None, unsure=False)


async def test_a_ward_is_filed_until_it_changes(house: House) -> None:
    """A new ward is to be filed; once filed it is not, until it changes, and then its copy is known."""
    await house.store.add_ward(a_ward(), [])
    new = await house.store.ward_to_file("ward-1")
    await house.store.note_filed(FiledTable.WARDS, [FilingNote("ward-1", 1, "7", "etag-1")])
    filed = await house.store.ward_to_file("ward-1")
    changed = await house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"name": "Elm"}), [])

    assert new == (a_ward(), 1, NOT_THERE)
    assert filed is None
    assert await house.store.ward_to_file("ward-1") == (changed, 2, FilingState("7", "etag-1", unsure=False))
    assert await house.store.ward_to_file("ward-9") is None


async def test_what_changes_while_it_is_filed_is_filed_again(house: House) -> None:
    """A note about an older version leaves the newer one to be filed."""
    await house.store.add_ward(a_ward(), [])
    await house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"name": "Elm"}), [])

    await house.store.note_filed(FiledTable.WARDS, [FilingNote("ward-1", 1, "7", None)])

    found = await house.store.ward_to_file("ward-1")
    assert found is not None
    assert found[1:] == (2, FilingState("7", None, unsure=False))


async def test_a_check_in_is_filed_when_it_closes(house: House) -> None:
    """A check-in is to be filed when it opens and again when it closes."""
    check_in = await with_open_check_in(house)
    new = await house.store.check_in_to_file(check_in.id)
    await house.store.note_filed(FiledTable.CHECK_INS, [FilingNote(check_in.id, 1, "7", "etag-1")])
    filed = await house.store.check_in_to_file(check_in.id)
    closed = await house.store.close_check_in(check_in.id, [])

    assert new == (check_in, 1, NOT_THERE)
    assert filed is None
    assert await house.store.check_in_to_file(check_in.id) == (closed, 2, FilingState("7", "etag-1", unsure=False))


async def test_a_check_in_in_a_missed_ones_place_is_filed_in_its_place(house: House) -> None:
    """What takes the place of a missed check-in takes over the missed one's row in SharePoint."""
    await house.store.add_ward(a_ward(), [])
    await house.store.add_check_in(a_check_in(state=State.MISSED, missed=Missed.DOWN), [])
    await house.store.note_filed(FiledTable.CHECK_INS, [FilingNote("check-in-1", 1, "7", "etag-1")])
    opened = a_check_in(1)

    await house.store.add_check_in(opened, [])

    found = await house.store.check_in_to_file("check-in-1")
    assert found == (opened, 2, FilingState("7", "etag-1", unsure=False))


async def test_replies_are_filed_until_they_change(house: House) -> None:
    """Each reply is to be filed when it is new or changed, under a key that stays, in the order of their keys."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    await house.store.keep_reply(check_in.id, JOE, picked(Feeling.SLOW), "tap-2")
    new = await house.store.replies_to_file(check_in.id)
    notes = [FilingNote(key, version, f"item-{key}", "etag") for key, _, version, _ in new]
    await house.store.note_filed(FiledTable.REPLIES, notes)
    filed = await house.store.replies_to_file(check_in.id)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.STUCK), "tap-3")

    ((key, reply, version, state),) = await house.store.replies_to_file(check_in.id)

    assert [row[0] for row in new] == sorted(row[0] for row in new)
    assert [row[2:] for row in new] == [(1, NOT_THERE)] * 2
    assert filed == []
    assert (reply, version) == (Reply(Feeling.STUCK), 2)
    assert state == FilingState(f"item-{key}", "etag", unsure=False)


async def test_closing_leaves_what_is_filed_filed(house: House) -> None:
    """A reply that is filed already is not filed again because its check-in closes."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    ((key, _, version, _),) = await house.store.replies_to_file(check_in.id)
    await house.store.note_filed(FiledTable.REPLIES, [FilingNote(key, version, "7", "etag")])
    await house.store.note_filed(FiledTable.REPLIES, [])

    await house.store.close_check_in(check_in.id, [])

    assert await house.store.replies_to_file(check_in.id) == []


async def test_an_unanswered_insert_is_remembered(house: House) -> None:
    """Doubt about an insert is noted on the row, and lifted once it is filed."""
    check_in = await with_open_check_in(house)
    await house.store.note_unsure(FiledTable.CHECK_INS, check_in.id)
    doubtful = await house.store.check_in_to_file(check_in.id)
    await house.store.note_filed(FiledTable.CHECK_INS, [FilingNote(check_in.id, 0, "7", "etag")])
    sure = await house.store.check_in_to_file(check_in.id)

    assert doubtful == (check_in, 1, FilingState(None, None, unsure=True))
    assert sure == (check_in, 1, FilingState("7", "etag", unsure=False))
