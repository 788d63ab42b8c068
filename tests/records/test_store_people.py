"""One person's own data in the store, found and forgotten, on both databases."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.checkins import Feeling, Reply
from bot.domain.outbox import Entry, Kind
from bot.domain.people import Given, KnownOf
from tests.records.office import Office, office_on, settle
from tests.records.store_fixtures import AMINA, JOE, PRIYA, House, a_check_in, a_ward, picked, wrote


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    """Rowan with an open check-in, filed."""
    async with office_on(house) as made:
        await settle(made)
        yield made


async def answers(office: Office, person: object, check_in: str = "check-in-1", *, named: bool = False) -> None:
    """Somebody answers, with their name or without."""
    assert isinstance(person, type(JOE))
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
    assert await store.known_of(PRIYA.id) == KnownOf(("Rowan",))


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
