"""What happens to teams, channels and memberships: it is done in the town, and the bot is told as Teams tells it.

Source: Teams, "conversation events in your Teams bot". Where the app is not, nothing is told, and the answer is None.
"""

from typing import Any, Unpack

from bot.rehearsal.people import Channel, Person, Team
from bot.rehearsal.teams_deliveries import Answer, Deliveries, How
from bot.rehearsal.teams_world import NotSent


class Events(Deliveries):
    """The clients of everybody in town, and what the owners of teams do there."""

    async def install(
        self, team: Team, channel: Channel | None = None, *, by: Person | None = None, **how: Unpack[How]
    ) -> Answer:
        """Add the app to a team, to be set up in `channel` (General without one). Returns the answer that went worst."""
        self.world.talk.app_in_teams.add(team.id)
        chosen = channel or team.general
        person, place = by or team.owners[0], self._activities.place(team, chosen)
        where = self._activities.channel_conversation(chosen)
        data = place | {"settings": {"selectedChannel": {"id": chosen.id}}}
        first = await self._deliver(self._activities.installation(person, where, data, "add"), how)
        return max(first, await self._bot_moved(team, person, "added", how), key=_badness)

    async def uninstall(self, team: Team, *, by: Person | None = None, **how: Unpack[How]) -> Answer:
        """Take the app out of a team. Raises NotSent when it is not there. Returns the answer that went worst."""
        if team.id not in self.world.talk.app_in_teams:
            raise NotSent({"": "the app is not in this team"})
        self.world.talk.app_in_teams.discard(team.id)
        person, where = by or team.owners[0], self._activities.channel_conversation(team.general)
        place = self._activities.place(team)
        first = await self._deliver(self._activities.installation(person, where, place, "remove"), how)
        return max(first, await self._bot_moved(team, person, "removed", how), key=_badness)

    async def upgrade(self, team: Team, *, remove: bool = False, **how: Unpack[How]) -> Answer:
        """Bring a new version of the app to a team where it is: "add-upgrade", or with `remove` its "remove-upgrade"."""
        self.world.place(team.general.id)
        where, place = self._activities.channel_conversation(team.general), self._activities.place(team)
        action = "remove-upgrade" if remove else "add-upgrade"
        return await self._deliver(self._activities.installation(team.owners[0], where, place, action), how)

    async def install_for(self, person: Person, **how: Unpack[How]) -> Answer:
        """Let a person add the app for themselves. Returns the answer that went worst."""
        self.world.talk.app_with_people.add(person.id)
        where, data = self._personal(person)
        first = await self._deliver(self._activities.installation(person, where, data, "add"), how)
        added = [{"id": self.world.bot_id}, self._activities.account(person)]
        second = await self._deliver(self._activities.conversation_update(person, where, data, membersAdded=added), how)
        return max(first, second, key=_badness)

    async def uninstall_for(self, person: Person, **how: Unpack[How]) -> Answer:
        """Let a person take the app away for themselves."""
        self.world.chat(person)
        self.world.talk.app_with_people.discard(person.id)
        where, data = self._personal(person)
        return await self._deliver(self._activities.installation(person, where, data, "remove"), how)

    async def member_added(
        self, team: Team, person: Person, *, owner: bool = False, **how: Unpack[How]
    ) -> Answer | None:
        """Let somebody join a team."""
        self.world.town.add_member(team, person, owner=owner)
        return await self._happened(team, "teamMemberAdded", how, membersAdded=[self._activities.account(person)])

    async def member_removed(self, team: Team, person: Person, **how: Unpack[How]) -> Answer | None:
        """Let somebody leave a team."""
        self.world.town.remove_member(team, person)
        return await self._happened(team, "teamMemberRemoved", how, membersRemoved=[self._activities.account(person)])

    async def channel_created(self, team: Team, name: str, **how: Unpack[How]) -> Answer | None:
        """Open a channel."""
        return await self._channel_event(team, self.world.town.add_channel(team, name), "channelCreated", how)

    async def channel_renamed(self, channel: Channel, name: str, **how: Unpack[How]) -> Answer | None:
        """Give a channel another name."""
        channel.name = name
        return await self._channel_event(self._team_of(channel), channel, "channelRenamed", how)

    async def channel_deleted(self, channel: Channel, **how: Unpack[How]) -> Answer | None:
        """Delete a channel; Teams keeps it for a while."""
        channel.deleted = True
        return await self._channel_event(self._team_of(channel), channel, "channelDeleted", how)

    async def channel_restored(self, channel: Channel, **how: Unpack[How]) -> Answer | None:
        """Bring a deleted channel back."""
        channel.deleted = False
        return await self._channel_event(self._team_of(channel), channel, "channelRestored", how)

    async def team_renamed(self, team: Team, name: str, **how: Unpack[How]) -> Answer | None:
        """Give a team another name."""
        team.name = name
        return await self._happened(team, "teamRenamed", how)

    async def team_archived(self, team: Team, **how: Unpack[How]) -> Answer | None:
        """Make a team read-only."""
        team.archived = True
        return await self._happened(team, "teamArchived", how)

    async def team_unarchived(self, team: Team, **how: Unpack[How]) -> Answer | None:
        """Make an archived team writable again."""
        team.archived = False
        return await self._happened(team, "teamUnarchived", how)

    async def team_deleted(self, team: Team, **how: Unpack[How]) -> Answer | None:
        """Delete a team; Teams keeps it for a while."""
        team.deleted = True
        return await self._happened(team, "teamDeleted", how)

    async def team_restored(self, team: Team, **how: Unpack[How]) -> Answer | None:
        """Bring a deleted team back."""
        team.deleted = False
        return await self._happened(team, "teamRestored", how)

    def _team_of(self, channel: Channel) -> Team:
        return next(team for team in self.world.town.teams.values() if channel in team.channels)

    def _personal(self, person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
        chat = self.world.talk.open_chat(person)
        return self._activities.personal_conversation(chat), {"tenant": {"id": self.world.tenant_id}}

    async def _bot_moved(self, team: Team, person: Person, way: str, how: How) -> Answer:
        where = self._activities.channel_conversation(team.general)
        data = self._activities.place(team) | {"eventType": f"teamMember{way.title()}"}
        moved: dict[str, Any] = {f"members{way.title()}": [{"id": self.world.bot_id}]}
        return await self._deliver(self._activities.conversation_update(person, where, data, **moved), how)

    async def _channel_event(self, team: Team, channel: Channel, event: str, how: How) -> Answer | None:
        return await self._happened(team, event, how, {"channel": {"id": channel.id, "name": channel.name}})

    async def _happened(
        self, team: Team, event: str, how: How, data: dict[str, Any] | None = None, **changed: Any
    ) -> Answer | None:
        self.world.changes.note()
        if team.id not in self.world.talk.app_in_teams:
            return None
        where = self._activities.channel_conversation(team.general)
        told = self._activities.place(team) | (data or {}) | {"eventType": event}
        person = (team.owners or team.members)[0]
        return await self._deliver(self._activities.conversation_update(person, where, told, **changed), how)


def _badness(answer: Answer) -> int:
    return answer.status
