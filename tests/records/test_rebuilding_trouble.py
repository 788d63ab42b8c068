"""What stands in the way of making a store anew: rows that cannot be read, and a SharePoint that cannot be."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.outbox import Kind
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.rebuilding import NoWards
from bot.records.rebuilt_rows import LeftOut
from bot.records.schema import audit, check_ins, filed_rows, readings, replies
from bot.records.schema import wards as wards_table
from tests.records.afresh import ASH, ELM, ROWAN, Afresh, wards

EVERYTHING = (wards_table, check_ins, replies, filed_rows, audit, readings)


async def tables(lost: Afresh) -> dict[str, list[tuple[Any, ...]]]:
    """All that the new store holds, but for secrets, keys made by chance, and what the audit log says of the rebuild."""

    def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for table in EVERYTHING:
            asked = select(*(column for column in table.c if column.name not in {"secret", "read_at"}))
            asked = asked.where(audit.c.action != "rebuilt") if table is audit else asked
            found[table.name] = sorted((tuple(row) for row in connection.execute(asked)), key=repr)
        return found

    return await lost.house.database.read(read)


def some_answer(lost: Afresh, check_in: str = "check-in-1", **fields: object) -> str:
    """The key of a reply to a check-in."""
    there = lost.office.rows("Replies").items()
    return min(key for key, row in there if row["CheckInKey"] == check_in and fields.items() <= row.items())


@pytest.mark.parametrize(
    ("edit", "columns"),
    [
        ({"TimeOfDay": "03:00"}, ("Time of day",)),
        ({"TimeOfDay": "soon", "TimeZone": "Mars/Phobos"}, ("Time of day", "Time zone")),
        ({"Weekday": "Wednesdays"}, ("Weekday",)),
        ({"EveryWeeks": 3}, ("Every … weeks",)),
        ({"IncidentLink": "javascript:alert(1)"}, ("Incident system",)),
        ({"Title": None}, ("Title",)),
        ({"Quiet": "sleepy"}, ("Quiet",)),
        ({"Anchor": None, "TeamId": None}, ("Anchor", "Team id")),
    ],
)
async def test_a_ward_that_cannot_be_read(lost: Afresh, edit: dict[str, object], columns: tuple[str, ...]) -> None:
    """It is named with what does not fit, and left out with what belongs to it; the other wards come back."""
    lost.office.edits("Wards", "ward-1", **edit)
    rebuilt = await lost.rebuild()

    assert rebuilt.left_out == [LeftOut("Wards", "ward-1", columns)]
    assert rebuilt.orphans == {"CheckIns": 3, "Replies": 15}
    assert await wards(lost.house) == [ELM, ASH]


async def test_check_ins_and_replies_that_cannot_be_read(lost: Afresh) -> None:
    """Each is named by its list and key; what is whole comes back."""
    lost.office.edits("CheckIns", "check-in-3", Missed="asleep")
    long, odd = some_answer(lost, WentWell="tea"), some_answer(lost, "check-in-2")
    lost.office.edits("Replies", long, WentWell="x" * 401)
    lost.office.edits("Replies", odd, Feeling="Meh")
    rebuilt = await lost.rebuild()

    assert set(rebuilt.left_out) == {
        LeftOut("CheckIns", "check-in-3", ("Missed",)),
        LeftOut("Replies", long, ("What went well",)),
        LeftOut("Replies", odd, ("Feeling",)),
    }
    assert rebuilt.kept == {"Wards": 3, "CheckIns": 2, "Replies": 13, "AuditLog": 1}


async def test_what_a_store_could_hold_only_once(lost: Afresh) -> None:
    """A second ward in a channel, a second check-in for a week and a second row under one key are left out and named."""
    fields = {name: dict(row) for name in ("Wards", "CheckIns") for row in lost.office.rows(name).values()}
    ward = {**lost.office.rows("Wards")["ward-1"], "EntryKey": "ward-7"}
    check_in = {**fields["CheckIns"], "EntryKey": "check-in-7"}
    lost.office.stand_in.add("Wards", ward)
    lost.office.stand_in.add("CheckIns", check_in)
    lost.office.stand_in.api.lists.find("Wards").columns["EntryKey"]["enforceUniqueValues"] = False
    lost.office.stand_in.add("Wards", {**ward, "EntryKey": "ward-2", "ChannelId": "channel-9"})
    rebuilt = await lost.rebuild()

    assert rebuilt.left_out == [
        LeftOut("Wards", "ward-7", ("Channel id",)),
        LeftOut("Wards", "ward-2", ("Entry key",)),
        LeftOut("CheckIns", "check-in-7", ("Period",)),
    ]
    assert await wards(lost.house) == [ROWAN, ELM, ASH]


async def test_rows_of_nobody(lost: Afresh) -> None:
    """A row that people added by hand is left alone, and a reply of a deleted check-in is left out."""
    lost.office.stand_in.add("Wards", {"Title": "by hand"})
    lost.office.deletes("CheckIns", "check-in-1")
    rebuilt = await lost.rebuild()

    assert rebuilt.strangers == {"Wards": 1}
    assert rebuilt.orphans == {"Replies": 6}
    assert rebuilt.kept["Wards"] == 3


async def test_what_differs_from_ours_is_put_back(lost: Afresh) -> None:
    """A name that somebody else put to an answer is not taken for theirs: the row is filed again; a ward's new name changes no old row."""
    key = some_answer(lost, WentWell="tea")
    lost.office.edits("Replies", key, GivenBy="Joe")
    lost.office.edits("Wards", "ward-1", Title="Rowan Ward", State="quiet")
    await lost.rebuild()
    record = lost.record()
    claimed = await lost.house.outbox.claim(record.desk.kinds, 100)
    lost.house.clock.move(400)
    await record.reader.read_what_is_due()
    await record.desk.deliver(claimed)

    assert {entry.kind for entry in claimed} == {Kind.FILE_WARD, Kind.FILE_REPLIES, Kind.FILE_AUDIT}
    assert "GivenBy" not in lost.office.rows("Replies")[key]
    ward = lost.office.rows("Wards")["ward-1"]
    assert (ward["Title"], ward["State"]) == ("Rowan Ward", "active")
    assert lost.office.rows("CheckIns")["check-in-1"]["Ward"] == "Rowan"


