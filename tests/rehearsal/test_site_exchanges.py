"""What the bot asked of SharePoint, as the rehearsal's page lists it."""

from typing import Any

import pytest

from bot.rehearsal.site_exchanges import words_for
from tests.rehearsal.page_of_a_ward import Page, a_page
from tests.rehearsal.page_with_lists import rows_of, with_kinds


def batch(*requests: tuple[str, str, Any]) -> dict[str, Any]:
    """A batch of requests: method, address, body."""
    return {
        "requests": [
            {"id": str(number), "method": method, "url": url}
            | ({"body": body, "headers": {"Content-Type": "application/json"}} if body else {})
            for number, (method, url, body) in enumerate(requests)
        ]
    }


async def listed(page: Page) -> list[tuple[str, list[int], list[tuple[str, list[int]]]]]:
    """What is listed: in words, with its answers, and the items under it in alphabetical order."""
    return [
        (one["words"], one["answers"], sorted((item["words"], item["answers"]) for item in one["items"]))
        for one in (await page.look())["exchanges"]
    ]


async def test_a_batch_with_its_items() -> None:
    """What came in a batch stands under it with its own outcome, and not beside it."""
    async with a_page() as page:
        with_kinds(page)
        rows = rows_of(page)
        await page.ask_graph(rows, "POST", {"fields": {"Title": "Alone"}})
        await page.ask_graph(
            "/$batch",
            "POST",
            batch(
                ("POST", rows, {"fields": {"Title": "New"}}),
                ("PATCH", f"{rows}/1/fields", {"Title": "Changed"}),
                ("DELETE", f"{rows}/9", None),
                ("GET", rows, None),
            ),
        )

        assert await listed(page) == [
            (
                "A batch of 4",
                [200],
                [
                    ("Add a row to Kinds", [201]),
                    ("Change row 1 of Kinds", [200]),
                    ("Delete row 9 of Kinds", [404]),
                    ("Look for rows of Kinds", [200]),
                ],
            ),
            ("Add a row to Kinds", [201], []),
        ]
        assert (await page.look())["reads"] == {"count": 0, "last": []}


async def test_a_batch_that_was_not_carried_out() -> None:
    """A batch that was refused has nothing under it, and takes nothing away from the one before, however alike they are."""
    async with a_page() as page:
        with_kinds(page)
        asked = batch(("POST", rows_of(page), {"fields": {"Title": "New"}}))
        await page.ask_graph("/$batch", "POST", asked)
        await page.tell("faults", {"key": "graph-throttled", "on": True})
        await page.ask_graph("/$batch", "POST", asked)
        await page.tell("faults", {"key": "graph-down", "on": True})
        await page.ask_graph("/$batch", "POST", asked)

        assert await listed(page) == [
            ("A batch", [503], []),
            ("A batch of 1", [429], []),
            ("A batch of 1", [200], [("Add a row to Kinds", [201])]),
        ]


async def test_a_batch_that_was_carried_out_in_vain() -> None:
    """A batch whose answer got lost shows what was carried out all the same."""
    async with a_page() as page:
        with_kinds(page)
        await page.tell("faults", {"key": "graph-lost", "on": True})
        await page.ask_graph("/$batch", "POST", batch(("POST", rows_of(page), {"fields": {"Title": "New"}})))

        assert await listed(page) == [("A batch of 1", [504], [("Add a row to Kinds", [201])])]


@pytest.mark.parametrize("body", [{"requests": 7}, {"requests": [7]}, {"requests": [{"id": "1"}]}])
async def test_a_batch_that_is_none(body: Any) -> None:
    """A batch that makes no sense is listed with its refusal, and nothing under it."""
    async with a_page() as page:
        await page.ask_graph("/$batch", "POST", body)

        assert [(answers, items) for _, answers, items in await listed(page)] == [([400], [])]


async def test_reads_stand_apart() -> None:
    """Reads that went well are counted and stand apart, alone or in a batch; one that went wrong stands with what was written."""
    async with a_page() as page:
        with_kinds(page)
        rows = rows_of(page)
        for _ in range(12):
            await page.ask_graph(f"{rows}/delta")
        await page.ask_graph("/$batch", "POST", batch(("GET", rows, None), ("GET", f"{rows}/delta", None)))
        await page.ask_graph(f"{rows}/9")
        reads = (await page.look())["reads"]

        assert await listed(page) == [("Look at row 9 of Kinds", [404], [])]
        assert (reads["count"], len(reads["last"])) == (13, 10)
        assert [one["words"] for one in reads["last"][:2]] == ["A batch of 2", "What changed in Kinds?"]


async def test_a_read_that_got_no_answer() -> None:
    """A read that was carried out, and whose answer never came, stands with what went wrong."""
    async with a_page() as page:
        with_kinds(page)
        page.sharepoint.faults.next("drop", 2)
        page.sharepoint.faults.next("drop-before", 2)
        await page.ask_graph(rows_of(page))
        await page.ask_graph(rows_of(page), "POST", {"fields": {}})

        assert {(words, tuple(answers)) for words, answers, _ in await listed(page)} >= {("Look for rows of Kinds", ())}
        assert (await page.look())["reads"]["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", "sites/x", "Find the site"),
        ("GET", "sites/trust.sharepoint.com:/sites/culture", "Find the site"),
        ("GET", "sites/…/lists", "Which lists are there?"),
        ("POST", "sites/…/lists", "Make a list"),
        ("GET", "sites/…/lists/Wards", "Look at Wards"),
        ("GET", "sites/…/lists/Wards/columns", "Which columns has Wards?"),
        ("POST", "sites/…/lists/Wards/columns", "Add a column to Wards"),
        ("GET", "sites/…/lists/Wards/items/delta", "What changed in Wards?"),
        ("DELETE", "sites/…/lists/Wards/items/4", "Delete row 4 of Wards"),
        ("GET", "teams/…/members", "Who is in the team?"),
        ("PUT", "sites/…/lists", "PUT sites/…/lists"),
    ],
)
def test_requests_in_words(method: str, path: str, words: str) -> None:
    """Each request that the bot makes has words; any other stands as it is."""
    assert words_for(method, path) == words
