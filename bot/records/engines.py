"""The two databases the store can live in, each behind the same methods."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event

Result = TypeVar("Result")

#: Rights of the store's file, and so of its log.
OWNER_ONLY = 0o600

#: How long SQLite waits for another process (a backup) to let go, in milliseconds.
BUSY_TIMEOUT = 5000

#: How long emptying the log waits for readers, in milliseconds. Short, because nobody can write meanwhile; it is tried again soon.
EMPTYING_TIMEOUT = 100

#: Connections for reading beside the one that writes (SQLite).
READERS = 2

# synchronous FULL: in WAL mode anything less may lose the last commits when the power goes (sqlite.org/pragma.html#pragma_synchronous).
# secure_delete: what is deleted is overwritten with zeros and does not linger in free pages (sqlite.org/pragma.html#pragma_secure_delete).
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    f"busy_timeout = {BUSY_TIMEOUT}",
    "cache_size = -500",  # KB a connection; the file lies in the machine's own cache anyway
)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


#: JSON as both engines keep it, in a column of text.
JSON: dict[str, Any] = {"json_serializer": _json, "json_deserializer": orjson.loads}


class SqliteEngine:
    """A SQLite file: one thread that writes, a few that read. Whatever asyncio driver the URL names, SQLite itself is what blocks."""

    def __init__(self, url: URL) -> None:
        self._file = Path(url.database or "")
        plain = url.set(drivername="sqlite")
        self._writer = create_engine(plain, pool_size=1, max_overflow=0, **JSON)
        self._reader = create_engine(plain, pool_size=READERS, max_overflow=0, **JSON)
        _prepare(self._writer, PRAGMAS, begin="BEGIN IMMEDIATE")
        _prepare(self._reader, (*PRAGMAS, "query_only = ON"), begin="BEGIN")
        self._writing = ThreadPoolExecutor(1, "store-writer")
        self._reading = ThreadPoolExecutor(READERS, "store-reader")

    def is_new(self) -> bool:
        """Whether there is no such file yet."""
        return not self._file.exists()

    async def read(self, act: Callable[[Connection], Result]) -> Result:
        """What `act` reads, all of it as at one moment."""

        def reading() -> Result:
            with self._reader.connect() as connection:
                return act(connection)

        return await asyncio.get_running_loop().run_in_executor(self._reading, reading)

    async def write(self, act: Callable[[Connection], Result]) -> Result:
        """What `act` returns, once its transaction is committed."""

        def writing() -> Result:
            with self._writer.begin() as connection:
                return act(connection)

        if self.is_new():
            # While a check-in is open, this file ties answers to people: nobody else on the machine is to read it, nor the log beside it,
            # which SQLite makes with the file's own rights.
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=OWNER_ONLY)
        return await asyncio.get_running_loop().run_in_executor(self._writing, writing)

    async def empty_log(self) -> bool:
        """Fold the write-ahead log into the file and empty it; False where a reader or another process kept that from ending."""

        def emptying() -> bool:
            # Past SQLAlchemy, which would open a transaction: a checkpoint cannot run inside one.
            connection = self._writer.raw_connection()
            cursor = connection.cursor()
            try:
                cursor.execute(f"PRAGMA busy_timeout = {EMPTYING_TIMEOUT}")
                busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
                connection.close()
            return not busy

        return await asyncio.get_running_loop().run_in_executor(self._writing, emptying)

    async def close(self) -> None:
        """Close every connection, readers first: the last one to go folds the log into the file."""
        for engine, threads in ((self._reader, self._reading), (self._writer, self._writing)):
            await asyncio.get_running_loop().run_in_executor(threads, engine.dispose)
            threads.shutdown()


class PostgresEngine:
    """A PostgreSQL server, through asyncpg."""

    def __init__(self, url: URL) -> None:
        # Loaded where it is needed: it brings SQLAlchemy's ORM along, a tenth of a start.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

        self._engine = create_async_engine(url, pool_pre_ping=True, **JSON)

    def is_new(self) -> bool:
        """A server's database is there before we are."""
        return False

    async def read(self, act: Callable[[Connection], Result]) -> Result:
        """What `act` reads."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(act)

    async def write(self, act: Callable[[Connection], Result]) -> Result:
        """What `act` returns, once its transaction is committed."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(act)

    async def empty_log(self) -> bool:
        """The server's log is its own."""
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    """Set every connection up, and take transactions out of the driver's hands, which begins them too late and too weakly.

    Source: SQLAlchemy, "SQLite: Enabling Non-Legacy SQLite Transactional Modes with the sqlite3 or aiosqlite driver".
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
