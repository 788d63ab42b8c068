"""A lost store is made anew from SharePoint, on both databases: what comes back, what is left out, and what happens when it cannot be done."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from bot.domain.checkins import Feeling, Kept
from bot.domain.outbox import Kind
from bot.errors import Final
from bot.records.schema import audit, replies, teams
from tests.records.afresh import ASH, ELM, MISSED, ROWAN, Afresh, check_ins, wards
from tests.records.store_fixtures import AMINA, PRIYA, House, a_ward, picked


async def test_wards_and_check_ins_are_as_they_were(lost: Afresh) -> None:
    """Every ward and check-in is what it was before, with its cards, its figures and the reminder that is to come."""
    rebuilt = await lost.rebuild()

    assert await wards(lost.house) == [ROWAN, ELM, ASH]
    assert await check_ins(lost.house) == await check_ins(lost.office.house)
    assert MISSED in await check_ins(lost.house)
    assert rebuilt.open == 1
    assert (rebuilt.left_out, rebuilt.orphans, rebuilt.strangers) == ([], Counter(), Counter())


async def test_replies_come_back_as_far_as_they_were_filed(lost: Afresh) -> None:
    """Of a closed check-in all replies are there with their words and names; of an open one those that SharePoint had."""
    await lost.rebuild()
    store, before = lost.house.store, lost.office.house.store

    assert await store.replies("check-in-1") == await before.replies("check-in-1")
    assert len(await store.replies("check-in-1")) == 6
    assert len(await store.replies("check-in-2")) == len(lost.office.rows("Replies")) - 6 == 9


async def test_who_leads_and_where_the_bot_is(lost: Afresh) -> None:
    """Leads are found by their accounts; the bot is in the teams of its wards, but for those that it was taken out of."""
    await lost.rebuild()
    found = await lost.house.database.read(lambda connection: connection.execute(select(teams)).all())

    assert await lost.house.store.wards_led_by(AMINA.id) == [ROWAN]
    assert await lost.house.store.wards_led_by(PRIYA.id) == [ROWAN, ELM, ASH]
    assert {row.id: row.present for row in found} == {"team-1": True, "team-3": False}


async def test_an_open_check_in_takes_answers(lost: Afresh) -> None:
    """It has a secret of its own again: one person's two taps are one answer."""
    await lost.rebuild()
    before = await lost.house.store.answers("check-in-2")
    for number, feeling in enumerate((Feeling.GOOD, Feeling.SLOW)):
        kept = await lost.house.store.keep_reply("check-in-2", AMINA, picked(feeling), f"tap {number}")
        assert isinstance(kept, Kept)

    assert await lost.house.store.answers("check-in-2") == before + 1


async def test_nothing_is_filed_or_read_again(lost: Afresh) -> None:
    """What is known of each row comes along, and how far the lists were read: only the line in the audit log is filed."""
    await lost.rebuild()
    record, stand_in = lost.record(), lost.office.stand_in
    before = Counter(stand_in.requests)
    lost.house.clock.move(400)
    await record.reader.read_what_is_due()
    claimed = await lost.house.outbox.claim(record.desk.kinds, 100)
    outcomes = await record.desk.deliver(claimed)
    asked = Counter(stand_in.requests) - before

    assert [(entry.kind, outcome) for entry, outcome in zip(claimed, outcomes, strict=True)] == [
        (Kind.FILE_AUDIT, None)
    ]
    assert asked["delta"] == 4
    assert (asked["insert"], asked["update"]) == (1, 0)
    assert (record.reader.unknown, record.reader.trouble) == ({}, {})
    row = next(row for row in lost.office.rows("AuditLog").values() if row["Action"] == "rebuilt")
    assert row["Detail"] == "Wards 3, CheckIns 3, Replies 15, AuditLog 1"


async def test_changes_after_it_are_read(lost: Afresh) -> None:
    """The bot reads on from where the rebuild stopped: an edit is taken over, and a deleted reply goes."""
    await lost.rebuild()
    key = min(lost.office.rows("Replies"))
    lost.office.edits("Wards", "ward-1", Aim="tea")
    lost.office.deletes("Replies", key)
    lost.house.clock.move(400)
    await lost.record().reader.read_what_is_due()
    left = await lost.house.database.read(lambda connection: connection.execute(select(replies.c.id)).scalars().all())

    assert (await wards(lost.house))[0].aim == "tea"
    assert len(left) == 14
    assert key not in left


async def test_what_is_to_be_done_first(lost: Afresh) -> None:
    """The open card is brought up to date and its leads are told; nothing else is said to anybody."""
    await lost.rebuild()

    assert await lost.house.waiting() - {(Kind.FILE_AUDIT, key) for key in await audit_keys(lost.house)} == {
        (Kind.REFRESH_CHECK_IN, "check-in-2"),
        (Kind.TELL_LEADS, "ward-1/person-priya/rebuilt"),
        (Kind.TELL_LEADS, "ward-1/person-amina/rebuilt"),
    }


async def audit_keys(house: House) -> list[str]:
    """The rows of the audit log."""
    return list(await house.database.read(lambda connection: connection.execute(select(audit.c.id)).scalars().all()))


async def test_progress(lost: Afresh) -> None:
    """Each list is told with its count, in the order in which they are read."""
    await lost.rebuild()

    assert lost.told == [("Wards", 3, True), ("CheckIns", 3, True), ("Replies", 15, True), ("AuditLog", 1, True)]


async def test_a_store_with_wards_is_left_alone(lost: Afresh) -> None:
    """Where there are wards already, nothing is read and nothing changes; nor where they came while it read."""
    await lost.house.store.add_ward(a_ward(8), [])
    with pytest.raises(Final, match="store_not_empty"):
        await lost.rebuild()

    assert lost.told == []
    assert await wards(lost.house) == [a_ward(8)]


async def test_a_ward_that_is_set_up_meanwhile(lost: Afresh) -> None:
    """A bot that runs all the same, and is told of a ward while the lists are read, wins: nothing is kept beside it."""

    class Meanwhile(list[tuple[str, int, bool]]):
        def append(self, one: tuple[str, int, bool]) -> None:
            super().append(one)
            if one[0] == "AuditLog":
                # The reading has ended, the keeping has not begun: the next one to write comes first.
                add.append(asyncio.ensure_future(lost.house.store.add_ward(a_ward(8), [])))

    add: list[asyncio.Future[bool]] = []
    lost.told = Meanwhile()
    with pytest.raises(Final, match="store_not_empty"):
        await lost.rebuild()

    assert await add[0]
    assert await wards(lost.house) == [a_ward(8)]
