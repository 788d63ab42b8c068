"""One person's own data in the store, found and forgotten, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.checkins import Feeling, Reply
from bot.domain.outbox import Entry, Kind
from bot.domain.people import Given, KnownOf
from bot.domain.wards import Person
from bot.records.filing import NOTED_TOGETHER, FilingDesk
from bot.records.filing_steps import Filing, Outcome, Removal
from bot.records.reply_rows import QUIET_FOR
from bot.records.schema import filed_rows, replies
from bot.records.sharepoint import SharePoint
from tests.records.office import LONG_ENOUGH, Office, office_in, office_on, settle
from tests.records.store_fixtures import AMINA, JOE, PRIYA, House, a_check_in, a_ward, picked, wrote


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    """Rowan with an open check-in, filed."""
    async with office_on(house) as made:
        await settle(made)
        yield made


async def answers(office: Office, person: Person, check_in: str = "check-in-1", *, named: bool = False) -> None:
    """Somebody answers, with their name or without."""
    await office.house.store.keep_reply(check_in, person, picked(Feeling.GOOD), f"{check_in} {person.id}")
    if named:
        await office.house.store.keep_reply(check_in, person, wrote("tea", named=True), f"{check_in} {person.id} name")


async def test_what_is_known(office: Office) -> None:
    """Named answers, answers to open check-ins, and wards led; latest first; nobody else's."""
    store = office.house.store
    await answers(office, JOE, named=True)
    await answers(office, AMINA)
    await office.closes()
    await office.file()
    await store.add_check_in(a_check_in(2, opened_at=office.house.clock.moment), [])
    await answers(office, JOE, "check-in-2")

    assert await store.known_of(JOE.id) == KnownOf(
        (),
        (
            Given("Rowan", "2026-W02", Reply(Feeling.GOOD), open=True, in_sharepoint=False),
            Given("Rowan", "2026-W01", Reply(Feeling.GOOD, "tea", named=JOE), open=False, in_sharepoint=True),
        ),
    )
    assert (await store.known_of(AMINA.id)).nothing
    assert await store.known_of(PRIYA.id) == KnownOf(("Rowan",), alone=("Rowan",))


async def test_forgotten_once(office: Office) -> None:
    """It goes here and there, what others gave stays, and the second time there is nothing; the audit log counts and names nobody."""
    store = office.house.store
    await answers(office, JOE, named=True)
    await answers(office, AMINA)
    await office.closes()
    await office.file()
    known = await store.known_of(JOE.id)
    first, second = await store.forget_person(JOE.id), await store.forget_person(JOE.id)
    await office.calm()
    (row,) = office.rows("Replies").values()
    (audited,) = office.rows("AuditLog").values()

    assert first == known
    assert second.nothing
    assert "GivenBy" not in row
    assert (audited["Detail"], "AboutKey" in audited) == ("answers: 1, wards led: 0", False)
    assert len(await store.replies("check-in-1")) == 1


async def test_forgotten_before_it_was_filed(office: Office) -> None:
    """What SharePoint never had needs no taking away there."""
    await answers(office, JOE)
    await office.house.store.forget_person(JOE.id)

    assert (Kind.DELETE_ROW, "Replies") not in {(kind, key.partition("/")[0]) for kind, key in await office.asked()}
    assert await office.house.store.answers("check-in-1") == 0


async def test_forgotten_while_nobody_knows_whether_it_was_filed(office: Office) -> None:
    """Where SharePoint's answer got lost, the row is looked for by its key and taken away."""
    await answers(office, JOE, named=True)
    await office.closes()
    office.stand_in.faults.next("drop", where="$batch")
    await office.file()
    there = len(office.rows("Replies"))
    await office.house.store.forget_person(JOE.id)
    await office.calm()

    assert there == 1
    assert office.rows("Replies") == {}
    assert await office.waiting() == set()


