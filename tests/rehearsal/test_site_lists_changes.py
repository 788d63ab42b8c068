"""What people do to the rows of SharePoint's lists on the rehearsal's page, and what they cannot."""

from typing import Any

import pytest

from tests.rehearsal.page_of_a_ward import FROM_PAGE, a_page, next_event
from tests.rehearsal.page_with_lists import change, filed, kinds, values_in, with_kinds


async def test_editing_a_row() -> None:
    """An edit is written as the person who is chosen on the page; columns that were not sent stay."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Kettle", Word="Slow")
        said = await change(page, "edit", row, Word="Good")
        shown = (await kinds(page))["rows"][0]

        assert (said.status, said.body) == (200, {"row": row})
        assert values_in(page, row) == {"Title": "Kettle", "Word": "Good"}
        assert (shown["by"], shown["version"]) == ("Priya Nair", "2.0")


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("Title", "Kettle", "Kettle"),
        ("Story", "One\nTwo", "One\r\nTwo"),
        ("Word", "Flying", "Flying"),
        ("Day", "2026-07-01", "2026-06-30T23:00:00Z"),
        ("Day", "2026-12-01", "2026-12-01T00:00:00Z"),
        ("Moment", "2026-07-01T14:00", "2026-07-01T13:00:00Z"),
        ("Moment", "2026-07-01T14:00+00:00", "2026-07-01T14:00:00Z"),
        ("Count", "12", 12),
        ("Count", "-1.5", -1.5),
        ("Open", "yes", True),
        ("Open", "no", False),
    ],
)
async def test_what_is_typed_becomes_a_value(column: str, typed: str, kept: Any) -> None:
    """What somebody types is kept as a value of its column's kind: days and times on the ward's own clock, summer time and all."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row")
        said = await change(page, "edit", row, **{column: typed})

        assert said.status == 200
        assert values_in(page, row)[column] == kept


@pytest.mark.parametrize("empty", ["", None])
async def test_an_empty_box_empties_the_column(empty: str | None) -> None:
    """An empty box is an empty column, of whatever kind."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row", Word="Slow", Count=3, Open=True)
        await change(page, "edit", row, Word=empty, Count=empty, Open=empty)

        assert values_in(page, row) == {"Title": "Row"}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"Day": "Wednesday"}, "“Day” needs a day."),
        ({"Day": "2026-02-30"}, "“Day” needs a day."),
        ({"Moment": "soon"}, "“Moment” needs a day and a time."),
        ({"Count": "many"}, "“Count” needs a number."),
        ({"Count": "nan"}, "“Count” needs a number."),
        ({"Count": "1e999"}, "“Count” needs a number."),
        ({"Open": "perhaps"}, "“Open” needs yes or no."),
        ({"Title": 7}, "“Title” needs text."),
        ({"Key": "mine"}, "There is no such column here to write in."),
        ({"Sum": "7"}, "There is no such column here to write in."),
        ({"Invented": "x"}, "There is no such column here to write in."),
    ],
)
async def test_what_is_no_value(fields: dict[str, Any], problem: str) -> None:
    """What does not fit the column, and what people cannot write in, is answered with a sentence and changes nothing."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row")
        said = await change(page, "edit", row, **fields)

        assert (said.status, said.body["problem"]) == (409, problem)
        assert values_in(page, row) == {"Title": "Row"}


async def test_what_sharepoint_refuses() -> None:
    """What SharePoint would refuse comes back with its status and its own words."""
    async with a_page() as page:
        with_kinds(page)
        filed(page, Code="A1")
        row = filed(page, Code="B2")
        taken = await change(page, "edit", row, Code="a1")
        too_long = await change(page, "edit", row, Title="x" * 256)

        assert (taken.status, too_long.status) == (400, 400)
        assert taken.body["problem"] == (
            "SharePoint did not take this. It says: One or more fields with unique constraints already has the provided value."
        )
        assert "Invalid text value." in too_long.body["problem"]
        assert values_in(page, row) == {"Code": "B2"}


async def test_deleting_and_restoring() -> None:
    """A deleted row is gone; restored, it is back as it was."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Kettle")
        deleted = await change(page, "delete", row)
        again = await change(page, "delete", row)
        gone = (await kinds(page))["count"]
        restored = await change(page, "restore", row, "joe")
        shown = await kinds(page)

        assert [one.status for one in (deleted, again, restored)] == [200, 404, 200]
        assert gone == 0
        assert (shown["thrown"], shown["rows"][0]["by"]) == (0, "Joe Brennan")
        assert values_in(page, row) == {"Title": "Kettle"}


async def test_adding_a_row() -> None:
    """A row that somebody adds by hand stands in the list under their name."""
    async with a_page() as page:
        with_kinds(page)
        said = await change(page, "add", Title="By hand", Word="", Count="2")
        shown = (await kinds(page))["rows"][0]

        assert (said.status, said.body) == (200, {"row": "1"})
        assert values_in(page, "1") == {"Title": "By hand", "Count": 2}
        assert (shown["by"], shown["version"]) == ("Priya Nair", "1.0")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 409),
        ({}, 409),
        ({"do": "edit", "list": "Nowhere", "row": "1", "fields": {}}, 409),
        ({"do": "dance", "list": "Kinds", "row": "1", "fields": {}}, 409),
        ({"do": "edit", "list": "Kinds", "row": "1"}, 409),
        ({"do": "edit", "list": "Kinds", "row": "1", "fields": ["Title"]}, 409),
        ({"do": "edit", "list": "Kinds", "row": "9", "fields": {}}, 404),
        ({"do": "edit", "list": "Kinds", "row": None, "fields": {}}, 404),
        ({"do": "delete", "list": "Kinds", "row": "one"}, 404),
        ({"do": "restore", "list": "Kinds", "row": "1"}, 404),
    ],
)
async def test_what_cannot_be_done(body: Any, status: int) -> None:
    """What makes no sense is answered with a sentence and changes nothing."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row")
        said = await page.tell("lists", body)

        assert said.status == status
        assert said.body["problem"].endswith(".")
        assert ((await kinds(page))["rows"][0]["version"], row) == ("1.0", "1")


@pytest.mark.parametrize("headers", [{}, FROM_PAGE | {"Origin": "https://evil.example"}])
async def test_foreign_pages_change_nothing(headers: dict[str, str]) -> None:
    """Another site cannot make a browser change a row."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row")
        said = await page.tell("lists", {"do": "delete", "list": "Kinds", "row": row}, headers)

        assert said.status == 403
        assert (await kinds(page))["count"] == 1


async def test_changes_of_rows_are_told() -> None:
    """Whoever has the page open hears of a change that somebody else made to a row."""
    async with a_page() as page, page.ward.session.get(page.url + "/api/events") as events:
        with_kinds(page)
        await next_event(events)
        await change(page, "add", Title="By hand")

        assert await next_event(events) == "event: changed\ndata: 2\n\n"
