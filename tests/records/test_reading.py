"""What people change in SharePoint comes back, on both databases, and what we changed meanwhile gets through all the same."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.checkins import Feeling, State
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person, Ward
from tests.records.office import Office, office_in, office_on, settle
from tests.records.store_fixtures import NOON, PRIYA, House, a_check_in, wrote


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    """Rowan with an open check-in, filed."""
    async with office_on(house) as made:
        await settle(made)
        yield made


async def rowan(office: Office) -> Ward:
    """The ward as the store has it."""
    ward = await office.house.store.ward("ward-1")
    assert ward is not None
    return ward


async def rename(office: Office, **changes: object) -> None:
    """The bot changes the ward, and has not filed that yet."""
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update=changes), [entry])


async def test_what_was_filed_is_read_as_our_own(office: Office) -> None:
    """Our own rows come back with the changes and change nothing."""
    before = await rowan(office), office.stand_in.requests["update"]
    await office.read()
    await office.calm()

    assert (await rowan(office), office.stand_in.requests["update"]) == before
    assert await office.waiting() == set()


async def test_a_rhythm_changed_there_takes_effect(office: Office) -> None:
    """Another day and hour in the list are the ward's rhythm; the open check-in closes when the next is due, and its card follows."""
    office.edits("Wards", "ward-1", Weekday="Monday", TimeOfDay="09:30", EveryWeeks=2, TimeZone="Europe/Dublin")
    await office.read()
    rhythm = (await rowan(office)).rhythm
    check_in = await office.house.store.check_in("check-in-1")

    assert (rhythm.weekday, f"{rhythm.at:%H:%M}", rhythm.every_weeks, rhythm.zone) == (0, "09:30", 2, "Europe/Dublin")
    assert rhythm.since == office.house.clock.now()
    assert check_in is not None
    assert check_in.closes_at < a_check_in().closes_at
    assert (Kind.REFRESH_CHECK_IN, "check-in-1") in await office.asked()
    await office.calm()
    assert await office.waiting() == set()


async def test_words_changed_there_are_the_wards(office: Office) -> None:
    """Name, project, aim, reader and links are taken over as they are typed there."""
    link = "https://trust.example/incidents"
    office.edits("Wards", "ward-1", Title="Rowan Ward", ProjectTitle="Tea", Aim="More\ntea", ReadBy="Tomasz")
    office.edits("Wards", "ward-1", IncidentLink=link)
    await office.read()
    ward = await rowan(office)

    assert (ward.name, ward.project, ward.aim, ward.reader) == ("Rowan Ward", "Tea", "More\ntea", "Tomasz")
    assert ward.links.incident == link


async def test_a_pause_made_and_ended_there(office: Office) -> None:
    """A day in "Paused until" pauses, and our State follows; an empty one ends the pause from now on."""
    office.edits("Wards", "ward-1", PausedUntil="2026-12-24T00:00:00Z")
    await office.read()
    await office.file()
    paused, state = (await rowan(office)).rhythm.paused_until, office.rows("Wards")["ward-1"]["State"]
    office.edits("Wards", "ward-1", PausedUntil=None)
    await office.read()
    await office.file()
    rhythm = (await rowan(office)).rhythm

    assert (paused, state) == (date(2026, 12, 24), "paused")
    assert (rhythm.paused_until, rhythm.since) == (None, office.house.clock.now())
    assert office.rows("Wards")["ward-1"]["State"] == "active"


@pytest.mark.parametrize("read_first", [True, False])
async def test_a_persons_change_wins_and_ours_to_other_columns_gets_through(office: Office, read_first: bool) -> None:
    """Both changed the project; only we changed the aim. Whether it is met in reading or in filing, the person's project and our aim stand."""
    await rename(office, project="Ours", aim="Our aim")
    office.edits("Wards", "ward-1", ProjectTitle="Theirs")
    await (office.read() if read_first else office.file())
    await office.calm()
    ward, row = await rowan(office), office.rows("Wards")["ward-1"]

    assert (ward.project, ward.aim) == ("Theirs", "Our aim")
    assert (row["ProjectTitle"], row["Aim"]) == ("Theirs", "Our aim")
    assert await office.waiting() == set()


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("TimeOfDay", "03:00"),
        ("TimeOfDay", "2pm"),
        ("Weekday", "Someday"),
        ("EveryWeeks", 3),
        ("PausedUntil", "2020-01-01T00:00:00Z"),
        ("TimeZone", "Mars/Base"),
        ("IncidentLink", "javascript:alert(1)"),
        ("Title", None),
        ("ProjectTitle", "x" * 200),
        ("State", "quiet"),
        ("Leads", "Somebody Else"),
        ("LeadAccounts", "intruder Somebody Else"),
        ("ServiceUrl", "https://evil.example/"),
    ],
)
async def test_what_cannot_be_obeyed_is_put_back_and_told(tmp_path: Path, column: str, typed: object) -> None:
    """The ward stays as it was, its row too; each lead is told, and the audit log says which column."""
    async with office_in(tmp_path) as office:
        before, row = await rowan(office), office.rows("Wards")["ward-1"].get(column)
        office.edits("Wards", "ward-1", **{column: typed})
        await office.read()
        told = [key for kind, key in await office.asked() if kind is Kind.TELL_LEADS]
        await office.calm()
        (audited,) = office.rows("AuditLog").values()

        assert await rowan(office) == before
        assert office.rows("Wards")["ward-1"].get(column) == row
        assert [key.rpartition("/")[0] for key in told] == [f"ward-1/{PRIYA.id}"]
        assert (audited["Action"], audited["AboutList"], audited["AboutKey"]) == ("edit put back", "Wards", "ward-1")
        assert str(typed) not in f"{audited['Title']} {audited['Detail']}"


