"""The lists and their rows."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.checkins import CheckIn, Feeling, Figures, Missed, State
from bot.domain.rhythms import Rhythm
from bot.domain.wards import Links, Person, Quiet, Ward
from bot.records.checkin_side import check_in_of, check_in_row
from bot.records.columns import KEY_COLUMN, TEXT_UNITS, TITLE, WRITE_COLUMN, ListDefinition, Row
from bot.records.lists import LISTS, ROWS, AuditRow, CheckInRow, ReplyRow, WardRow
from bot.records.lists_to_come import BarrierRow, DigestRow, IdeaRow, MeasureRow, StoryRow, VoiceRow
from bot.records.reply_side import FIELD_OF as REPLY_FIELDS
from bot.records.ward_side import FIELD_OF as WARD_FIELDS
from bot.records.ward_side import ward_of, ward_row
from bot.rehearsal.sharepoint_columns import BUILT_IN, MOST_INDEXES, kept_value, new_column
from tests.records.store_fixtures import NOON, PRIYA, a_check_in, a_ward

WARD: dict[str, Any] = {
    "entry_key": "ward-1",
    "title": "Rowan",
    "project_title": "Coffee before handover",
    "weekday": "Wednesday",
    "time_of_day": "14:00",
    "time_zone": "Europe/London",
    "every_weeks": 1,
    "state": "active",
    "team_id": "19:team@thread.tacv2",
    "channel_id": "19:channel@thread.tacv2",
    "service_url": "https://smba.trafficmanager.net/uk/",
    "anchor": date(2026, 11, 18),
    "since": datetime(2026, 11, 18, 12, tzinfo=UTC),
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


AUDIT: dict[str, Any] = {
    "entry_key": "audit-1",
    "title": "Rows past their date were removed",
    "at": datetime(2026, 11, 18, 12, tzinfo=UTC),
    "action": "retention",
}
KEPT = {"entry_key": "k-1", "title": "x", "ward_key": "ward-1"}
STORY: dict[str, Any] = {
    **KEPT,
    "state": "ward",
    "what_happened": "Tomatoes",
    "audience": "ward",
    "credit": "role",
    "patient_derived": True,
    "consent_until": date(2027, 11, 18),
}
BARRIER: dict[str, Any] = {**KEPT, "state": "raised", "raised_at": datetime(2026, 11, 18, 12, tzinfo=UTC)}
IDEA: dict[str, Any] = {**KEPT, "state": "longlist", "votes": 3}
VOICE: dict[str, Any] = {**KEPT, "period": "2026-W47", "voice_from": "wider team", "said": "More tea"}
MEASURE: dict[str, Any] = {**KEPT, "period": "2026-W47", "value": 2.5, "direction": "up"}
DIGEST: dict[str, Any] = {
    "entry_key": "k-1",
    "title": "x",
    "channel_key": "channel-1",
    "period": "2026-W47",
    "sent_at": datetime(2026, 11, 18, 12, tzinfo=UTC),
    "text": "x",
}
EXAMPLES: tuple[Row, ...] = (
    WardRow(**WARD),
    CheckInRow(**CHECK_IN),
    ReplyRow(**REPLY),
    StoryRow(**STORY),
    BarrierRow(**BARRIER),
    IdeaRow(**IDEA),
    VoiceRow(**VOICE),
    MeasureRow(**MEASURE),
    DigestRow(**DIGEST),
    AuditRow(**AUDIT),
)


def by_name(definition: ListDefinition) -> dict[str, dict[str, Any]]:
    """The columns as SharePoint would make them."""
    there: dict[str, dict[str, Any]] = {}
    for column in definition.columns:
        there[column.name] = new_column(dict(column.definition()), there)
    return there


def test_the_lists_are_these() -> None:
    """The ten lists of the design, each with a sentence for people."""
    assert [definition.name for definition in LISTS] == [
        "Wards",
        "CheckIns",
        "Replies",
        "Stories",
        "Barriers",
        "Ideas",
        "Voices",
        "Measures",
        "Digests",
        "AuditLog",
    ]
    assert all(definition.description for definition in LISTS)


@pytest.mark.parametrize("definition", LISTS, ids=lambda definition: definition.name)
def test_a_list_has_a_hidden_unique_entry_key(definition: ListDefinition) -> None:
    """The key is indexed, unique and hidden, so that a row is filed once and nobody trips over it; the write key is hidden too."""
    there = by_name(definition)
    key = there[KEY_COLUMN]

    assert (key["indexed"], key["enforceUniqueValues"], key["hidden"]) == (True, True, True)
    assert there[WRITE_COLUMN]["hidden"]


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
    list(zip(EXAMPLES, LISTS, strict=True)),
    ids=[definition.name for definition in LISTS],
)
def test_a_row_fills_the_columns_of_its_list(row: Row, definition: ListDefinition) -> None:
    """The fields of a row are the list's columns and the Title, and each value fits its column as it is sent; read back, it is the same row."""
    there = by_name(definition)
    sent = row.wire(row.fields())

    assert sent.keys() | {WRITE_COLUMN} == there.keys() | {TITLE}
    for name, value in sent.items():
        if name != TITLE:
            kept_value(there[name], value)
    assert type(row).read(type(row).canonical(sent)) == row


