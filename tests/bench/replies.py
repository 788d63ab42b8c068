"""The store that filing begins with: replies of closed check-ins, few here and many there, none of them filed yet."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import SystemClock
from bot.domain.checkins import CheckIn, Feeling, Reply, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import period_of
from bot.domain.wards import Person
from bot.records.database import Database, Write
from bot.records.schema import check_ins, replies
from bot.records.shapes import check_in_columns, reply_columns
from bot.records.store import Store
from tests.bench.wards import DUE, a_ward, url_of

#: Replies to one check-in: from a small team's to a large ward's.
FEWEST, MOST = 3, 40
#: One person in so many puts their name to it; one in so many writes nothing but the word.
NAMED, SILENT = 10, 3

WORDS = (
    "The board round started on time on four days of five.",
    "Bank staff were shown the new sheet, and most of them used it.",
    "Nobody had five minutes together on the late shift, because two of us were off sick and the phone did not stop.",
    "Ask the pharmacist to come at ten and not at nine, so that the medicine round is over by then.",
    "",
)


def seed(store: Path, many: int) -> int:
    """Write a new store with so many replies. How many check-ins they belong to."""
    return asyncio.run(_seed(store, many))


async def _seed(file: Path, many: int) -> int:
    database = Database(url_of(file))
    await database.start()
    store = Store(database, SystemClock())
    sizes = list(_sizes(many, Random(7)))
    for number, size in enumerate(sizes):
        ward = a_ward(number, "https://teams.example/", DUE)
        await store.add_ward(ward, [])
        await database.write(partial(_add, of=_check_in(number), size=size))
    closed = [Entry(Kind.FILE_REPLIES, f"{number:032x}", f"ward-{number}") for number in range(len(sizes))]
    await store.enqueue(closed)
    await database.close()
    return len(sizes)


def _sizes(many: int, dice: Random) -> Iterator[int]:
    while many:
        size = min(dice.randint(FEWEST, MOST), many)
        yield size
        many -= size


def _add(write: Write, of: CheckIn, size: int) -> None:
    write.execute(check_ins.insert().values(id=of.id, version=1, **check_in_columns(of)))
    write.execute(replies.insert(), [_row(of.id) for _ in range(size)])


def _check_in(number: int) -> CheckIn:
    day = date(2026, 11, 18)
    return CheckIn(
        id=f"{number:032x}",
        ward_id=f"ward-{number}",
        period=period_of(day),
        state=State.CLOSED,
        opened_at=DUE - timedelta(days=7),
        closes_at=DUE,
    )


_numbers = count()


def _row(check_in_id: str) -> dict[str, Any]:
    number = next(_numbers)
    dice = Random(number)
    well, way, after = ("", "", "") if number % SILENT == 0 else (dice.choice(WORDS) for _ in range(3))
    named = Person(id=f"00000000-0000-4000-8000-{number:012x}", name="Amina Hassan") if number % NAMED == 0 else None
    reply = Reply(dice.choice(list(Feeling)), well, way, after, named)
    return {"id": f"{dice.getrandbits(128):032x}", "check_in_id": check_in_id, "version": 1, **reply_columns(reply)}
