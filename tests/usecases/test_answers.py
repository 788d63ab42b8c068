"""Answers that meet a check-in in the moment it closes or goes."""

import pytest

from bot.errors import TellPerson
from bot.usecases.checkins import Late as TooLate
from tests.records.store_fixtures import JOE, House, a_check_in, a_ward
from tests.usecases.fakes import Closing, check_ins


async def opened(house: House) -> Closing:
    """A ward with an open check-in, in a store that closes it under everybody's hands."""
    store = Closing(house.database, house.clock)
    await store.add_ward(a_ward(), [])
    await store.add_check_in(a_check_in(), [])
    return store


async def test_closed_in_that_moment(house: House) -> None:
    """An answer that the close overtakes is late, and not lost in between."""
    store = await opened(house)
    found = await check_ins(store, house.clock).send("check-in-1", a_ward().place, JOE, {"feeling": "good"}, "tap")

    assert isinstance(found, TooLate)


async def test_at_the_very_moment(house: House) -> None:
    """At its end, before anybody has closed it, a check-in neither shows an answer to change nor takes one."""
    await house.store.add_ward(a_ward(), [])
    await house.store.add_check_in(a_check_in(), [])
    house.clock.moment = a_check_in().closes_at
    duty = check_ins(house.store, house.clock)
    shown = await duty.shown("check-in-1")

    assert isinstance(await duty.own("check-in-1", a_ward().place, JOE), TooLate)
    assert isinstance(await duty.send("check-in-1", a_ward().place, JOE, {"feeling": "good"}, "tap"), TooLate)
    assert shown is not None
    assert shown.over


async def test_gone_in_that_moment(house: House) -> None:
    """An answer to a check-in that has gone is refused in words."""
    store = await opened(house)
    store.gone = True
    with pytest.raises(TellPerson) as told:
        await check_ins(store, house.clock).send("check-in-1", a_ward().place, JOE, {"feeling": "good"}, "tap")

    assert told.value.problems[0].sentence == "I cannot find that check-in any more. Nothing was kept."


async def test_nothing_to_show(house: House) -> None:
    """A check-in that is not there is not shown."""
    assert await check_ins(house.store, house.clock).shown("no-such-check-in") is None