async def test_the_shared_card_waits_while_people_write(office: Office) -> None:
    """The count on an open check-in's card moves two minutes after somebody was forgotten, so that nobody's typing is wiped at once."""
    await answers(office, JOE)
    office.house.clock.move(LONG_ENOUGH)
    await office.house.outbox.done((await office.house.outbox.claim([Kind.REFRESH_CHECK_IN], 1))[0])
    await office.house.store.forget_person(JOE.id)

    due = await office.house.outbox.next_due([Kind.REFRESH_CHECK_IN])
    assert due == office.house.clock.moment + QUIET_FOR


@pytest.mark.parametrize("lost", [False, True])
async def test_a_lead_leaves_no_trace(tmp_path: Path, lost: bool) -> None:
    """Once the ward's row has followed, SQLite's file and log hold nothing of somebody who led it; also if SharePoint's answer got lost."""
    async with office_in(tmp_path) as office:
        files = [tmp_path / f"ward-rhythms.db{end}" for end in ("", "-wal")]
        before = [PRIYA.id.encode() in file.read_bytes() for file in files]
        await office.house.store.forget_person(PRIYA.id)
        if lost:
            office.stand_in.faults.next("drop", where="$batch")
        await office.file()
        await office.calm()
        await office.house.store.beat(office.house.clock.moment)

        assert any(before)
        assert "LeadAccounts" not in office.rows("Wards")["ward-1"]
        assert [PRIYA.id.encode() in file.read_bytes() for file in files] == [False, False]


class InTheMiddle(SharePoint):
    """The office's SharePoint. While the first rows are on their way, those ask to be forgotten whose rows come next."""

    def __init__(self, office: Office) -> None:
        self.__dict__.update(vars(office.record.desk.sharepoint))
        self._house = office.house
        self.forgotten: list[str] = []

    async def write(self, filings: Sequence[tuple[str, Filing | Removal]]) -> list[Outcome]:
        if not self.forgotten:
            next_ones = select(replies.c.person_id).where(replies.c.id.not_in(select(filed_rows.c.key)))
            found = await self._house.database.read(lambda connection: connection.execute(next_ones).scalars().all())
            self.forgotten += found
            for person_id in found:
                await self._house.store.forget_person(person_id)
        return await super().write(filings)


async def test_forgotten_in_the_middle_of_filing(office: Office) -> None:
    """What was looked up for filing before its person was forgotten is stopped, or taken away; no word of it stays in the store or comes back."""
    many = [Person(id=f"person-{number}", name=f"Person {number}") for number in range(NOTED_TOGETHER + 5)]
    await asyncio.gather(*(answers(office, person, named=True) for person in many))
    await office.closes()
    desk: FilingDesk = office.record.desk
    desk.sharepoint = sharepoint = InTheMiddle(office)
    await office.file()
    await office.calm()
    left = {person.id for person in many} - set(sharepoint.forgotten)
    noted = select(filed_rows.c.fields, filed_rows.c.sent).where(filed_rows.c.erased_on.is_not(None))
    rows = await office.house.database.read(lambda connection: connection.execute(noted).all())

    assert 0 < len(sharepoint.forgotten) < len(many)
    assert {row["PersonId"] for row in office.rows("Replies").values()} == left
    assert [tuple(row) for row in rows] == [(None, None)] * len(sharepoint.forgotten)
    assert (await office.house.store.known_of(sharepoint.forgotten[0])).nothing
    assert await office.waiting() == set()


async def test_a_lead_is_forgotten(office: Office) -> None:
    """They lead nothing any more, and nothing is on its way to them."""
    store = office.house.store
    await store.add_ward(a_ward(2), [])
    entries = [Entry(Kind.TELL_LEADS, f"ward-1/{who}", "ward-1", {"lead": who}) for who in (PRIYA.id, JOE.id)]
    await store.enqueue(entries)
    known = await store.forget_person(PRIYA.id)
    await office.calm()
    wards = [await store.ward(key) for key in ("ward-1", "ward-2")]

    assert known.leads == ("Rowan", "Rowan")
    assert [ward.leads for ward in wards if ward] == [(), ()]
    assert await store.wards_led_by(PRIYA.id) == []
    assert [key for kind, key in await office.asked() if kind is Kind.TELL_LEADS] == [f"ward-1/{JOE.id}"]
    assert "LeadAccounts" not in office.rows("Wards")["ward-1"]
