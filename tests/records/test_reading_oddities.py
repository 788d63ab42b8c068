"""What reading meets that is out of the ordinary: a row changed again and again, a column taken away, a beginning that will not end."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue
from sqlalchemy import Connection, Row, select

from bot.domain.outbox import Entry, Kind
from bot.errors import TryAgain
from bot.records.absorbing import IN, TOLD_AT_MOST, Absorbing, Came
from bot.records.database import Write
from bot.records.lists import ReplyRow
from bot.records.reply_side import ReplySide
from bot.records.schema import replies
from bot.records.sharepoint import PAGE
from tests.records.office import Office, closed_office_in


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan with a closed check-in of three replies, one with words, all filed and read."""
    async with closed_office_in(tmp_path) as made:
        made.edits("Replies", min(made.rows("Replies")), WentWell="tea")
        await made.read()
        await made.calm(1)
        yield made


def telling(asked: set[tuple[Kind, str]]) -> int:
    """How many messages to leads wait."""
    return sum(kind is Kind.TELL_LEADS for kind, _ in asked)


async def test_a_flow_that_will_not_give_in(office: Office) -> None:
    """What a program sets again and again is put back each time; people are told five times in a day, and the operator from then on."""
    told, seen = [], []
    for _ in range(TOLD_AT_MOST + 2):
        office.edits("Wards", "ward-1", State="flown")
        await office.read()
        told.append(telling(await office.asked()))
        seen.append(office.record.reader.trouble.get("Wards"))
        await office.file()
    state = office.rows("Wards")["ward-1"]["State"]
    office.house.clock.move(IN.total_seconds())
    office.edits("Wards", "ward-1", State="flown")
    await office.read()

    assert told == [1, 2, 3, 4, 5, 5, 5]
    assert seen == [None] * TOLD_AT_MOST + ["put_back_again_and_again"] * 2
    assert state == "active"
    assert telling(await office.asked()) == 6
    assert office.record.reader.trouble == {}


async def test_a_column_taken_away(office: Office) -> None:
    """Its words stay here, the operator is told which it is, and they are filed again once it is back."""
    (definition,) = [one.definition() for one in ReplyRow.definition().columns if one.name == "WentWell"]
    office.stand_in.remove_column("Replies", "WentWell")
    office.edits("Replies", max(office.rows("Replies")), Title="2026-W99")
    await office.read()
    away = dict(office.record.reader.trouble)
    words = sorted(reply.went_well for reply in await office.house.store.replies("check-in-1"))
    await office.calm()
    parked = [(one.kind, one.code) for one in await office.parked()]
    office.stand_in.add_column("Replies", definition)
    await office.house.outbox.resend()
    await office.calm()

    assert away == {"Replies": "unknown_column: WentWell"}
    assert words == ["", "", "tea"]
    assert parked == [(Kind.FILE_REPLIES, "unknown_column: WentWell")]
    assert office.record.reader.trouble == {}
    assert sorted(row.get("WentWell", "") for row in office.rows("Replies").values()) == ["", "", "tea"]
    assert await office.waiting() == set()
    assert await office.parked() == []


async def test_a_beginning_that_does_not_end(office: Office) -> None:
    """Where SharePoint forgets twice in one reading how far a list was read, the rest waits for the next one."""
    office.edits("Replies", min(office.rows("Replies")), InTheWay="kettle")
    for number in range(PAGE + 1):
        office.stand_in.add("Replies", {"Title": f"by hand {number}"})
    office.stand_in.expire_delta("Replies")
    with pytest.raises(TryAgain, match="graph_410"):
        await office.record.reader.read("Replies", lambda *_: office.stand_in.expire_delta("Replies"))
    await office.read()

    assert office.record.reader.trouble == {}
    assert "kettle" in [reply.in_the_way for reply in await office.house.store.replies("check-in-1")]


class Stumbling(ReplySide):
    """Falls over one row, when its words have been written already."""

    def __init__(self, over: str) -> None:
        self._over = over

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        problems = super().correct(write, key, edits, now)
        if key == self._over:
            raise LookupError
        return problems


async def test_a_row_that_cannot_be_taken_in(office: Office) -> None:
    """Whatever is wrong with one row, what was begun with it is undone, and the others are taken in."""
    one, other, _ = sorted(office.rows("Replies"))
    for key in (one, other):
        office.edits("Replies", key, InTheWay="kettle")
    numbers = [office.item("Replies", key) for key in (one, other)]
    there = await office.record.desk.sharepoint.rows("Replies", numbers)
    present = {column.name for column in ReplyRow.definition().columns}

    def in_the_way(connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(select(replies)).all()

    def take(write: Write) -> list[Came]:
        absorbing = Absorbing(write, office.house.store, Stumbling(one), office.house.clock.now(), present)
        return [absorbing.row(row) for row in there.values() if row is not None]

    came = await office.house.database.write(take)
    kept = {reply.id: reply.in_the_way for reply in await office.house.database.read(in_the_way)}

    assert came == [Came.UNREADABLE, Came.TAKEN]
    assert (kept[one], kept[other]) == ("", "kettle")


async def test_a_reply_says_its_ward(office: Office) -> None:
    """By the name that the ward had when the row was last written."""
    titles = {row["Title"] for row in office.rows("Replies").values()}
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"name": "Willow"}), [entry])
    await office.calm()
    still = {row["Title"] for row in office.rows("Replies").values()}
    changed = min(office.rows("Replies"))
    office.edits("Replies", changed, InTheWay="kettle")
    await office.calm()

    assert titles == still == {"Rowan 2026-W01"}
    assert office.rows("Replies")[changed]["Title"] == "Willow 2026-W01"
    assert office.rows("Replies")[changed]["InTheWay"] == "kettle"
    assert await office.waiting() == set()
