"""How the page draws cards and Markdown, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def draw(page: Page, *body: dict[str, Any]) -> None:
    """Draw a card of these elements at the head of the page; what its button sends is kept in `window.sent`."""
    page.evaluate(
        """async (body) => {
            const { drawCard } = await import("/cards.js");
            const act = async (action, inputs) => { window.sent = { verb: action.verb, inputs }; return null; };
            const people = [{ id: "p1", name: "Priya Nair", role: "ward manager" }];
            const card = drawCard({ type: "AdaptiveCard", body }, { act, people, typed: new Map() });
            card.id = "drawn";
            document.getElementById("drawn")?.remove();
            document.querySelector("header").after(card);
        }""",
        list(body),
    )


def markdown(page: Page, text: str) -> str:
    """The HTML that a text becomes."""
    made: str = page.evaluate(
        """async (text) => {
            const { blocks } = await import("/markdown.js");
            const box = document.createElement("div");
            box.append(...blocks(text));
            return box.innerHTML;
        }""",
        text,
    )
    return made


def test_markdown(open_as: Open) -> None:
    """Bold, italic, links and lists are drawn; escapes, unsafe links and anything else stay text."""
    page = open_as("joe")

    assert markdown(page, "**a** _b_ *c*") == "<p><strong>a</strong> <em>b</em> <em>c</em></p>"
    assert markdown(page, "- a\n- b\n1. c") == '<ul><li>a</li><li>b</li></ul><ol start="1"><li>c</li></ol>'
    assert markdown(page, r"\*\*a\*\* \[b\](c) 2 \* 3") == "<p>**a** [b](c) 2 * 3</p>"
    assert 'href="https://trust.example/a"' in markdown(page, "[a](https://trust.example/a)")
    assert "href" not in markdown(page, "[a](javascript:alert(1)) [b](data:text/html,x)")
    assert markdown(page, "<b>a</b> snake_case_word 2*3*4") == "<p>&lt;b&gt;a&lt;/b&gt; snake_case_word 2*3*4</p>"


def test_unknown_elements_are_seen(open_as: Open) -> None:
    """An element that the page does not know shows its fallback, nothing where it may drop, else a box that says so."""
    page = open_as("joe")
    said = {"type": "TextBlock", "text": "In words"}
    draw(page, {"type": "Invented"}, {"type": "Invented2", "fallback": said}, {"type": "Invented3", "fallback": "drop"})

    assert page.locator("#drawn").inner_text().split("\n\n") == ["Not shown here: Invented", "In words"]


def test_inputs_are_sent_as_teams_sends_them(open_as: Open) -> None:
    """Toggles, dates, times and people are sent as text, several people with commas between them."""
    page = open_as("joe")
    people = {"type": "Input.ChoiceSet", "id": "leads", "label": "Leads", "isMultiSelect": True, "choices": []}
    draw(
        page,
        {"type": "Input.Text", "id": "name", "label": "Name", "maxLength": 10},
        {"type": "Input.Toggle", "id": "named", "title": "My name", "value": "false"},
        {"type": "Input.Date", "id": "until", "label": "Until"},
        {"type": "Input.Time", "id": "at", "label": "At", "value": "14:00"},
        {"type": "Input.ChoiceSet", "id": "pace", "label": "Pace", "choices": [{"title": "Weekly", "value": "1"}]},
        people | {"choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}},
        {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Save", "verb": "save"}]},
    )
    card = page.locator("#drawn")
    card.get_by_label("Name", exact=True).fill("Rowan ward and more")
    card.get_by_label("My name").check()
    card.get_by_label("Until").fill("2026-12-01")
    card.get_by_label("Pace").select_option("1")
    card.get_by_label("Priya Nair").check()
    counter = card.locator(".counter").inner_text()
    card.get_by_role("button", name="Save").click()

    assert counter == "10 of 10 characters"
    assert page.evaluate("window.sent") == {
        "verb": "save",
        "inputs": {
            "name": "Rowan ward",
            "named": "true",
            "until": "2026-12-01",
            "at": "14:00",
            "pace": "1",
            "leads": "p1",
        },
    }


def test_seven_buttons_and_hidden_parts(open_as: Open) -> None:
    """A seventh button and secondary ones wait behind "More"; a part can be shown and hidden by a button."""
    page = open_as("joe")
    many = [{"type": "Action.Execute", "title": f"Act {number}", "verb": "act"} for number in range(7)]
    turn = {"type": "Action.ToggleVisibility", "title": "More links", "targetElements": ["links"]}
    links = {"type": "Container", "id": "links", "isVisible": False, "items": [{"type": "TextBlock", "text": "Here"}]}
    draw(page, {"type": "ActionSet", "actions": many}, {"type": "ActionSet", "actions": [turn]}, links)
    card = page.locator("#drawn")
    before = card.get_by_text("Here").is_visible(), card.get_by_role("button", name="Act 6").is_visible()
    card.get_by_role("button", name="More links").click()
    card.locator("summary").click()

    assert before == (False, False)
    assert card.get_by_text("Here").is_visible()
    assert card.get_by_role("button", name="Act 6").is_visible()
