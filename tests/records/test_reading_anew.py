"""Reading everything anew, lists that were made anew, and what keeps a list from being read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from bot.domain.outbox import Entry, Kind
from bot.errors import NotYet
from bot.records import filed_rows, schema
from bot.records.database import Write
from bot.records.outbox import delete_entry, enqueue
from bot.records.schema import replies
from tests.records.office import Office, closed_office_in
from tests.records.store_fixtures import a_ward


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan with a closed check-in of three replies, all filed and read."""
    async with closed_office_in(tmp_path) as made:
        yield made


def answers(office: Office) -> set[str]:
    """The keys of the replies there."""
    return set(office.rows("Replies"))


@pytest.mark.parametrize("way", ["ApplyDifferences", "UploadDifferences"])
async def test_after_410_all_is_read_anew(office: Office, way: str) -> None:
    """What was edited and what was deleted meanwhile is found, whichever way SharePoint asks to begin again."""
    first, second, _ = sorted(answers(office))
    office.edits("Replies", first, WentWell="tea")
    office.deletes("Replies", second)
    office.stand_in.expire_delta(inner=f"resyncChanges{way}")
    await office.read()
    soon = len(await office.house.store.replies("check-in-1"))
    await office.read()
    replies = await office.house.store.replies("check-in-1")

    # A row that a full reading did not show is asked for by its number before it counts as deleted, one look later.
    assert (soon, len(replies)) == (3, 2)
    assert sorted(reply.went_well for reply in replies) == ["", "tea"]


async def test_what_a_full_reading_did_not_show(office: Office) -> None:
    """A row that is there by its number was only not shown: it stays."""
    office.stand_in.expire_delta()
    office.stand_in.faults.next("delta-row-missing")
    await office.read()
    before = office.stand_in.requests["item"]
    await office.read()
    await office.read()

    assert len(await office.house.store.replies("check-in-1")) == 3
    assert office.stand_in.requests["item"] - before <= 1


async def test_what_was_filed_during_a_full_reading_is_not_missed(office: Office) -> None:
    """Rows that are written while all is read anew need not show in it."""
    office.stand_in.expire_delta()
    await office.read()
    entry = Entry(Kind.FILE_WARD, "ward-2", "ward-2")
    await office.house.store.add_ward(a_ward(2), [entry])
    await office.file()
    before = office.stand_in.requests["item"]
    await office.read()

    assert await office.house.store.ward("ward-2") is not None
    assert office.stand_in.requests["item"] == before


async def test_a_list_made_anew_is_filled_again(office: Office) -> None:
    """An administrator deleted the list and made it anew: no reply counts as deleted, and all are filed there again."""
    there = answers(office)
    definition = dict(office.stand_in.api.lists.find("Replies").columns)
    office.stand_in.remove_list("Replies")
    await office.read()
    gone = dict(office.record.reader.trouble)
    made = office.stand_in.api.lists.create({"displayName": "Replies", "list": {"template": "genericList"}})
    made.columns.update(definition)
    await office.calm()

    assert gone == {"Replies": "list_gone"}
    assert answers(office) == there
    assert len(await office.house.store.replies("check-in-1")) == 3
    assert office.record.reader.trouble == {}


async def test_a_list_that_cannot_be_read_holds_up_no_other(office: Office) -> None:
    """It is named with its code, until it can be read again."""
    office.stand_in.faults.next("403", where="/delta")
    office.edits("Wards", "ward-1", Aim="tea")
    office.edits("Replies", min(answers(office)), WentWell="tea")
    await office.read()
    trouble = dict(office.record.reader.trouble)
    words = [reply.went_well for reply in await office.house.store.replies("check-in-1")]
    await office.read()
    ward = await office.house.store.ward("ward-1")

    assert trouble == {"Wards": "graph_refused"}
    assert "tea" in words
    assert office.record.reader.trouble == {}
    assert ward is not None
    assert ward.aim == "tea"


async def test_reading_waits_for_the_budget(office: Office) -> None:
    """Where nothing is left to spend, it is read as soon as there is, and that is no trouble."""
    reader, budget = office.record.reader, office.record.desk.sharepoint.budget
    office.house.clock.move(301)
    budget.spend(10_000)
    with pytest.raises(NotYet):
        await reader.read("Wards")
    before = reader.read_at
    await reader.read_what_is_due()
    office.house.clock.move(960)
    office.edits("Wards", "ward-1", Aim="tea")
    await reader.read_what_is_due()
    ward = await office.house.store.ward("ward-1")

    assert reader.trouble == {}
    assert reader.read_at != before
    assert ward is not None
    assert ward.aim == "tea"


async def test_rows_of_nobody(office: Office) -> None:
    """A row that somebody added by hand is left alone; one with a key that nobody knows is named to the operator."""
    office.stand_in.add("Replies", {"Title": "by hand"})
    office.stand_in.add("Wards", {"Title": "Elm", "EntryKey": "ward-of-another-bot"})
    await office.read()

    assert {name: len(keys) for name, keys in office.record.reader.unknown.items()} == {"Wards": 1}
    assert await office.house.store.ward("ward-of-another-bot") is None
    assert "#4" in office.rows("Replies")


