"""Which cards the Teams stand-in takes, and why it refuses the others."""

from typing import Any

import pytest

from bot.rehearsal.teams_cards import problems
from tests.rehearsal.small_bot import a_card, feeling, send

WORDS = {"type": "TextBlock", "text": "How is it going?"}
CHART = {"type": "Chart.VerticalBar", "data": [{"x": "Good", "y": 4}], "fallback": WORDS}
SUBMIT = {"type": "Action.Submit", "title": "Send"}
EXECUTE = {"type": "Action.Execute", "title": "Send", "verb": "a"}
MENTIONED = {"type": "mention", "text": "<at>Joe</at>", "mentioned": {"id": "29:1", "name": "Joe"}}


def several(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many buttons."""
    return [{"type": "Action.Submit", "title": str(number), **more} for number in range(count)]


@pytest.mark.parametrize(
    "card",
    [
        a_card(WORDS, feeling(), send()),
        a_card(CHART, {"type": "Image", "url": "https://trust.example/a.png", "altText": "A kettle"}),
        a_card(WORDS, actions=several(6) + several(3, mode="secondary")),
        {"type": "AdaptiveCard", "version": "1.2", "actions": several(1)},
        a_card(
            {"type": "TextBlock", "text": "Ask <at>Joe</at>"},
            {"type": "FactSet", "facts": [{"title": "Lead", "value": "<at>Joe</at>"}]},
            msteams={"entities": [MENTIONED], "width": "Full"},
        ),
        a_card(
            {"type": "Input.Rating", "id": "r", "label": "How good?", "fallback": {**feeling(), "id": "r"}},
        ),
        a_card(feeling(choices=[], style="filtered", **{"choices.data": {"type": "Data.Query", "dataset": "graph"}})),
        a_card(feeling(isRequired=True, errorMessage="Choose one")),
        a_card(WORDS, refresh={"action": EXECUTE, "userIds": ["29:1"] * 60}),
        a_card(
            {"type": "Container", "items": [WORDS], "selectAction": {"type": "Action.Submit", "data": {"type": "X"}}}
        ),
        a_card({"type": "ActionSet", "actions": [EXECUTE], "fallback": {"type": "ActionSet", "actions": [SUBMIT]}}),
        a_card({"type": "ActionSet", "actions": [EXECUTE | {"fallback": {"type": "Action.Submit"}}]}),
    ],
)
def test_good_cards(card: dict[str, Any]) -> None:
    """A card that a tenant draws well has no problems."""
    assert problems(card) == []


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("words", "not an AdaptiveCard"),
        ({"type": "HeroCard"}, "not an AdaptiveCard"),
        (a_card(WORDS) | {"version": "1.6"}, "version '1.6'"),
        ({"type": "AdaptiveCard", "version": "1.5"}, "neither a body nor actions"),
        (a_card(WORDS, refresh={"action": SUBMIT}), "refresh needs an Action.Execute"),
        (a_card(WORDS, refresh={"userIds": []}), "refresh needs an Action.Execute"),
        (a_card(WORDS, refresh={"action": EXECUTE, "userIds": ["29:1"] * 61}), "more than 60 people"),
        (a_card({"type": "TextBlock", "text": "<at>Joe</at>"}), "the mention '<at>Joe</at>'"),
        (a_card(WORDS, msteams={"entities": [MENTIONED]}), "the mention '<at>Joe</at>'"),
        (
            a_card(
                {"type": "TextBlock", "text": "<at>Joe</at>"}, msteams={"entities": [MENTIONED | {"mentioned": {}}]}
            ),
            "the mention '<at>Joe</at>'",
        ),
        (a_card({"type": "Marquee"}), "does not know the element 'Marquee'"),
        (a_card({"type": "Container", "items": [{"type": "Input.File"}]}), "'Input.File'"),
        (a_card({"type": "TextBlock"}), "TextBlock has no text"),
        (a_card({"type": "Image", "url": "https://trust.example/a.png"}), "Image has no altText"),
        (a_card({"type": "Image", "url": "http://trust.example/a.png", "altText": "a"}), "over https"),
        (a_card({"type": "Badge", "text": "New"}), "Badge is known to Teams alone"),
        (a_card(WORDS | {"color": "#ff0000"}), "the colour #ff0000"),
        (a_card(CHART | {"data": []} | {"backgroundColor": "#fff"}), "the colour #fff"),
        (a_card(WORDS, actions=several(7)), "AdaptiveCard has 7 primary actions"),
        (a_card({"type": "ActionSet", "actions": several(7)}), "ActionSet has 7 primary actions"),
        (a_card(feeling(id="")), "has no id"),
        (a_card(feeling(label="")), "has no label"),
        (a_card(feeling(), {"type": "Container", "items": [feeling()]}), "2 inputs have the id 'feeling'"),
        (a_card(feeling(isRequired=True)), "required and has no errorMessage"),
        (a_card(feeling(style="filtered", isMultiSelect=True)), "one choice only"),
        (a_card(feeling(choices=[{"title": "One", "value": 1}])), "a choice without"),
        (a_card(feeling(choices=["One"])), "a choice without"),
        (a_card({"type": "Input.Toggle", "id": "t", "label": "Name"}), "Input.Toggle has no title"),
        (a_card({"type": "ActionSet", "actions": [EXECUTE]}), "in an ActionSet, with a fallback"),
        (a_card(WORDS, actions=[EXECUTE | {"fallback": SUBMIT}]), "in an ActionSet, with a fallback"),
        (a_card({"type": "Container", "items": [WORDS], "selectAction": EXECUTE}), "in an ActionSet"),
        (a_card({"type": "ActionSet", "actions": [{"type": "Action.Submit"}]}), "Action.Submit has no title"),
        (
            a_card(WORDS, actions=[{"type": "Action.OpenUrl", "title": "Datix", "url": "javascript:alert(1)"}]),
            "does not lead to",
        ),
        (
            a_card(
                WORDS,
                actions=[{"type": "Action.ShowCard", "title": "More", "card": a_card({"type": "Marquee"})}],
            ),
            "'Marquee'",
        ),
    ],
)
def test_bad_cards(card: Any, why: str) -> None:
    """A card that a tenant refuses, or draws badly, is refused for that reason alone."""
    found = problems(card)

    assert len(found) == 1
    assert why in found[0]
