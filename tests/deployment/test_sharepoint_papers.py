"""The papers for the owners of the SharePoint site follow from the lists themselves, and what is to be pasted follows SharePoint's rules."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.records.lists import LISTS
from deployment.__main__ import app
from deployment.sharepoint_papers import lists_table
from deployment.sharepoint_views import VIEWS
from tests.conftest import REPOSITORY

PAPERS = REPOSITORY / "deployment" / "sharepoint"
README = (PAPERS / "README.md").read_text(encoding="utf-8")
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.+?)```", README, re.DOTALL)]
FORMATS = [block for block in BLOCKS if "elmType" in block]
CHOICE = re.compile(r"@currentField == '(\w+)'")

# What an element may have; "any other attribute name will result in an error" (SharePoint "formatting syntax reference", 28 August 2024).
ATTRIBUTES = {"href", "rel", "src", "class", "target", "title", "role", "iconName", "d", "aria", "draggable"}
STYLES = {"align-items", "font-weight", "padding-right"}
PARTS = {"$schema", "elmType", "style", "attributes", "children", "txtContent"}


def elements(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An element of a column's formatting, and all that is in it."""
    yield of
    for child in of.get("children", []):
        yield from elements(child)


def choices(display_name: str) -> set[str]:
    """Every word that a choice column of this name offers, in the lists for which there is a formatting."""
    formatted = [definition for definition in LISTS if definition.name in {"Wards", "CheckIns", "Replies"}]
    found = [column for definition in formatted for column in definition.columns if column.display_name == display_name]
    offered = [column.facet.settings["choices"] for column in found]
    return {str(word) for words in offered if isinstance(words, list) for word in words}


@pytest.mark.parametrize(("command", "file"), [("lists", "lists.md"), ("views", "site-script.json")])
def test_what_is_kept_is_what_is_made(command: str, file: str) -> None:
    """The files in the repository are what the command prints now."""
    printed = CliRunner().invoke(app, [command])

    assert printed.exit_code == 0
    assert printed.output == (PAPERS / file).read_text(encoding="utf-8")


def test_every_column_is_in_the_table() -> None:
    """Each column of each list has a line that says who writes it."""
    table = lists_table()

    assert table.count("\n| ") == sum(len(definition.columns) + 2 for definition in LISTS)
    assert "| Time of day | `TimeOfDay` | one line | the bot, and people |" in table
    assert "| Paused until | `PausedUntil` | day | the bot, and people |" in table
    assert "| Team id | `TeamId` | one line, hidden | the bot |" in table


def test_the_formatting_is_what_sharepoint_takes() -> None:
    """What people are to paste has no part, attribute or style that SharePoint would refuse."""
    assert len(FORMATS) == 2
    for shown in FORMATS:
        assert shown["elmType"] == "div"
        for element in elements(shown):
            assert element.keys() <= PARTS
            assert element.get("attributes", {}).keys() <= ATTRIBUTES
            assert element.get("style", {}).keys() <= STYLES
            # Children of an element that has a text are not shown.
            assert not {"txtContent", "children"} <= element.keys()


def test_the_word_is_always_there() -> None:
    """Nothing hangs on a colour or on a sign alone."""
    for shown in FORMATS:
        assert {"elmType": "span", "txtContent": "@currentField"} in shown["children"]
        assert "color" not in json.dumps(shown)


def test_the_rows_formatting_knows_its_column() -> None:
    """It asks for a word that a column which people see offers, so that the word itself stands in the row."""
    (shown,) = [block for block in BLOCKS if block not in FORMATS]
    (asked,) = re.findall(r"\[\$(\w+)\] == '(\w+)'", shown["additionalRowClass"])
    (check_ins,) = [definition for definition in LISTS if definition.name == "CheckIns"]
    offered = {column.name: column.facet.settings.get("choices") for column in check_ins.columns if not column.hidden}

    assert shown.keys() == {"$schema", "additionalRowClass"}
    assert asked == ("State", "missed")
    assert asked[1] in str(offered[asked[0]])


def test_the_formatting_knows_the_words() -> None:
    """It asks for words that the columns offer, and those that it does not ask for have the last sign."""
    feeling, state = (set(CHOICE.findall(json.dumps(shown))) for shown in FORMATS)

    assert choices("Feeling") - feeling == {"Flying"}
    assert feeling <= choices("Feeling")
    assert choices("State") - state == {"active", "open"}
    assert state <= choices("State")


@pytest.mark.parametrize(
    ("name", "by_one_name"),
    [
        ("Wards", ["Incident system", "Speak up", "Sustainability pack", "Co-production"]),  # "the four links"
        ("Replies", ["What went well", "What is in the way", "What we try next"]),  # "the three lines"
    ],
)
def test_what_people_may_change_is_said(name: str, by_one_name: list[str]) -> None:
    """Each column that is theirs is named for its list, but for those that go by one name together."""
    (definition,) = [definition for definition in LISTS if definition.name == name]
    said = " ".join(line.split("|")[2] for line in README.splitlines() if line.startswith(f"| {name} | "))
    theirs = [column.display_name for column in definition.columns if column.people_may_edit]

    assert [column for column in theirs if column not in said] == by_one_name


def test_every_view_can_be_made_by_hand() -> None:
    """Where the site script is refused, the paper says which views there are, and how each is ordered."""
    for view in VIEWS:
        (line,) = [line for line in README.splitlines() if line.startswith(f"| {view.of} | {view.name} |")]
        assert f"{view.order}, " in line
        assert all(word in line for word in view.only or ())
        assert ("default" in line) is view.default
        assert view.last_days is None or f"[Today]-{view.last_days}" in line
