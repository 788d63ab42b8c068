"""Who may do what. Leads and team owners by their Entra object id, and when nobody can tell: no."""

from collections.abc import Collection, Mapping

from bot.domain.wards import Place, Ward
from bot.errors import Problem, TellPerson, TryAgain, WakeSomebody
from bot.usecases.needs import Member, Roster

ONLY_LEADS = "Only {ward}’s leads can do that. Ask {names}."
ONLY_OWNERS = "Only an owner of this team can set up a ward. Ask {names}."
ONLY_MEMBERS = "Only people in {ward}’s team can do that."
CANNOT_TELL = "I cannot check who is in this team just now, so I changed nothing. Please try again in a few minutes."
A_TEAM_OWNER = "a team owner"


def refusal(sentence: str) -> TellPerson:
    """A plain sentence for the person, tied to no field."""
    return TellPerson([Problem("", sentence)])


def joined(names: list[str], otherwise: str) -> str:
    """Names as people say them: "Priya", "Priya or Tomasz", "Priya, Tomasz or Sam"."""
    if not names:
        return otherwise
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


class Permits:
    """Answers "may this person?" with nothing, or with the sentence to tell them (`TellPerson`)."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def members(self, place: Place, wanted: Collection[str] = ()) -> dict[str, Member]:
        """Everybody in the place's team by Entra object id. Where one of `wanted` is missing, they may have joined just now: it is asked afresh."""
        known = await self._members(place, afresh=False)
        return known if known.keys() >= set(wanted) else await self._members(place, afresh=True)

    async def _members(self, place: Place, *, afresh: bool) -> dict[str, Member]:
        try:
            return {member.id: member for member in await self._roster.members(place, afresh=afresh)}
        except (TryAgain, WakeSomebody) as error:
            raise refusal(CANNOT_TELL) from error

    async def named(self, place: Place) -> Place:
        """The place with its names, as far as anybody can tell."""
        return await self._roster.named(place)

    async def owner(self, place: Place, person_id: str) -> None:
        """Owners of the team only."""
        members = await self._members(place, afresh=False)
        if not _owns(members, person_id):
            members = await self._members(place, afresh=True)
        if not _owns(members, person_id):
            names = sorted(m.name for m in members.values() if m.owner)
            raise refusal(ONLY_OWNERS.format(names=joined(names, A_TEAM_OWNER)))

    async def lead(self, ward: Ward, person_id: str) -> None:
        """The ward's leads who are still in its team, and the team's owners."""
        known = await self.members(ward.place, [person_id])
        if _leads(ward, known, person_id):
            return
        if not _owns(known, person_id):
            known = await self._members(ward.place, afresh=True)
        if not _owns(known, person_id):
            names = joined([lead.name for lead in ward.leads if lead.id in known], A_TEAM_OWNER)
            raise refusal(ONLY_LEADS.format(ward=ward.name, names=names))

    async def still_leads(self, ward: Ward, person_id: str) -> bool:
        """Whether somebody who is listed as a lead is still in the ward's team.

        Of a ward that nothing may be sent to, the team may be beyond asking: its leads may still hear why, and every act asks `lead`.
        """
        try:
            return _leads(ward, await self.members(ward.place, [person_id]), person_id)
        except TellPerson:
            if ward.quiet is None:
                raise
            return ward.is_lead(person_id)

    async def may_act(self, ward: Ward, person_id: str) -> bool:
        """Whether to offer this person what leads and owners can do. Whether they may is asked again when they do it."""
        if ward.is_lead(person_id):
            return True
        try:
            return _owns(await self._members(ward.place, afresh=False), person_id)
        except TellPerson:
            return False

    async def member(self, ward: Ward, person_id: str) -> None:
        """Anybody in the ward's team."""
        if person_id not in await self.members(ward.place, [person_id]):
            raise refusal(ONLY_MEMBERS.format(ward=ward.name))


def _leads(ward: Ward, members: Mapping[str, Member], person_id: str) -> bool:
    return ward.is_lead(person_id) and person_id in members


def _owns(members: Mapping[str, Member], person_id: str) -> bool:
    return person_id in members and members[person_id].owner
