"""Who may do what, when people leave and when nobody can tell."""

from collections.abc import Sequence

import pytest

from bot.domain.wards import Person, Place, Quiet
from bot.errors import TellPerson, TryAgain
from bot.usecases.permits import CANNOT_TELL, Permits
from tests.records.store_fixtures import PRIYA, a_ward
from tests.usecases.fakes import Member, People

TOMASZ = Person(id="person-tomasz", name="Tomasz")
WARD = a_ward(leads=(PRIYA, TOMASZ))
HERE = Member(PRIYA.id, PRIYA.name)


class Away(People):
    """A roster that nobody can read just now."""

    async def members(self, place: Place, *, afresh: bool = False) -> Sequence[Member]:
        raise TryAgain("graph_unreachable")


async def test_a_lead_who_has_left() -> None:
    """Somebody who left the team leads no more, and nobody is sent to them; who is still there does."""
    permits = Permits(People(HERE))
    with pytest.raises(TellPerson) as told:
        await permits.lead(WARD, TOMASZ.id)
    await permits.lead(WARD, PRIYA.id)

    assert told.value.problems[0].sentence == "Only Rowan’s leads can do that. Ask Priya."
    assert not await permits.still_leads(WARD, TOMASZ.id)
    assert await permits.still_leads(WARD, PRIYA.id)


async def test_nobody_can_tell() -> None:
    """While the roster is away no lead may act; of a ward that went quiet, a lead may hear why."""
    permits = Permits(Away())
    for act in (permits.lead, permits.still_leads):
        with pytest.raises(TellPerson) as told:
            await act(WARD, PRIYA.id)
        assert told.value.problems[0].sentence == CANNOT_TELL

    quiet = WARD.model_copy(update={"quiet": Quiet.REMOVED})
    assert await permits.still_leads(quiet, PRIYA.id)
    assert not await permits.still_leads(quiet, "person-joe")
    with pytest.raises(TellPerson):
        await permits.lead(quiet, PRIYA.id)


async def test_who_is_offered_buttons() -> None:
    """Leads and owners are offered what they can do; others, and whoever nobody can place, are not."""
    permits = Permits(People(HERE, Member("person-dan", "Dan", owner=True), Member("person-joe", "Joe")))

    assert [await permits.may_act(WARD, one) for one in (PRIYA.id, "person-dan", "person-joe", "x")] == [
        True,
        True,
        False,
        False,
    ]
    assert [await Permits(Away()).may_act(WARD, one) for one in (PRIYA.id, "person-dan")] == [True, False]
