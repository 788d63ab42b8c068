"""Wards, where two forms cross or a list of leads grows too long."""

from itertools import count

import pytest

from bot.domain.outbox import Kind
from bot.domain.wards import Person, Quiet, Ward
from bot.errors import TellPerson
from bot.records.store import Store
from bot.usecases.permits import Permits
from bot.usecases.wards import Wards
from tests.records.store_fixtures import PRIYA, House, a_ward
from tests.usecases.fakes import Member, People

FORM = {
    "name": "Rowan",
    "project": "Tea at night",
    "leads": PRIYA.id,
    "weekday": "4",
    "at": "10:00",
    "every_weeks": "1",
    "reader": "Priya",
}


class Crossing(Store):
    """A store in which somebody else's form arrives just after the first look."""

    looks = 0

    async def ward_in(self, channel_id: str) -> Ward | None:
        self.looks += 1
        return None if self.looks == 1 else await super().ward_in(channel_id)


def wards(house: House, store: Store, *more: Member) -> Wards:
    """The duty of wards, with Priya as the owner of the team."""
    numbers = count(1)
    permits = Permits(People(Member(PRIYA.id, PRIYA.name, owner=True), *more))
    return Wards(store, permits, house.clock, lambda: f"new-{next(numbers)}", "Europe/London")


async def test_two_forms_cross(house: House) -> None:
    """The second of two first forms changes the ward that the first has made."""
    await house.store.add_ward(a_ward(), [])
    kept = await wards(house, Crossing(house.database, house.clock)).save(a_ward().place, PRIYA, FORM)

    assert not kept.new
    assert (kept.ward.id, kept.ward.project, kept.ward.rhythm.weekday) == ("ward-1", "Tea at night", 4)


async def test_too_many_leads(house: House) -> None:
    """An eleventh lead is one too many, and nobody is added."""
    await house.store.add_ward(a_ward(), [])
    crowd = [Member(f"person-{number}", f"Person {number}") for number in range(10)]
    duty = wards(house, house.store, *crowd)
    with pytest.raises(TellPerson) as told:
        await duty.add_leads(a_ward(), PRIYA, [member.id for member in crowd])

    assert told.value.problems[0].sentence == "Please pick 10 leads or fewer."
    assert await house.store.ward("ward-1") == a_ward()


async def test_guests_do_not_lead(house: House) -> None:
    """A guest of the team cannot be made a lead, neither by a mention nor on the form."""
    await house.store.add_ward(a_ward(), [])
    duty = wards(house, house.store, Member("person-sam", "Sam", guest=True))
    with pytest.raises(TellPerson) as mentioned:
        await duty.add_leads(a_ward(), PRIYA, ["person-sam"])
    with pytest.raises(TellPerson) as picked:
        await duty.save(a_ward().place, PRIYA, {**FORM, "leads": f"{PRIYA.id},person-sam"})

    for told in (mentioned, picked):
        (problem,) = told.value.problems
        assert (problem.field, problem.sentence.split(".")[0]) == ("leads", "A guest of this team cannot be a lead")
    assert await house.store.ward("ward-1") == a_ward()


async def test_who_has_left_goes_when_somebody_comes(house: House) -> None:
    """Whoever is made a lead takes no seat beside somebody who has left the team."""
    tomasz, joe = Person(id="person-tomasz", name="Tomasz"), Person(id="person-joe", name="Joe")
    await house.store.add_ward(a_ward(leads=(PRIYA, tomasz)), [])
    ward = await wards(house, house.store, Member(joe.id, joe.name)).add_leads(a_ward(), PRIYA, [joe.id])

    assert ward.leads == (PRIYA, joe)


async def test_two_mentions_cross(house: House) -> None:
    """Two leads who add somebody in the same moment add both."""
    await house.store.add_ward(a_ward(), [])
    duty = wards(house, house.store, Member("person-joe", "Joe"), Member("person-sam", "Sam"))
    seen_by_both = a_ward()
    await duty.add_leads(seen_by_both, PRIYA, ["person-joe"])
    ward = await duty.add_leads(seen_by_both, PRIYA, ["person-sam"])

    assert ward.leads == (PRIYA, Person(id="person-joe", name="Joe"), Person(id="person-sam", name="Sam"))


async def test_refused_twice(house: House) -> None:
    """A ward that is refused twice over goes quiet once, and its leads are told once; one that is gone is nothing."""
    await house.store.add_ward(a_ward(), [])
    duty = wards(house, house.store)
    for ward_id in ("ward-1", "ward-1", "no-such-ward"):
        await duty.refused(ward_id)

    ward = await house.store.ward("ward-1")
    assert ward is not None
    assert ward.quiet is Quiet.REFUSED
    (told,) = await house.outbox.claim([Kind.TELL_LEADS], 10)
    assert told.version == 1


async def test_another_channels_name(house: House) -> None:
    """A new name of one channel leaves the team's other ward as it is."""
    for number in (1, 2):
        await house.store.add_ward(a_ward(number), [])
    place = a_ward(2).place.model_copy(update={"channel_name": "Quiet hour"})
    await wards(house, house.store).renamed(place)

    names = [ward.place.channel_name for ward in await house.store.wards_of("team-1")]
    assert names == ["", "Quiet hour"]
