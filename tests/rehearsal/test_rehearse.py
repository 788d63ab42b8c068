"""A rehearsal that is put away and carried on."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from app import start_bot
from bot.rehearsal.keep import CannotRehearse, Folder
from bot.rehearsal.rehearse import Rehearsal
from tests.journeys.quick import keys, quick_rehearsal
from tests.journeys.ward import Week, london, shows
from tests.records.contract import held

Sitting = Callable[[], AbstractAsyncContextManager[Week]]


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """One start of a rehearsal in the same folder, from Ctrl+C to Ctrl+C. Its clock stands still until it is moved."""

    @asynccontextmanager
    async def sit() -> AsyncIterator[Week]:
        with Folder(tmp_path / "kept") as folder:
            rehearsal = quick_rehearsal(folder=folder)
            with held(rehearsal.sharepoint):
                async with rehearsal:
                    await rehearsal.begin()
                    yield Week(rehearsal)

    return sit


@pytest.fixture
async def kept(sitting: Sitting, tmp_path: Path) -> Path:
    """A folder with a rehearsal in it."""
    async with sitting():
        pass
    return tmp_path / "kept"


async def test_a_second_start_carries_on(sitting: Sitting) -> None:
    """Answers, rows, the town's changes and the clock are as they were, and the card that stood there takes an answer."""
    async with sitting() as first:
        await first.answers("Joe", "good")
        await first.teams.team_renamed(first.team, "Rowan House")
        await first.clock_shows("2026-11-25 17:00")
        rows, port = first.rows("Replies"), first.teams.service_host
    async with sitting() as second:
        stopped_at = second.rehearsal.clock.now()
        joe_sees = await second.looks("Joe")
        answer = await second.answers("Amina", "slow")
        name, kept_rows = second.team.name, second.rows("Replies")

    assert second.rehearsal.carried_on
    assert stopped_at == london("2026-11-25 17:00")
    assert shows(joe_sees, "You said Good.")
    assert answer.status == 200
    assert shows(second.sees("Amina"), "Saved. Thank you.")
    assert (kept_rows, second.teams.service_host) == (rows, port)
    assert name == "Rowan House"


async def test_the_week_goes_on(sitting: Sitting) -> None:
    """What was answered in two sittings is summed up in a third, in the thread where it was asked."""
    async with sitting() as first:
        await first.answers("Joe", "good")
    async with sitting() as second:
        await second.answers("Amina", "slow")
    async with sitting() as third:
        await third.clock_shows("2026-12-02 14:00")
        under = third.said_under(third.check_ins[0])

    assert len(third.check_ins) == 2
    assert any(shows(card, "2 people answered") for card in under)
    assert len(third.rows("Replies")) == 2


async def test_another_port(sitting: Sitting) -> None:
    """Where Teams' port was taken meanwhile it listens on another, and the ward hears from there."""
    async with sitting() as first:
        before = first.teams.service_host
    with socket.create_server(("127.0.0.1", int(before.rpartition(":")[2]))):
        async with sitting() as second:
            await second.clock_shows("2026-12-02 14:00")
            check_ins = len(second.check_ins)

    assert second.teams.service_host != before
    assert check_ins == 2


async def test_beginning_again(sitting: Sitting, tmp_path: Path) -> None:
    """A cleared folder begins again; what else lies in it stays."""
    async with sitting() as first:
        await first.answers("Joe", "good")
    (tmp_path / "kept" / "mine.txt").touch()
    with Folder(tmp_path / "kept") as folder:
        folder.clear()
    async with sitting() as second:
        carried_on, rows = second.rehearsal.carried_on, second.rows("Replies")

    assert not carried_on
    assert rows == []
    assert (tmp_path / "kept" / "mine.txt").exists()


async def test_half_a_start_is_none(sitting: Sitting, tmp_path: Path) -> None:
    """A start that was killed before it had begun leaves nothing to carry on from, and the next one begins."""
    async with sitting():
        pass
    (tmp_path / "kept" / "rehearsal.json").unlink()
    async with sitting() as second:
        check_ins = len(second.check_ins)

    assert not second.rehearsal.carried_on
    assert check_ins == 1


