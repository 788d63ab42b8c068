"""The database itself: its shape, its transactions, and what happens when it is not there."""

import asyncio
import sqlite3
import stat
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import StatementError

from bot.errors import TryAgain
from bot.records.database import STORE_UNREACHABLE, Database, Write, alembic_config
from bot.records.remembered import Remembered
from bot.records.schema import beats, metadata, outages, teams
from tests.records.store_fixtures import NOON, House, a_ward, an_entry, opened, sqlite_url


def differences(connection: Connection) -> list[object]:
    """What Alembic would change to bring the database to the shape of schema.py."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_migrations_and_schema_agree(house: House) -> None:
    """A migrated database has exactly the tables of schema.py."""
    assert await house.database.read(differences) == []


async def test_migrations_go_back_and_forth(sqlite_house: House) -> None:
    """The first migration can be taken back and applied again."""

    def there_and_back(write: Write) -> list[object]:
        command.downgrade(alembic_config(write.connection), "base")
        gone = inspect(write.connection).get_table_names()
        command.upgrade(alembic_config(write.connection), "head")
        return [gone, differences(write.connection)]

    assert await sqlite_house.database.write(there_and_back) == [["alembic_version"], []]


async def test_a_second_start_keeps_everything(tmp_path: Path) -> None:
    """Starting on a database that is there already changes nothing in it."""
    async with opened(sqlite_url(tmp_path)) as house:
        await house.store.add_ward(a_ward(), [])

    async with opened(sqlite_url(tmp_path)) as house:
        assert await house.store.ward("ward-1") == a_ward()


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """The folder of the SQLite file need not be there."""
    async with opened(sqlite_url(tmp_path / "a" / "b")):
        assert (tmp_path / "a" / "b" / "ward-rhythms.db").exists()


def rights(folder: Path) -> dict[str, int]:
    """Who may read and write each file of a folder."""
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


async def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """The file and its log are the owner's alone; rights that somebody gave it since stay."""
    file = tmp_path / "ward-rhythms.db"
    async with opened(sqlite_url(tmp_path)) as house:
        await house.store.add_ward(a_ward(), [])
        new = rights(tmp_path)
    file.chmod(0o640)
    async with opened(sqlite_url(tmp_path)):
        kept = rights(tmp_path)[file.name]

    assert len(new) == 3
    assert set(new.values()) == {0o600}
    assert kept == 0o640


@pytest.mark.parametrize("pragma", ["journal_mode=wal", "synchronous=2", "foreign_keys=1", "secure_delete=1"])
async def test_sqlite_is_set_up_to_keep_and_to_forget(sqlite_house: House, pragma: str) -> None:
    """Each connection logs ahead, syncs fully, enforces keys and overwrites what is deleted."""
    name, value = pragma.split("=")

    def read(connection: Connection) -> str:
        return str(connection.execute(text(f"PRAGMA {name}")).scalar())

    assert await sqlite_house.database.write(lambda write: read(write.connection)) == value
    assert await sqlite_house.database.read(read) == value


async def test_replies_have_no_hidden_number(sqlite_house: House) -> None:
    """Replies, what is filed of them, and deliveries are kept without SQLite's row number, which would count them in order of arrival."""
    made = text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%' ORDER BY name")

    names = await sqlite_house.database.read(lambda connection: connection.execute(made).scalars().all())

    assert names == ["deliveries", "filed_rows", "replies"]


async def test_a_writer_takes_the_lock_at_once(sqlite_house: House) -> None:
    """A transaction holds the write lock from its beginning, not from its first change."""
    url = Path(sqlite_house.url.removeprefix("sqlite:///"))

    def other_process(_: Write) -> None:
        with sqlite3.connect(url, timeout=0) as other:
            other.execute("DELETE FROM teams")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await sqlite_house.database.write(other_process)

    assert await sqlite_house.store.add_ward(a_ward(), [])


async def test_readers_cannot_write(sqlite_house: House) -> None:
    """What reads is held to reading."""
    with pytest.raises(TryAgain) as refused:
        await sqlite_house.database.read(lambda connection: connection.execute(teams.delete()))

    assert "readonly" in str(refused.value.__cause__)


async def test_what_raises_is_undone(house: House) -> None:
    """A transaction that raises leaves nothing behind, and the next one works."""

    def half(write: Write) -> None:
        write.execute(beats.insert().values(id=1, at=NOON))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await house.database.write(half)

    assert await house.database.read(lambda connection: connection.execute(select(beats)).all()) == []
    assert await house.store.add_ward(a_ward(), [])


async def test_a_caller_who_leaves_does_not_undo(house: House) -> None:
    """A cancelled request's transaction is committed whole, and what it wrote is not remembered wrongly."""
    await house.store.add_ward(a_ward(), [])
    await house.store.ward("ward-1")
    change = asyncio.create_task(
        house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"name": "Elm"}), [an_entry()])
    )
    await asyncio.sleep(0)
    change.cancel()
    with pytest.raises(asyncio.CancelledError):
        await change
    await house.store.leave_team("team-1")  # one writer at a time: after this, the first has ended

    found = await house.store.ward("ward-1")

    assert found is not None
    assert found.name == "Elm"


@pytest.mark.parametrize("url", ["sqlite:////dev/null/x.db", "postgresql+asyncpg://nobody@/x?host=/nowhere"])
async def test_a_database_that_is_not_there_may_come_back(url: str) -> None:
    """An unreachable database is told as TryAgain, for reading and for writing."""
    database = Database(url)

    with pytest.raises(TryAgain) as read:
        await database.read(lambda connection: connection.execute(select(teams)).all())
    with pytest.raises(TryAgain) as started:
        await database.start()
    await database.close()

    assert (read.value.code, started.value.code) == (STORE_UNREACHABLE, STORE_UNREACHABLE)


async def test_moments_are_aware(house: House) -> None:
    """A naive moment is refused, and what comes back is in UTC."""
    with pytest.raises(StatementError, match="aware"):
        await house.store.beat(datetime(2026, 11, 18))  # noqa: DTZ001 -- the point of the test
    await house.store.beat(NOON)

    kept = await house.database.read(lambda connection: connection.execute(select(beats.c.at)).scalar_one())

    assert kept == NOON
    assert kept.tzinfo is not None
    assert await house.database.read(lambda connection: connection.execute(select(outages)).all()) == []


async def test_the_log_is_emptied_once_the_reader_is_gone(sqlite_house: House) -> None:
    """A reader in the way puts off the emptying of the log until the next heartbeat."""
    path = Path(sqlite_house.url.removeprefix("sqlite:///"))
    log = path.with_name(path.name + "-wal")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM teams").fetchall()
    await sqlite_house.store.add_ward(a_ward(), [])
    sqlite_house.database.leave_no_trace()

    await sqlite_house.store.beat(NOON)
    in_the_way = log.stat().st_size
    reader.close()
    await sqlite_house.store.beat(NOON)

    assert in_the_way > 0
    assert log.stat().st_size == 0


async def test_what_is_read_during_a_write_is_not_remembered() -> None:
    """A value read before a write that ended meanwhile is handed out and not remembered."""
    remembered: Remembered[str] = Remembered(on=True)

    async def old() -> str:
        remembered.forget("other", "key")
        return "old"

    async def new() -> str:
        return "new"

    assert await remembered.get("key", old) == "old"
    assert await remembered.get("key", new) == "new"
    assert await remembered.get("key", old) == "new"
