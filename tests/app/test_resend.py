"""`app.py resend`: what was given up is tried again, once its cause is mended."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from bot import chores
from bot.domain.outbox import Entry, Kind
from tests.app.test_settings import APP, SITE, TENANT
from tests.records.store_fixtures import opened, sqlite_url


def resent(store: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit code of the command with this store, and what it says."""
    given = {"APP_ID": APP, "TENANT_ID": TENANT, "SHAREPOINT_SITE": SITE, "STORE": store}
    for name, value in given.items():
        monkeypatch.setenv(f"WARD_RHYTHMS_{name}", value)
    result = CliRunner().invoke(app.cli, ["resend"])
    return result.exit_code, result.output


async def parked(folder: Path) -> str:
    """A store in which one entry was given up."""
    async with opened(sqlite_url(folder)) as house:
        await house.store.enqueue([Entry(Kind.POST_SUMMARY, "one")])
        (claimed,) = await house.outbox.claim((Kind.POST_SUMMARY,), 1)
        await house.outbox.park(claimed, "too_large")
        return house.url


@pytest.mark.usefixtures("no_settings", "own_log")
def test_what_was_parked_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how many entries are tried again; the second time there are none."""
    store = asyncio.run(parked(tmp_path))
    first = resent(store, monkeypatch)
    second = resent(store, monkeypatch)

    assert first == (0, app.RESENT.format(count=1) + "\n")
    assert second == (0, app.RESENT.format(count=0) + "\n")


@pytest.mark.usefixtures("no_settings", "own_log")
def test_not_where_the_bot_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no store is, as from another folder, that is said, and none is made."""
    code, said = resent(sqlite_url(tmp_path), monkeypatch)

    assert code == app.CANNOT_START
    assert said == chores.NO_STORE_THERE.format(store=sqlite_url(tmp_path)) + "\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_settings", "own_log")
def test_no_store_to_look_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no database is said plainly, without a word of what is in it."""
    broken = tmp_path / "store.db"
    broken.write_bytes(b"kettle broken since June" * 100)
    code, said = resent(f"sqlite:///{broken}", monkeypatch)

    assert code == app.CANNOT_START
    assert app.NO_STORE in said
    assert "kettle" not in said
