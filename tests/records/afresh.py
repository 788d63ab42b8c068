"""A busy ward and its neighbours, all of them in SharePoint, and an empty store beside that to be made anew from there."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import orjson

from bot.domain.checkins import CheckIn, Feeling, Missed, State
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Links, Person, Quiet, Ward
from bot.records.audit_side import Audited, note
from bot.records.budget import Budget
from bot.records.graph import Graph
from bot.records.rebuilding import Rebuilding
from bot.records.rebuilt_rows import Rebuilt
from bot.records.record import Record
from bot.records.sharepoint import SharePoint
from bot.rehearsal.sharepoint import SITE_URL
from bot.rehearsal.sharepoint_direct import BASE, DirectTransport
from bot.settings import Settings
from tests.records.office import APP, TENANT, Office, office_on
from tests.records.store_fixtures import (
    AMINA,
    NOON,
    PRIYA,
    House,
    a_check_in,
    a_ward,
    in_a_thread,
    new_sqlite,
    opened,
    sqlite_url,
    wrote,
)
from tests.rehearsal.sharepoint_fixtures import Credential

LINKS = Links(incident="https://trust.example/incidents", speak_up="https://trust.example/speak-up")
ROWAN = a_ward(leads=(PRIYA, AMINA), aim="Five minutes each.\nEvery shift.", links=LINKS)
ELM = a_ward(
    2,
    name="Elm",
    rhythm=ROWAN.rhythm.model_copy(update={"paused_until": date(2026, 12, 24), "skipped": ("2026-W49", "2026-W50")}),
)
ASH = a_ward(
    3,
    name="Ash",
    quiet=Quiet.REMOVED,
    place=ROWAN.place.model_copy(update={"team_id": "team-3", "channel_id": "channel-3"}),
)
MISSED = a_check_in(
    3,
    state=State.MISSED,
    closes_at=NOON,
    remind_at=None,
    missed=Missed.DOWN,
    down_from=NOON - timedelta(hours=30),
    down_until=NOON + timedelta(hours=2),
)


@dataclass
class Afresh:
    """Where the store was (`office`), and the empty one (`house`) with all that makes it anew. `told`: what was said on the way."""

    office: Office
    house: House
    graph: Graph
    sharepoint: SharePoint
    told: list[tuple[str, int, bool]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    async def rebuild(self) -> Rebuilt:
        """Make the store anew."""
        told = lambda *one: self.told.append(one)  # noqa: E731
        house = self.house
        make = Rebuilding(house.database, house.store, self.sharepoint, house.clock, "tenant", told, self.waited.append)
        return await make.run()

    def record(self) -> Record:
        """What a bot on the new store files and reads with."""
        settings = Settings.model_validate({"app_id": APP, "tenant_id": TENANT, "sharepoint_site": SITE_URL})
        return Record.of(settings, self.house.database, self.house.store, self.graph, self.house.clock, Random(7))


@asynccontextmanager
async def afresh(house: House, folder: Path) -> AsyncIterator[Afresh]:
    """Wards in SharePoint, filed by a bot whose store is gone; `house` is the empty store."""
    was = filled()
    (folder / "ward-rhythms.db").write_bytes(was.store)
    house.clock.moment = was.moment
    async with opened(sqlite_url(folder)) as before:
        before.clock = house.clock
        async with office_on(before, was.lists) as office:
            graph = Graph(BASE, Credential(), house.clock, transport=DirectTransport(office.stand_in))
            yield Afresh(office, house, graph, SharePoint(graph, SITE_URL, Budget(house.clock, 10.0)))
            await graph.close()


@dataclass(frozen=True)
class Filled:
    """What `fill` leaves: the store's file, the lists in SharePoint (`Lists.dump` as JSON), and the time that it is then."""

    store: bytes
    lists: bytes
    moment: datetime


@cache
def filled() -> Filled:
    """Made once in a run: many tests begin from it."""

    async def made(folder: Path) -> tuple[bytes, datetime]:
        async with opened(new_sqlite(folder)) as house, office_on(house) as office:
            await fill(office)
            return orjson.dumps(office.stand_in.api.lists.dump()), house.clock.moment

    with tempfile.TemporaryDirectory() as folder:
        lists, moment = in_a_thread(made(Path(folder)))
        return Filled(next(Path(folder).glob("*.db")).read_bytes(), lists, moment)


async def fill(office: Office) -> None:
    """Rowan with a closed, a missed and an open check-in, Elm paused, Ash quiet, and a row of the audit log: all of it filed."""
    store = office.house.store
    for ward in (ROWAN, ELM, ASH):
        await store.add_ward(ward, [Entry(Kind.FILE_WARD, ward.id, ward.id)])
    for check_in in (a_check_in(), MISSED):
        await store.add_check_in(check_in, [Entry(Kind.FILE_CHECK_IN, check_in.id, "ward-1")])
    await store.note_posted("check-in-1", "post-1")
    await office.answers(*range(1, 7))
    for number, (line, named) in enumerate((("tea", False), ("cake\nand tea", True)), start=1):
        person = Person(id=f"person-{number}", name=f"Person {number}")
        await store.keep_reply("check-in-1", person, wrote(line, named=named), f"line {number}")
    await office.closes()
    await store.note_summarised("check-in-1", "summary-1")
    await store.add_check_in(a_check_in(2), [Entry(Kind.FILE_CHECK_IN, "check-in-2", "ward-1")])
    await store.note_posted("check-in-2", "post-2")
    await office.answers(*range(11, 25), feeling=Feeling.SLOW, check_in="check-in-2")
    now = office.house.clock.now()
    seen = Audited("edit put back", "ward-1", "Wards", "ward-1", "Time of day")
    await office.house.database.write(lambda write: note(write, seen, now))
    await office.record.reader.read_what_is_due()
    await office.calm(3)


async def wards(house: House) -> list[Ward]:
    """Every ward of a store."""
    found = [await house.store.ward(f"ward-{number}") for number in range(1, 10)]
    return [ward for ward in found if ward is not None]


async def check_ins(house: House) -> list[CheckIn]:
    """Every check-in of a store, latest first."""
    return [one for ward in await wards(house) for one in await house.store.recent_check_ins(ward.id, 100)]
