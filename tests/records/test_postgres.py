"""What only PostgreSQL can do: several instances on one database. What both databases do is tested with the fixture `house`."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.checkins import Feeling, Kept
from bot.domain.wards import Person
from tests.records.store_fixtures import (
    AMINA,
    EVERY_KIND,
    House,
    a_check_in,
    a_ward,
    an_entry,
    emptied,
    opened,
    picked,
    with_open_check_in,
)

PEOPLE = [Person(id=f"person-{number}", name="") for number in range(12)]


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[tuple[House, House]]:
    """Two instances on one database."""
    async with emptied(postgres_url) as one, opened(postgres_url) as other:
        yield one, other


async def test_no_entry_is_claimed_twice(two: tuple[House, House]) -> None:
    """Instances that claim at the same time get different entries."""
    one, other = two
    await one.store.enqueue([an_entry(str(number)) for number in range(40)])

    claims = await asyncio.gather(*(house.outbox.claim(EVERY_KIND, 5) for house in (one, other) * 4))

    keys = [entry.key for claimed in claims for entry in claimed]
    assert len(keys) == 40
    assert len(set(keys)) == 40


async def test_a_claimed_entry_blocks_nobody(two: tuple[House, House], postgres_url: str) -> None:
    """An instance that is still claiming holds up no other."""
    one, _ = two
    await one.store.enqueue([an_entry("a"), an_entry("b")])
    slow = create_async_engine(postgres_url)

    async with slow.connect() as claiming:
        await claiming.execute(text("SELECT id FROM outbox WHERE key = 'a' FOR UPDATE"))
        async with asyncio.timeout(5):
            claimed = await one.outbox.claim(EVERY_KIND, 9)
    await slow.dispose()

    assert [entry.key for entry in claimed] == ["b"]


async def test_one_reply_a_person_through_two_instances(two: tuple[House, House]) -> None:
    """The same person's taps through two instances are one reply, and a delivery that reaches both counts once."""
    one, other = two
    check_in = await with_open_check_in(one)

    outcomes = await asyncio.gather(
        *(
            house.store.keep_reply(check_in.id, Person(id=str(number % 5), name=""), picked(Feeling.GOOD), str(number))
            for number in range(20)
            for house in (one, other)
        )
    )

    assert all(isinstance(outcome, Kept) for outcome in outcomes)
    assert await one.store.answers(check_in.id) == 5


async def test_no_reply_slips_in_behind_a_close(two: tuple[House, House]) -> None:
    """While one instance closes a check-in, another's taps are counted or refused, and no mark stays behind."""
    one, other = two
    await one.store.add_ward(a_ward(), [])
    for number in range(10):
        check_in = a_check_in(number)
        await one.store.add_check_in(check_in, [])

        closing = asyncio.create_task(one.store.close_check_in(check_in.id, []))
        taps = (
            other.store.keep_reply(check_in.id, person, picked(Feeling.GOOD), person.id + check_in.id)
            for person in PEOPLE
        )
        await asyncio.gather(*taps)
        closed = await closing

        assert closed is not None
        assert closed.figures is not None
        assert closed.figures.answers == await one.store.answers(check_in.id)
    marks = text("SELECT count(mark) FROM replies")
    assert await one.database.read(lambda connection: connection.scalar(marks)) == 0


async def test_what_one_instance_changes_the_other_sees(two: tuple[House, House]) -> None:
    """Nothing is remembered that another instance could change."""
    one, other = two
    check_in = await with_open_check_in(one)
    await other.store.ward("ward-1")
    await other.store.check_in(check_in.id)

    ward = await one.store.change_ward("ward-1", lambda before: before.model_copy(update={"name": "Elm"}), [])
    closed = await one.store.close_check_in(check_in.id, [])

    assert await other.store.ward("ward-1") == ward
    assert await other.store.check_in(check_in.id) == closed


async def test_closed_replies_lie_in_an_order_that_says_nothing(two: tuple[House, House]) -> None:
    """After close a check-in's rows lie in the order of their random keys and all come from one transaction."""
    one, _ = two
    check_in = await with_open_check_in(one)
    for number in range(20):
        await one.store.keep_reply(check_in.id, Person(id=str(number), name=""), picked(Feeling.GOOD), str(number))
    await one.store.close_check_in(check_in.id, [])

    rows = await one.database.read(
        lambda connection: connection.execute(text("SELECT id, xmin::text AS made FROM replies ORDER BY ctid")).all()
    )

    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert len({row.made for row in rows}) == 1


async def test_a_server_that_went_away_is_found_again(two: tuple[House, House]) -> None:
    """Connections that the server has dropped are replaced without anybody noticing."""
    one, other = two
    await one.store.add_ward(a_ward(), [])
    drop = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    await other.database.read(lambda connection: connection.execute(drop).all())

    assert await one.store.ward("ward-1") == a_ward()
    assert await one.store.wards_led_by(AMINA.id) == []
