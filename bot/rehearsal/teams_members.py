"""Who is in a team, as Graph is asked (Microsoft Graph: "List members of a team")."""

from typing import Any

from bot.rehearsal.people import Person, Team, Town


def members_of(town: Town, group_id: str) -> list[dict[str, Any]] | None:
    """Each member of the team with its Entra group id: userId, displayName, roles, email. None when there is no such team."""
    team = town.find_team(group_id)
    if team is None or team.deleted or team.group_id != group_id:
        return None
    return [
        {"userId": person.id, "displayName": person.name, "roles": _roles(team, person), "email": person.email}
        for person in team.members
    ]


def _roles(team: Team, person: Person) -> list[str]:
    if person in team.owners:
        return ["owner"]
    return ["guest"] if person.guest else []
