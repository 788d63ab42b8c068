"""What filing asks of Graph, of the store and of the disk: few requests a reply, a few transactions for hundreds, and no walk through a list."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from bot.domain.checkins import Feeling, State
from bot.domain.outbox import Entry, Kind
from bot.records.budget import CHANGE, Budget
from bot.records.database import Write
from bot.records.filed_rows import known, known_by_item
from bot.records.graph import BATCH_LIMIT
from bot.records.schema import check_ins, filed_rows, replies
from bot.records.shapes import check_in_columns
from tests.records.office import Office, office_in
from tests.records.store_fixtures import House, a_check_in

#: A request carries 20 rows at the most, so that 0.05 is the best there is.
REQUESTS_A_REPLY = 0.06
REPLIES = 2_000
SIZES = (3, 40, 7, 20, 12, 33, 5)
PLENTY = 1e6


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan, with the lists in SharePoint."""
    async with office_in(tmp_path) as made:
        made.record.desk.sharepoint.budget = Budget(made.house.clock, PLENTY)
        yield made


async def closed(office: Office, many: int) -> None:
    """So many replies to closed check-ins of all sizes, to be filed."""
    entries: list[Entry] = []

    def add(write: Write) -> None:
        left = many
        for number, usual in enumerate(cycle(SIZES), 2):
            size = min(usual, left)
            check_in = a_check_in(number, state=State.CLOSED, period=f"period-{number}")
            write.execute(check_ins.insert().values(id=check_in.id, version=1, **check_in_columns(check_in)))
            write.execute(replies.insert(), [_reply(check_in.id, f"{number}-{row}") for row in range(size)])
            entries.append(Entry(Kind.FILE_REPLIES, check_in.id, "ward-1"))
            left -= size
            if not left:
                break

    await office.house.database.write(add)
    await office.house.store.enqueue(entries)


def _reply(check_in_id: str, key: str) -> dict[str, object]:
    words = {"went_well": f"Line {key}.", "in_the_way": "", "try_next": ""}
    return {"id": key, "check_in_id": check_in_id, "version": 1, "feeling": Feeling.GOOD.value, **words}


async def underway(office: Office) -> int:
    """Of how many rows the answer is not known."""
    sent = select(func.count()).select_from(filed_rows).where(filed_rows.c.sent_key.is_not(None))
    return await office.house.database.read(lambda connection: connection.execute(sent).scalar_one())


async def test_requests_a_reply(office: Office) -> None:
    """Replies of check-ins of all sizes are filed together, in batches that are full: 0.06 requests a reply at the most."""
    await closed(office, REPLIES)
    before = office.stand_in.requests["batch"]
    await office.file()
    batches = office.stand_in.requests["batch"] - before

    assert len(office.rows("Replies")) == REPLIES
    assert batches / REPLIES <= REQUESTS_A_REPLY
    assert await office.waiting() == set()
    assert await underway(office) == 0


async def test_transactions_for_hundreds_of_rows(office: Office) -> None:
    """What is sent, and what came of it, is noted for many batches at a time, as each transaction waits for the disk."""
    await closed(office, 400)
    with heard("commit") as commits:
        await office.file()

    assert len(office.rows("Replies")) == 400
    # For each of two deliveries: claimed, sent, come, done. Then nothing more is found.
    assert len(commits) <= 2 * 4 + 2


async def test_what_is_not_sent_is_not_taken_for_sent(office: Office) -> None:
    """Where SharePoint is away for the first of three batches, the others are not sent, and nothing is unsure about their rows."""
    await closed(office, 3 * BATCH_LIMIT)
    office.stand_in.faults.next("503-before", where="$batch")
    await office.file()
    first = len(office.rows("Replies")), await underway(office)
    office.house.clock.move(1000)
    await office.file()

    assert first == (0, BATCH_LIMIT)
    assert len(office.rows("Replies")) == 3 * BATCH_LIMIT
    assert await underway(office) == 0


async def test_the_budget_is_kept_between_batches(office: Office) -> None:
    """Of rows that were noted together, no more are sent than the budget lets through, and the rest comes when it does."""
    office.record.desk.sharepoint.budget = Budget(office.house.clock, 1.0)
    await closed(office, 3 * BATCH_LIMIT)
    await office.file()
    first = len(office.rows("Replies")), await underway(office)
    office.house.clock.move(CHANGE * BATCH_LIMIT)
    await office.file()
    second = len(office.rows("Replies")), await underway(office)

    assert first == (BATCH_LIMIT, 0)
    assert second == (2 * BATCH_LIMIT, 0)


async def test_a_row_is_found_without_a_walk_through_its_list(sqlite_house: House) -> None:
    """SQLite looks for a row by its number through the index, and by its key through the primary key, not through all of the list."""

    def plans(connection: Connection) -> list[str]:
        with heard("before_cursor_execute") as asked:
            known_by_item(connection, "Replies", "5")
            known(connection, "Replies", "reply-1")
        selects = [(statement, values) for _, _, statement, values, *_ in asked if statement.startswith("SELECT")]
        return [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).one().detail)
            for statement, values in selects
        ]

    by_item, by_key = await sqlite_house.database.read(plans)

    assert "(item_id=?" in by_item
    assert "(list=? AND key=?)" in by_key


@contextmanager
def heard(name: str) -> Iterator[list[tuple[Any, ...]]]:
    """What SQLAlchemy tells of by this name, as long as one is inside."""
    told: list[tuple[Any, ...]] = []

    def hear(*what: Any) -> None:
        told.append(what)

    event.listen(Engine, name, hear)
    try:
        yield told
    finally:
        event.remove(Engine, name, hear)
