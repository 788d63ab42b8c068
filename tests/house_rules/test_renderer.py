"""The rehearsal's page draws what the cards are made of: no less, and no more."""

import json
import re

from cards.elements import ELEMENTS
from tests.house_rules.sources import REPOSITORY

PAGE = REPOSITORY / "bot" / "rehearsal" / "page"
TABLE = re.compile(r"^export const DRAWERS = \{$(.*?)^\};$", re.MULTILINE | re.DOTALL)
PARTS = re.compile(r"^export const PARTS = (\[.*\]);$", re.MULTILINE)
ENTRY = re.compile(r'^  "([A-Za-z.]+)": \w+,$', re.MULTILINE)
ELSEWHERE = re.compile(r"https?://|@import|\beval\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write")


def drawn() -> set[str]:
    """The elements in the page's own table of drawers, and those that are drawn with another."""
    source = (PAGE / "cards.js").read_text(encoding="utf-8")
    table, parts = TABLE.search(source), PARTS.search(source)
    assert table
    assert parts
    return {*ENTRY.findall(table[1]), *json.loads(parts[1])}


def test_every_element_is_drawn() -> None:
    """Each element that a card of ours uses has a drawer on the rehearsal's page."""
    assert drawn() >= ELEMENTS


def test_no_drawer_is_idle() -> None:
    """The rehearsal's page has no drawer for an element that no card of ours uses."""
    assert drawn() <= ELEMENTS


def test_nothing_from_elsewhere() -> None:
    """The page names no other host, and puts nothing into itself as HTML."""
    sources = {file.name: file.read_text(encoding="utf-8") for file in PAGE.iterdir()}
    named = {name: ELSEWHERE.findall(text.replace("http://www.w3.org/2000/svg", "")) for name, text in sources.items()}

    assert {name: found for name, found in named.items() if found} == {}


def test_styles_are_short() -> None:
    """No file of the page is longer than 300 lines."""
    lengths = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in PAGE.iterdir()}

    assert {name: length for name, length in lengths.items() if length > 300} == {}
