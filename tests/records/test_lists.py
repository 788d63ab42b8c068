"""The lists and their rows."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.records.lists import LISTS, TEXT_UNITS, CheckInRow, ListDefinition, ReplyRow, Row, WardRow
from bot.rehearsal.sharepoint_columns import BUILT_IN, MOST_INDEXES, kept_value, new_column

WARD: dict[str, Any] = {
    "entry_key": "ward-1",
    "title": "Rowan",
    "project_title": "Coffee before handover",
    "weekday": "Wednesday",
    "time_of_day": "14:00",
    "time_zone": "Europe/London",
    "every_weeks": 1,
    "state": "active",
}
REPLY: dict[str, Any] = {
    "entry_key": "reply-1",
    "title": "2026-W47",
    "check_in_key": "rowan-2026-W47",
    "ward_key": "ward-1",
    "period": "2026-W47",
    "feeling": "Good",
}
CHECK_IN: dict[str, Any] = {
    "entry_key": "rowan-2026-W47",
    "title": "Rowan 2026-W47",
    "ward_key": "ward-1",
    "ward": "Rowan",
    "period": "2026-W47",
    "state": "open",
    "opens_at": datetime(2026, 11, 18, 14, tzinfo=UTC),
    "closes_at": datetime(2026, 11, 25, 14, tzinfo=UTC),
}


def by_name(definition: ListDefinition) -> dict[str, dict[str, Any]]:
    """The columns as SharePoint would make them."""
    there: dict[str, dict[str, Any]] = {}
    for column in definition.columns:
        there[column.name] = new_column(dict(column.definition()), there)
    return there


def test_the_lists_are_these() -> None:
    """Wards, check-ins and replies, each with a sentence for people."""
    assert [definition.name for definition in LISTS] == ["Wards", "CheckIns", "Replies"]
    assert all(definition.description for definition in LISTS)


@pytest.mark.parametrize("definition", LISTS, ids=lambda definition: definition.name)
def test_a_list_has_a_hidden_unique_entry_key(definition: ListDefinition) -> None:
    """The key is indexed, unique and hidden, so that a row is filed once and nobody trips over it."""
    key = by_name(definition)["EntryKey"]

    assert (key["indexed"], key["enforceUniqueValues"], key["hidden"]) == (True, True, True)


@pytest.mark.parametrize("definition", LISTS, ids=lambda definition: definition.name)
def test_sharepoint_takes_every_column(definition: ListDefinition) -> None:
    """Names fit into 32 characters and are not SharePoint's own; indexes are within bounds; people are told what each column is."""
    there = by_name(definition)

    assert not there.keys() & BUILT_IN
    assert sum(column["indexed"] for column in there.values()) <= MOST_INDEXES
    assert all(column["displayName"] and column["description"] for column in there.values())
    assert len({column["displayName"] for column in there.values()}) == len(there)


@pytest.mark.parametrize(
    ("row", "definition"),
    list(zip([WardRow(**WARD), CheckInRow(**CHECK_IN), ReplyRow(**REPLY)], LISTS, strict=True)),
    ids=["Wards", "CheckIns", "Replies"],
)
def test_a_row_fills_the_columns_of_its_list(row: Row, definition: ListDefinition) -> None:
    """The fields of a row are the list's columns and the Title, and each value fits its column."""
    there = by_name(definition)
    fields = row.fields()

    assert fields.keys() == there.keys() | {"Title"}
    for name, value in fields.items():
        if name != "Title":
            kept_value(there[name], value)


def test_a_reply_tells_nothing_about_the_person() -> None:
    """Without a name put to it, a reply row has no person, no name and no moment."""
    fields = ReplyRow(**REPLY).fields()

    assert (fields["GivenBy"], fields["PersonId"], fields["WentWell"]) == (None, None, None)
    assert not [column for column in LISTS[2].columns if column.facet.kind == "dateTime"]


def test_moments_are_utc_and_days_are_noon() -> None:
    """A moment is written in UTC with Z and without fractions; a day as noon, the same day in every zone."""
    local = datetime(2026, 7, 1, 15, 0, 7, 999, tzinfo=timezone(timedelta(hours=1)))
    check_in = CheckInRow(**{**CHECK_IN, "opens_at": local})
    ward = WardRow(**WARD, paused_until=date(2026, 7, 1))

    assert check_in.fields()["OpensAt"] == "2026-07-01T14:00:07Z"
    assert ward.fields()["PausedUntil"] == "2026-07-01T12:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"feeling": "Brilliant"},
        {"entry_key": ""},
        {"entry_key": "a b"},
        {"period": "x" * 256},
        {"mood": "Good"},
        {"title": 7},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    """A choice that does not exist, a key that cannot be one, and an unknown column are refused before SharePoint sees them."""
    with pytest.raises(ValidationError):
        ReplyRow(**{**REPLY, **wrong})


def test_a_moment_needs_its_zone() -> None:
    """A naive moment is refused."""
    with pytest.raises(ValidationError):
        CheckInRow(**{**CHECK_IN, "opens_at": datetime(2026, 1, 1)})  # noqa: DTZ001 - the point of it


@given(st.text(st.characters(), max_size=400), st.text(st.characters(), max_size=300))
def test_whatever_people_write_sharepoint_takes(line: str, text: str) -> None:
    """Control characters and half characters fall out, and a line fits into 255 UTF-16 units."""
    there = by_name(LISTS[2])
    row = ReplyRow(**{**REPLY, "given_by": line + "\ud83d\x00\n😀", "went_well": text + "\udc00\x07"})

    assert "\x00" not in str(kept_value(there["GivenBy"], row.fields()["GivenBy"]))
    assert "\x07" not in str(kept_value(there["WentWell"], row.fields()["WentWell"]))


def test_a_text_is_cut_where_sharepoint_ends() -> None:
    """A text of several lines has at most 63,999 units, counted as SharePoint counts."""
    row = ReplyRow(**{**REPLY, "went_well": "😀" * TEXT_UNITS})
    kept = str(row.fields()["WentWell"])

    assert len(kept.encode("utf-16-le")) <= 2 * TEXT_UNITS
    assert kept.endswith("😀…")
