"""What holds for every card: Microsoft's schema, the golden files, size, and that everybody can use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cards.elements import ELEMENTS, TEAMS_ONLY
from tests.cards.regenerate import FOLDER, as_text
from tests.cards.samples import CARDS
from tests.cards.walk import Json, objects, of_type, press, types

MOST_ACTIONS = 6
BYTES = 20_000
#: Actions that Teams counts: what stands in the overflow menu, and what stands in for another, does not.
COUNTED = ("Action.Execute", "Action.ToggleVisibility")

every_card = pytest.mark.parametrize("card", [pytest.param(card, id=name) for name, card in CARDS.items()])


def without_teams(node: Any) -> Any:
    """A card without what only Teams knows, as Microsoft's own schema expects it."""
    if isinstance(node, list):
        return [without_teams(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") in TEAMS_ONLY:
        return without_teams(node["fallback"])
    return {key: without_teams(value) for key, value in node.items() if key not in {"msteams", "choices.data"}}


@every_card
def test_microsofts_schema(card: Json, contracts: Path) -> None:
    """Every card is an Adaptive Card 1.5 by Microsoft's own schema."""
    schema = json.loads((contracts / "adaptive-card-1.5.schema.json").read_text(encoding="utf-8"))
    found = list(Draft7Validator(schema).iter_errors(without_teams(card)))

    assert [error.message[:300] for error in found] == []


@pytest.mark.parametrize("name", list(CARDS))
def test_golden_files(name: str) -> None:
    """Every card is as it was when somebody last looked at it."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == as_text(CARDS[name])


def test_no_golden_file_is_left_over() -> None:
    """There is a golden file for each card and none besides."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(CARDS)


def test_elements_are_listed() -> None:
    """cards/elements.py names exactly the types that the cards are made of."""
    assert set().union(*map(types, CARDS.values())) == ELEMENTS
    assert TEAMS_ONLY <= ELEMENTS


@every_card
def test_head(card: Json) -> None:
    """Every card says its version and language, and something where it cannot be shown."""
    assert (card["version"], card["lang"]) == ("1.5", "en-GB")
    assert card["fallbackText"].strip()


@every_card
def test_size(card: Json) -> None:
    """Every card is at most 20 KB."""
    assert len(json.dumps(card, ensure_ascii=False).encode()) <= BYTES


@every_card
def test_buttons(card: Json) -> None:
    """Each button has words, says its verb twice, and falls back to a plain submit with the same data."""
    for action in of_type(card["body"], "Action.Execute"):
        fallback = action["fallback"]

        assert action["title"]
        assert action["verb"] == action["data"]["verb"] == action["data"]["action"]
        assert fallback["type"] == "Action.Submit"
        assert {**fallback, "type": ""} == {
            key: value for key, value in {**action, "type": ""}.items() if key not in {"verb", "fallback"}
        }


@every_card
def test_few_actions(card: Json) -> None:
    """A card has at most 6 actions in plain sight, all inside the body."""
    shown = [node for node in objects(card["body"]) if node.get("type") in COUNTED and node.get("mode") != "secondary"]

    assert len(shown) <= MOST_ACTIONS
    assert "actions" not in card


@every_card
def test_labels(card: Json) -> None:
    """Every box has a label above it and no placeholder in it; one that must be filled says what is wrong when it is not."""
    for box in of_type(card, "Input."):
        assert box["label"].strip()
        assert "placeholder" not in box
        assert box.get("errorMessage") or not box.get("isRequired")
        assert box["type"] != "Input.Text" or box["maxLength"] > 0


@every_card
def test_unique_ids(card: Json) -> None:
    """No id stands twice on a card."""
    ids = [node["id"] for node in objects(card) if "id" in node]

    assert len(ids) == len(set(ids))


@every_card
def test_headings(card: Json) -> None:
    """The first heading is the card's own and the only one of its size; the others stand one step below."""
    sizes = [node["size"] for node in of_type(card, "TextBlock") if node.get("style") == "heading"]

    assert sizes[1:] == ["Medium"] * len(sizes[1:])
    assert sizes[:1] in ([], ["Large"])


@every_card
def test_everything_wraps(card: Json) -> None:
    """No text is cut off at the edge of a phone."""
    assert all(
        node.get("wrap") for kind in ("TextBlock", "Input.ChoiceSet", "Input.Toggle") for node in of_type(card, kind)
    )


@every_card
def test_colour_is_never_alone(card: Json) -> None:
    """What is coloured also says in words what is meant and is set in bold, and colours are those of the reader's theme."""
    coloured = [node for node in objects(card) if "color" in node]

    assert all(node["color"] == "Attention" and node["weight"] == "Bolder" and node["text"] for node in coloured)
    assert "#" not in json.dumps([node for node in objects(card) if "backgroundImage" in node])


@every_card
def test_pictures_have_words(card: Json) -> None:
    """Whatever is drawn is also said: pictures by alternative text, Teams' own elements by their fallback."""
    assert all(node.get("altText") for node in of_type(card, "Image"))
    assert all(node["fallback"]["text"] for node in of_type(card, "Chart."))


@every_card
def test_nobody_is_listed(card: Json) -> None:
    """A card mentions nobody and lists no user to be refreshed for."""
    assert "entities" not in card.get("msteams", {})
    assert "userIds" not in card.get("refresh", {})


def test_shared_card_is_refreshed() -> None:
    """The shared card asks for each reader's own view."""
    refresh = CARDS["check-in-shared"]["refresh"]["action"]

    assert refresh["verb"] == refresh["data"]["action"] == "check_in.view"
    assert refresh["data"]["check_in"] == press(CARDS["check-in-shared"], "Send")["data"]["check_in"]