async def test_a_bot_that_ran_on_the_empty_store(lost: Afresh) -> None:
    """It had read the lists and known none of their rows; after the rebuild it knows them."""
    reader = lost.record().reader
    await reader.read_what_is_due()
    unknown = {name: len(keys) for name, keys in reader.unknown.items()}
    await lost.rebuild()
    lost.office.edits("Wards", "ward-1", Aim="tea")
    lost.house.clock.move(400)
    after = lost.record().reader
    await after.read_what_is_due()

    assert unknown == {"Wards": 3, "CheckIns": 3, "Replies": 15}
    assert after.unknown == {}
    assert (await wards(lost.house))[0].aim == "tea"


async def test_no_wards_to_make_it_from(lost: Afresh) -> None:
    """Where no ward can be read, the store stays empty, and what stood in the way is named."""
    for key in ("ward-1", "ward-2", "ward-3"):
        lost.office.edits("Wards", key, TimeZone="Mars/Phobos")
    with pytest.raises(NoWards) as none:
        await lost.rebuild()

    assert [row.columns for row in none.value.rebuilt.left_out] == [("Time zone",)] * 3
    assert not any((await tables(lost)).values())


async def test_lists_that_are_missing(lost: Afresh) -> None:
    """Every list that is not there is named at once, before anything is read."""
    for name in ("CheckIns", "AuditLog"):
        lost.office.stand_in.remove_list(name)
    with pytest.raises(Final, match="lists_missing: CheckIns, AuditLog"):
        await lost.rebuild()

    assert lost.told == []


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [("403", WakeSomebody, "graph_refused"), ("400", Final, "refused"), ("503-before", TryAgain, "graph_503")],
)
async def test_sharepoint_does_not_let_it(lost: Afresh, fault: str, error: type[Exception], code: str) -> None:
    """What it refuses or cannot do for long leaves the store empty; the same again when it can is as good as new."""
    lost.office.stand_in.faults.next(fault, times=4, where="/delta")
    with pytest.raises(error, match=code):
        await lost.rebuild()
    empty = await tables(lost)
    lost.office.stand_in.faults.calm()
    rebuilt = await lost.rebuild()

    assert not any(empty.values())
    assert rebuilt.kept["Replies"] == 15


