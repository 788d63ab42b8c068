"""SharePoint's lists on the rehearsal's page, in a real browser: people change them there, and nothing that they type is lost."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

TOO_LONG = "x" * 256


def wards(page: Page) -> Locator:
    """The list of wards, with Rowan's row in it."""
    page.get_by_role("tab", name="SharePoint").click()
    found = page.locator("[data-list=Wards]")
    expect(found.locator("tbody tr")).to_have_count(1)
    return found


def open_row(page: Page) -> Locator:
    """The form of Rowan's row."""
    wards(page).get_by_role("button", name="Edit row 1 of Wards").click()
    expect(form(page)).to_be_visible()
    return form(page)


def form(page: Page) -> Locator:
    """The form for a row."""
    return page.locator("#row-form")


def test_editing_a_row(open_as: Open) -> None:
    """An edit stands in the list under the name of who made it, the focus is back on the button, and the history says what it was before."""
    page = open_as("priya")
    open_row(page).get_by_label("Project", exact=True).fill("Tea before handover")
    form(page).get_by_label("Weekday").select_option("Friday")
    form(page).get_by_role("button", name="Save").click()
    row = page.locator("[data-list=Wards] tbody tr")
    expect(form(page)).not_to_be_visible()
    expect(row.get_by_role("cell", name="Tea before handover", exact=True)).to_be_visible()
    expect(row.get_by_role("cell", name="Friday", exact=True)).to_be_visible()
    expect(row).to_contain_text("Priya Nair, Wed 25 Nov")
    expect(page.get_by_role("button", name="Edit row 1 of Wards")).to_be_focused()
    open_row(page).locator(".history summary").click()

    expect(form(page).locator(".versions > li")).to_have_count(2)
    expect(form(page).locator(".versions > li").first).to_contain_text("Changed by Priya Nair")
    expect(form(page).locator(".versions > li").first).to_contain_text(
        "Project: Tea before handover was Coffee before handover"
    )


def test_a_refused_value(open_as: Open) -> None:
    """What SharePoint does not take is said beside the form, what was typed stays, and put right it is saved."""
    page = open_as("priya")
    box = open_row(page).get_by_label("Project", exact=True)
    box.fill(TOO_LONG)
    form(page).get_by_label("Every … weeks").fill("often")
    form(page).get_by_role("button", name="Save").click()
    problem = form(page).get_by_role("alert")
    expect(problem).to_have_text("“Every … weeks” needs a number.")
    form(page).get_by_label("Every … weeks").fill("2")
    form(page).get_by_role("button", name="Save").click()
    expect(problem).to_contain_text("SharePoint did not take this.")
    expect(problem).to_be_in_viewport()
    expect(box).to_have_value(TOO_LONG)
    box.fill("Tea")
    form(page).get_by_role("button", name="Save").click()

    expect(wards(page).get_by_role("cell", name="Tea", exact=True)).to_be_visible()


def test_what_was_typed_stays(open_as: Open) -> None:
    """A form survives others' edits: boxes that nobody touched follow them, what was typed stays, even where the form was shut by mistake."""
    priya, tomasz = open_as("priya"), open_as("tomasz")
    box = open_row(priya).get_by_label("Project", exact=True)
    box.fill("Half a sentence")
    open_row(tomasz).get_by_label("Read by").fill("Tomasz reads these.")
    form(tomasz).get_by_role("button", name="Save").click()
    expect(form(priya).get_by_label("Read by")).to_have_value("Tomasz reads these.")
    expect(form(priya).get_by_text("Tomasz Kowalski changed this row meanwhile")).to_be_visible()
    expect(box).to_have_value("Half a sentence")
    priya.keyboard.press("Escape")
    expect(form(priya)).not_to_be_visible()
    open_row(priya)
    expect(form(priya).get_by_text("What you typed before is still here.")).to_be_visible()
    expect(box).to_have_value("Half a sentence")
    form(priya).get_by_role("button", name="Undo").click()

    expect(box).to_have_value("Coffee before handover")


