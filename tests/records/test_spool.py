"""Rows set aside: the last of each counts, in memory or on the disk."""

import pytest

from bot.records.merging import RemoteRow
from bot.records.spool import IN_MEMORY, Spool


def row(number: int, words: str = "tea\nand “cake”") -> RemoteRow:
    """A row as SharePoint shows it."""
    return RemoteRow(str(number), f'"etag,{number}"', {"EntryKey": f"key-{number}", "WentWell": words}, by_app=True)


@pytest.mark.parametrize("in_memory", [IN_MEMORY, 100])
def test_what_was_set_aside_comes_out(in_memory: int) -> None:
    """Rows come as they went in, once each: a later one takes an earlier one's place, and what was dropped is gone."""
    with Spool(in_memory) as spool:
        for number in range(20):
            spool.add(row(number))
        spool.add(row(3, "later"))
        spool.drop("4")
        spool.drop("no such")
        twice = [list(spool), list(spool)]
        count = len(spool)

    assert twice[0] == twice[1]
    assert count == len(twice[0]) == 19
    assert twice[0][-1] == row(3, "later")
    assert twice[0][:3] == [row(0), row(1), row(2)]
    assert "4" not in {one.item_id for one in twice[0]}


def test_beginning_again() -> None:
    """Cleared, it is as new."""
    with Spool() as spool:
        spool.add(row(1))
        spool.clear()
        spool.add(row(2))

        assert list(spool) == [row(2)]
