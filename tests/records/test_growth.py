"""A hundred thousand replies cost no more than a hundred: one more is filed, and what changed is read, with the same requests and units."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, event, insert

from bot.domain.checkins import Feeling, Reply, State
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person
from bot.records.database import Write
from bot.records.reply_side import reply_row
from bot.records.schema import check_ins, filed_rows, readings, replies
from bot.records.shapes import check_in_columns, reply_columns
from bot.rehearsal.sharepoint_direct import BASE
from bot.rehearsal.sharepoint_meter import units_of
from tests.records.station import Station, quick_folder, station_in
from tests.records.store_fixtures import a_check_in, a_ward, picked

FEW, MANY, A_CHECK_IN = 100, 100_000, 20
EVERY = 301


@dataclass
class Seen:
    """What was asked, of Graph (method, kind, units, status) and of the store (statement, values)."""

    asked: list[tuple[str, str, int, int]] = field(default_factory=list)
    statements: dict[str, Any] = field(default_factory=dict)

    def exchange(self, method: str, address: str, _body: Any, status: int, _answer: Any) -> None:
        target = address.removeprefix(BASE)
        what = next((word for word in ("delta", "$filter", "fields") if word in target.partition("$expand")[0]), "")
        self.asked.append((method, what, units_of(method, target), status))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear every statement that the store is asked."""

        def heard(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
            self.statements[statement] = values[0] if many else values

        event.listen(Engine, "before_cursor_execute", heard)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", heard)

    def cost(self) -> list[tuple[str, str, int]]:
        """Each request without its outcome, in an order of its own."""
        return sorted((method, what, units) for method, what, units, _ in self.asked)


async def up_to_now(station: Station, name: str) -> dict[str, Any]:
    """A list as if it had been read to its end: the link to go on from."""
    of = station.stand_in.api.lists.find(name)
    fields = f"$expand=fields($select={','.join(of.columns)})"
    path = f"/sites/{station.stand_in.api.site_id}/lists/{of.id}/items/delta?token=latest&{fields}"
    link = station.graph.own((await station.graph.request("GET", path)).body["@odata.deltaLink"])
    return {"list": name, "link": link, "full": False, "round": 1, "settled": True, "list_id": of.id}


async def fill(station: Station, rows: int) -> None:
    """So many replies to check-ins that are closed, here and there, known to be filed as they are, and read up to now."""
    of = station.stand_in.api.lists.find("Replies")
    tables: dict[str, list[dict[str, Any]]] = {"check_ins": [], "replies": [], "filed_rows": []}
    reply = Reply(Feeling.GOOD, "tea")
    columns = reply_columns(reply)
    for number in range(rows // A_CHECK_IN):
        closed = a_check_in(0, "ward-1", id=f"old-{number}", period=f"p{number}", state=State.CLOSED)
        tables["check_ins"].append({"id": closed.id, "version": 1, **check_in_columns(closed)})
        whole = reply_row("old", reply, closed, a_ward()).fields()
        there = {"CheckInKey": closed.id}  # nobody asks for the rest
        for _ in range(A_CHECK_IN):
            key = uuid4().hex
            item = station.stand_in.api.lists.insert(of, {"fields": {**there, "EntryKey": key}})
            tables["replies"].append({"id": key, "check_in_id": closed.id, "mark": None, "version": 1, **columns})
            known = {"item_id": str(item.id), "etag": item.etag, "fields": {**whole, "EntryKey": key}, "version": 1}
            tables["filed_rows"].append({"list": "Replies", "key": key, "round": 1, **known})
    begun = [await up_to_now(station, name) for name in station.record.desk.sides]

    def put(write: Write) -> None:
        for table in (check_ins, replies, filed_rows):
            write.execute(insert(table), tables[table.name])
        write.execute(insert(readings), begun)

    await station.database.write(put)


async def one_more(station: Station) -> None:
    """A check-in with one reply closes; it is filed, the answer gets lost, and it is looked up; a person corrects it, and that is read."""
    check_in = a_check_in(1)
    await station.store.add_check_in(check_in, [])
    person = Person(id="person-1", name="Person 1")
    await station.store.keep_reply(check_in.id, person, picked(Feeling.GOOD), "tap")
    kinds = (Kind.FILE_CHECK_IN, Kind.FILE_REPLIES)
    await station.store.close_check_in(check_in.id, [Entry(kind, check_in.id, "ward-1") for kind in kinds])
    station.clock.move(EVERY)
    await station.read()
    station.stand_in.faults.next("item-504-after-commit", where="POST")
    await station.file()
    item = list(station.stand_in.api.lists.find("Replies").items.values())[-1]
    station.stand_in.edit("Replies", str(item.id), {"WentWell": "cake"})
    station.clock.move(EVERY)
    await station.read()
    await station.file()


def walked_through(connection: Connection, statements: dict[str, Any]) -> list[str]:
    """The statements for which SQLite would walk through all replies, or all that is known of rows."""
    found = []
    for statement, values in statements.items():
        if statement.split()[0] in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            if any(row.detail.startswith(("SCAN replies", "SCAN filed_rows")) for row in plan):
                found.append(statement)
    return found


async def cost_with(rows: int) -> Seen:
    """What one more costs beside so many."""
    seen = Seen()
    with quick_folder() as folder:
        async with station_in(Path(folder) / "store") as station:
            await station.store.add_ward(a_ward(), [])
            await fill(station, rows)
            station.stand_in.on_exchange = seen.exchange
            with seen.listening():
                await one_more(station)
            station.stand_in.on_exchange = None
            (corrected,) = await station.store.replies("check-in-1")
            assert corrected.went_well == "cake"
            assert len(station.stand_in.api.lists.find("Replies").items) == rows + 1
            assert await station.outbox.next_due(station.record.desk.kinds) is None
            walked = await station.database.read(lambda connection: walked_through(connection, seen.statements))
            assert walked == []
    return seen


async def test_one_more_of_a_hundred_thousand() -> None:
    """The same requests, kinds and units as beside a short list; none is refused but the one that was to get lost; no table is walked through."""
    few, many = await cost_with(FEW), await cost_with(MANY)

    assert many.cost() == few.cost()
    assert {("GET", "delta", 1), ("POST", "", 2), ("GET", "$filter", 2)} <= set(many.cost())
    assert [status for *_, status in many.asked if status >= 400] == [504]
    assert any("filed_rows" in statement for statement in many.statements)
