"""Wards in the store, on both databases."""

import pytest

from bot.domain.outbox import Kind
from bot.domain.wards import Quiet, Ward
from tests.records.store_fixtures import AMINA, JOE, PRIYA, House, a_ward, an_entry


async def test_a_ward_is_found_by_id_and_channel(house: House) -> None:
    """A kept ward is found whole by its id and by its channel, as often as one asks."""
    await house.store.add_ward(a_ward(), [an_entry()])

    for _ in range(2):
        assert await house.store.ward("ward-1") == a_ward()
        assert await house.store.ward_in("channel-1") == a_ward()
    assert await house.store.ward("ward-2") is None
    assert await house.store.ward_in("channel-2") is None
    assert await house.waiting() == {(Kind.POST_CHECK_IN, "key-1")}


async def test_a_channel_has_one_ward(house: House) -> None:
    """A second ward in a channel is refused, with its entries."""
    assert await house.store.add_ward(a_ward(), [])

    second = await house.store.add_ward(a_ward(1, id="ward-2"), [an_entry()])

    assert not second
    assert await house.store.ward("ward-2") is None
    assert await house.waiting() == set()


async def test_wards_by_team_lead_and_quietness(house: House) -> None:
    """Wards are found by their team, by their leads, and by whether they may be sent to."""
    one = a_ward(1, leads=(PRIYA, JOE, JOE))
    two = a_ward(2, quiet=Quiet.REMOVED)
    three = a_ward(3, leads=(), place=a_ward(3).place.model_copy(update={"team_id": "team-2"}))
    for ward in (one, two, three):
        await house.store.add_ward(ward, [])

    assert await house.store.wards_of("team-1") == [one, two]
    assert await house.store.wards_led_by(PRIYA.id) == [one, two]
    assert await house.store.wards_led_by(JOE.id) == [one]
    assert await house.store.wards_led_by(AMINA.id) == []
    assert await house.store.wards_awake() == [one, three]


async def test_a_change_is_seen_everywhere(house: House) -> None:
    """After a change the ward is the new one by id, by channel, by lead and by quietness, and the entries wait."""
    await house.store.add_ward(a_ward(), [])
    await house.store.ward("ward-1")
    await house.store.ward_in("channel-1")
    place = a_ward().place.model_copy(update={"channel_id": "channel-9"})
    update = {"leads": (AMINA,), "quiet": Quiet.REFUSED, "place": place}

    ward = await house.store.change_ward("ward-1", lambda before: before.model_copy(update=update), [an_entry()])

    assert ward == a_ward(**update)
    assert await house.store.ward("ward-1") == ward
    assert await house.store.ward_in("channel-9") == ward
    assert await house.store.ward_in("channel-1") is None
    assert await house.store.wards_led_by(PRIYA.id) == []
    assert await house.store.wards_led_by(AMINA.id) == [ward]
    assert await house.store.wards_awake() == []
    assert await house.waiting() == {(Kind.POST_CHECK_IN, "key-1")}


async def test_no_change_writes_nothing(house: House) -> None:
    """A change that changes nothing returns the ward and writes no entry."""
    await house.store.add_ward(a_ward(), [])

    ward = await house.store.change_ward("ward-1", lambda before: before.model_copy(), [an_entry()])

    assert ward == a_ward()
    assert await house.waiting() == set()


async def test_no_ward_no_change(house: House) -> None:
    """Nothing is written for a ward that is not there."""
    ward = await house.store.change_ward("ward-1", lambda before: before, [an_entry()])

    assert ward is None
    assert await house.waiting() == set()


async def test_a_change_that_raises_is_passed_on(house: House) -> None:
    """What the change raises reaches the caller, and the ward stays as it was."""
    await house.store.add_ward(a_ward(), [])

    def refuse(_: Ward) -> Ward:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await house.store.change_ward("ward-1", refuse, [])

    assert await house.store.ward("ward-1") == a_ward()


async def test_a_team_is_welcomed_once_ever(house: House) -> None:
    """The welcome is written at the first entry only, also after the bot left and came back."""
    welcome = an_entry("team-1", Kind.WELCOME)

    first = await house.store.enter_team(a_ward().place, welcome)
    (claimed,) = await house.outbox.claim([Kind.WELCOME], 1)
    await house.outbox.done(claimed)
    await house.store.leave_team("team-1")
    second = await house.store.enter_team(a_ward().place, welcome)

    assert (first, second) == (True, False)
    assert await house.waiting() == set()
