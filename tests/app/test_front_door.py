"""What an operator meets who starts the program: it starts, or it says plainly why not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import REHEARSED_IN, cli
from bot.rehearsal.keep import Folder
from tests.app.test_settings import APP, SITE, TENANT

NEEDED = {
    "WARD_RHYTHMS_APP_ID": APP,
    "WARD_RHYTHMS_TENANT_ID": TENANT,
    "WARD_RHYTHMS_SHAREPOINT_SITE": SITE,
    "WARD_RHYTHMS_CLIENT_SECRET": "hush-4711",
    "WARD_RHYTHMS_HOST": "127.0.0.1",
}

pytestmark = pytest.mark.usefixtures("no_settings", "own_log")


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that somebody has."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield str(somebody.getsockname()[1])


def started(*command: str, **settings: str) -> Result:
    """The program, started with these settings."""
    given = {f"WARD_RHYTHMS_{name}": value for name, value in settings.items()}
    return CliRunner().invoke(cli, command, env=NEEDED | given)


def test_a_taken_port(taken: str) -> None:
    """A port that is taken is named, and the exit code is 1."""
    done = started("serve", PORT=taken)

    assert done.exit_code == 1
    assert f"cannot listen on port {taken}" in done.stderr
    assert "Traceback" not in done.output


def test_a_taken_port_at_a_rehearsal(taken: str) -> None:
    """A rehearsal says the same."""
    done = started("rehearse", "--port", taken)

    assert done.exit_code == 1
    assert f"cannot listen on port {taken}" in done.stderr


def test_two_rehearsals_in_one_folder() -> None:
    """The second one says so plainly."""
    with Folder(REHEARSED_IN):
        done = started("rehearse", "--port", "0", "--fresh")

    assert done.exit_code == 1
    assert "Another rehearsal is running in .rehearsal." in done.stderr


def test_a_rehearsal_that_cannot_be_read(no_settings: Path) -> None:
    """It says how to begin again."""
    (no_settings / REHEARSED_IN).mkdir()
    (no_settings / REHEARSED_IN / "rehearsal.json").touch()
    done = started("rehearse", "--port", "0")

    assert done.exit_code == 1
    assert "Begin again with --fresh. Nothing was deleted." in done.stderr


def test_a_store_that_cannot_be_opened(no_settings: Path) -> None:
    """A store in a place where no file can be is said to be the reason, and its address is not shown."""
    (no_settings / "file-4711").touch()
    done = started("serve", STORE="sqlite:///file-4711/store.db")

    assert done.exit_code == 1
    assert "WARD_RHYTHMS_STORE" in done.stderr
    assert "4711" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_certificate_that_is_none() -> None:
    """A certificate that cannot be read is a wrong setting."""
    done = started("serve", CLIENT_SECRET="", CLIENT_CERTIFICATE=__file__)

    assert done.exit_code == 2
    assert "WARD_RHYTHMS_CLIENT_CERTIFICATE" in done.stderr


def test_wrong_settings() -> None:
    """Wrong settings are all named, and the exit code is 2."""
    done = started("serve", APP_ID="4711", SHAREPOINT_SITE="", TIME_ZONE="4711")

    assert done.exit_code == 2
    assert [line.split(":")[0].strip() for line in done.stderr.splitlines()[1:]] == [
        "WARD_RHYTHMS_APP_ID",
        "WARD_RHYTHMS_SHAREPOINT_SITE",
        "WARD_RHYTHMS_TIME_ZONE",
    ]
    assert "4711" not in done.output
