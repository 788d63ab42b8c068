"""Who leads a ward, and when it is paused."""

from datetime import date

import pytest

from bot.domain.wards import Person, Place, Ward
from tests.domain.times import rhythm

ROWAN = Ward(
    id="rowan",
    name="Rowan",
    project="Coffee before handover",
    leads=(Person(id="priya", name="Priya"),),
    reader="Priya",
    rhythm=rhythm(paused_until=date(2026, 12, 1)),
    place=Place(tenant_id="t", team_id="team", channel_id="channel", service_url="https://smba.trafficmanager.net/uk/"),
)


@pytest.mark.parametrize(("person", "leads"), [("priya", True), ("Priya", False), ("joe", False), ("", False)])
def test_leads(person: str, leads: bool) -> None:
    """A lead is known by account and not by name."""
    assert ROWAN.is_lead(person) is leads


def test_paused() -> None:
    """A ward is paused up to the day on which its pause ends, and not on it."""
    awake = ROWAN.model_copy(update={"rhythm": rhythm()})

    assert ROWAN.paused(date(2026, 11, 30))
    assert not ROWAN.paused(date(2026, 12, 1))
    assert not awake.paused(date(2026, 11, 30))
