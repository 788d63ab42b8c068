"""`app.py rebuild`: what it says of its work, and of all that stands in its way."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from bot import chores
from tests.app.house import House
from tests.app.test_settings import APP, SITE, TENANT
from tests.journeys.lost_store import store_is_lost, store_is_made_anew
from tests.records.store_fixtures import HandClock, a_ward, opened, sqlite_url


def command(store: str, monkeypatch: pytest.MonkeyPatch, **more: str) -> tuple[int, str]:
    """The exit code of the command with this store, and what it says."""
    given = {"APP_ID": APP, "TENANT_ID": TENANT, "SHAREPOINT_SITE": SITE, "STORE": store, **more}
    for name, value in given.items():
        monkeypatch.setenv(f"WARD_RHYTHMS_{name}", value)
    result = CliRunner().invoke(app.cli, ["rebuild"])
    return result.exit_code, result.output


async def with_a_ward(folder: Path) -> str:
    """A store that is not empty."""
    async with opened(sqlite_url(folder)) as house:
        await house.store.add_ward(a_ward(), [])
        return house.url


@pytest.mark.usefixtures("no_settings", "own_log")
def test_a_store_that_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with wards is refused with a sentence, before anybody is asked anything."""
    store = asyncio.run(with_a_ward(tmp_path))

    assert command(store, monkeypatch, CLIENT_SECRET="hush") == (1, chores.STORE_NOT_EMPTY + "\n")


@pytest.mark.usefixtures("no_settings", "own_log")
def test_what_forbids_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No database, no certificate and no settings are each said as for a start."""
    broken = tmp_path / "store.db"
    broken.write_bytes(b"kettle broken since June" * 100)
    no_store = command(f"sqlite:///{broken}", monkeypatch, CLIENT_SECRET="hush")
    no_settings = command("sqlite:///", monkeypatch)
    monkeypatch.delenv("WARD_RHYTHMS_CLIENT_SECRET")
    no_certificate = command(sqlite_url(tmp_path), monkeypatch, CLIENT_CERTIFICATE=str(broken))

    assert no_store[0] == app.CANNOT_START
    assert app.NO_STORE in no_store[1]
    assert "kettle" not in no_store[1]
    assert no_settings[0] == app.WRONG_SETTINGS
    assert no_certificate == (app.WRONG_SETTINGS, app.CERTIFICATE_IS_WRONG + "\n")


def leave(_: House) -> None:
    """Nothing stands in the way but what was asked for by name."""


def take_lists(house: House) -> None:
    """Two lists are gone."""
    house.rehearsal.sharepoint.remove_list("Replies")
    house.rehearsal.sharepoint.remove_list("Wards")


def refuse(house: House) -> None:
    """The grant was taken back."""
    house.rehearsal.sharepoint.faults.site_refused = True


def refuse_tokens(house: House) -> None:
    """Entra does not know the secret any more."""
    house.rehearsal.identity.refuses_bearers = True


def move_site(house: House) -> None:
    """The settings name another site."""
    house.rehearsal.tenant.settings["sharepoint_site"] = "https://trust.sharepoint.com/sites/moved"


def go_down(house: House) -> None:
    """SharePoint is away."""
    house.rehearsal.sharepoint.faults.down = True


def take_column(house: House) -> None:
    """Somebody deleted a column."""
    house.rehearsal.sharepoint.remove_column("Replies", "WentWell")


def refuse_the_request(house: House) -> None:
    """SharePoint does not like what is asked."""
    house.rehearsal.sharepoint.faults.next("400", where="/delta")


def empty(house: House) -> None:
    """There are no wards there."""
    house.rehearsal.sharepoint.remove("Wards", "1")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (take_lists, "not on the site: Wards, Replies."),
        (refuse, "It needs the role write on it"),
        (refuse_tokens, "It needs the role write on it"),
        (move_site, "There is no such site"),
        (go_down, "Run this again in a few minutes."),
        (take_column, "not there any more: Replies.WentWell."),
        (refuse_the_request, "SharePoint refused (refused)."),
        (empty, "no ward that can be read"),
    ],
)
async def test_it_cannot_be_done(house: House, trouble: Callable[[House], None], sentence: str) -> None:
    """Each trouble is one sentence, and the store is as empty as before."""
    await store_is_lost(house)
    trouble(house)
    done, said = await store_is_made_anew(house, HandClock())

    assert not done
    assert sentence in said[-1]
    assert house.read("SELECT count(*) FROM wards") == [(0,)]
    assert house.read("SELECT count(*) FROM readings") == [(0,)]


async def test_what_it_says(house: House) -> None:
    """How far it is, each row that was left out and why, what came back, and what cannot."""
    await house.three_answer()
    await house.clock_shows("2026-12-02 14:00")
    await house.clock_shows("2026-12-02 14:01")
    sharepoint = house.rehearsal.sharepoint
    key = next(row["EntryKey"] for row in house.rows("Replies"))
    number = next(row["id"] for row in sharepoint.tables()["Replies"]["rows"] if row["fields"]["EntryKey"] == key)
    sharepoint.edit("Replies", str(number), {"WentWell": "x" * 500})
    sharepoint.add("Replies", {"Title": "by hand"})
    orphan = {**house.rows("Replies")[0], "EntryKey": "stray", "CheckInKey": "no-such"}
    sharepoint.add("Replies", orphan)
    await store_is_lost(house)
    done, said = await store_is_made_anew(house)

    assert done
    assert said == [
        "Wards: 1 read",
        "CheckIns: 2 read",
        "Replies: 5 read",
        "AuditLog: 0 read",
        chores.LEFT_OUT,
        f"  Replies, entry key {key[:8]}…: look at What went well",
        "Replies: 1 left out, because the ward or check-in that they belong to is not there",
        "Replies: 1 left alone, because they are not the bot’s (they have no entry key)",
        chores.PUT_RIGHT,
        "The store is made. It has Wards: 1, CheckIns: 2, Replies: 2.",
        chores.NOT_BACK,
        chores.OPEN.format(open=1),
    ]


async def test_a_long_list_and_a_busy_sharepoint(house: House) -> None:
    """A long list is told of now and then, so is a wait for SharePoint; of very many rows that cannot be read the first are named."""
    await store_is_lost(house)
    row = {"Title": "x", "At": "2026-11-25T14:00:00Z", "Action": "retention"}
    for number in range(1250):
        what = "nothing" if number < chores.NAMED + 10 else "retention"
        house.rehearsal.sharepoint.add("AuditLog", {**row, "EntryKey": f"audit-{number}", "Action": what})
    house.rehearsal.sharepoint.faults.next("503-before", times=2, where="/delta")
    done, said = await store_is_made_anew(house, HandClock())

    assert done
    assert said[:2] == [chores.WAITING.format(seconds=10), "Wards: 1 read"]
    assert sum(line.startswith("  AuditLog, entry key audit-") for line in said) == chores.NAMED
    assert chores.LEFT_OUT_MORE.format(count=10) in said
    assert [line for line in said if line.startswith("AuditLog")] == ["AuditLog: 1,000 read …", "AuditLog: 1,250 read"]
