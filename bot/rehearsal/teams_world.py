"""What the parts of the Teams stand-in share: the town, what was said, the clock, and the faults to come."""

from collections import Counter
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.rehearsal.identity import Identity
from bot.rehearsal.people import Person, Team, Town
from bot.rehearsal.teams_faults import Faults
from bot.rehearsal.teams_limits import Limits
from bot.rehearsal.teams_talk import Changes, Talk


class NotSent(Exception):
    """Teams would not have let this person do that; `problems` says why, by input id ("" for anything else)."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {what}" if where else what for where, what in problems.items()))
        self.problems = problems


@dataclass(slots=True)
class World:
    """One tenant with one bot in it. `service_url` is known once the server listens; `requests` counts what was asked of it."""

    clock: Clock
    identity: Identity
    town: Town
    app_id: str
    tenant_id: str
    app_name: str
    limits: Limits
    faults: Faults = field(default_factory=Faults)
    talk: Talk = field(default_factory=Talk)
    changes: Changes = field(default_factory=Changes)
    requests: Counter[str] = field(default_factory=Counter)
    service_url: str = ""

    @property
    def bot_id(self) -> str:
        """What Teams calls the bot."""
        return f"28:{self.app_id}"

    def place(self, channel_id: str) -> Team:
        """The team of a channel. Raises NotSent when it is gone, or when the app is not there to be spoken to."""
        found = self.town.find_channel(channel_id)
        if not found or found[1].deleted or found[0].deleted:
            raise NotSent({"": "this channel is not there any more"})
        if found[0].id not in self.talk.app_in_teams:
            raise NotSent({"": "the app is not in this team"})
        return found[0]

    def member(self, person: Person, channel_id: str) -> Team:
        """The team of a channel, which `person` is in. Raises NotSent when they are not."""
        team = self.place(channel_id)
        if person not in team.members:
            raise NotSent({"": "this person is not in the team"})
        return team

    def chat(self, person: Person) -> str:
        """The personal chat of `person` with the bot. Raises NotSent when they do not have the app."""
        if person.id not in self.talk.app_with_people:
            raise NotSent({"": "this person does not have the app"})
        return self.talk.open_chat(person)
