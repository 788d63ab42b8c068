"""Turns, where two act at once or one ward's trouble comes in between."""

from datetime import UTC, datetime

import pytest

from bot.domain.checkins import Missed, State
from bot.domain.outbox import Kind
from bot.domain.wards import Person, Quiet, Ward
from bot.errors import NotYet, TellPerson, TryAgain
from tests.records.store_fixtures import PRIYA, House, a_check_in, a_ward
from tests.usecases.fakes import Late, Member, turns

LEAD = Member(PRIYA.id, PRIYA.name)

#: The Wednesday after the wards were set up, at the hour they ask.
DUE = datetime(2026, 11, 25, 14, tzinfo=UTC)


async def set_up(house: House, *wards: Ward) -> None:
    """Keep these wards, and let it be the hour."""
    for ward in wards:
        await house.store.add_ward(ward, [])
    house.clock.moment = DUE


async def test_overtaken_by_another_scheduler(house: House) -> None:
    """A scheduler that looked before another one posted neither posts again nor closes what the other has opened."""
    await set_up(house, a_ward())
    first, second = turns(house), turns(house, Late(house.database, house.clock))
    opened = [await first.post_what_is_due(), await second.post_what_is_due()]
    check_in = await house.store.open_check_in("ward-1")

    assert opened == [1, 0]
    assert check_in is not None
    assert (check_in.period, check_in.state) == ("2026-W48", State.OPEN)


async def test_one_open_at_a_time(house: House) -> None:
    """Where a rhythm was changed under an open check-in, that one closes, with its summary, when the next is due."""
    await set_up(house, a_ward())
    await house.store.add_check_in(a_check_in(47, message_id="message-47"), [])
    await turns(house).post_what_is_due()

    old = await house.store.check_in("check-in-47")
    assert old is not None
    assert old.state is State.CLOSED
    assert (Kind.POST_SUMMARY, "check-in-47") in await house.waiting()


async def test_one_wards_trouble(house: House) -> None:
    """The wards after the one that failed are looked at first; then the trouble is raised."""
    await set_up(house, *(a_ward(number) for number in (1, 2, 3)))
    store = Late(house.database, house.clock)
    store.fails_for = "ward-2"
    with pytest.raises(ExceptionGroup) as raised:
        await turns(house, store).post_what_is_due()

    assert [type(trouble) for trouble in raised.value.exceptions] == [TryAgain]
    assert [bool(await house.store.open_check_in(f"ward-{number}")) for number in (1, 2, 3)] == [True, False, True]


async def test_this_weeks_has_been(house: House) -> None:
    """A lead who asks for a second check-in in a period that has had its own is told so."""
    await set_up(house, a_ward())
    await house.store.add_check_in(a_check_in(48), [])
    await house.store.close_check_in("check-in-48", [])
    with pytest.raises(TellPerson) as told:
        await turns(house, None, LEAD).now(a_ward(), PRIYA)

    assert told.value.problems[0].sentence == "This week’s check-in has been and gone."


async def test_a_quiet_ward_and_a_stranger(house: House) -> None:
    """Nothing is started in a ward that cannot be posted to, nor by somebody who neither leads nor owns."""
    await set_up(house, a_ward())
    duty = turns(house, None, LEAD, Member("person-joe", "Joe"), Member("person-dan", "Dan", owner=True))
    with pytest.raises(TellPerson) as quiet:
        await duty.now(a_ward(quiet=Quiet.REMOVED), Person(id="person-dan", name="Dan"))
    with pytest.raises(TellPerson) as stranger:
        await duty.now(a_ward(), Person(id="person-joe", name="Joe"))

    assert quiet.value.problems[0].sentence == "I cannot post to Rowan’s channel at present."
    assert stranger.value.problems[0].sentence == "Only Rowan’s leads can do that. Ask Priya."


@pytest.mark.parametrize(("tried", "missed"), [(False, Missed.DOWN), (True, Missed.REFUSED)])
async def test_a_post_that_comes_too_late(house: House, *, tried: bool, missed: Missed) -> None:
    """A check-in that nobody got round to posting was missed because we were down; one that was tried, because of Teams."""
    await set_up(house, a_ward())
    check_in = a_check_in(48)
    await house.store.add_check_in(check_in, [])
    await turns(house).too_late(check_in, tried=tried)
    found = await house.store.check_in(check_in.id)

    assert found is not None
    assert (found.state, found.missed) == (State.MISSED, missed)
    assert (Kind.FILE_CHECK_IN, check_in.id) in await house.waiting()


async def test_hours(house: House) -> None:
    """By day something may be said; at night it waits for eight, unless that is too late."""
    await set_up(house, a_ward())
    duty, morning = turns(house), DUE.replace(day=26, hour=8)
    by_day = duty.in_hours(a_ward(), DUE.isoformat())
    house.clock.moment = DUE.replace(hour=18)
    with pytest.raises(NotYet) as waits:
        duty.in_hours(a_ward(), morning.isoformat())

    assert by_day
    assert waits.value.due == morning
    assert not duty.in_hours(a_ward(), morning.replace(hour=7).isoformat())


async def test_a_post_that_is_refused(house: House) -> None:
    """A check-in that Teams refused is missed and filed; its leads are told unless they are anyway; one that is gone is nothing."""
    await set_up(house, a_ward(1), a_ward(2))
    await house.store.add_check_in(a_check_in(48, "ward-1"), [])
    await house.store.add_check_in(a_check_in(49, "ward-2"), [])
    duty = turns(house)
    await duty.refused("check-in-48", tell_leads=True)
    await duty.refused("check-in-49", tell_leads=False)
    await duty.refused("no-such-check-in", tell_leads=True)

    check_in = await house.store.check_in("check-in-48")
    assert check_in is not None
    assert (check_in.state, check_in.missed) == (State.MISSED, Missed.REFUSED)
    assert [key for kind, key in await house.waiting() if kind is Kind.TELL_LEADS] == [f"ward-1/{PRIYA.id}"]
