"""Lists, columns and rows in the SharePoint stand-in: what it takes, and what it refuses as SharePoint would."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.rehearsal.sharepoint_columns import Refused, new_column
from tests.rehearsal.sharepoint_caller import Caller, Json, caller, said


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything."""
    async with caller() as made:
        yield made


async def test_lists_are_found_by_id_and_by_name(c: Caller) -> None:
    """A list has its id, its name, and no rows at first."""
    told = (await c.ask("GET", f"{c.site}/lists"))[1]["value"]

    assert (await c.ask("GET", f"{c.site}/lists/{told[0]['id']}"))[1] == told[0]
    assert (await c.ask("GET", f"{c.site}/lists/things"))[1] == told[0]
    assert (await c.ask("GET", f"{c.site}/lists/other"))[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Books", "list": {"template": "genericList"}}, 400),
        ({"displayName": "Books"}, 400),
        ({"displayName": "THINGS", "list": {"template": "genericList"}}, 409),
        ([], 400),
    ],
)
async def test_a_list_is_refused(c: Caller, body: Any, status: int) -> None:
    """A list takes a display name, never a name, and each name once."""
    assert (await c.ask("POST", f"{c.site}/lists", body))[0] == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "text": {}, "validation": None}, 500),
        ({"name": "A", "datetime": {}}, 400),
        ({"name": "A"}, 400),
        ({"text": {}}, 400),
        ({"name": "A", "text": {}, "number": {}}, 400),
        ({"name": "Created", "text": {}}, 409),
        ({"name": "Line", "text": {}}, 409),
        ({"name": "A", "displayName": "line", "text": {}}, 409),
        ({"name": "A", "text": {"allowMultipleLines": True}, "indexed": True}, 400),
        ({"name": "A", "text": {}, "enforceUniqueValues": True}, 400),
    ],
)
async def test_a_column_is_refused(c: Caller, body: Json, status: int) -> None:
    """A null, a misspelt kind, two kinds, a name that is taken, and an index that cannot be are refused."""
    assert (await c.ask("POST", f"{c.site}/lists/Things/columns", body))[0] == status


async def test_a_columns_name_is_encoded_and_cut(c: Caller) -> None:
    """Internal names lose their special characters and end at 32 characters."""
    told = await c.ask(
        "POST", f"{c.site}/lists/Things/columns", {"name": "What went well: all of this week", "text": {}}
    )

    assert told[1]["name"] == "What_x0020_went_x0020_well_x003a"
    assert told[1]["displayName"] == "What went well: all of this week"


def test_a_list_has_at_most_twenty_indexes() -> None:
    """The twenty-first is refused."""
    there: dict[str, Json] = {}
    for number in range(20):
        there[f"C{number}"] = new_column({"name": f"C{number}", "number": {}, "indexed": True}, there)
    with pytest.raises(Refused):
        new_column({"name": "Last", "number": {}, "indexed": True}, there)

    assert new_column({"name": "Last", "number": {}}, there)["indexed"] is False


async def test_a_row_comes_back_as_sharepoint_shows_it(c: Caller) -> None:
    """The id counts up as a text, the eTag has a version, empty columns are absent, and a hidden column shows only when named."""
    _, first = await c.insert(Title="x", EntryKey="k1", Line="", Score=None)
    _, second = await c.insert(EntryKey="k2")
    _, plain = await c.ask("GET", f"{c.items}/1")
    _, shown = await c.ask("GET", f"{c.items}/1?$expand=fields($select=EntryKey,Title)")

    assert (first["id"], second["id"]) == ("1", "2")
    assert first["eTag"].endswith(',1"')
    assert first["fields"]["Created"] == "2026-11-18T14:00:00Z"
    assert not first["fields"].keys() & {"EntryKey", "Line", "Score"}
    assert "fields" not in plain
    assert shown["fields"] == {"@odata.etag": first["eTag"], "EntryKey": "k1", "Title": "x"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Wrong": 1}, "Field 'Wrong' is not recognized"),
        ({"Created": "2026-01-01T00:00:00Z"}, "read-only"),
        ({"EntryKey": "K1"}, "unique constraints"),
        ({"Seat": 7.0}, "unique constraints"),
        ({"Line": "x" * 256}, "Invalid text value"),
        ({"Line": "😀" * 128}, "Invalid text value"),
        ({"Line": "a\nb"}, "Invalid text value"),
        ({"Lines": "x" * 64_000}, "Invalid text value"),
        ({"Lines": "\u0007"}, "does not fit"),
        ({"Line": 7}, "does not fit"),
        ({"Score": "7"}, "does not fit"),
        ({"Score": True}, "does not fit"),
        ({"Sure": "yes"}, "does not fit"),
        ({"When": "yesterday"}, "does not fit"),
        ({"When": "2026-01-01T00:00:00"}, "does not fit"),
    ],
)
async def test_a_value_is_refused(c: Caller, fields: Json, words: str) -> None:
    """An unknown or read-only field, a key that is there (in whatever case), and a value of the wrong kind or length are 400."""
    await c.insert(EntryKey="k1", Seat=7)
    status, told = await c.insert(**fields)

    assert (status, told["error"]["code"]) == (400, "invalidRequest")
    assert words in said(told)


async def test_a_value_is_kept_as_sharepoint_keeps_it(c: Caller) -> None:
    """A choice outside the list is taken; a moment turns to UTC; a day is midnight at the site, in summer too."""
    fields = {"Mood": "zebra", "When": "2026-07-01T15:00:00+01:00", "Day": "2026-07-01T12:00:00Z", "Sure": False}
    _, told = await c.insert(**fields, Score=1.5, Lines="a\nb")

    assert told["fields"]["Mood"] == "zebra"
    assert told["fields"]["When"] == "2026-07-01T14:00:00Z"
    assert told["fields"]["Day"] == "2026-06-30T23:00:00Z"
    assert told["fields"]["Sure"] is False


async def test_an_update_is_held_to_its_tag(c: Caller) -> None:
    """An old tag is 412; the right one, a star or none is taken, and each change makes a new version."""
    _, made = await c.insert(EntryKey="k1", Line="a")
    path = f"{c.items}/1/fields"
    right, told = await c.ask("PATCH", path, {"Line": "b", "EntryKey": "k1"}, If_Match=made["eTag"])
    wrong, _ = await c.ask("PATCH", path, {"Line": "c"}, If_Match=made["eTag"])
    star, _ = await c.ask("PATCH", path, {"Line": None}, If_Match="*")

    assert (right, wrong, star) == (200, 412, 200)
    assert told["@odata.etag"].endswith(',2"')
    assert c.w.rows("Things")[0]["version"] == 3
    assert "Line" not in c.w.rows("Things")[0]["fields"]


async def test_a_deletion_is_held_to_its_tag(c: Caller) -> None:
    """An old tag keeps the row; gone is gone, and its number is not given again."""
    await c.insert(EntryKey="k1")

    assert (await c.ask("DELETE", f"{c.items}/1", If_Match='"old"'))[0] == 412
    assert (await c.ask("DELETE", f"{c.items}/1"))[0] == 204
    assert (await c.ask("DELETE", f"{c.items}/1"))[0] == 404
    assert (await c.ask("GET", f"{c.items}/one"))[0] == 404
    assert (await c.insert(EntryKey="k1"))[1]["id"] == "2"