async def test_a_reply_of_no_check_in_of_ours(office: Office) -> None:
    """A reply that belongs to nothing, or that is none, is not taken in."""
    office.stand_in.add(
        "Replies", {"EntryKey": "stray", "CheckInKey": "no-such", "WardKey": "w", "Period": "p", "Feeling": "Good"}
    )
    office.stand_in.add("Replies", {"EntryKey": "odd", "CheckInKey": "check-in-1"})
    await office.read()

    assert office.record.reader.unknown == {"Replies": {"stray", "odd"}}
    assert len(await office.house.store.replies("check-in-1")) == 3


async def test_lists_are_read_only_so_often(office: Office) -> None:
    """Between two readings lie as many seconds as the setting says."""
    before = office.stand_in.requests["delta"]
    await office.record.reader.read_what_is_due()
    office.house.clock.move(office.every - 2)
    await office.record.reader.read_what_is_due()
    assert office.stand_in.requests["delta"] == before

    office.house.clock.move(3)
    await office.record.reader.read_what_is_due()
    assert office.stand_in.requests["delta"] == before + 4


async def test_what_was_erased_does_not_come_back(office: Office) -> None:
    """A row that was taken away for good is taken away again where it turns up, and nothing of it is kept."""
    key = min(answers(office))
    number = office.item("Replies", key)

    def erase(write: Write) -> None:
        write.execute(delete(replies).where(replies.c.id == key))
        filed_rows.erase(write, "Replies", key, office.house.clock.moment.date())
        enqueue(write, [delete_entry("Replies", key, number)], office.house.clock.moment)

    await office.house.database.write(erase)
    await office.file()
    gone = answers(office)
    office.stand_in.restore("Replies", number)
    await office.read()
    await office.calm()
    filed = await office.house.database.read(lambda connection: filed_rows.known(connection, "Replies", key))

    assert key not in gone
    assert key not in answers(office)
    assert len(await office.house.store.replies("check-in-1")) == 2
    assert filed is not None
    assert replace(filed, round=0) == filed_rows.FiledRow(key, erased=True)


async def test_erased_while_it_is_sent(office: Office) -> None:
    """What was about to leave when it was erased leaves no words in the store."""
    sent = filed_rows.Sent("Replies", "k", "w", 1, {"WentWell": "tea"})
    today = office.house.clock.moment.date()
    await office.house.database.write(lambda write: filed_rows.erase(write, "Replies", "k", today))
    await office.house.database.write(lambda write: filed_rows.note_sent(write, [sent]))
    await office.house.database.write(
        lambda write: filed_rows.note_came(write, [filed_rows.Noted("Replies", "k", "w", "7", "etag")])
    )

    filed = await office.house.database.read(lambda connection: filed_rows.known(connection, "Replies", "k"))
    assert filed == filed_rows.FiledRow("k", erased=True)


async def test_rows_that_an_older_version_filed(office: Office) -> None:
    """They are compared once when all is read anew: what people changed is taken over, and the newer columns are filled in."""
    row = office.rows("Wards")["ward-1"]
    older = ("WriteKey", "LeadAccounts", "TeamId", "ChannelId", "ServiceUrl", "Anchor", "Since")
    office.edits("Wards", "ward-1", Aim="tea", **dict.fromkeys(older))

    def forget(write: Write) -> None:
        write.execute(update(schema.filed_rows).values(fields=None))
        write.execute(delete(schema.readings))

    await office.house.database.write(forget)
    await office.read()
    await office.calm()
    ward = await office.house.store.ward("ward-1")

    assert ward is not None
    assert ward.aim == "tea"
    assert {name: office.rows("Wards")["ward-1"].get(name) for name in older[1:]} == {
        name: row.get(name) for name in older[1:]
    }
    assert len(await office.house.store.replies("check-in-1")) == 3
    assert office.rows("AuditLog") == {}


async def test_an_audit_row_deleted_there(office: Office) -> None:
    """It stays deleted, and is back when it is put back; what somebody changes in it is undone."""
    office.edits("Wards", "ward-1", TimeOfDay="03:00")
    await office.read()
    await office.calm()
    (key,) = office.rows("AuditLog")
    office.edits("AuditLog", key, Detail="nothing to see")
    await office.read()
    await office.calm()
    again = office.rows("AuditLog")[key]["Detail"]
    number = office.item("AuditLog", key)
    office.deletes("AuditLog", key)
    await office.read()
    await office.calm()
    gone = key not in office.rows("AuditLog")
    office.stand_in.restore("AuditLog", number)
    await office.read()
    await office.calm()

    assert (again, gone) == ("Time of day", True)
    assert office.rows("AuditLog")[key]["Detail"] == "Time of day"
    assert await office.waiting() == set()
