"""SharePoint fails in every way it is known for, and each row is there once in the end."""

import pytest

from tests.app.house import CLOSED, House

#: One of each sort, for the whole bot over HTTP; tests/records/test_every_fault.py has them all.
FAULTS = ("429-fractional", "504-after-commit", "html-after-commit", "drop", "item-503-after-commit", "delta-error-row")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault(house: House, fault: str) -> None:
    """Whatever goes wrong while a week is filed, after calm each row is in SharePoint exactly once."""
    await house.three_answer()
    house.rehearsal.sharepoint.faults.next(
        fault, times=4, where="" if fault.startswith(("item-", "delta-")) else "$batch"
    )
    await house.clock_shows(CLOSED)
    await house.time_passes()

    assert len(house.filed("Replies")) == 3
    assert house.filed("Replies") == house.kept("replies")
    assert house.filed("CheckIns") == house.kept("check_ins")
    assert house.filed("Wards") == house.kept("wards")


async def test_down_for_a_day(house: House) -> None:
    """While SharePoint is down every answer is thanked for, and all of it is filed once it is back."""
    house.rehearsal.sharepoint.faults.down = True
    await house.three_answer()
    await house.adds("Joe", in_the_way="kettle broken since June")
    await house.clock_shows(CLOSED)
    await house.time_passes()
    none = house.filed("Replies")
    waiting = await house.reasons()
    house.rehearsal.sharepoint.faults.down = False
    await house.time_passes()

    assert none == []
    assert waiting == ["outbox_waiting", "graph_503"]
    assert house.filed("Replies") == house.kept("replies")
    assert [row["InTheWay"] for row in house.rows("Replies") if "InTheWay" in row] == ["kettle broken since June"]
    assert await house.reasons() == []


async def test_a_list_is_missing(house: House) -> None:
    """Where somebody deleted a list, `/readyz` says so, the other lists are filed, and its rows come when it is back."""
    lists = house.rehearsal.sharepoint.api.lists
    await house.three_answer()
    gone = lists.find("Replies")
    del lists.all[gone.id]
    await house.clock_shows(CLOSED)
    await house.time_passes()
    reasons = await house.reasons()
    check_ins = house.filed("CheckIns")
    lists.all[gone.id] = gone
    await house.time_passes()

    assert set(reasons) == {"list_missing", "outbox_waiting"}
    assert check_ins == house.kept("check_ins")
    assert house.filed("Replies") == house.kept("replies")
    assert await house.reasons() == []


async def test_a_parked_row(house: House) -> None:
    """A row that SharePoint will never take is put aside and counted; the others are filed."""
    await house.three_answer()
    house.rehearsal.sharepoint.faults.next("item-400", where="POST")
    await house.clock_shows(CLOSED)
    await house.time_passes()
    report = (await house.asked("/readyz"))[1]

    assert report["parked"] == {"file_replies: refused": 1}
    assert report["reasons"] == []
    assert len(house.filed("Replies")) + len(house.filed("CheckIns")) == 4