async def test_half_of_an_edit_can_be_obeyed(office: Office) -> None:
    """One column that fits is taken over though another of the same row does not."""
    office.edits("Wards", "ward-1", ProjectTitle="Tea", TimeOfDay="midnight")
    await office.read()
    await office.calm()
    ward = await rowan(office)

    assert (ward.project, f"{ward.rhythm.at:%H:%M}") == ("Tea", "14:00")
    assert office.rows("Wards")["ward-1"]["TimeOfDay"] == "14:00"


async def test_a_reply_corrected_there(office: Office) -> None:
    """Words and feeling corrected in the list are the reply's, and the summary that shows them follows; a name can be taken off, not put on."""
    store = office.house.store
    await office.answers(1, 2)
    await store.keep_reply("check-in-1", somebody(3), wrote("tea", named=True), "no word yet")
    await office.answers(3)
    await store.keep_reply("check-in-1", somebody(3), wrote("tea", named=True), "named")
    await office.closes()
    await office.file()
    await store.note_posted("check-in-1", "post")
    await store.note_summarised("check-in-1", "summary")
    (named,) = [key for key, row in office.rows("Replies").items() if "GivenBy" in row]
    (other, _) = [key for key, row in office.rows("Replies").items() if "GivenBy" not in row]
    office.edits("Replies", named, WentWell="coffee", Feeling="Flying", GivenBy=None)
    office.edits("Replies", other, GivenBy="Somebody")
    await office.read()
    waiting = await office.asked()
    await office.calm()
    replies = await store.replies("check-in-1")

    assert min((r.feeling, r.went_well, r.named) for r in replies) == (Feeling.FLYING, "coffee", None)
    assert all(reply.named is None for reply in replies)
    assert (Kind.REFRESH_SUMMARY, "check-in-1") in waiting
    assert not any("GivenBy" in row or "PersonId" in row for row in office.rows("Replies").values())


async def test_a_reply_deleted_there(office: Office) -> None:
    """It is gone here too and stays gone; the figures of the close stand."""
    await office.answers(1, 2, 3)
    closed = await office.closes()
    await office.file()
    key = next(iter(office.rows("Replies")))
    office.deletes("Replies", key)
    await office.read()
    await office.calm()

    assert len(await office.house.store.replies("check-in-1")) == 2
    assert key not in office.rows("Replies")
    assert closed is not None
    assert await office.house.store.check_in("check-in-1") == closed


async def test_a_reply_deleted_while_its_change_waits(office: Office) -> None:
    """A deletion wins over our unfiled change, also where filing is what finds out."""
    await office.answers(*range(12))
    await office.file()
    office.house.clock.move(60)
    await office.file()
    filed = list(office.rows("Replies"))
    await office.answers(*range(12), feeling=Feeling.STUCK)
    office.deletes("Replies", filed[0])
    await office.closes()
    await office.file()
    await office.calm()

    assert len(filed) >= 5
    assert filed[0] not in office.rows("Replies")
    assert len(await office.house.store.replies("check-in-1")) == 11


async def test_a_deletion_undone_there(office: Office) -> None:
    """A reply that comes back from the recycle bin is back here as well."""
    await office.answers(1, 2, 3)
    await office.closes()
    await office.file()
    key = next(iter(office.rows("Replies")))
    number = office.item("Replies", key)
    office.deletes("Replies", key)
    await office.read()
    office.stand_in.restore("Replies", number)
    await office.read()
    await office.calm()

    assert len(await office.house.store.replies("check-in-1")) == 3
    assert len(office.rows("Replies")) == 3


@pytest.mark.parametrize(("name", "key"), [("Wards", "ward-1"), ("CheckIns", "check-in-1")])
async def test_what_the_bot_needs_comes_back(office: Office, name: str, key: str) -> None:
    """A ward's row, or an open check-in's, that somebody deletes is filed again, and the leads are told."""
    before = office.rows(name)[key]
    office.deletes(name, key)
    await office.read()
    told = [one for kind, one in await office.asked() if kind is Kind.TELL_LEADS]
    await office.calm()
    (audited,) = office.rows("AuditLog").values()

    assert {**office.rows(name)[key], "WriteKey": None} == {**before, "WriteKey": None}
    assert [of.rpartition("/")[0] for of in told] == [f"ward-1/{PRIYA.id}"]
    assert audited["Action"] == "row put back"


async def test_a_closed_check_in_deleted_there(office: Office) -> None:
    """It is shown no more, its period does not come again, and it is back when its row is."""
    closed = await office.closes()
    await office.file()
    number = office.item("CheckIns", "check-in-1")
    office.deletes("CheckIns", "check-in-1")
    await office.read()
    await office.calm()
    gone = await office.house.store.check_in("check-in-1")
    periods = await office.house.store.periods_since(NOON - timedelta(days=1))
    office.stand_in.restore("CheckIns", number)
    await office.read()

    assert closed is not None
    assert gone == replace(closed, removed=True)
    assert periods == {"ward-1": frozenset({closed.period})}
    assert await office.house.store.check_in("check-in-1") == closed
    assert closed.state is State.CLOSED


def somebody(number: int) -> Person:
    """Somebody by number."""
    return Person(id=f"person-{number}", name=f"Person {number}")