def test_deleting_and_restoring(open_as: Open) -> None:
    """A row is deleted once somebody has said so twice, lies in the recycle bin, which stays open while the page draws itself, and comes back."""
    page = open_as("priya")
    open_row(page).get_by_role("button", name="Delete", exact=True).click()
    expect(form(page).get_by_role("button", name="Keep it")).to_be_focused()
    form(page).get_by_role("button", name="Keep it").click()
    form(page).get_by_role("button", name="Delete", exact=True).click()
    form(page).get_by_role("button", name="Delete it").click()
    found = page.locator("[data-list=Wards]")
    expect(found.locator("tbody tr")).to_have_count(0)
    expect(found.get_by_text("Nothing in it yet.")).to_be_visible()
    found.locator("summary", has_text="Recycle bin (1)").click()
    found.get_by_role("button", name="Add a row").click()
    form(page).get_by_label("Title").fill("By hand")
    form(page).get_by_role("button", name="Add", exact=True).click()
    expect(found.get_by_role("cell", name="By hand", exact=True)).to_be_visible()
    expect(found.get_by_text("Deleted by Priya Nair")).to_be_visible()
    found.get_by_role("button", name="Restore row 1 of Wards").click()

    expect(found.locator("tbody tr")).to_have_count(2)
    expect(found.get_by_role("cell", name="Coffee before handover", exact=True).first).to_be_visible()
    expect(found.locator(".bin")).to_have_count(0)


def test_one_list_at_a_time(open_as: Open) -> None:
    """One list can be looked at alone, and still is after the page is opened anew; empty lists say what will be in them."""
    page = open_as("priya")
    wards(page)
    expect(page.locator("[data-list=Replies]")).to_contain_text("What people answered.")
    page.get_by_role("group", name="Which list").get_by_role("button", name="Wards").click()
    expect(page.locator("#lists > section")).to_have_count(1)
    page.reload()
    expect(page.locator("#lists > section")).to_have_count(1)
    page.get_by_role("button", name="All lists").click()

    expect(page.locator("[data-list=Replies]")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (360, "light"), (1280, "dark")])
def test_rows_on_every_screen(open_as: Open, width: int, scheme: str) -> None:
    """On a phone and on a desk, rows, form and recycle bin fit the screen, and every control has a name and is large enough to hit."""
    page = open_as("priya", width, 780, scheme)
    open_row(page).locator(".history summary").click()
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("#row-form :is(button, summary, select, textarea, input)")]
            .filter((one) => one.offsetParent !== null)
            .map((one) => [one.outerHTML, one.getBoundingClientRect(), one.textContent.trim() || one.labels?.length])
            .filter(([, box, name]) => !name || box.width < 24 || box.height < 24 || box.right > innerWidth)"""
    )
    form(page).get_by_role("button", name="Delete", exact=True).click()
    form(page).get_by_role("button", name="Delete it").click()
    page.locator("summary", has_text="Recycle bin (1)").click()
    expect(page.get_by_role("button", name="Restore row 1 of Wards")).to_be_visible()

    assert sizes == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_row_by_keyboard(open_as: Open) -> None:
    """With the keyboard alone a row is opened, its form named, and left again; the focus is back where it was."""
    page = open_as("priya")
    button = wards(page).get_by_role("button", name="Edit row 1 of Wards")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Wards, row 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Wards, row 1")).to_be_focused()
    page.keyboard.press("Escape")

    expect(button).to_be_focused()


def test_a_line_that_drops(open_as: Open) -> None:
    """With SharePoint hanging up, the page says that no answer came, and what had been in the batch."""
    page = open_as("joe")
    wards(page)
    page.get_by_role("tab", name="Break things").click()
    hang_up = page.get_by_role("button", name="SharePoint hangs up")
    # The bot’s look at the lists comes before its batch, and takes some of the next few.
    hang_up.click()
    hang_up.click()
    page.get_by_role("button", name="To the check-in").click()
    dropped = page.locator("#exchanges > li", has_text="no answer came").filter(has_text="A batch of 1").first

    expect(dropped).to_contain_text("Add a row to CheckIns")
