"""What is wrong with an Adaptive Card, as a tenant would find out: refused there, or drawn badly on somebody's phone.

Sources: the Adaptive Cards 1.5 schema; Teams: cards-reference.md, cards-format.md, charts-in-adaptive-cards.md,
User-Specific-Views.md; Adaptive Cards: universal-action-model.md.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

MOST_PRIMARY_ACTIONS = 6
MOST_REFRESHED = 60
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
LINK_SCHEMES = {"https", "http", "mailto", "tel", "msteams"}

#: Each known element, and what it cannot be drawn without.
ELEMENTS: dict[str, tuple[str, ...]] = {
    "TextBlock": ("text",),
    "RichTextBlock": ("inlines",),
    "Image": ("url", "altText"),
    "ImageSet": ("images",),
    "Media": ("sources",),
    "Container": ("items",),
    "ColumnSet": ("columns",),
    "FactSet": ("facts",),
    "Table": ("columns", "rows"),
    "ActionSet": ("actions",),
}
INPUTS: dict[str, tuple[str, ...]] = {
    "Input.Text": ("label",),
    "Input.Number": ("label",),
    "Input.Date": ("label",),
    "Input.Time": ("label",),
    "Input.Toggle": ("title",),
    "Input.ChoiceSet": ("label", "choices"),
    "Input.Rating": ("label",),
}
#: Elements of Teams alone: a client that does not know one shows its `fallback`, or a hole.
TEAMS_ONLY: dict[str, tuple[str, ...]] = {
    "Chart.Donut": ("data",),
    "Chart.Pie": ("data",),
    "Chart.Line": ("data",),
    "Chart.Gauge": (),
    "Chart.VerticalBar": ("data",),
    "Chart.VerticalBar.Grouped": ("data",),
    "Chart.HorizontalBar": ("data",),
    "Chart.HorizontalBar.Stacked": ("data",),
    "Rating": ("value",),
    "Icon": ("name",),
    "Badge": (),
    "Carousel": ("pages",),
    "CompoundButton": ("title",),
    "ProgressBar": (),
    "ProgressRing": (),
    "CodeBlock": ("codeSnippet",),
}
ACTIONS: dict[str, tuple[str, ...]] = {
    "Action.Execute": ("title",),
    "Action.Submit": ("title",),
    "Action.OpenUrl": ("title", "url"),
    "Action.ShowCard": ("title", "card"),
    "Action.ToggleVisibility": ("title", "targetElements"),
    "Action.Popover": ("title", "content"),
    "Action.ResetInputs": ("title",),
}
PARTS: dict[str, tuple[str, ...]] = {
    "AdaptiveCard": (),
    "Column": (),
    "TableRow": (),
    "TableCell": (),
    "TextRun": ("text",),
    "CarouselPage": (),
    "Data.Query": ("dataset",),
    "Layout.Stack": (),
    "Layout.Flow": (),
    "Layout.AreaGrid": (),
}
KNOWN = ELEMENTS | INPUTS | TEAMS_ONLY | ACTIONS | PARTS
#: Places where an action may do without a title: nothing there shows one.
UNTITLED = {"selectAction", "inlineAction"}
#: Free data inside a card, which is not drawn.
NOT_DRAWN = {"data", "msteams", "refresh", "authentication", "metadata"}
HEX_COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}")
MENTION = re.compile(r"<at>.*?</at>")


class Spot(NamedTuple):
    """A typed thing in a card: where it hangs, and on what."""

    node: dict[str, Any]
    key: str
    parent: dict[str, Any]


def problems(card: Any) -> list[str]:
    """Sentences saying what is wrong with `card`; none when Teams would take it and draw it well."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["the content is not an AdaptiveCard"]
    found = list(_frame(card))
    for spot in walk(card):
        found += _element(spot)
        if spot.node["type"] in INPUTS:
            found += _input(spot.node)
        if spot.node["type"] in ACTIONS:
            found += _action(spot)
    # An input and its fallback may share an id: only one of them is ever there.
    ids = Counter(str(spot.node.get("id")) for spot in walk(card, fallbacks=False) if spot.node["type"] in INPUTS)
    return found + [f"{count} inputs have the id {name!r}" for name, count in ids.items() if count > 1]


