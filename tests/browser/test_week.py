"""A ward's week on the rehearsal's page, in a real browser, with the whole bot behind it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def check_in(page: Page) -> Locator:
    """The newest check-in's message."""
    return page.locator(".thread", has=page.locator(".card")).first


def post(page: Page) -> None:
    """Move the clock to the first check-in, as the guide offers."""
    page.get_by_role("button", name="To the check-in").click()
    expect(check_in(page).get_by_label("Steady")).to_be_visible()


def answer(page: Page, word: str) -> None:
    """Pick a word and send it: two taps."""
    check_in(page).get_by_label(word).check()
    check_in(page).get_by_role("button", name="Send").click()
    expect(check_in(page).get_by_text(f"You said {word}.")).to_be_visible()


def an_hour_later(page: Page) -> None:
    """Move the clock on: by then the shared card has been brought up to date."""
    page.get_by_role("tab", name="Clock").click()
    page.get_by_role("button", name="+1 hour").click()
    expect(check_in(page).locator(".edited")).to_be_visible()


def test_a_week(open_as: Open) -> None:
    """Two people answer, one changes it, the clock moves to the close, and the rows are in SharePoint: the guide's five steps."""
    page = open_as("joe")
    done = page.locator("#steps-done")
    post(page)
    answer(page, "Steady")
    expect(done).to_have_text("1 of 5 done")
    page.get_by_role("button", name="Be Amina").click()
    expect(check_in(page).get_by_label("Steady")).not_to_be_checked()
    answer(page, "Flying")
    expect(done).to_have_text("2 of 5 done")
    page.get_by_role("button", name="Be Joe").click()
    expect(check_in(page).get_by_text("You said Steady.")).to_be_visible()
    check_in(page).get_by_role("button", name="Change").first.click()
    expect(check_in(page).get_by_label("Steady")).to_be_checked()
    check_in(page).get_by_label("Good").check()
    check_in(page).get_by_role("button", name="Save").click()
    expect(check_in(page).get_by_text("You said Good.")).to_be_visible()
    page.locator("#guide").get_by_role("button", name="To the close").click()
    expect(page.get_by_text("What Rowan said")).to_be_visible()
    page.get_by_role("tab", name="SharePoint").click()
    replies = page.locator("[data-list=Replies]")

    expect(replies.locator("tbody tr")).to_have_count(2)
    expect(replies.get_by_role("cell", name="Good", exact=True)).to_be_visible()
    expect(replies.get_by_role("cell", name="Flying", exact=True)).to_be_visible()
    expect(done).to_have_text("All done. That was a ward’s week.")


def test_two_people_at_once(open_as: Open) -> None:
    """In two browsers two people see the same check-in live: the count moves on for one when the other answers, and nothing else."""
    joe, amina = open_as("joe"), open_as("amina")
    post(joe)
    expect(check_in(amina).get_by_label("Steady")).to_be_visible()
    check_in(amina).get_by_label("Slow").check()
    answer(joe, "Good")
    an_hour_later(joe)

    expect(check_in(amina).get_by_text("1 person has answered")).to_be_visible()
    expect(check_in(amina).get_by_label("Slow")).to_be_checked()
    expect(check_in(amina).get_by_text("You said")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone(open_as: Open, width: int) -> None:
    """On a phone, in the dark, a person answers in two taps, changes who they are, and finds every part; nothing is wider than the screen."""
    page = open_as("joe", width, 844, "dark")
    post(page)
    answer(page, "Good")
    page.locator("#here").click()
    page.get_by_role("button", name="Amina Hassan").click()
    expect(page.locator("#here")).to_contain_text("Amina Hassan")
    expect(check_in(page).get_by_label("Good")).not_to_be_checked()
    for tab in ("SharePoint", "Clock", "Break things", "Messages"):
        page.get_by_role("tab", name=tab).click()

        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(check_in(page)).to_be_visible()


def test_by_keyboard(open_as: Open) -> None:
    """With the keyboard alone a person picks a word, sends it, and goes on from the card that takes its place."""
    page = open_as("joe")
    post(page)
    page.locator("#threads").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(check_in(page).get_by_label("Slow")).to_be_checked()
    page.keyboard.press("Tab")
    expect(check_in(page).get_by_role("button", name="Send")).to_be_focused()
    page.keyboard.press("Enter")
    expect(check_in(page).get_by_text("You said Slow.")).to_be_visible()

    assert page.evaluate("document.activeElement.closest('.card') !== null")


def test_tabs_by_keyboard(open_as: Open) -> None:
    """Arrow keys, Home and End go through the tabs, past the one that only phones show."""
    page = open_as("joe")
    page.get_by_role("tab", name="SharePoint").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Break things")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="SharePoint")).to_be_focused()
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("heading", name="Clock")).to_be_visible()


def test_a_word_is_needed(open_as: Open) -> None:
    """Send without a word says what is missing, puts the focus there, and sends nothing."""
    page = open_as("joe")
    post(page)
    check_in(page).get_by_role("button", name="Send").click()

    expect(check_in(page).get_by_text("Please pick 1 of the 5 words.")).to_be_visible()
    expect(check_in(page).get_by_label("Stuck")).to_be_focused()
    expect(page.locator("#steps-done")).to_have_text("0 of 5 done")


