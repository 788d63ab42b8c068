"""SharePoint's lists behind the page, with every kind of column, for the tests of what people see and do there."""

from typing import Any

from tests.rehearsal.page_of_a_ward import Page
from tests.rehearsal.small_bot import Json, Said

EVERY_KIND: list[Json] = [
    {"name": "Code", "displayName": "Code", "text": {}, "indexed": True, "enforceUniqueValues": True},
    {"name": "Story", "displayName": "Story", "description": "What happened.", "text": {"allowMultipleLines": True}},
    {"name": "Word", "displayName": "Word", "choice": {"choices": ["Slow", "Good"]}},
    {"name": "Day", "displayName": "Day", "dateTime": {"format": "dateOnly"}},
    {"name": "Moment", "displayName": "Moment", "dateTime": {"format": "dateTime"}},
    {"name": "Count", "displayName": "Count", "number": {}},
    {"name": "Open", "displayName": "Open", "boolean": {}},
    {"name": "Key", "displayName": "Entry key", "text": {}, "hidden": True},
    {"name": "Sum", "displayName": "Sum", "number": {}, "readOnly": True},
]


def with_kinds(page: Page) -> None:
    """A list with every kind of column."""
    page.sharepoint.api.lists.create(
        {
            "displayName": "Kinds",
            "description": "One of each.",
            "list": {"template": "genericList"},
            "columns": EVERY_KIND,
        }
    )


def filed(page: Page, **fields: Any) -> str:
    """A row that the bot has put into that list; its id."""
    lists = page.sharepoint.api.lists
    return str(lists.insert(lists.find("Kinds"), {"fields": fields}).id)


def rows_of(page: Page, name: str = "Kinds") -> str:
    """The address of a list's rows."""
    api = page.sharepoint.api
    return f"/sites/{api.site_id}/lists/{api.lists.find(name).id}/items"


async def kinds(page: Page) -> Json:
    """That list, as the page shows it."""
    lists: list[Json] = (await page.look())["lists"]
    return next(one for one in lists if one["name"] == "Kinds")


def values_in(page: Page, row: str) -> Json:
    """What SharePoint keeps of a row."""
    return dict(page.sharepoint.api.lists.find("Kinds").item(row).fields)


async def change(page: Page, do: str, row: str | None = None, person: str = "priya", **fields: Any) -> Said:
    """What a person does to a row of that list."""
    return await page.tell("lists", {"do": do, "list": "Kinds", "row": row, "person": person, "fields": fields})


async def look_at_row(page: Page, row: str, of: str = "Kinds") -> Said:
    """A row with its history."""
    async with page.ward.session.get(f"{page.url}/api/row", params={"list": of, "row": row}) as response:
        return Said(response.status, await response.json(), response.headers)
