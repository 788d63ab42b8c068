"""What stands in SQLite's files, byte by byte."""

from pathlib import Path

from sqlalchemy import select

from bot.domain.checkins import Feeling, Missed
from bot.domain.wards import Person
from bot.records.schema import check_ins, replies
from tests.records.store_fixtures import House, a_check_in, a_ward, picked, wrote

PEOPLE = [Person(id=f"person-{number}", name=f"Name {number}") for number in range(40)]


def raw(house: House) -> bytes:
    """Everything that stands in the database's files at this moment, logs included."""
    path = Path(house.url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


async def traces(house: House, check_in_id: str) -> list[bytes]:
    """The secret of a check-in and the marks of its replies."""
    secret = select(check_ins.c.secret).where(check_ins.c.id == check_in_id)
    marks = select(replies.c.mark).where(replies.c.check_in_id == check_in_id)
    found = await house.database.read(lambda connection: connection.execute(secret).scalar_one())
    kept = await house.database.read(lambda connection: connection.execute(marks).scalars().all())
    return [found, *(mark.encode() for mark in kept)]


async def test_no_trace_is_left_after_close(sqlite_house: House) -> None:
    """Once a check-in is closed, neither its secret nor any mark stands anywhere in SQLite's files; another ward's do."""
    for number in (1, 2):
        await sqlite_house.store.add_ward(a_ward(number), [])
        await sqlite_house.store.add_check_in(a_check_in(number, f"ward-{number}"), [])
        for person in PEOPLE:
            await sqlite_house.store.keep_reply(f"check-in-{number}", person, picked(Feeling.GOOD), person.id)
            text = "x" * (number * 7)
            await sqlite_house.store.keep_reply(f"check-in-{number}", person, wrote(text), f"{person.id} {number}")
    mine, others = await traces(sqlite_house, "check-in-1"), await traces(sqlite_house, "check-in-2")
    before = raw(sqlite_house)

    await sqlite_house.store.close_check_in("check-in-1", [])

    after = raw(sqlite_house)
    assert len(mine) == len(PEOPLE) + 1
    assert all(trace in before for trace in mine)
    assert not any(trace in after for trace in mine)
    assert all(trace in after for trace in others)


async def test_no_name_is_kept_of_who_answered(sqlite_house: House) -> None:
    """Who answered anonymously never stands in SQLite's files, not even while the check-in is open."""
    await sqlite_house.store.add_ward(a_ward(), [])
    await sqlite_house.store.add_check_in(a_check_in(), [])
    for person in PEOPLE:
        await sqlite_house.store.keep_reply("check-in-1", person, picked(Feeling.GOOD), person.id)

    files = raw(sqlite_house)

    assert not any(person.id.encode() in files or person.name.encode() in files for person in PEOPLE)


async def test_a_missed_check_in_loses_its_secret(sqlite_house: House) -> None:
    """A check-in that is given up leaves no secret behind either."""
    await sqlite_house.store.add_ward(a_ward(), [])
    await sqlite_house.store.add_check_in(a_check_in(), [])
    (secret,) = await traces(sqlite_house, "check-in-1")

    await sqlite_house.store.give_up("check-in-1", Missed.REFUSED, [])

    assert secret not in raw(sqlite_house)