def walk(node: Any, key: str = "", parent: dict[str, Any] | None = None, *, fallbacks: bool = True) -> Iterator[Spot]:
    """Each typed thing that is drawn, in reading order; with `fallbacks`, also what only stands in for another."""
    if isinstance(node, list):
        for item in node:
            yield from walk(item, key, parent, fallbacks=fallbacks)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield Spot(node, key, parent or {})
        for name, value in node.items():
            if name not in NOT_DRAWN and (fallbacks or name != "fallback"):
                yield from walk(value, name, node, fallbacks=fallbacks)


def _frame(card: dict[str, Any]) -> Iterator[str]:
    if card.get("version") not in VERSIONS:
        yield f"version {card.get('version')!r} is not drawn in Teams: 1.5 or earlier"
    if not isinstance(card.get("body"), list) and not isinstance(card.get("actions"), list):
        yield "the card has neither a body nor actions"
    refresh = card.get("refresh") or {}
    if refresh and (refresh.get("action") or {}).get("type") != "Action.Execute":
        yield "refresh needs an Action.Execute"
    if len(refresh.get("userIds") or []) > MOST_REFRESHED:
        yield f"refresh names more than {MOST_REFRESHED} people"
    yield from _mentions(card)


def _mentions(card: dict[str, Any]) -> Iterator[str]:
    words = [str(node.get("text")) for node, _, _ in walk(card) if node["type"] == "TextBlock"]
    for node, _, _ in walk(card):
        words += [str(fact.get("value")) for fact in node.get("facts") or []] if node["type"] == "FactSet" else []
    written = {mention for word in words for mention in MENTION.findall(word)}
    entities = (card.get("msteams") or {}).get("entities") or []
    meant = {entity.get("text") for entity in entities if {"id", "name"} <= set(entity.get("mentioned") or {})}
    for mention in sorted(written ^ meant, key=str):
        yield f"the mention {mention!r} does not stand both in a text and, with id and name, in msteams.entities"


def _element(spot: Spot) -> Iterator[str]:
    node = spot.node
    kind = node["type"]
    if kind not in KNOWN:
        yield f"Teams does not know the element {kind!r}"
        return
    for name in KNOWN[kind]:
        if node.get(name) in (None, "") and not (name == "title" and (spot.key in UNTITLED or spot.key == "fallback")):
            yield f"{kind} has no {name}"
    if kind in TEAMS_ONLY and "fallback" not in node:
        yield f"{kind} is known to Teams alone and has no fallback"
    for name, value in node.items():
        if isinstance(value, str) and name.lower().endswith("color") and HEX_COLOUR.fullmatch(value):
            yield f"{kind} has the colour {value}: use a semantic one, which follows light, dark and high contrast"
    if kind in ("AdaptiveCard", "ActionSet"):
        primary = [one for one in node.get("actions") or [] if one.get("mode", "primary") == "primary"]
        if len(primary) > MOST_PRIMARY_ACTIONS:
            yield f"{kind} has {len(primary)} primary actions: {MOST_PRIMARY_ACTIONS} at most"
    if kind == "Image" and not str(node.get("url")).startswith(("https://", "data:image/")):
        yield "Image is not fetched over https"


def _input(node: dict[str, Any]) -> Iterator[str]:
    kind, name = node["type"], node.get("id")
    if not isinstance(name, str) or not name:
        yield f"{kind} has no id"
        return
    if node.get("isRequired") and not node.get("errorMessage"):
        yield f"{kind} {name!r} is required and has no errorMessage"
    if kind == "Input.ChoiceSet":
        if node.get("style") == "filtered" and node.get("isMultiSelect") and "choices.data" not in node:
            yield f"{kind} {name!r} is filtered, which takes one choice only"
        for choice in node.get("choices") or []:
            if not (
                isinstance(choice, dict)
                and isinstance(choice.get("title"), str)
                and isinstance(choice.get("value"), str)
            ):
                yield f"{kind} {name!r} has a choice without a title and a value that are text"


def _action(spot: Spot) -> Iterator[str]:
    node, key, parent = spot
    if node["type"] == "Action.Execute":
        fallback = node.get("fallback") or parent.get("fallback")
        if parent.get("type") != "ActionSet" or key != "actions" or not fallback:
            yield f"Action.Execute {node.get('title')!r} needs to be in an ActionSet, with a fallback for older clients"
    if node["type"] == "Action.OpenUrl" and urlsplit(str(node.get("url"))).scheme not in LINK_SCHEMES:
        yield f"Action.OpenUrl {node.get('title')!r} does not lead to a web, mail or telephone address"
