"""The town that is rehearsed in: invented people, their teams and channels, and what can change there."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

_INVENTED = UUID("6f0b1d2e-9a54-4c39-8f0e-5a7c0d9b3e11")
_MAIL_DOMAIN = "trust.example"

#: Who works on Elm and Birch beside their managers: name and role by key.
ELM = {
    "kofi": ("Kofi Mensah", "nurse"),
    "mei": ("Mei Zhou", "healthcare assistant"),
    "dafydd": ("Dafydd Rees", "psychologist"),
    "farah": ("Farah Siddiqui", "nurse"),
    "lucia": ("Lucia Romero", "domestic assistant"),
    "ben": ("Ben Carter", "healthcare assistant"),
    "oksana": ("Oksana Bondar", "occupational therapist"),
}
BIRCH = {
    "siobhan": ("Siobhan Doyle", "nurse"),
    "anil": ("Anil Gurung", "healthcare assistant"),
    "naomi": ("Naomi Adeyemi", "nurse"),
    "peter": ("Peter Lindqvist", "psychiatrist"),
    "hana": ("Hana Suzuki", "pharmacist"),
    "leroy": ("Leroy Francis", "peer support worker"),
    "marta": ("Marta Silva", "healthcare assistant"),
    "gwen": ("Gwen Parry", "activity coordinator"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One person. `id` is the Entra object id, `teams_id` what Teams calls them ("29:…"), `key` what we call them."""

    key: str
    id: str
    teams_id: str
    name: str
    role: str
    guest: bool = False

    @property
    def email(self) -> str:
        """An address that can never exist (RFC 2606)."""
        return f"{self.name.lower().replace(' ', '.')}@{_MAIL_DOMAIN}"


@dataclass(slots=True)
class Channel:
    """One channel of a team. `id` is its thread id, "19:…@thread.tacv2"."""

    id: str
    name: str
    deleted: bool = False


@dataclass(slots=True)
class Team:
    """One team. `id` is the thread id of its General channel (Teams: a team is addressed so); `group_id` its Entra group."""

    key: str
    id: str
    group_id: str
    name: str
    channels: list[Channel]
    members: list[Person]
    owners: list[Person]
    archived: bool = False
    deleted: bool = False

    @property
    def general(self) -> Channel:
        """The channel every team begins with."""
        return self.channels[0]

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises KeyError when there is none."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise KeyError(name)


@dataclass(slots=True)
class Town:
    """Everybody and every team, by key. Whoever changes something here tells Teams' stand-in, which tells the bot."""

    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def find_person(self, any_id: str) -> Person | None:
        """The person with this object id, Teams id or e-mail address."""
        return next((one for one in self.people.values() if any_id in (one.id, one.teams_id, one.email)), None)

    def find_team(self, any_id: str) -> Team | None:
        """The team with this thread id or group id, deleted or not."""
        return next((one for one in self.teams.values() if any_id in (one.id, one.group_id)), None)

    def find_channel(self, channel_id: str) -> tuple[Team, Channel] | None:
        """The channel with this thread id and its team, deleted or not."""
        for team in self.teams.values():
            for channel in team.channels:
                if channel.id == channel_id:
                    return team, channel
        return None

    def add_person(self, key: str, name: str, role: str, *, guest: bool = False) -> Person:
        """Let somebody move in; ids follow from `key`, so they are the same in every rehearsal."""
        person = Person(key, invented_uuid(f"person/{key}"), _teams_id(key), name, role, guest)
        self.people[key] = person
        return person

    def add_team(
        self,
        key: str,
        name: str,
        *,
        owners: Iterable[Person],
        members: Iterable[Person] = (),
        channels: Iterable[str] = (),
    ) -> Team:
        """Found a team with a General channel and the named ones; owners are members too."""
        general = Channel(_thread_id(f"{key}/General"), "General")
        more = [Channel(_thread_id(f"{key}/{channel}"), channel) for channel in channels]
        owning = list(owners)
        team = Team(
            key=key,
            id=general.id,
            group_id=invented_uuid(f"team/{key}"),
            name=name,
            channels=[general, *more],
            members=[*owning, *members],
            owners=owning,
        )
        self.teams[key] = team
        return team

    def add_channel(self, team: Team, name: str) -> Channel:
        """Open a channel in `team`."""
        channel = Channel(_thread_id(f"{team.key}/{name}"), name)
        team.channels.append(channel)
        return channel

    def add_member(self, team: Team, person: Person, *, owner: bool = False) -> None:
        """Make `person` a member, or (again, with `owner`) an owner."""
        if person not in team.members:
            team.members.append(person)
        if owner and person not in team.owners:
            team.owners.append(person)

    def remove_member(self, team: Team, person: Person) -> None:
        """Take `person` out of the team, as owner too. Raises ValueError when they are not in it."""
        team.members.remove(person)
        if person in team.owners:
            team.owners.remove(person)


def invented_uuid(word: str) -> str:
    """A UUID that looks like Entra's and is the same for the same word."""
    return str(uuid5(_INVENTED, word))


def _teams_id(key: str) -> str:
    return "29:1" + hashlib.sha256(f"teams/{key}".encode()).hexdigest()


def _thread_id(word: str) -> str:
    return f"19:{hashlib.sha256(word.encode()).hexdigest()[:32]}@thread.tacv2"


def seed_town() -> Town:
    """The town of the first rehearsal: Rowan, Elm and Birch wards, and the sponsors."""
    town = Town()
    amina = town.add_person("amina", "Amina Hassan", "healthcare assistant")
    joe = town.add_person("joe", "Joe Brennan", "nurse")
    priya = town.add_person("priya", "Priya Nair", "ward manager")
    tomasz = town.add_person("tomasz", "Tomasz Kowalski", "occupational therapist")
    sam = town.add_person("sam", "Sam Okoro", "student", guest=True)
    grace = town.add_person("grace", "Grace Bell", "lived-experience advisor")
    osei = town.add_person("osei", "Dr Osei", "executive sponsor")
    ellen = town.add_person("ellen", "Ellen Walsh", "ward manager")
    yusuf = town.add_person("yusuf", "Yusuf Demir", "ward manager")
    town.add_team(
        "rowan",
        "Rowan ward",
        owners=[priya],
        members=[amina, joe, tomasz, sam, grace],
        channels=["Coffee before handover"],
    )
    elm, birch = (_staff(town, one) for one in (ELM, BIRCH))
    town.add_team("elm", "Elm ward", owners=[ellen], members=elm, channels=["Quiet hour"])
    town.add_team("birch", "Birch ward", owners=[yusuf], members=birch, channels=["Garden before lunch"])
    town.add_team("sponsors", "Culture of Care sponsors", owners=[osei])
    return town


def _staff(town: Town, people: Mapping[str, tuple[str, str]]) -> list[Person]:
    return [town.add_person(key, name, role) for key, (name, role) in people.items()]