def test_every_column_that_people_may_edit_is_taken_over() -> None:
    """What a list says is people's to change is what its side takes over, and nothing else."""
    assert WardRow.theirs() == WARD_FIELDS.keys()
    assert ReplyRow.theirs() == REPLY_FIELDS.keys()
    assert [row.LIST for row in ROWS if row.theirs()] == ["Wards", "Replies"]


@pytest.mark.parametrize(
    "ward",
    [
        a_ward(),
        a_ward(
            aim="Tea\nfor all",
            quiet=Quiet.TEAM_GONE,
            leads=(PRIYA, Person(id="t", name="Tomasz de la Cruz")),
            links=Links(incident="https://trust.example/incidents"),
            rhythm=Rhythm(
                weekday=4,
                at=time(9, 30),
                zone="Europe/Dublin",
                every_weeks=4,
                anchor=date(2026, 11, 20),
                since=NOON,
                paused_until=date(2026, 12, 24),
                skipped=("2026-W48", "2026-W52"),
            ),
        ),
    ],
)
def test_a_ward_comes_back_from_its_row(ward: Ward) -> None:
    """The row holds all that the bot needs of a ward, but for the tenant, which is the installation's own."""
    row = ward_row(ward)

    assert ward_of(WardRow.read(WardRow.canonical(row.wire(row.fields()))), "tenant") == ward


@pytest.mark.parametrize(
    "check_in",
    [
        a_check_in(message_id="1", summary_id="2"),
        a_check_in(state=State.CLOSED, remind_at=None, figures=Figures(2, None)),
        a_check_in(state=State.CLOSED, figures=Figures(10, {word: n for n, word in enumerate(Feeling)})),
        a_check_in(state=State.MISSED, missed=Missed.DOWN, down_from=NOON, down_until=NOON),
    ],
)
def test_a_check_in_comes_back_from_its_row(check_in: CheckIn) -> None:
    """The row holds all of a check-in but its secret."""
    row = check_in_row(check_in, a_ward())

    assert check_in_of(CheckInRow.read(CheckInRow.canonical(row.wire(row.fields())))) == check_in


@pytest.mark.parametrize(
    ("spelt", "canonical"),
    [
        ({"Aim": "tea \r\nand cake\r\n"}, "tea\nand cake"),
        ({"Aim": " "}, None),
        ({"Aim": 7}, "7"),
        ({"EveryWeeks": 2.0}, 2),
        ({"EveryWeeks": 2.5}, 2.5),
        ({"PausedUntil": "2026-06-30T23:00:00Z"}, "2026-07-01"),
        ({"PausedUntil": "2026-12-01T00:00:00Z"}, "2026-12-01"),
        ({"PausedUntil": "2026-12-01T12:00:00Z"}, "2026-12-01"),
        ({"PausedUntil": "2026-12-01T05:00:00Z"}, "2026-12-01"),
        ({"PausedUntil": "2026-12-01"}, "2026-12-01"),
        ({"PausedUntil": "soon"}, "soon"),
        ({"Since": "2026-12-01T00:00:00.1234567+01:00"}, "2026-11-30T23:00:00Z"),
        ({"Since": "2026-12-01T00:00:00"}, "2026-12-01T00:00:00Z"),
    ],
)
def test_however_sharepoint_spells_it(spelt: dict[str, Any], canonical: object) -> None:
    """Line ends, midnights, fractions and points do not make a value another."""
    (name,) = spelt

    assert WardRow.canonical(spelt)[name] == canonical


def test_a_reply_tells_nothing_about_the_person() -> None:
    """Without a name put to it, a reply row has no person, no name and no moment."""
    fields = ReplyRow(**REPLY).fields()

    assert (fields["GivenBy"], fields["PersonId"], fields["WentWell"]) == (None, None, None)
    assert not [column for column in LISTS[2].columns if column.facet.kind == "dateTime"]


def test_moments_are_utc_and_days_are_noon() -> None:
    """A moment is written in UTC with Z and without fractions; a day as noon, the same day in every zone; an empty one as nothing."""
    local = datetime(2026, 7, 1, 15, 0, 7, 999, tzinfo=timezone(timedelta(hours=1)))
    check_in = CheckInRow(**{**CHECK_IN, "opens_at": local})
    ward = WardRow(**WARD, paused_until=date(2026, 7, 1))

    assert check_in.fields()["OpensAt"] == "2026-07-01T14:00:07Z"
    assert ward.fields()["PausedUntil"] == "2026-07-01"
    assert ward.wire(ward.fields())["PausedUntil"] == "2026-07-01T12:00:00Z"
    assert WardRow.wire({"PausedUntil": None}) == {"PausedUntil": None}


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
