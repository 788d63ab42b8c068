"""A row that is changed again and again, a column that is taken away, and a beginning that will not end."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.outbox import Kind
from bot.errors import TryAgain
from bot.records.absorbing import IN, TOLD_AT_MOST
from bot.records.sharepoint import PAGE
from tests.records.office import Office, office_in


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan with a closed check-in of three replies, one with words, all filed and read."""
    async with office_in(tmp_path) as made:
        await made.answers(1, 2, 3)
        await made.closes()
        await made.file()
        made.edits("Replies", min(made.rows("Replies")), WentWell="tea")
        await made.read()
        await made.calm(1)
        yield made


def telling(asked: set[tuple[Kind, str]]) -> int:
    """How many messages to leads wait."""
    return Counter(kind for kind, _ in asked)[Kind.TELL_LEADS]


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
    lists = office.stand_in.api.lists
    column = lists.find("Replies").columns.pop("WentWell")
    for item in lists.find("Replies").items.values():
        item.fields.pop("WentWell", None)
    office.edits("Replies", max(office.rows("Replies")), Title="2026-W99")
    await office.read()
    away = dict(office.record.reader.trouble)
    words = sorted(reply.went_well for reply in await office.house.store.replies("check-in-1"))
    await office.calm()
    parked = [(one.kind, one.code) for one in await office.parked()]
    lists.find("Replies").columns["WentWell"] = column
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
