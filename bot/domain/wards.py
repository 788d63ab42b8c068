"""A ward, its project, its people and where it lives in Teams."""

from datetime import date, time
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.rhythms import Rhythm


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Person(_Frozen):
    """Somebody with an account in the trust's tenant. `id` is the Entra object id, the only thing anybody is authorised by."""

    id: str
    name: str


class Place(_Frozen):
    """A ward's channel in Teams, as learnt from what Teams sends. `service_url` is the latest one seen.

    `team_id` is what Teams calls the team (the id of its General channel), `group_id` what Entra and Graph call it; empty until it was told.
    """

    tenant_id: str
    team_id: str
    group_id: str = ""
    channel_id: str
    service_url: str
    team_name: str = ""
    channel_name: str = ""


class Links(_Frozen):
    """The trust's own places, as https addresses; empty where the ward gave none."""

    incident: str = ""
    speak_up: str = ""
    sustainability: str = ""
    co_production: str = ""


class Quiet(StrEnum):
    """Why nothing may be sent to a ward at present."""

    REMOVED = "removed"
    TEAM_GONE = "team_gone"
    CHANNEL_GONE = "channel_gone"
    REFUSED = "refused"


class Ward(_Frozen):
    """One ward and its project. `version` counts changes; `quiet` is set while nothing may be sent."""

    id: str
    name: str
    project: str
    aim: str = ""
    leads: tuple[Person, ...] = ()
    reader: str
    links: Links = Links()
    rhythm: Rhythm
    place: Place
    quiet: Quiet | None = None

    def is_lead(self, person_id: str) -> bool:
        """Whether this person is one of the ward's leads."""
        return any(lead.id == person_id for lead in self.leads)

    def paused(self, today: date) -> bool:
        """Whether check-ins are paused on this day (local to the ward)."""
        return self.rhythm.paused_until is not None and today < self.rhythm.paused_until


class Details(_Frozen):
    """What the set-up form asks for, checked: enough to make a ward or change one."""

    name: str
    project: str
    aim: str
    lead_ids: tuple[str, ...]
    weekday: int
    at: time
    every_weeks: Literal[1, 2, 4]
    reader: str
    links: Links
