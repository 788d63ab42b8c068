"""The Teams app package is one that Teams takes, and bad details are all named at once."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from typer.testing import CliRunner

from bot.domain.commands import COMMANDS, Where, understand
from deployment.__main__ import app
from deployment.manifest import Details, manifest, problems
from deployment.package import package, project_version

APP_ID = "0f4bb3c4-1F2A-4c5d-9e6f-7a8b9c0d1e2f"
DETAILS = Details(
    app_id=APP_ID,
    domain="bot.example.nhs.uk",
    name="Ward Rhythms",
    developer="Example Trust",
    website="https://www.example.nhs.uk/help",
    privacy="https://www.example.nhs.uk/privacy",
    terms="https://www.example.nhs.uk/terms",
)


@pytest.fixture
def made() -> dict[str, Any]:
    """The manifest of an example trust, as Teams reads it out of the package."""
    with zipfile.ZipFile(io.BytesIO(package(DETAILS, COMMANDS, project_version()))) as archive:
        read: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return read


def run(*words: str) -> tuple[int, str]:
    """The exit code and everything said by `python -m deployment package ...`."""
    result = CliRunner().invoke(app, ["package", *words])
    return result.exit_code, result.output


def test_manifest_fits_microsofts_schema(contracts: Path, made: dict[str, Any]) -> None:
    """The manifest is valid against Microsoft's schema 1.30."""
    schema = json.loads((contracts / "teams-manifest-1.30.schema.json").read_text(encoding="utf-8"))

    assert [error.message for error in Draft4Validator(schema).iter_errors(made)] == []


def test_package_holds_three_files() -> None:
    """The zip has the manifest and its two icons at its top and nothing else."""
    with zipfile.ZipFile(io.BytesIO(package(DETAILS, COMMANDS, "1.2.3"))) as archive:
        names = archive.namelist()
        icons = json.loads(archive.read("manifest.json"))["icons"]

        assert names == ["color.png", "manifest.json", "outline.png"]
        assert sorted(icons.values()) == ["color.png", "outline.png"]
        assert all(archive.read(icon).startswith(b"\x89PNG") for icon in icons.values())


def test_same_details_same_bytes() -> None:
    """Two packages of the same details are the same file, whenever they were made."""
    first, second = package(DETAILS, COMMANDS, "1.2.3"), package(DETAILS, COMMANDS, "1.2.3")

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_least_permissions(made: dict[str, Any]) -> None:
    """The app asks for who is in a team and in a channel, and for nothing else."""
    asked = made["authorization"]["permissions"]["resourceSpecific"]

    assert asked == [
        {"name": "TeamMember.Read.Group", "type": "Application"},
        {"name": "ChannelMember.Read.Group", "type": "Application"},
    ]
    assert made["webApplicationInfo"]["id"] == APP_ID.lower()
    assert "permissions" not in made
    assert "devicePermissions" not in made


def test_bot_talks_in_teams_and_in_person(made: dict[str, Any]) -> None:
    """The bot takes part in teams, shared channels among them, and personal chats, and people can answer it."""
    (bot,) = made["bots"]

    assert bot["scopes"] == ["team", "personal"]
    assert bot["isNotificationOnly"] is False
    assert made["supportsChannelFeatures"] == "tier1"
    assert made["validDomains"] == ["bot.example.nhs.uk"]


def test_every_command_is_offered_where_it_works(made: dict[str, Any]) -> None:
    """Each place offers exactly the commands that can be said there, in words that the bot understands."""
    offered = {tuple(one["scopes"]): [c["title"] for c in one["commands"]] for one in made["bots"][0]["commandLists"]}

    assert offered == {
        ("team",): [command.title for command in COMMANDS if Where.CHANNEL in command.where],
        ("personal",): [command.title for command in COMMANDS if Where.PERSONAL in command.where],
    }
    assert all(len(titles) <= 12 for titles in offered.values())
    for command in COMMANDS:
        said = understand(command.title)
        assert said is not None
        assert said.word == command.word


def test_version_is_the_projects() -> None:
    """Teams offers an update when the project's version moves on."""
    assert manifest(DETAILS, COMMANDS, project_version())["version"] == project_version()


def test_command_line_writes_the_package(tmp_path: Path) -> None:
    """Two details are enough: the rest has sensible values made from the domain."""
    out = tmp_path / "app.zip"
    code, said = run("--app-id", APP_ID, "--domain", "bot.example.nhs.uk", "--out", str(out))

    assert code == 0
    assert str(out) in said.replace("\n", "")
    with zipfile.ZipFile(out) as archive:
        developer = json.loads(archive.read("manifest.json"))["developer"]
    assert developer["privacyUrl"] == "https://bot.example.nhs.uk/privacy"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """Four mistakes are four sentences and exit code 2, and nothing is written."""
    out = tmp_path / "app.zip"
    code, said = run(
        *("--app-id", "ward", "--domain", "https://bot.example.nhs.uk", "--out", str(out)),
        *("--name", "A" * 31, "--privacy", "http://example.nhs.uk"),
    )

    assert code == 2
    assert [option for option in ("--app-id:", "--domain:", "--name:", "--privacy:") if option not in said] == []
    assert said.count("\n- ") == 4
    assert not out.exists()


def test_unwritable_place_is_said(tmp_path: Path) -> None:
    """A folder that is not there is a plain sentence, not a stack trace."""
    code, said = run("--app-id", APP_ID, "--domain", "bot.example.nhs.uk", "--out", str(tmp_path / "no" / "app.zip"))

    assert code == 1
    assert said.startswith("Could not write")


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "localhost",
        "https://bot.example.nhs.uk",
        "bot.example.nhs.uk:443",
        "bot.example.nhs.uk/api",
        "*.example.nhs.uk",
        "bot_1.example.nhs.uk",
        "-bot.example.nhs.uk",
        "bot..example.nhs.uk",
        "192.0.2.1",
        "bot.example.nhs.uk\n",
        "a." * 127 + "uk",
    ],
)
def test_a_domain_is_a_bare_host_name(domain: str) -> None:
    """A scheme, a port, a path, a wildcard, an address or an impossible name is refused, in one sentence."""
    found = problems(_with(domain=domain))

    assert len(found) == 1
    assert found[0].startswith("--domain:")


@pytest.mark.parametrize(
    "app_id", ["", "ward", APP_ID + "0", APP_ID.replace("-", ""), "{" + APP_ID + "}", APP_ID + "\n"]
)
def test_an_app_id_is_a_guid(app_id: str) -> None:
    """What is not a GUID in Teams' own spelling is refused."""
    found = problems(_with(app_id=app_id))

    assert len(found) == 1
    assert found[0].startswith("--app-id:")


@pytest.mark.parametrize(
    "page", ["", "http://example.nhs.uk", "https://", "javascript:alert(1)", "https://[", "https://a b.uk"]
)
def test_pages_are_https(page: str) -> None:
    """A page for people is an https address."""
    assert [problem.split(":")[0] for problem in problems(_with(website=page))] == ["--website"]


def test_names_fit() -> None:
    """The longest names that Teams takes are taken, and one character more, or nothing, is not."""
    assert problems(_with(name="A" * 30, developer="B" * 32)) == []
    assert len(problems(_with(name="A" * 31, developer="B" * 33))) == 2
    assert len(problems(_with(name=" ", developer=""))) == 2


def _with(**changes: str) -> Details:
    """The example trust's details, changed."""
    fields = {name: getattr(DETAILS, name) for name in Details.__slots__}
    return Details(**{**fields, **changes})
