"""What a team and a channel are called, as far as Teams tells."""

import pytest

from bot.domain.wards import Place
from bot.records.graph import Graph
from bot.teams.bearer import Bearer
from bot.teams.connector import Connector
from bot.teams.roster import Roster
from tests.rehearsal.sharepoint_fixtures import Credential as EntraCredential
from tests.teams.door import APP_ID, TENANT, Credential, MovedClock, microsoft, session
from tests.teams.test_connector import answering

TEAM = '{"id": "19:team", "name": "Rowan ward", "aadGroupId": "g-1"}'
CHANNELS = '{"conversations": [{"id": "19:c", "name": "Coffee"}]}'


@pytest.mark.parametrize(
    ("team", "channels", "named"),
    [
        ((200, TEAM), (200, CHANNELS), ("g-1", "Rowan ward", "Coffee")),
        ((200, TEAM), (500, ""), ("g-1", "Rowan ward", "")),
        ((500, ""), (200, CHANNELS), ("", "", "Coffee")),
    ],
)
async def test_named(team: tuple[int, str], channels: tuple[int, str], named: tuple[str, str, str]) -> None:
    """Of a team's name and its channels', each is kept though the other is not told."""
    clock = MovedClock()
    async with microsoft() as ms, session() as opened:
        connector = Connector(opened, Bearer(Credential(clock), "scope", clock), ms.addresses, bot_id=f"28:{APP_ID}")
        roster = Roster(connector, Graph("http://127.0.0.1:1/v1.0", EntraCredential(), clock))
        ms.answers = [answering(*team), answering(*channels)]
        place = await roster.named(
            Place(tenant_id=TENANT, team_id="19:team", channel_id="19:c", service_url=ms.service_url)
        )

    assert (place.group_id, place.team_name, place.channel_name) == named
