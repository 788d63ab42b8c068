"""What people do to lists and rows in the browser, as Graph shows it: who it was, the recycle bin, versions, columns and whole lists."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.sharepoint_columns import Refused
from bot.rehearsal.sharepoint_kept import dumped, loaded
from bot.rehearsal.sharepoint_lists import Lists
from bot.rehearsal.sharepoint_people import SOMEBODY
from tests.rehearsal.sharepoint_caller import FIELDS, Caller, caller, read, said, titles
from tests.rehearsal.sharepoint_fixtures import StillClock

ANWEN = "Anwen Price"


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything."""
    async with caller() as made:
        yield made


async def test_a_persons_edit_shows_who_it_was(c: Caller) -> None:
    """The application made the row, Anwen changed it, and the application changed it again: each time Graph says so."""
    await c.insert(Title="a")
    _, first = await c.ask("GET", f"{c.items}/1?$expand=fields")
    c.w.stand_in.edit("Things", "1", {"Title": "b"}, ANWEN)
    _, edited = await c.ask("GET", f"{c.items}/1?$expand=fields")
    c.w.stand_in.edit("Things", "1", {"Title": "c"})
    _, again = await c.ask("GET", f"{c.items}/1?$expand=fields")
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "d"})
    _, last = await c.ask("GET", f"{c.items}/1?$expand=fields")

    assert first["lastModifiedBy"] == last["lastModifiedBy"] == first["createdBy"]
    assert first["createdBy"]["application"]["displayName"] == "Ward Rhythms"
    assert (edited["createdBy"], edited["lastModifiedBy"]) == (first["createdBy"], {"user": {"displayName": ANWEN}})
    assert again["lastModifiedBy"] == {"user": {"displayName": SOMEBODY}}
    editors = [told["fields"]["EditorLookupId"] for told in (first, edited, again, last)]
    assert editors[0] == editors[3]
    assert len(set(editors)) == 3
    assert "AppEditorLookupId" not in edited["fields"]
    assert last["fields"]["AppEditorLookupId"] == first["fields"]["AppAuthorLookupId"]


async def test_a_person_adds_a_row_by_hand(c: Caller) -> None:
    """It has the next number, no key, and the person's name; a delta finds it."""
    await c.insert(Title="a")
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    made = c.w.stand_in.add("Things", {"Title": "by hand"}, ANWEN)
    rows, _ = await read(c, link)

    assert made == "2"
    assert titles(rows) == ["by hand"]
    assert rows[0]["createdBy"] == rows[0]["lastModifiedBy"] == {"user": {"displayName": ANWEN}}
    assert c.w.rows("Things")[1]["by"] == ANWEN


async def test_the_browser_writes_its_own_line_ends(c: Caller) -> None:
    """What a person types over several lines comes back with CR LF; what came over Graph, as it was sent."""
    await c.insert(Lines="a\nb")
    _, sent = await c.ask("GET", f"{c.items}/1?$expand=fields")
    c.w.stand_in.edit("Things", "1", {"Lines": "a\nb\r\nc", "Score": 1})
    _, typed = await c.ask("GET", f"{c.items}/1?$expand=fields")

    assert sent["fields"]["Lines"] == "a\nb"
    assert typed["fields"]["Lines"] == "a\r\nb\r\nc"


async def test_a_deleted_row_comes_back_from_the_recycle_bin(c: Caller) -> None:
    """With its number, its fields and the next version; the number of what stays there is never given to another row."""
    _, made = await c.insert(EntryKey="k1", Title="a")
    c.w.stand_in.remove("Things", "1", ANWEN)
    gone = c.w.stand_in.recycle_bin("Things")
    status, _ = await c.ask("GET", f"{c.items}/1")
    _, other = await c.insert(Title="b")
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    c.w.stand_in.restore("Things", "1", ANWEN)
    rows, _ = await read(c, link)

    assert (gone, status, other["id"]) == (["1"], 404, "2")
    assert c.w.stand_in.recycle_bin("Things") == []
    assert titles(rows) == ["a"]
    assert rows[0]["fields"]["EntryKey"] == "k1"
    assert rows[0]["eTag"] == made["eTag"].replace(',1"', ',2"')
    assert [row["id"] for row in c.w.rows("Things")] == ["1", "2"]


