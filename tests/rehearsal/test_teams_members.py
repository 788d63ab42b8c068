"""Who is in a team, as Graph tells."""

from bot.rehearsal.people import seed_town
from bot.rehearsal.teams_members import members_of


def test_roles() -> None:
    """Owners and guests are marked as such, members by nothing."""
    town = seed_town()
    members = members_of(town, town.teams["rowan"].group_id) or []

    assert {one["displayName"]: one["roles"] for one in members if one["displayName"][0] in "PJS"} == {
        "Priya Nair": ["owner"],
        "Joe Brennan": [],
        "Sam Okoro": ["guest"],
    }
    assert members[0]["userId"] == town.people["priya"].id


def test_no_such_team() -> None:
    """Unknown and deleted teams have nobody, and Graph does not know a team by its thread."""
    town = seed_town()
    rowan = town.teams["rowan"]
    by_thread = members_of(town, rowan.id)
    rowan.deleted = True

    assert (members_of(town, "x"), by_thread, members_of(town, rowan.group_id)) == (None, None, None)