async def test_it_waits_where_sharepoint_asks_to(lost: Afresh) -> None:
    """A short trouble is waited for, and so is a budget that is spent."""
    began = lost.house.clock.now()
    lost.office.stand_in.faults.next("429", where="/delta")
    lost.office.stand_in.faults.next("504-before", where="/delta")
    lost.sharepoint.budget.spend(700)
    rebuilt = await lost.rebuild()

    assert rebuilt.kept["Replies"] == 15
    assert (lost.house.clock.now() - began).total_seconds() == pytest.approx(sum(lost.waited))
    assert len(lost.waited) >= 3
    assert sum(lost.waited) > 10


async def test_it_does_not_wait_for_hours(lost: Afresh) -> None:
    """Whoever would have to wait for long is told so instead."""
    lost.sharepoint.budget.spend(100_000)
    with pytest.raises(TryAgain, match="graph_throttled"):
        await lost.rebuild()

    assert lost.waited == []


def many_rows(lost: Afresh, many: int) -> None:
    """So many more rows of the audit log: several pages."""
    (row,) = lost.office.rows("AuditLog").values()
    for number in range(many):
        lost.office.stand_in.add("AuditLog", {**row, "EntryKey": f"audit-{number}"})


class At(list[tuple[str, int, bool]]):
    """Does something once, when the first page of the audit log was read."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act: Callable[[], object] | None = act

    def append(self, one: tuple[str, int, bool]) -> None:
        super().append(one)
        if one[0] == "AuditLog" and self._act is not None:
            act, self._act = self._act, None
            act()


async def test_pages_of_a_long_list(lost: Afresh) -> None:
    """Each page is told of; what is deleted or changed while it reads is kept as it is in the end."""
    many_rows(lost, 450)

    def meanwhile() -> None:
        lost.office.deletes("AuditLog", "audit-7")
        lost.office.edits("AuditLog", "audit-8", Detail="changed")

    lost.told = At(meanwhile)
    rebuilt = await lost.rebuild()
    pages = [(count, last) for name, count, last in lost.told if name == "AuditLog"]
    await lost.record().reader.read("AuditLog")
    found = await lost.house.database.read(lambda connection: connection.execute(select(audit)).all())
    details = {row.id: row.detail for row in found}

    assert pages[0] == (200, False)
    assert pages[-1][1]
    assert rebuilt.kept["AuditLog"] in {450, 451}
    assert "audit-7" not in details
    assert len([key for key in details if key.startswith("audit-")]) == 449


async def test_a_link_that_is_no_good_any_more(lost: Afresh) -> None:
    """A list whose link SharePoint has forgotten is begun anew; where it forgets again and again, the rebuild gives up."""
    many_rows(lost, 250)
    lost.told = At(lambda: lost.office.stand_in.expire_delta("AuditLog"))
    rebuilt = await lost.rebuild()

    assert rebuilt.kept["AuditLog"] == 251
    assert [count for name, count, _ in lost.told if name == "AuditLog"] == [200, 200, 251]


async def test_a_link_that_is_never_good(lost: Afresh) -> None:
    """Where SharePoint forgets again and again how far a list was read, the rebuild gives up, and the store is empty."""
    many_rows(lost, 250)

    class Always(list[tuple[str, int, bool]]):
        def append(self, one: tuple[str, int, bool]) -> None:
            lost.office.stand_in.expire_delta("AuditLog")

    lost.told = Always()
    with pytest.raises(TryAgain, match="graph_410"):
        await lost.rebuild()

    assert not any((await tables(lost)).values())


async def test_the_whole_is_the_same_however_often_it_stops(lost: Afresh) -> None:
    """Stopped after any list, it leaves nothing behind, and another run makes the same store."""
    whole = {}
    for name in ("Wards", "CheckIns", "Replies", "AuditLog", None):
        run = asyncio.ensure_future(lost.rebuild())

        class StopsAt(list[tuple[str, int, bool]]):
            def append(self, one: tuple[str, int, bool], at: str | None = name, run: Any = run) -> None:
                if one[0] == at:
                    run.cancel()

        lost.told = StopsAt()
        await asyncio.wait([run])
        whole = await tables(lost)
        if name is not None:
            assert run.cancelled()
            assert not any(whole.values())

    assert {name: len(rows) for name, rows in whole.items()} == {
        "wards": 3,
        "check_ins": 3,
        "replies": 15,
        "filed_rows": 22,
        "audit": 1,
        "readings": 4,
    }
