"""Who is in a team: Graph knows, once Teams has told what Graph calls the team."""

from collections.abc import Sequence

from bot.domain.wards import Place
from bot.errors import Final, TryAgain
from bot.records.graph import Graph, Member
from bot.teams.connector import Connector


class Roster:
    """Members by Graph's `/teams/{id}/members`, which wants the team's Entra group id; Teams puts that into some activities only."""

    def __init__(self, connector: Connector, graph: Graph) -> None:
        self._connector = connector
        self._graph = graph
        self._groups: dict[str, str] = {}

    async def members(self, place: Place) -> Sequence[Member]:
        """Everybody in the place's team, at most 15 minutes old.

        Raises:
            TryAgain, WakeSomebody: nobody can tell just now; callers fail closed.
        """
        try:
            return await self._graph.team_members(await self._group(place))
        except Final as refused:
            raise TryAgain(refused.code) from refused

    async def _group(self, place: Place) -> str:
        group_id = place.group_id or self._groups.get(place.team_id)
        if not group_id:
            group_id = await self._connector.group_of(place.service_url, place.team_id)
            self._groups[place.team_id] = group_id
        return group_id
