"""What a Teams client sends when somebody fills in a card, and what it does not let through."""

from typing import Any

import pytest

from bot.rehearsal.people import seed_town
from bot.rehearsal.teams_inputs import Given, fill_in, find_action
from bot.rehearsal.teams_world import NotSent
from tests.rehearsal.small_bot import a_card, feeling, send

TOWN = seed_town()


def box(kind: str, **more: Any) -> dict[str, Any]:
    """An input of a kind, called "it"."""
    return {"type": f"Input.{kind}", "id": "it", "label": "It", **more}


PEOPLE = box("ChoiceSet", choices=[], isMultiSelect=True, **{"choices.data": {"dataset": "graph.microsoft.com/users"}})


def filled(node: dict[str, Any], given: Given) -> Any:
    """What is sent for one input."""
    return fill_in(a_card(node), {}, {"it": given}, TOWN).get("it")


@pytest.mark.parametrize(
    ("node", "given", "sent"),
    [
        (box("Text"), "kettle", "kettle"),
        (box("Text"), "", None),
        (box("Text", value="old"), "", None),
        (box("Text", regex="^[0-9]+$"), "12", "12"),
        (box("Number", min=1, max=4), 2, "2"),
        (box("Number"), 2.5, "2.5"),
        (box("Rating", max=5), 4, "4"),
        (box("Rating", fallback=feeling(id="it")), 4, "4"),
        (box("Date", min="2026-11-01", max=""), "2026-11-25", "2026-11-25"),
        (box("Time"), "14:00", "14:00"),
        (box("Toggle"), True, "true"),
        (box("Toggle"), False, "false"),
        (box("Toggle"), None, "false"),
        (box("Toggle", valueOn="yes", valueOff="no"), "yes", "yes"),
        (feeling(id="it"), "good", "good"),
        (feeling(id="it", isMultiSelect=True), ["good", "steady"], "good,steady"),
        (PEOPLE, [TOWN.people["joe"].id], TOWN.people["joe"].id),
    ],
)
def test_sent(node: dict[str, Any], given: Given, sent: str | None) -> None:
    """Values are sent as text; what is left empty is not sent."""
    assert filled(node, given) == sent


@pytest.mark.parametrize(
    ("node", "given"),
    [
        (box("Text", maxLength=3), "kettle"),
        (box("Text", regex="^[0-9]+$"), "kettle"),
        (box("Text", isRequired=True), ""),
        (box("Number"), "many"),
        (box("Number", min=1), 0),
        (box("Number", max=4), 5),
        (box("Rating"), 6),
        (box("Date"), "tomorrow"),
        (box("Date", max="2026-11-01"), "2026-11-25"),
        (box("Time"), "noon"),
        (box("Toggle"), "perhaps"),
        (box("Toggle", isRequired=True), False),
        (feeling(id="it"), "awful"),
        (feeling(id="it", isRequired=True), None),
        (feeling(id="it", isMultiSelect=True), ["good", "awful"]),
        (PEOPLE, ["nobody"]),
    ],
)
def test_not_sent(node: dict[str, Any], given: Given) -> None:
    """A client stops what the card does not allow, beside the box where it stands."""
    with pytest.raises(NotSent) as stopped:
        filled(node, given)

    assert set(stopped.value.problems) == {"it"}


def test_what_the_client_says() -> None:
    """The sentence under a box is the card's own."""
    with pytest.raises(NotSent, match="feeling: Choose one"):
        fill_in(a_card(feeling(isRequired=True, errorMessage="Choose one")), {}, {}, TOWN)


def test_unknown_input() -> None:
    """Nobody can fill in a box that is not there."""
    with pytest.raises(NotSent, match="no such input"):
        fill_in(a_card(feeling()), {}, {"mood": "good"}, TOWN)


def test_merging() -> None:
    """What the person chose goes over the button's data, and what was on the card before counts as chosen."""
    card = a_card(feeling(value="steady"), box("Text"))
    data = fill_in(card, {"data": {"checkin": "c1", "it": "old"}}, {"it": "new"}, TOWN)

    assert data == {"checkin": "c1", "it": "new", "feeling": "steady"}


def test_button_without_inputs() -> None:
    """A button that takes no inputs sends its own data alone, whatever is missing."""
    card = a_card(feeling(isRequired=True))

    assert fill_in(card, {"associatedInputs": "none", "data": {"a": 1}}, {}, TOWN) == {"a": 1}
    assert fill_in(None, {"data": {"a": 1}}, {}, TOWN) == {"a": 1}


def test_finding_actions() -> None:
    """A button is found by its place, verb, id or title; an Action.Submit also as a fallback."""
    card = a_card(send(), send(title="Change", verb="change", id="b2"))

    assert find_action(card, "Action.Execute", 1)["verb"] == "change"
    assert [find_action(card, "Action.Execute", by)["id"] for by in ("change", "b2", "Change")] == ["b2"] * 3
    assert find_action(card, "Action.Submit", 0)["type"] == "Action.Submit"
    assert find_action(None, "Action.Execute", {"verb": "own"}) == {"verb": "own"}


@pytest.mark.parametrize("wanted", [1, -1, "delete"])
def test_missing_actions(wanted: str | int) -> None:
    """A button that is not on the card cannot be tapped."""
    with pytest.raises(NotSent, match=r"no such Action\.Execute"):
        find_action(a_card(send()), "Action.Execute", wanted)
