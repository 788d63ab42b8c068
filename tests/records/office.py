"""A store with its record: what files rows in SharePoint and what reads them back, and the stand-in with people who edit them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import orjson
from sqlalchemy import select

from bot.courier import Courier, Round
from bot.domain.checkins import CheckIn, Feeling
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person
from bot.records.graph import Graph
from bot.records.outbox import Outbox, Parked
from bot.records.record import Record
from bot.records.schema import audit, check_ins, outbox, replies, wards
from bot.rehearsal.sharepoint import SITE_URL, SharePointStandIn
from bot.rehearsal.sharepoint_direct import BASE, DirectTransport
from bot.settings import Settings
from tests.records.contract import Exchange, departures
from tests.records.store_fixtures import House, a_check_in, a_ward, new_sqlite, opened, picked
from tests.rehearsal.sharepoint_fixtures import TOKEN, Credential, add_our_lists

APP = TENANT = "00000000-0000-4000-8000-000000000001"
LONG_ENOUGH = 1000

#: The keys of what the store files, by list.
KEYS = {
    "Wards": select(wards.c.id),
    "CheckIns": select(check_ins.c.id).where(~check_ins.c.removed),
    "Replies": select(replies.c.id),
    "AuditLog": select(audit.c.id),
}


@dataclass
class Office:
    """Everything between a store and SharePoint. The clock stands still until it is moved."""

    house: House
    stand_in: SharePointStandIn
    record: Record
    courier: Courier

    # What the bot does

    async def file(self) -> None:
        """Deliver what is due, once."""
        await self.courier.flush()

    async def read(self) -> None:
        """Read every list."""
        self.house.clock.move(self.every + 1)
        await self.record.reader.read_what_is_due()

    async def calm(self, times: int = 6) -> None:
        """Let the time pass until all that waits was tried again, and the lists were read."""
        for _ in range(times):
            self.house.clock.move(LONG_ENOUGH)
            await self.record.reader.read_what_is_due()
            await self.courier.flush()

    async def asked(self) -> set[tuple[Kind, str]]:
        """Kind and key of everything that waits to be done, there or in Teams."""
        found = select(outbox.c.kind, outbox.c.key).where(~outbox.c.parked)
        rows = await self.house.database.read(lambda connection: connection.execute(found).all())
        return {(Kind(row.kind), row.key) for row in rows}

    async def waiting(self) -> set[tuple[Kind, str]]:
        """What still waits, but for what is Teams' to do."""
        return {(kind, key) for kind, key in await self.asked() if kind in self.record.desk.kinds}

    async def parked(self) -> list[Parked]:
        """What was finally refused."""
        return await self.house.outbox.parked()

    every = 300

    # What is there

    def rows(self, name: str) -> dict[str, dict[str, Any]]:
        """The rows of a SharePoint list, fields by entry key."""
        found = self.stand_in.tables()[name]["rows"]
        return {row["fields"].get("EntryKey", f"#{row['id']}"): row["fields"] for row in found}

    def item(self, name: str, key: str) -> str:
        """The number of a row there."""
        found = self.stand_in.tables()[name]["rows"]
        return next(str(row["id"]) for row in found if row["fields"].get("EntryKey") == key)

    # What people do

    def edits(self, name: str, key: str, **fields: Any) -> None:
        """Somebody changes a row in the browser."""
        self.stand_in.edit(name, self.item(name, key), fields)

    def deletes(self, name: str, key: str) -> None:
        """Somebody deletes a row in the browser."""
        self.stand_in.remove(name, self.item(name, key))

    async def answers(self, *people: int, feeling: Feeling = Feeling.GOOD, check_in: str = "check-in-1") -> None:
        """These people pick a word."""
        for number in people:
            person = Person(id=f"person-{number}", name=f"Person {number}")
            tap = f"{check_in} {number} {feeling} {self.house.clock.moment}"
            await self.house.store.keep_reply(check_in, person, picked(feeling), tap)

    async def closes(self, check_in: str = "check-in-1") -> CheckIn | None:
        """A check-in closes, and its rows are to be filed."""
        kinds = (Kind.FILE_CHECK_IN, Kind.FILE_REPLIES)
        return await self.house.store.close_check_in(check_in, [Entry(kind, check_in, "ward-1") for kind in kinds])


@asynccontextmanager
async def office_on(house: House, lists: bytes = b"") -> AsyncIterator[Office]:
    """An office over this store, with our lists in SharePoint, or these (`Lists.dump` as JSON).

    Every exchange is held against Microsoft's contract, where that is at hand.
    """
    clock, credential = house.clock, Credential()
    exchanges: list[Exchange] = []
    stand_in = SharePointStandIn(
        clock, lambda token: token == TOKEN, lambda _: None, on_exchange=lambda *one: exchanges.append(one)
    )
    graph = Graph(BASE, credential, clock, transport=DirectTransport(stand_in))
    settings = Settings.model_validate({"app_id": APP, "tenant_id": TENANT, "sharepoint_site": SITE_URL})
    try:
        if lists:
            stand_in.api.lists.load(orjson.loads(lists))
        else:
            add_our_lists(stand_in)
        record = Record.of(settings, house.database, house.store, graph, clock, Random(7))
        what = Round(record.desk.kinds, record.desk.deliver, together=20, at_once=1)
        courier = Courier(Outbox(house.database, clock, Random(7)), clock, what)
        yield Office(house, stand_in, record, courier)
    finally:
        await graph.close()
    assert departures(exchanges) == []


@asynccontextmanager
async def office_in(folder: Path) -> AsyncIterator[Office]:
    """An office over a new SQLite store in that folder, with Rowan and an open check-in filed."""
    async with opened(new_sqlite(folder)) as house, office_on(house) as office:
        await settle(office)
        yield office


@asynccontextmanager
async def closed_office_in(folder: Path) -> AsyncIterator[Office]:
    """The same, its check-in closed with three replies, all filed and read."""
    async with office_in(folder) as office:
        await office.answers(1, 2, 3)
        await office.closes()
        await office.file()
        await office.read()
        yield office


async def settle(office: Office) -> None:
    """Rowan with an open check-in, both filed and read back once."""
    store = office.house.store
    await store.add_ward(a_ward(), [Entry(Kind.FILE_WARD, "ward-1", "ward-1")])
    await store.add_check_in(a_check_in(), [Entry(Kind.FILE_CHECK_IN, "check-in-1", "ward-1")])
    await office.record.reader.read_what_is_due()
    await office.file()
    await office.read()
