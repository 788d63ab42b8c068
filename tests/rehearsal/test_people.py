"""The town that is rehearsed in."""

import pytest

from bot.rehearsal.people import seed_town


def test_seed() -> None:
    """Rowan ward has its people, one owner, and a General channel whose id is the team's."""
    town = seed_town()
    rowan = town.teams["rowan"]

    assert [person.key for person in rowan.members] == ["priya", "amina", "joe", "tomasz", "sam", "grace"]
    assert [person.key for person in rowan.owners] == ["priya"]
    assert rowan.general.id == rowan.id
    assert town.people["sam"].guest


def test_same_every_time() -> None:
    """Two rehearsals invent the same ids, and no two of them are alike."""
    first, second = seed_town(), seed_town()
    ids = [one for person in first.people.values() for one in (person.id, person.teams_id, person.email)]
    ids += [channel.id for team in first.teams.values() for channel in team.channels]

    assert first == second
    assert len(ids) == len(set(ids))


def test_finding() -> None:
    """People are found by object id, Teams id and e-mail address; teams by thread and by group; channels by thread."""
    town = seed_town()
    joe, elm = town.people["joe"], town.teams["elm"]

    assert {town.find_person(one) for one in (joe.id, joe.teams_id, joe.email)} == {joe}
    assert town.find_team(elm.id) is town.find_team(elm.group_id) is elm
    assert town.find_channel(elm.channel("Quiet hour").id) == (elm, elm.channels[1])


def test_finding_nobody() -> None:
    """What is not there is not found."""
    town = seed_town()

    assert (town.find_person("x"), town.find_team("x"), town.find_channel("x")) == (None, None, None)
    with pytest.raises(KeyError):
        town.teams["elm"].channel("x")


def test_members_come_and_go() -> None:
    """Somebody joins, becomes an owner, and leaves; joining twice changes nothing."""
    town = seed_town()
    elm, joe, amina = town.teams["elm"], town.people["joe"], town.people["amina"]
    town.add_member(elm, joe)
    town.add_member(elm, joe, owner=True)
    town.add_member(elm, joe, owner=True)
    town.add_member(elm, amina)
    owners = [person.key for person in elm.owners]
    town.remove_member(elm, joe)
    town.remove_member(elm, amina)

    assert owners == ["ellen", "joe"]
    assert [person.key for person in elm.owners] == ["ellen"]
    assert not {"joe", "amina"} & {person.key for person in elm.members}


def test_new_places() -> None:
    """A town grows by people, teams and channels."""
    town = seed_town()
    ada = town.add_person("ada", "Ada Lowe", "nurse")
    oak = town.add_team("oak", "Oak ward", owners=[ada])
    channel = town.add_channel(oak, "Longlist")

    assert town.find_channel(channel.id) == (oak, channel)
    assert oak.members == [ada]
