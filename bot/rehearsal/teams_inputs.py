"""What a Teams client does with a filled-in card: finds the action, checks the inputs, and puts together what is sent.

Source: the Adaptive Cards 1.5 schema on inputs; what is left empty is not sent, and every value is sent as text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from bot.rehearsal.people import Town
from bot.rehearsal.teams_cards import INPUTS, walk
from bot.rehearsal.teams_talk import Card
from bot.rehearsal.teams_world import NotSent

Node = dict[str, Any]
#: What a person gives to a box: words, a number, a tick, or several choices.
Given = str | int | float | bool | list[str] | tuple[str, ...] | None

REQUIRED = "this must be answered"
PEOPLE = "graph.microsoft.com/users"


def find_action(card: Card | None, kind: str, wanted: str | int | Mapping[str, Any]) -> Node:
    """The `kind` of action that a person taps: by place in reading order, or by verb, id or title; a mapping is taken as it is.

    An Action.Submit is also found as the fallback of another. Raises NotSent when the card has none such.
    """
    if isinstance(wanted, Mapping):
        return dict(wanted)
    fallbacks = kind == "Action.Submit"
    found = [spot.node for spot in walk(card, fallbacks=fallbacks) if spot.node["type"] == kind]
    if isinstance(wanted, str):
        found = [node for node in found if wanted in (node.get("verb"), node.get("id"), node.get("title"))]
        wanted = 0
    if not 0 <= wanted < len(found):
        raise NotSent({"": f"there is no such {kind} on the card"})
    return found[wanted]


def fill_in(card: Card | None, action: Node, given: Mapping[str, Given], town: Town) -> dict[str, Any]:
    """The action's own data with the inputs merged in. Raises NotSent, by input id, for what a client would not send."""
    data = action.get("data") or {}
    if action.get("associatedInputs") == "none" or card is None:
        return dict(data)
    inputs = {spot.node["id"]: spot.node for spot in walk(card, fallbacks=False) if spot.node["type"] in INPUTS}
    wrong = {name: "there is no such input on the card" for name in given if name not in inputs}
    filled: dict[str, str] = {}
    for name, node in inputs.items():
        value = _as_text(node, given[name] if name in given else node.get("value"))
        if problem := _problem(node, value, town):
            wrong[name] = problem
        elif value:
            filled[name] = value
    if wrong:
        raise NotSent(wrong)
    return data | filled


def _as_text(node: Node, given: Given) -> str:
    on, off = str(node.get("valueOn", "true")), str(node.get("valueOff", "false"))
    if node["type"] == "Input.Toggle" and (given is None or isinstance(given, bool)):
        return on if given else off
    if isinstance(given, list | tuple):
        return ",".join(given)
    return "" if given is None else str(given)


def _problem(node: Node, value: str, town: Town) -> str:
    """What the client says under the box; "" when it is content."""
    if not value or (node["type"] == "Input.Toggle" and value != str(node.get("valueOn", "true"))):
        if node.get("isRequired"):
            return str(node.get("errorMessage") or REQUIRED)
        if not value:
            return ""
    return "" if _fits(node, value, town) else str(node.get("errorMessage") or "this is not a possible answer")


def _fits(node: Node, value: str, town: Town) -> bool:
    match node["type"]:
        case "Input.Text":
            short_enough = len(value) <= node.get("maxLength", len(value))
            return short_enough and re.search(node.get("regex") or "", value) is not None
        case "Input.Number":
            return _between(float, node, value)
        case "Input.Rating":
            return _between(float, {"min": 0, "max": node.get("max", 5)}, value)
        case "Input.Date":
            return _between(date.fromisoformat, node, value)
        case "Input.Time":
            return _between(time.fromisoformat, node, value)
        case "Input.ChoiceSet":
            chosen = value.split(",") if node.get("isMultiSelect") else [value]
            if (node.get("choices.data") or {}).get("dataset") == PEOPLE:
                return all(town.find_person(one) for one in chosen)
            return set(chosen) <= {choice["value"] for choice in node.get("choices") or []}
        case _:
            return value in (str(node.get("valueOn", "true")), str(node.get("valueOff", "false")))


def _between(read: Callable[[str], Any], node: Node, value: str) -> bool:
    try:
        number = read(value)
        low = node.get("min") in (None, "") or read(str(node["min"])) <= number
        high = node.get("max") in (None, "") or number <= read(str(node["max"]))
    except ValueError:
        return False
    return low and high
