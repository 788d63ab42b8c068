"""What people change in SharePoint on the page, and what the ward sees of it in Teams, in a real browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.test_lists import form
from tests.browser.test_week import answer, check_in, post

pytestmark = pytest.mark.browser


def rows_of(page: Page, name: str) -> Locator:
    """The rows of a list."""
    page.get_by_role("tab", name="SharePoint").click()
    return page.locator(f"[data-list={name}] tbody tr")


def later(page: Page) -> None:
    """Move the clock on: by then the lists have been read, and what follows is done."""
    page.get_by_role("tab", name="Clock").click()
    page.get_by_role("button", name="+1 hour").click()
    expect(page.get_by_text("It is now")).to_be_visible()


def edit(page: Page, name: str, number: int) -> Locator:
    """The form of a row."""
    rows_of(page, name).first.wait_for()
    page.get_by_role("button", name=f"Edit row {number} of {name}").click()
    expect(form(page)).to_be_visible()
    return form(page)


def test_a_rhythm_changed_there(open_as: Open) -> None:
    """Priya gives Rowan another day in the list; within the hour the card says when the check-in closes now."""
    page = open_as("priya")
    post(page)
    edit(page, "Wards", 1).get_by_label("Weekday").select_option("Monday")
    form(page).get_by_role("button", name="Save").click()
    expect(form(page)).not_to_be_visible()
    later(page)

    expect(check_in(page)).to_contain_text("open until Monday 30 November, 14:00")


def test_a_reply_deleted_there(open_as: Open) -> None:
    """A line that should not stand in the summary is deleted with its row, and the summary in the thread follows."""
    page = open_as("joe")
    post(page)
    answer(page, "Good")
    page.get_by_label("What went well").fill("DL in bed 4 helped")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("tab", name="Clock").click()
    page.get_by_role("button", name="close").click()
    thread = page.locator("#threads")
    expect(thread.get_by_text("DL in bed 4 helped")).to_be_visible()
    edit(page, "Replies", 1).get_by_role("button", name="Delete", exact=True).click()
    form(page).get_by_role("button", name="Delete it").click()
    expect(form(page)).not_to_be_visible()
    later(page)

    expect(thread.get_by_text("DL in bed 4 helped")).to_have_count(0)
    expect(thread.get_by_text("1 person answered").first).to_be_visible()


def test_a_time_at_night(open_as: Open) -> None:
    """What cannot be used is put back in the list, and each lead reads why in their own chat."""
    page = open_as("tomasz")
    post(page)
    edit(page, "Wards", 1).get_by_label("Time of day").fill("03:00")
    form(page).get_by_role("button", name="Save").click()
    expect(form(page)).not_to_be_visible()
    later(page)
    page.locator("#places").get_by_text("Chat with Ward Rhythms").click()

    expect(page.locator("#threads").get_by_text("Time of day: Please give a time from 08:00 to 17:59")).to_be_visible()
    expect(rows_of(page, "Wards").get_by_role("cell", name="14:00", exact=True)).to_be_visible()
