"""The local database: one writer at a time, and its shape brought up to date at start.

A transaction is a plain function that is handed the connection. It runs off the event loop in one piece: to cross over for each of its
statements costs more than the statements themselves.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy import Connection, Dialect, Insert, Table, Update, exc, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import TryAgain
from bot.records.engines import PostgresEngine, SqliteEngine

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.sql.compiler import SQLCompiler

log = structlog.get_logger()

Result = TypeVar("Result")

#: The code of the `TryAgain` that a database raises which is not there, locked or full.
STORE_UNREACHABLE = "store_unreachable"

MIGRATIONS = Path(__file__).parent / "migrations"


class Write:
    """One transaction that writes. What is put `afterwards` runs on the event loop once it has ended, before the next one begins.

    `entries_due`: the earliest moment at which an outbox entry it wrote is due; None where it wrote none.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.execute = connection.execute
        self.afterwards: list[Callable[[], None]] = []
        self.entries_due: datetime | None = None

    def many(self, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
        """One statement for many rows, by the names of its parameters. The values go to the driver as they are, JSON as text.

        Looking at each of them, as SQLAlchemy does otherwise, takes as long as the database itself.
        """
        if rows:
            compiled = compiled_for(self.connection.dialect, statement)
            names = compiled.positiontup or []
            self.connection.exec_driver_sql(compiled.string, [tuple(row[name] for name in names) for row in rows])

    def note_due(self, moment: datetime) -> None:
        """An outbox entry was written that is due at `moment`, so that the couriers are to hear of it."""
        self.entries_due = moment if self.entries_due is None else min(self.entries_due, moment)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what happens on conflict; both databases spell it alike."""
        return insert_into(table, self.connection.dialect.name)


@lru_cache(64)
def compiled_for(dialect: Dialect, statement: Insert | Update) -> "SQLCompiler":
    """A statement in this database's words. Only for statements that are built once."""
    return statement.compile(dialect=dialect)


def insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert with `on_conflict_…`, for the database of this name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class Database:
    """A database by its SQLAlchemy URL: `sqlite:///path/to/file` or `postgresql+asyncpg://…`.

    `alone`: no other process writes, so that what was read may be remembered. True for SQLite; PostgreSQL may serve several instances.
    `listeners` are told, after each transaction that wrote outbox entries, when the first of them is due.
    Reading and writing raise `TryAgain` where the database is not there, locked or full.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.alone = parsed.get_backend_name() == "sqlite"
        self.listeners: list[Callable[[datetime], None]] = []
        self._engine = SqliteEngine(parsed) if self.alone else PostgresEngine(parsed)
        self._lock = asyncio.Lock()
        self._to_scrub = True

    def is_new(self) -> bool:
        """Whether starting would make a file that is not there yet."""
        return self._engine.is_new()

    async def start(self) -> None:
        """Bring the database to the shape of `schema.py`, from nothing if need be."""
        try:
            await self.write(lambda write: migrate(write.connection))
        except TryAgain:
            raise
        except Exception as error:
            # A file that is no database, a server that knows no such user: each driver has its own words for it.
            log.error("the store cannot be opened", error=type(error).__name__)
            raise TryAgain(STORE_UNREACHABLE) from error
        await self.scrub()

    async def close(self) -> None:
        """Let go of every connection, once the last transaction has ended. SQLite folds its log into the file."""
        async with self._lock:
            await self._engine.close()

    async def read(self, act: Callable[[Connection], Result]) -> Result:
        """What `act` reads, never behind a writer."""
        try:
            return await self._engine.read(act)
        except _UNREACHABLE as error:
            raise TryAgain(STORE_UNREACHABLE) from error

    async def write(self, act: Callable[[Write], Result]) -> Result:
        """What `act` returns, once what it wrote is durably committed; all is undone where it raises. One at a time in this process.

        A caller who stops waiting does not stop the transaction.
        """
        return await asyncio.shield(asyncio.ensure_future(self._write(act)))

    async def _write(self, act: Callable[[Write], Result]) -> Result:
        writes: list[Write] = []

        def begun(connection: Connection) -> Result:
            writes.append(Write(connection))
            return act(writes[0])

        async with self._lock:
            try:
                return await self._engine.write(begun)
            except _UNREACHABLE as error:
                raise TryAgain(STORE_UNREACHABLE) from error
            finally:
                # Also when it failed: a commit whose answer got lost may have happened, and to forget or to look again is never wrong.
                for write in writes:
                    self._ended(write)

    def _ended(self, write: Write) -> None:
        for act in write.afterwards:
            act()
        if write.entries_due is not None:
            for tell in self.listeners:
                tell(write.entries_due)

    def leave_no_trace(self) -> None:
        """Note that something was destroyed which must go from the log too, at the next `scrub`."""
        self._to_scrub = True

    async def scrub(self) -> None:
        """Fold SQLite's write-ahead log into the file and empty it, so that no destroyed secret stays there.

        A reader at work can keep that from ending; then the next call tries again. What PostgreSQL keeps of old row versions until it vacuums,
        and in its own log and backups, is beyond a client.
        """
        if not self._to_scrub:
            return
        async with self._lock:
            with contextlib.suppress(sqlite3.Error):  # the disk may be full: then the next call tries again
                self._to_scrub = not await self._engine.empty_log()
        if self._to_scrub:
            log.info("log not emptied yet, a reader is at work")


_UNREACHABLE = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)


# Alembic is loaded where it is needed only: that is a fifth of a start, and most starts find a database that is up to date.


def alembic_config(connection: Connection) -> "Config":
    """Alembic's configuration, in code, so that it works from an installed wheel as well. `connection` is the one to migrate."""
    from alembic.config import Config  # noqa: PLC0415 -- see above

    attributes: dict[str, Any] = {"connection": connection}
    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(connection: Connection) -> None:
    """Apply every migration that is not applied yet, in the transaction that `connection` is in."""
    if _revision(connection) == _newest_revision():
        return
    from alembic import command  # noqa: PLC0415 -- see above

    command.upgrade(alembic_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    """The last migration that was applied, as Alembic notes it; None for a database that is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _newest_revision() -> str:
    """The last one there is: a migration's file begins with its revision."""
    return max(file.stem.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