async def test_a_row_whose_key_was_taken_stays_in_the_bin(c: Caller) -> None:
    """As two rows would have one key; once the other has given it up, it comes back. What is in no bin cannot."""
    await c.insert(EntryKey="k1")
    c.w.stand_in.remove("Things", "1")
    await c.insert(EntryKey="K1")
    with pytest.raises(Refused, match="unique"):
        c.w.stand_in.restore("Things", "1")
    await c.ask("PATCH", f"{c.items}/2/fields", {"EntryKey": "k2"})
    c.w.stand_in.restore("Things", "1")

    assert await c.keys() == ["k1", "k2"]
    for nothing in ("2", "9", "x"):
        with pytest.raises(Refused):
            c.w.stand_in.restore("Things", nothing)
    assert (await c.insert(EntryKey="k1"))[0] == 400


async def test_every_version_stays_behind(c: Caller) -> None:
    """With its fields, when and who, after the row is deleted too: to the people, and over Graph, newest first."""
    await c.insert(Title="a", Line="secret")
    c.w.clock.pass_by(hours=1)
    c.w.stand_in.edit("Things", "1", {"Line": None}, ANWEN)
    _, told = await c.ask("GET", f"{c.items}/1/versions?$expand=fields")
    _, bare = await c.ask("GET", f"{c.items}/1/versions")
    c.w.stand_in.remove("Things", "1")
    kept = c.w.stand_in.versions("Things", "1")

    assert kept == [
        {"version": 1, "fields": {"Title": "a", "Line": "secret"}, "modified": "2026-11-18T14:00:00Z", "by": None},
        {"version": 2, "fields": {"Title": "a"}, "modified": "2026-11-18T15:00:00Z", "by": ANWEN},
    ]
    assert [(one["id"], one["fields"].get("Line")) for one in told["value"]] == [("2.0", None), ("1.0", "secret")]
    assert told["value"][0]["lastModifiedBy"] == {"user": {"displayName": ANWEN}}
    assert "fields" not in bare["value"][0]
    assert (await c.ask("GET", f"{c.items}/1/versions"))[0] == 404
    with pytest.raises(Refused):
        c.w.stand_in.versions("Things", "2")


async def test_a_deleted_column_is_not_recognised(c: Caller) -> None:
    """Whoever writes to it is refused, as by SharePoint, and what stood there is gone, even if a column of that name comes again."""
    await c.insert(Line="x", EntryKey="k1")
    await c.insert(Line="y", EntryKey="k2")
    c.w.stand_in.remove("Things", "2")
    for name in ("Line", "EntryKey"):
        c.w.stand_in.remove_column("Things", name)
    status, told = await c.insert(Line="z")
    await c.ask("POST", f"{c.site}/lists/Things/columns", {"name": "Line", "text": {}})
    key = {"name": "EntryKey", "text": {}, "indexed": True, "enforceUniqueValues": True}
    await c.ask("POST", f"{c.site}/lists/Things/columns", key)

    assert (status, said(told)) == (400, "Field 'Line' is not recognized")
    assert (await c.insert(EntryKey="k1"))[0] == 201
    c.w.stand_in.restore("Things", "2")
    assert [row["fields"] for row in c.w.rows("Things")] == [{}, {}, {"EntryKey": "k1"}]
    with pytest.raises(Refused):
        c.w.stand_in.remove_column("Things", "Nothing")


async def test_a_renamed_column_keeps_its_own_name(c: Caller) -> None:
    """People see the new name; writing goes on by the old one, and by it alone."""
    c.w.stand_in.rename_column("Things", "Line", "A line")
    columns = (await c.ask("GET", f"{c.site}/lists/Things/columns"))[1]["value"]

    assert {column["name"]: column["displayName"] for column in columns}["Line"] == "A line"
    assert (await c.insert(Line="x"))[0] == 201
    assert (await c.insert(**{"A line": "x"}))[0] == 400
    with pytest.raises(Refused):
        c.w.stand_in.rename_column("Things", "Nothing", "Something")


async def test_a_hidden_column_is_listed_where_that_is_asked_for(c: Caller) -> None:
    """It shows where $select names `hidden` (Graph "columnDefinition"), with what is named and no more."""
    await c.ask("POST", f"{c.site}/lists/Things/columns", {"name": "Own", "text": {}, "hidden": True})
    columns = f"{c.site}/lists/Things/columns"
    plain, other, hidden = [
        (await c.ask("GET", columns + query))[1]["value"]
        for query in ("", "?$select=name,indexed", "?$select=name,hidden")
    ]

    assert "Own" not in {column["name"] for column in plain}
    assert "Own" not in {column["name"] for column in other}
    assert {column["name"]: column["hidden"] for column in hidden}["Own"] is True
    assert all("displayName" not in column for column in hidden)


