"""SharePoint's lists as the rehearsal's page shows them."""

from datetime import timedelta

from tests.rehearsal.page_of_a_ward import a_page
from tests.rehearsal.page_with_lists import change, filed, kinds, look_at_row, with_kinds


async def test_lists_as_people_see_them() -> None:
    """A list shows its columns by the names people see, without hidden ones, and each row with its version and who changed it last."""
    async with a_page() as page:
        page.filed(Feeling="good", Mark="secret")
        shown = (await page.look())["lists"]

        assert [column["title"] for column in shown[0]["columns"]] == ["Title", "How it is going"]
        assert shown[0]["rows"] == [
            {
                "id": "1",
                "version": "1.0",
                "changed": "2026-11-25T14:00:00Z",
                "by": "Ward Rhythms",
                "values": [None, "good"],
            }
        ]


async def test_each_column_says_what_it_takes() -> None:
    """Each column comes with the kind of box it needs, its choices, and whether people can write in it; the list says what it is for."""
    async with a_page() as page:
        with_kinds(page)
        shown = await kinds(page)

        assert [(one["name"], one["kind"], one["fixed"]) for one in shown["columns"]] == [
            ("Title", "line", False),
            ("Code", "line", False),
            ("Story", "lines", False),
            ("Word", "choice", False),
            ("Day", "day", False),
            ("Moment", "moment", False),
            ("Count", "number", False),
            ("Open", "yes-no", False),
            ("Sum", "number", True),
        ]
        assert [one["choices"] for one in shown["columns"]][2:4] == [[], ["Slow", "Good"]]
        assert (shown["columns"][2]["says"], shown["says"], shown["rows"]) == ("What happened.", "One of each.", [])


async def test_more_rows_wait() -> None:
    """The newest rows are shown, newest first, and how many there are in all."""
    async with a_page() as page:
        for number in range(60):
            page.filed(Feeling=str(number))
        usual, more = (await page.look())["lists"][0], (await page.look(rows="60"))["lists"][0]

        assert [row["id"] for row in usual["rows"]] == [str(number) for number in range(60, 10, -1)]
        assert (usual["count"], len(more["rows"])) == (60, 60)


async def test_one_list_at_a_time() -> None:
    """Whoever looks at one list gets its rows alone, and of the others how many there are; an unknown one stands for all."""
    async with a_page() as page:
        page.filed(Feeling="good")
        with_kinds(page)
        filed(page, Title="A")
        seen = [(await page.look(list=name))["lists"] for name in ("Kinds", "", "Nowhere")]

        assert [[len(one["rows"]) for one in lists] for lists in seen] == [[0, 1], [1, 1], [1, 1]]
        assert [one["count"] for one in seen[0]] == [1, 1]


async def test_the_recycle_bin() -> None:
    """What was deleted lies in the list's recycle bin, what came last first, with who deleted it and when."""
    async with a_page() as page:
        with_kinds(page)
        for title in ("First", "Second"):
            filed(page, Title=title)
        page.ward.clock.move_to(page.ward.clock.now() + timedelta(hours=1))
        await change(page, "delete", "1")
        await change(page, "delete", "2", "joe")
        shown = await kinds(page)

        assert (shown["count"], shown["rows"], shown["thrown"]) == (0, [], 2)
        assert shown["bin"] == [
            {"id": "2", "title": "Second", "deleted": "2026-11-25T15:00:00Z", "by": "Joe Brennan"},
            {"id": "1", "title": "First", "deleted": "2026-11-25T15:00:00Z", "by": "Priya Nair"},
        ]


async def test_the_history_of_a_row() -> None:
    """A row's history says who added, changed, deleted and restored it, newest first, and what they changed, hidden columns left out."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Word="Slow", Key="k1")
        await change(page, "edit", row, Word="Good", Count="3")
        await change(page, "delete", row, "joe")
        await change(page, "restore", row)
        page.sharepoint.edit("Kinds", row, {"Key": "k2", "Count": None}, "Tomasz Kowalski")
        said = await look_at_row(page, row)
        told = said.body["versions"]

        assert [(one["version"], one["how"], one["by"]) for one in told] == [
            ("4.0", "changed", "Tomasz Kowalski"),
            ("3.0", "restored", "Priya Nair"),
            ("2.0", "deleted", "Joe Brennan"),
            ("2.0", "changed", "Priya Nair"),
            ("1.0", "added", "Ward Rhythms"),
        ]
        assert told[0]["changes"] == [{"title": "Count", "kind": "number", "was": 3, "now": None}]
        assert [one["changes"] for one in told[1:3]] == [[], []]
        assert told[3]["changes"] == [
            {"title": "Word", "kind": "choice", "was": "Slow", "now": "Good"},
            {"title": "Count", "kind": "number", "was": None, "now": 3},
        ]
        assert (said.body["row"]["version"], said.body["fields"]) == ("4.0", {"Word": "Good"})


async def test_rows_that_are_not_there() -> None:
    """A row that is gone, and a list that there is not, are answered with a sentence."""
    async with a_page() as page:
        with_kinds(page)
        gone, nowhere = await look_at_row(page, "7"), await look_at_row(page, "1", "Nowhere")

        assert (gone.status, nowhere.status) == (404, 409)
        assert gone.body["problem"] == "This row is not in the list any more. Somebody has deleted it."
        assert nowhere.body["problem"] == "There is no such list."