def test_what_was_typed_stays(open_as: Open) -> None:
    """A line being written survives others' answers and a lost connection, and is sent when it is back."""
    joe, amina = open_as("joe"), open_as("amina")
    post(joe)
    answer(joe, "Good")
    box = check_in(joe).get_by_label("What went well")
    box.fill("Domestic staff joined")
    answer(amina, "Steady")
    an_hour_later(amina)
    expect(box).to_have_value("Domestic staff joined")
    joe.context.set_offline(True)
    check_in(joe).get_by_role("button", name="Add").click()
    expect(check_in(joe).get_by_text("The rehearsal does not answer.")).to_be_visible()
    expect(box).to_have_value("Domestic staff joined")
    joe.context.set_offline(False)
    check_in(joe).get_by_role("button", name="Add").click()

    expect(check_in(joe).get_by_text("What went well: Domestic staff joined")).to_be_visible()


def test_the_new_card_is_in_sight(open_as: Open) -> None:
    """After an answer the card that took the other's place is in sight, and the page around it has not moved."""
    page = open_as("joe")
    post(page)
    answer(page, "Good")
    check_in(page).get_by_label("What we try next").fill("Tea first")
    check_in(page).get_by_role("button", name="Add").click()

    expect(check_in(page).get_by_text("What we try next: Tea first")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0


def test_typed_text_is_text(open_as: Open) -> None:
    """Markup that people type is shown as they typed it, in messages and on cards."""
    page = open_as("joe")
    post(page)
    answer(page, "Good")
    typed = "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1))"
    check_in(page).get_by_label("What is in the way").fill(typed)
    check_in(page).get_by_role("button", name="Add").click()
    expect(check_in(page).get_by_text(typed)).to_be_visible()
    page.get_by_label("Write here").fill(typed)
    page.keyboard.press("Enter")

    expect(page.locator(".words", has_text=typed)).to_be_visible()
    assert page.locator("#threads img").count() == 0


def test_talking_to_the_bot(open_as: Open) -> None:
    """A command offered as a button goes into the box; the bot answers in the chat that only this person sees."""
    page = open_as("joe")
    page.get_by_role("button", name="Chat with Ward Rhythms").click()
    expect(page.get_by_role("heading", name="Ward Rhythms and you")).to_be_visible()
    page.get_by_role("button", name="help", exact=True).click()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="What you can ask for")).to_be_visible()


def test_sharepoint_down(open_as: Open) -> None:
    """With SharePoint down an answer is thanked for all the same, and the refused requests are listed."""
    page = open_as("joe")
    page.get_by_role("tab", name="Break things").click()
    page.get_by_role("switch", name="SharePoint is down").click()
    expect(page.get_by_role("switch", name="SharePoint is down")).to_be_checked()
    post(page)
    answer(page, "Good")

    expect(page.locator("#exchanges .ill").first).to_contain_text("went wrong (503)")


def test_targets_are_large_enough(open_as: Open) -> None:
    """Every button, box and tab is at least 24 by 24 pixels (WCAG 2.2, 2.5.8), and every control has a name."""
    page = open_as("priya")
    post(page)
    for tab in ("SharePoint", "Clock", "Break things"):
        page.get_by_role("tab", name=tab).click()
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, textarea, input, [role=tab]")]
                .filter((one) => one.offsetParent !== null)
                .map((one) => [one, (one.closest("label.choice") ?? one).getBoundingClientRect()])
                .filter(([, box]) => box.width < 24 || box.height < 24)
                .map(([one]) => one.outerHTML)"""
        )
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, textarea, input")]
                .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label")))
                .map((one) => one.outerHTML)"""
        )

        assert small == []
        assert nameless == []


def test_older_posts(open_as: Open) -> None:
    """A channel shows its newest posts; a button shows older ones, and where somebody else looks, the newest again."""
    page = open_as("joe")
    for number in range(7):
        page.get_by_label("Write here").fill(f"Post {number}")
        page.keyboard.press("Enter")
        expect(page.locator(".words", has_text=f"Post {number}")).to_be_visible()
    expect(page.locator(".thread")).to_have_count(5)
    page.get_by_role("button", name="Show older").click()
    expect(page.locator(".words", has_text="Post 0")).to_be_visible()
    page.get_by_role("button", name="Grace Bell").click()

    expect(page.locator(".thread")).to_have_count(5)


def test_everybody_by_ward(open_as: Open) -> None:
    """People stand with their ward; the executive sees the sponsors' channel and their own chat, and no ward's."""
    page = open_as("joe")
    expect(page.get_by_role("button", name="Dr Osei")).not_to_be_visible()
    page.locator("summary", has_text="Culture of Care sponsors").click()
    page.get_by_role("button", name="Dr Osei").click()

    expect(page.locator("#place-team")).to_have_text("Culture of Care sponsors")
    expect(page.locator("#places button")).to_have_count(2)
    expect(page.get_by_role("button", name="Chat with Ward Rhythms")).to_be_visible()