@pytest.mark.parametrize("name", ["rehearsal.json", "sharepoint.json", "store.db"])
@pytest.mark.parametrize("harm", [b"", b'[{"id": 1}]', b"\xff" * 5000])
def test_damage_is_said(kept: Path, name: str, harm: bytes) -> None:
    """Where a file is damaged, a plain sentence says how to begin again, and nothing is deleted."""
    (kept / name).write_bytes(harm)
    before = {file.name: file.read_bytes() for file in kept.iterdir()}
    with Folder(kept) as folder, pytest.raises(CannotRehearse) as said:
        Rehearsal(start_bot, keys=keys(), folder=folder)

    assert str(said.value) == f"What is kept in {kept} cannot be read. Begin again with --fresh. Nothing was deleted."
    assert {file.name: file.read_bytes() for file in kept.iterdir()} == before


async def test_another_format_is_said(kept: Path) -> None:
    """What an older or newer version kept is not guessed at."""
    state = kept / "rehearsal.json"
    state.write_text(json.dumps(json.loads(state.read_bytes()) | {"format": 0}))

    with Folder(kept) as folder, pytest.raises(CannotRehearse):
        folder.load()


def test_one_at_a_time(tmp_path: Path) -> None:
    """A second rehearsal in the same folder is told so; when the first has stopped, it may."""
    with Folder(tmp_path), pytest.raises(CannotRehearse, match="Another rehearsal is running in"):
        Folder(tmp_path).__enter__()
    with Folder(tmp_path) as again:
        assert again.load() is None


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file where the folder should be is named."""
    (tmp_path / "kept").touch()

    with pytest.raises(CannotRehearse, match="cannot be used"):
        Folder(tmp_path / "kept").__enter__()


async def test_what_happens_is_kept_soon(sitting: Sitting, tmp_path: Path) -> None:
    """What happened is in the file within about a second, whole, while the rehearsal runs."""
    state = tmp_path / "kept" / "rehearsal.json"
    async with sitting() as week:
        before = state.read_bytes()
        await week.answers("Joe", "good")
        async with asyncio.timeout(10):
            while state.read_bytes() == before:
                await asyncio.sleep(0.02)

        assert b"Saved. Thank you." in state.read_bytes()


async def test_the_invitation(sitting: Sitting, tmp_path: Path) -> None:
    """It says where to look, where everything is kept, that a second start carries on, and how to begin again."""
    async with sitting() as first:
        fresh = first.rehearsal.invitation
    async with sitting() as second:
        again = second.rehearsal.invitation

    assert "Rowan ward: open for rehearsal." in fresh
    assert f"kept in {tmp_path / 'kept'}; the same command carries on" in fresh
    assert "--fresh" in fresh
    assert "carries on where it stopped" in again
    assert second.rehearsal.page_url in again


async def test_nothing_is_kept_without_a_folder() -> None:
    """Without a folder it says that everything is forgotten."""
    async with Rehearsal(start_bot, frozen=True, set_up=False, keys=keys()) as rehearsal:
        assert "forgotten" in rehearsal.invitation


async def test_time_passes_without_missing_anything() -> None:
    """A fortnight that passes on the page has its reminders, its closes and its check-ins, as in real life: nothing is missed."""
    start = london("2026-11-25 13:58")
    async with Rehearsal(start_bot, start=start, frozen=True, keys=keys()) as rehearsal:
        week = Week(rehearsal)
        await rehearsal.pass_time(london("2026-12-11 10:00"))
        reminded = [
            thread for thread in week.threads if any(shows(one.card, "Nights count too.") for one in thread.replies)
        ]

        assert len(week.check_ins) == 3
        assert len(reminded) == 2
        assert [row["State"] for row in week.rows("CheckIns")] == ["closed", "closed", "open"]
        assert rehearsal.clock.now() == london("2026-12-11 10:00")
