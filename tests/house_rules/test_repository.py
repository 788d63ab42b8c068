"""What the repository's own papers promise."""

import re
import tomllib

from bot.settings import PREFIX, Settings
from tests.house_rules.rules import NOWHERE
from tests.house_rules.sources import OTHERS, PICTURES, PROGRAM, REPOSITORY, files, where


def read(path: str) -> str:
    """A file of the repository as text."""
    return (REPOSITORY / path).read_text(encoding="utf-8")


def test_nobody_elses_machine() -> None:
    """No file names a package registry's host or a folder of one machine."""
    texts = [file for file in files(*PROGRAM, *OTHERS) if file.suffix not in PICTURES]
    found = [
        f"{where(file)}:{number}"
        for file in texts
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if NOWHERE.search(line)
    ]

    assert found == []


def test_machine_names_are_recognised() -> None:
    """The search above finds what it is for, and leaves routes of Graph alone."""
    assert NOWHERE.search("see https://py" + "pi.org/simple")
    assert NOWHERE.search('open("/ho' + 'me/amina/notes")')
    assert not NOWHERE.search("GET /sites/root/lists")


def test_version() -> None:
    """The version in pyproject.toml is the newest entry of the changelog, and one that Teams understands."""
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    entries = re.findall(r"^## \[?v?([^\s\]]+)", read("CHANGELOG.md"), re.MULTILINE)

    assert entries[0] == version
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_settings_are_documented() -> None:
    """Every setting stands in the deployment guide's table, and the table names no other."""
    settings = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    table = read("deployment/README.md").split("## Settings")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)`", table, re.MULTILINE))

    assert documented == settings


def test_one_test_command() -> None:
    """The README carries the test command that the build reads from it, and the build has no copy of its own."""
    block = re.search(r"<!-- the test command -->\s*```\w*\n(.+?)\n```", read("README.md"), re.DOTALL)

    assert block
    assert block[1].endswith("-m pytest")
    assert "pip install" not in read(".ci/run")
