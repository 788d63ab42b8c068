"""Who is in a team: Graph knows, once Teams has told what Graph calls the team."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import structlog

from bot.domain.wards import Place
from bot.errors import Final, TryAgain, WardRhythmsError
from bot.records.graph import Graph, Member
from bot.teams.connector import Connector

GENERAL = "General"

log = structlog.get_logger()


class Roster:
    """Members by Graph's `/teams/{id}/members`, which wants the team's Entra group id; Teams puts that, and names, into events only."""

    def __init__(self, connector: Connector, graph: Graph) -> None:
        self._connector = connector
        self._graph = graph
        self._groups: dict[str, str] = {}

    async def members(self, place: Place, *, afresh: bool = False) -> Sequence[Member]:
        """Everybody in the place's team, at most 15 minutes old, or `afresh` at most 30 seconds.

        Raises:
            TryAgain, WakeSomebody: nobody can tell just now; callers fail closed.
        """
        try:
            return await self._graph.team_members(await self._group(place), afresh=afresh)
        except Final as refused:
            raise TryAgain(refused.code) from refused

    async def named(self, place: Place) -> Place:
        """The place with its team's Entra group id and both names; as it is where Teams does not tell."""
        team = await self._told(self._connector.team(place.service_url, place.team_id))
        channels = await self._told(self._connector.channels(place.service_url, place.team_id))
        told = {
            "group_id": team.get("aadGroupId"),
            "team_name": team.get("name"),
            "channel_name": channels.get(place.channel_id) or (GENERAL if place.channel_id == place.team_id else ""),
        }
        return place.model_copy(update={key: value for key, value in told.items() if isinstance(value, str) and value})

    @staticmethod
    async def _told(asked: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The answer, or nothing: one that Teams keeps to itself takes no other with it."""
        try:
            return await asked
        except WardRhythmsError as error:
            log.info("a place could not be named", error=type(error).__name__)
            return {}

    async def _group(self, place: Place) -> str:
        group_id = place.group_id or self._groups.get(place.team_id)
        if not group_id:
            group_id = str((await self._connector.team(place.service_url, place.team_id)).get("aadGroupId") or "")
            if not group_id:
                raise Final("no_group")
            self._groups[place.team_id] = group_id
        return group_id