async def test_a_renamed_list_keeps_its_address(c: Caller) -> None:
    """People see the new name, and Graph gives the first as `name`, through a restart too."""
    c.w.stand_in.rename_list("Things", "Items")
    c.w.stand_in.rename_list("Items", "Other things")
    first, kept = [
        (await c.ask("GET", f"{c.site}/lists/Other things"))[1],
        loaded(dumped(c.w.stand_in.api.lists.find("Other things"))),
    ]

    assert (first["name"], first["displayName"]) == ("Things", "Other things")
    assert first["webUrl"].endswith("/Lists/Things")
    assert (kept.made_as, kept.name) == ("Things", "Other things")
    assert (await c.ask("GET", f"{c.site}/lists/Things"))[0] == 404


async def test_a_deleted_list_comes_back_whole(c: Caller) -> None:
    """Deleted, it is 404; another of its name keeps it in the bin; back again it has its id, its rows and its delta."""
    await c.insert(Title="a")
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    before = (await c.ask("GET", f"{c.site}/lists/Things"))[1]
    c.w.stand_in.remove_list("Things")
    gone = (await c.ask("GET", c.items))[0], (await c.insert(Title="b"))[0]
    c.w.stand_in.api.lists.create({"displayName": "Things", "list": {"template": "genericList"}})
    with pytest.raises(Refused):
        c.w.stand_in.restore_list("Things")
    c.w.stand_in.remove_list("Things")
    del c.w.stand_in.api.lists.bin[list(c.w.stand_in.api.lists.bin)[-1]]
    c.w.stand_in.restore_list("Things")
    await c.insert(Title="b")

    assert gone == (404, 404)
    assert (await c.ask("GET", f"{c.site}/lists/Things"))[1] == before
    assert titles((await read(c, link))[0]) == ["b"]
    with pytest.raises(Refused):
        c.w.stand_in.restore_list("Nothing")


async def test_all_of_it_outlives_the_process(c: Caller, tmp_path: Path) -> None:
    """Versions, both bins, names, keys and delta tokens are the same after a start from what was kept."""
    keep = tmp_path / "lists.json"
    first = SharePointStandIn(c.w.clock, lambda _: True, lambda _: None, keep=keep)
    first.api.lists.load(c.w.stand_in.api.lists.dump())
    made = [first.add("Things", {"EntryKey": f"k{number}", "Title": "a"}, ANWEN) for number in range(3)]
    first.edit("Things", made[0], {"Title": "b"})
    first.remove("Things", made[1])
    first.api.lists.create({"displayName": "Gone", "list": {"template": "genericList"}})
    first.remove_list("Gone")
    first.expire_delta(code="ResyncRequired")
    second = SharePointStandIn(c.w.clock, lambda _: True, lambda _: None, keep=keep)

    assert orjson.dumps(second.api.lists.dump()) == orjson.dumps(first.api.lists.dump())
    assert second.tables() == first.tables()
    assert second.versions("Things", "1") == first.versions("Things", "1")
    assert second.recycle_bin("Things") == ["2"]
    with pytest.raises(Refused, match="unique"):
        second.edit("Things", "3", {"EntryKey": "K0"})
    second.restore_list("Gone")
    assert second.tables().keys() == {"Things", "Gone"}


def test_what_was_kept_before_rows_had_versions_still_opens() -> None:
    """An older rehearsal's rows are there with their newest version, can be changed, and are in a delta."""
    row: dict[str, Any] = {
        "id": 2,
        "guid": "b7",
        "created": "2026-11-18T14:00:00Z",
        "modified": "2026-11-18T15:00:00Z",
        "version": 3,
        "fields": {"Title": "a"},
    }
    new = Lists(StillClock().now)
    columns = new.create({"displayName": "Things", "list": {"template": "genericList"}}).columns
    older = {"id": "x", "name": "Older", "description": "", "created": row["created"], "columns": columns}
    new.load([{**older, "items": [row], "last_id": 2}])
    of = new.find("Older")
    new.update(of, of.item("2"), {"Title": "b"}, '"b7,3"')

    assert (of.item("2").etag, of.item("2").fields, of.item("2").created) == ('"b7,4"', {"Title": "b"}, row["created"])
    assert new.insert(of, {"fields": {}}).id == 3
    assert [item_id for _, item_id in of.changes.rows(0, of.changes.last)] == [2, 3]
