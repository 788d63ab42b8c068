"""Whose change is whose, told from three states of a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TryAgain
from bot.records.columns import Fields
from bot.records.filed_rows import FiledRow
from bot.records.merging import RemoteRow, base_of, changes, edits, is_older, is_same, landed, read_remote

GUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
VALUES = st.sampled_from([None, "A", "B", "C"])


def remote(write_key: str | None = None, *, by_app: bool = False) -> RemoteRow:
    """A row with this write key."""
    return RemoteRow("1", f'"{GUID},2"', {"EntryKey": "k", "WriteKey": write_key}, by_app)


@pytest.mark.parametrize(
    ("item", "key", "write_key", "by_app"),
    [
        ({"id": "7", "fields": {"EntryKey": "k", "WriteKey": "w"}}, "k", "w", False),
        ({"id": "7", "lastModifiedBy": {"application": {"id": "x"}}, "fields": {"Title": "x"}}, None, None, True),
        (
            {"id": "7", "lastModifiedBy": {"user": {"displayName": "Priya"}}, "fields": {"EntryKey": ""}},
            None,
            None,
            False,
        ),
        ({"id": "7", "lastModifiedBy": {"application": {}, "user": {}}, "fields": {"Title": 1}}, None, None, True),
        ({"id": 7, "fields": {"EntryKey": 3, "WriteKey": 4}, "eTag": 9}, None, None, False),
    ],
)
def test_a_row_as_graph_shows_it(item: dict[str, object], key: str | None, write_key: str | None, by_app: bool) -> None:
    """Keys are texts or none, and a program is named beside the account that it works under."""
    read = read_remote(item)

    assert (read.item_id, read.key, read.write_key, read.by_app) == ("7", key, write_key, by_app)
    assert read.etag is None


@pytest.mark.parametrize("fields", [None, [1], "x", {}])
def test_a_row_without_columns_is_no_empty_row(fields: object) -> None:
    """An answer that lacks the columns says nothing of what they hold: it is asked for again."""
    with pytest.raises(TryAgain, match="graph_odd_row"):
        read_remote({"id": "7", "fields": fields})


@pytest.mark.parametrize(
    ("one", "than", "older"),
    [
        (f'"{GUID},1"', f'"{GUID},2"', True),
        (f'"{GUID},2"', f'"{GUID},2"', False),
        (f'"{GUID},10"', f'"{GUID},9"', False),
        (f'"{{{GUID.upper()}}},1"', f'"{GUID},2"', True),
        (f'W/"{GUID},1"', f'"{GUID},2"', True),
        (f'"{GUID},1"', '"00000000-0000-0000-0000-000000000000,2"', False),
        ("odd", f'"{GUID},2"', False),
        (None, f'"{GUID},2"', False),
        (f'"{GUID},1"', None, False),
    ],
)
def test_which_state_is_older(one: str | None, than: str | None, older: bool) -> None:
    """States of one row are counted; what cannot be told is not older."""
    assert is_older(one, than) is older
    assert is_same(one, one) is (one is not None)


def test_a_write_is_known_by_its_key() -> None:
    """Whether it was carried out is told by the row, not by what it holds."""
    waits = FiledRow("k", sent_key="w", sent={"Aim": "B"}, fields={"Aim": "A"})

    assert landed(waits, remote("w"))
    assert not landed(waits, remote("v"))
    assert not landed(FiledRow("k"), remote(None))
    assert base_of(waits, remote("w"), {}, {}, set()) == {"Aim": "B"}
    assert base_of(waits, remote("v"), {}, {}, set()) == {"Aim": "A"}


def test_a_row_that_was_never_known() -> None:
    """A program's hand is taken for ours; a person's for the change of all that differs in the columns that people may edit."""
    theirs: Fields
    ours: Fields
    theirs, ours = {"Aim": "A", "Leads": None}, {"Aim": "B", "Leads": "Priya"}

    assert base_of(None, remote(by_app=True), theirs, ours, {"Aim"}) == theirs
    assert base_of(FiledRow("k"), remote(by_app=False), theirs, ours, {"Aim"}) == {"Aim": "B", "Leads": None}


@given(VALUES, VALUES, VALUES)
def test_three_states_of_one_column(base: str | None, theirs: str | None, ours: str | None) -> None:
    """What a person changed is taken over; what only we changed is written; after both, there is nothing left to do."""
    edited = edits({"Aim": base}, {"Aim": theirs}, {"Aim": ours})
    after = edited.get("Aim", ours)
    written = changes({"Aim": theirs}, {"Aim": after})

    assert ("Aim" in edited) == (theirs not in {base, ours})
    assert written == ({} if after == theirs else {"Aim": after})
    if theirs not in {base, ours}:
        assert after == theirs
    elif theirs == base:
        assert after == ours


def test_what_was_never_filed_is_written_whole() -> None:
    """Without a base, every column is written."""
    assert changes(None, {"Aim": None, "Title": "x"}) == {"Aim": None, "Title": "x"}
