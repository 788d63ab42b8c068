"""Reads that lag behind writes in the SharePoint stand-in, and the other habits that it takes on when told to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.rehearsal.sharepoint_caller import FIELDS, Caller, caller, read, said, titles


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything, with two rows of a minute ago; reads lag ten seconds behind."""
    async with caller() as made:
        await made.insert(EntryKey="a", Title="a")
        await made.insert(EntryKey="b", Title="b")
        made.w.clock.pass_by(minutes=1)
        made.w.stand_in.lag(10)
        yield made


async def test_readers_see_what_was_there_a_while_ago(c: Caller) -> None:
    """A new row is not there yet, a changed one is as it was, a deleted one is still there; ten seconds later all is right."""

    async def seen() -> tuple[list[Any], list[Any], list[Any], list[Any], int, int]:
        return (
            await c.keys(),
            await c.keys("fields/EntryKey eq 'c'"),
            await c.keys("fields/EntryKey eq 'a'"),
            await c.keys("startswith(fields/EntryKey,'b')"),
            (await c.ask("GET", f"{c.items}/3"))[0],
            (await c.ask("GET", f"{c.items}/2"))[0],
        )

    await c.insert(EntryKey="c")
    await c.ask("PATCH", f"{c.items}/1/fields", {"EntryKey": "A2"})
    await c.ask("DELETE", f"{c.items}/2")
    before = await seen()
    c.w.clock.pass_by(seconds=10)
    after = await seen()

    assert before == (["a", "b"], [], ["a"], ["b"], 404, 200)
    assert after == (["A2", "c"], ["c"], [], [], 200, 404)


async def test_the_past_of_a_row_without_the_field(c: Caller) -> None:
    """A row that has only now got the field is not found by it yet, nor by what it did not have."""
    await c.insert(Title="no key")
    c.w.clock.pass_by(minutes=1)
    await c.ask("PATCH", f"{c.items}/3/fields", {"EntryKey": "c"})
    before = await c.keys("fields/EntryKey ne 'a'")
    c.w.clock.pass_by(seconds=10)

    assert before == ["b"]
    assert await c.keys("fields/EntryKey ne 'a'") == ["b", "c"]


async def test_a_delta_lags_too_and_misses_nothing(c: Caller) -> None:
    """What is too new is in a later delta, in its order; what had been changed twice comes as far as it may be seen."""
    rows, link = await read(c, f"{c.items}/delta?{FIELDS}")
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "a2"})
    c.w.clock.pass_by(seconds=6)
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "a3"})
    await c.ask("DELETE", f"{c.items}/2")
    told = [titles(rows)]
    for _ in range(3):
        rows, link = await read(c, link)
        told.append(titles(rows))
        c.w.clock.pass_by(seconds=5)

    assert told == [["a", "b"], [], ["a2"], ["a3", None]]


async def test_what_was_told_is_not_taken_back(c: Caller) -> None:
    """When answers begin to lag in the middle of it, whoever reads on is not told older things than before."""
    c.w.stand_in.lag(0)
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    await c.insert(Title="c")
    c.w.stand_in.faults.next("delta-row-missing")
    none, link = await read(c, link)
    c.w.stand_in.lag(3600)
    rows, link = await read(c, link)

    assert (titles(none), titles(rows)) == ([], ["c"])
    assert (await read(c, link))[0] == []


async def test_writers_go_by_the_truth(c: Caller) -> None:
    """A key that no reader sees yet is taken all the same, a new row can be changed by its eTag, and an old eTag is refused."""
    _, made = await c.insert(EntryKey="c")
    status, told = await c.insert(EntryKey="C")
    right, changed = await c.ask("PATCH", f"{c.items}/{made['id']}/fields", {"Title": "x"}, If_Match=made["eTag"])
    wrong, _ = await c.ask("PATCH", f"{c.items}/{made['id']}/fields", {"Title": "y"}, If_Match=made["eTag"])

    assert (status, right, wrong) == (400, 200, 412)
    assert "unique" in said(told)
    assert changed["Title"] == "x"


async def test_dates_in_the_answer_to_a_post_can_be_wrong(c: Caller) -> None:
    """On command they are off by an hour, the row's own and those of its columns; whoever reads gets them right."""
    c.w.stand_in.lag(0)
    c.w.stand_in.api.habits.post_dates_off = timedelta(hours=1)
    _, made = await c.insert(When="2026-07-01T14:00:00Z", Title="2026-07-01T14:00:00Z")
    _, right = await c.ask("GET", f"{c.items}/{made['id']}?$expand=fields")

    assert (made["fields"]["When"], right["fields"]["When"]) == ("2026-07-01T15:00:00Z", "2026-07-01T14:00:00Z")
    assert (made["createdDateTime"], right["createdDateTime"]) == ("2026-11-18T15:01:00Z", "2026-11-18T14:01:00Z")
    assert made["fields"]["Modified"] == "2026-11-18T15:01:00Z"
    assert made["fields"]["Title"] == right["fields"]["Title"]


async def test_whole_numbers_can_come_back_as_fractions(c: Caller) -> None:
    """On command 3 is 3.0 in every answer; what is no number stays as it is."""
    c.w.stand_in.lag(0)
    plain = (await c.insert(Score=3, Sure=True))[1]["fields"]
    c.w.stand_in.api.habits.floats = True
    made = (await c.insert(Score=3, Sure=True))[1]["fields"]
    changed = (await c.ask("PATCH", f"{c.items}/1/fields", {"Score": 4}))[1]

    assert isinstance(plain["Score"], int)
    assert isinstance(made["Score"], float)
    assert isinstance(changed["Score"], float)
    assert made["Sure"] is True
