"""What can be broken on the rehearsal's page, and what comes of it."""

from datetime import timedelta

import pytest

from tests.rehearsal.page_of_a_ward import Page, a_page
from tests.rehearsal.page_with_lists import change, filed, rows_of, with_kinds
from tests.rehearsal.small_bot import text


async def switch(page: Page, key: str, *, on: bool = True) -> int:
    """Turn a switch; the status of the answer."""
    return (await page.tell("faults", {"key": key, "on": on})).status


async def is_on(page: Page, key: str) -> bool:
    """Whether a switch stands on."""
    return bool(next(one["on"] for one in (await page.look())["faults"] if one["key"] == key))


async def test_faults_of_sharepoint() -> None:
    """SharePoint can be down, be busy, or lose its answers, and each request is listed with how it ended."""
    heard: list[int] = []
    async with a_page() as page:
        page.filed(Feeling="good")
        path = f"/sites/{page.sharepoint.api.site_id}/lists/{page.sharepoint.api.lists.find('Replies').id}"
        await switch(page, "graph-down")
        heard.append(await page.ask_graph(path))
        await switch(page, "graph-down", on=False)
        await switch(page, "graph-throttled")
        heard.append(await page.ask_graph(path))
        await switch(page, "graph-lost")
        heard += [await page.ask_graph(path) for _ in range(5)]
        listed = (await page.look())["exchanges"]

        assert heard == [503, 429, 429, 429, 429, 429, 504]
        assert [one["answers"][0] for one in listed] == heard[::-1]
        assert listed[0]["what"] == "GET sites/…/lists/Replies"


async def test_people_reach_the_lists_while_the_bot_does_not() -> None:
    """While SharePoint refuses the bot, people can still change a row: so one can see who wins when it is back."""
    async with a_page() as page:
        with_kinds(page)
        row = filed(page, Title="Row")
        await switch(page, "graph-down")
        said = await change(page, "edit", row, Title="By hand")

        assert (said.status, await page.ask_graph("/sites/any"), await is_on(page, "graph-down")) == (200, 503, True)


async def test_a_bad_day() -> None:
    """On a bad day about one request in three goes wrong, until it is over; then none does."""
    async with a_page() as page:
        with_kinds(page)
        await switch(page, "graph-storm")
        bad = [await page.ask_graph(rows_of(page), "POST", {"fields": {}}) for _ in range(60)]
        was_on = await is_on(page, "graph-storm")
        await switch(page, "graph-storm", on=False)
        good = [await page.ask_graph(rows_of(page), "POST", {"fields": {}}) for _ in range(20)]

        assert (was_on, await is_on(page, "graph-storm")) == (True, False)
        assert 10 <= sum(status != 201 for status in bad) <= 30
        assert good == [201] * 20


async def test_reads_that_lag_behind() -> None:
    """While reads lag, a row that was just filed cannot be read yet; a minute later, or without the lag, it can."""
    async with a_page() as page:
        with_kinds(page)
        page.ward.clock.move_to(page.ward.clock.now() + timedelta(hours=1))
        row = f"{rows_of(page)}/{filed(page, Title='Row')}"
        seen = [await page.ask_graph(row)]
        await switch(page, "graph-lag")
        seen.append(await page.ask_graph(row))
        was_on = await is_on(page, "graph-lag")
        page.ward.clock.move_to(page.ward.clock.now() + timedelta(seconds=61))
        seen.append(await page.ask_graph(row))
        row = f"{rows_of(page)}/{filed(page, Title='Next')}"
        await switch(page, "graph-lag", on=False)
        seen.append(await page.ask_graph(row))

        assert seen == [200, 404, 200, 200]
        assert (was_on, await is_on(page, "graph-lag")) == (True, False)


async def test_a_deleted_column() -> None:
    """The column “What we try next” can be deleted, with what stood in it, and be put back; each once, however often it is asked for."""
    async with a_page() as page:
        page.filed(Feeling="good")
        heard = []
        before = await is_on(page, "graph-column")
        for on in (False, False, True, True, False):
            heard.append(await switch(page, "graph-column", on=on))
            heard.append(await page.ask_graph(rows_of(page, "Replies"), "POST", {"fields": {"TryNext": "Tea"}}))
        rows = page.sharepoint.tables()["Replies"]["rows"]

        assert before
        assert heard == [200, 201, 200, 201, 200, 400, 200, 400, 200, 201]
        assert ["TryNext" in row["fields"] for row in rows] == [False, False, False, True]


async def test_no_column_without_its_list() -> None:
    """Before there is a list of replies, its column cannot be deleted."""
    async with a_page() as page:
        assert (await switch(page, "graph-column"), await is_on(page, "graph-column")) == (409, False)


async def test_a_forgotten_token() -> None:
    """The bot's mark of where it was in a list can be made useless: whoever comes with it has to begin again."""
    async with a_page() as page:
        with_kinds(page)
        tokens: list[str] = []
        page.sharepoint.on_exchange = lambda *told: tokens.append(told[4].get("@odata.deltaLink", ""))
        await page.ask_graph(f"{rows_of(page)}/delta")
        link = tokens[0].removeprefix(page.sharepoint.api.base)
        heard = [await page.ask_graph(link)]
        await switch(page, "graph-token")
        heard.append(await page.ask_graph(link))

        assert heard == [200, 410]


async def test_a_line_that_drops() -> None:
    """Where SharePoint hangs up, the request was carried out, and the page says that no answer came."""
    async with a_page() as page:
        with_kinds(page)
        await switch(page, "graph-dropped")
        heard = await page.ask_graph(rows_of(page), "POST", {"fields": {"Title": "Row"}})
        listed = (await page.look())["exchanges"]

        assert heard == 0
        assert [(one["words"], one["answers"], one["well"]) for one in listed] == [("Add a row to Kinds", [], False)]
        assert len(page.sharepoint.tables()["Kinds"]["rows"]) == 1


async def test_answers_that_come_late() -> None:
    """Slow answers come all the same, so many seconds late on the rehearsal's clock."""
    async with a_page() as page:
        with_kinds(page)
        await switch(page, "graph-slow")

        assert page.sharepoint.faults.slow_seconds == 5
        assert page.sharepoint.faults.take("GET /sites", in_batch=False) == "slow"


async def test_faults_of_teams() -> None:
    """Teams can be busy for the next five posts; a switch that there is not is refused."""
    async with a_page() as page:
        await switch(page, "teams-throttled")
        posted = await page.ward.post(text())
        asked = (await page.look())["asked"]

        assert posted.status == 429
        assert await switch(page, "volcano") == 409
        assert {"what": "create", "times": 1} in asked


@pytest.mark.parametrize("key", ["graph-down", "graph-storm", "graph-lag", "five-times"])
async def test_switches_start_off(key: str) -> None:
    """Nothing is broken until somebody breaks it."""
    async with a_page() as page:
        assert not await is_on(page, key)
