"""The house rules hold in every file of Python, and each rule bites."""

import ast
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from bot.records.lists import LISTS
from tests.house_rules import rules
from tests.house_rules.sources import PROGRAM, files, parsed, python, where

LONGEST = 300
COLUMNS = {column.name for definition in LISTS for column in definition.columns}
SOMEWHAT_SHORT = 120

Rule = Callable[[ast.Module], Iterable[str]]


def breaches(rule: Rule, among: Iterable[Path]) -> list[str]:
    """What a rule finds in these files, each with its place."""
    return [f"{where(file)} {breach}" for file in among for breach in rule(parsed(file))]


def test_no_mocks() -> None:
    """Nothing in the tests is a mock or replaces code while it runs."""
    assert breaches(rules.mocks, python("tests", *PROGRAM)) == []


def test_one_clock() -> None:
    """Only bot/clock.py asks the machine for the time."""
    others = [file for file in python(*PROGRAM) if where(file) != "bot/clock.py"]

    assert breaches(rules.clocks, others) == []


def test_log_lines() -> None:
    """Every log line is a fixed sentence with fields that name nobody."""
    assert breaches(rules.logs, python(*PROGRAM)) == []


def test_pure_domain() -> None:
    """The domain never waits and never throws dice of its own."""
    assert breaches(rules.waits, python("bot/domain")) == []


def test_column_names() -> None:
    """Nobody but bot/records knows a SharePoint column by its name."""
    others = [file for file in python(*PROGRAM) if not where(file).startswith("bot/records/")]

    assert breaches(lambda tree: rules.columns(tree, COLUMNS), others) == []


def test_docstrings() -> None:
    """Every file of Python says what it is for, and every test what it shows."""
    assert breaches(rules.undocumented, python("tests", *PROGRAM)) == []


def test_short_files() -> None:
    """No file is longer than 300 lines, and half of the program's are under 120."""
    code = [file for file in files("tests", *PROGRAM) if file.suffix in {".py", ".js"}]
    lengths = {where(file): len(file.read_text(encoding="utf-8").splitlines()) for file in code}
    program = [length for file, length in lengths.items() if not file.startswith("tests/") and length]

    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
    assert median(program) < SOMEWHAT_SHORT


@pytest.mark.parametrize(
    ("rule", "breach"),
    # Text to be found, not code that runs, the imports of mocks too: a rule that finds nothing here would hold nothing anywhere.
    [
        (rules.mocks, "from unittest import mock"),
        (rules.mocks, "import unittest.mock"),
        (rules.mocks, "from unittest.mock import AsyncMock"),
        (rules.mocks, "def test_it(mocker): ..."),
        (rules.mocks, "monkeypatch.setattr(graph, 'send', None)"),
        (rules.clocks, "datetime.now(UTC)"),
        (rules.clocks, "datetime.datetime.utcnow()"),
        (rules.clocks, "time.monotonic()"),
        (rules.clocks, "from time import time"),
        (rules.clocks, "asyncio.sleep(5)"),
        (rules.logs, "log.info(f'posted {checkin}')"),
        (rules.logs, "log.info('posted %s', checkin)"),
        (rules.logs, "self._log.warning('refused', person=person)"),
        (rules.logs, "log.error('refused', **fields)"),
        (rules.logs, "log.info()"),
        (rules.waits, "async def due(): ..."),
        (rules.waits, "import random"),
        (rules.waits, "from random import shuffle"),
        (partial(rules.columns, names={"InTheWay"}), "fields['InTheWay']"),
        (rules.undocumented, "import os"),
        (rules.undocumented, "'''What this is.'''\ndef test_it(): ..."),
    ],
)
def test_the_rules_bite(rule: Rule, breach: str) -> None:
    """A file that breaks a rule is found out."""
    assert list(rule(ast.parse(breach)))


@pytest.mark.parametrize(
    ("rule", "fine"),
    [
        (rules.mocks, "monkeypatch.setenv('PORT', '0')"),
        (rules.clocks, "clock.now(); asyncio.sleep(0); clock.sleep(3); row.time"),
        (rules.logs, "log.info('check-in posted', checkin=checkin.key)"),
        (rules.logs, "window.open('x', y)"),
        (rules.waits, "from random import Random"),
        (partial(rules.columns, names={"Feeling", "InTheWay"}), "('Feeling', 'In the way')"),
        (rules.undocumented, ""),
    ],
)
def test_the_rules_let_good_code_be(rule: Rule, fine: str) -> None:
    """What is allowed is not held against anybody."""
    assert list(rule(ast.parse(fine))) == []
