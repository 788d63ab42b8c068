"""Ways to look into a card."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def objects(node: Any) -> Iterator[Json]:
    """Every object in a card, in reading order, the data that buttons carry left out."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key != "data" or node.get("type", "").startswith("Chart."):
                yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def of_type(card: Any, start: str) -> list[Json]:
    """The elements whose type starts with `start`."""
    return [node for node in objects(card) if str(node.get("type", "")).startswith(start)]


def types(card: Json) -> set[str]:
    """Every type of element and action in a card."""
    return {node["type"] for node in objects(card) if "type" in node}


def texts(card: Json) -> list[str]:
    """Everything a person can read on a card without touching it, in reading order."""
    return [str(node["text"]) for node in objects(card.get("body", [])) if "text" in node]


def box(card: Json, field: str) -> Json:
    """The input with this id."""
    (found,) = [node for node in of_type(card, "Input.") if node["id"] == field]
    return found


def press(card: Json, label: str) -> Json:
    """The button with this label."""
    (found,) = [node for node in of_type(card, "Action.Execute") if node.get("title") == label]
    return found
