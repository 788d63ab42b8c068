"""Each SharePoint list once: its columns, and the row model that fills them.

A row's attributes are the columns: `in_the_way` is the column `InTheWay`, and what people read above it stands beside it. Limits, all in
UTF-16 units: 255 for a line, 63,999 for a text of several lines (SharePoint "list limits"); a column's name has at most 32 ASCII characters
(Microsoft 365 community, "SharePoint naming guidelines"); a choice is not enforced through Graph, so it is enforced here.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
)
from pydantic.alias_generators import to_pascal

KEY_COLUMN = "EntryKey"
LINE_UNITS = 255
TEXT_UNITS = 63_999

# What XML cannot carry, SharePoint refuses: control characters and half surrogate pairs (XML 1.0, "Char").
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _plain(value: object) -> object:
    return _UNFIT.sub("", value) if isinstance(value, str) else value


def _cut(value: str, units: int) -> str:
    encoded = value.encode("utf-16-le")
    return value if len(encoded) <= 2 * units else encoded[: 2 * units - 2].decode("utf-16-le", "ignore") + "…"


def _line(value: str) -> str:
    return _cut(" ".join(value.split()), LINE_UNITS)


def _text(value: str) -> str:
    return _cut(value, TEXT_UNITS)


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(microsecond=0)


def _noon(value: date) -> str:
    # SharePoint keeps a day as the site's own midnight: noon falls on the same day in every zone from -11 to +11.
    return f"{value.isoformat()}T12:00:00Z"


Key = Annotated[str, Field(min_length=1, max_length=LINE_UNITS, pattern=r"^[\x21-\x7e]+$")]
Line = Annotated[str, BeforeValidator(_plain), AfterValidator(_line)]
Text = Annotated[str, BeforeValidator(_plain), AfterValidator(_text)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Day = Annotated[date, PlainSerializer(_noon, return_type=str)]
Count = Annotated[int, Field(ge=0)]

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WardState = Literal["active", "paused", "quiet"]
CheckInState = Literal["open", "closed", "missed"]
Feeling = Literal["Stuck", "Slow", "Steady", "Good", "Flying"]


class Facet(BaseModel):
    """What kind of column it is (text, choice, number or dateTime), with the settings of that kind (Graph "columnDefinition")."""

    model_config = ConfigDict(frozen=True)

    kind: str
    settings: dict[str, JsonValue]


def _facet(name: str, **settings: JsonValue) -> Facet:
    return Facet(kind=name, settings=settings)


def _choice(of: object) -> Facet:
    return _facet("choice", choices=list(get_args(of)), allowTextEntry=False, displayAs="dropDownMenu")


LINE = _facet("text", allowMultipleLines=False, maxLength=LINE_UNITS)
LINES = _facet("text", allowMultipleLines=True, linesForEditing=6, textType="plain")
NUMBER = _facet("number", decimalPlaces="none")
MOMENT = _facet("dateTime", format="dateTime", displayAs="standard")
DAY = _facet("dateTime", format="dateOnly", displayAs="standard")


@dataclass(frozen=True, slots=True)
class Says:
    """What people read above a column, and what kind of column it is."""

    display_name: str
    description: str
    facet: Facet = LINE
    indexed: bool = False


class Column(BaseModel):
    """One column of a list: `name` is its internal name, fixed when it is created (Graph "columnDefinition")."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[A-Z][A-Za-z0-9]{0,31}$")
    display_name: str
    description: str
    facet: Facet
    indexed: bool = False
    unique: bool = False
    hidden: bool = False

    def definition(self) -> dict[str, JsonValue]:
        """The body for Graph's POST …/columns. Unset properties are left out: a null is refused (msgraph-sdk-go issue 490)."""
        return {
            "name": self.name,
            "displayName": self.display_name,
            "description": self.description,
            "indexed": self.indexed,
            "enforceUniqueValues": self.unique,
            "hidden": self.hidden,
            self.facet.kind: self.facet.settings,
        }


class ListDefinition(BaseModel):
    """One SharePoint list. Its Title column comes with every list and is not repeated in `columns`."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str
    columns: tuple[Column, ...]


class Row(BaseModel):
    """One row of a list. Frozen; built by name from plain arguments; raises pydantic's ValidationError for what does not fit."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal, populate_by_name=True)

    LIST: ClassVar[str]
    DESCRIPTION: ClassVar[str]

    entry_key: Key
    title: Line

    def fields(self) -> dict[str, JsonValue]:
        """Graph's `fields`, by internal column name. None stands for an empty column: left out of an insert, cleared by an update."""
        shown: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return {name: None if value == "" else value for name, value in shown.items()}

    @classmethod
    def definition(cls) -> ListDefinition:
        """The list that these rows fill."""
        key = Column(
            name=KEY_COLUMN,
            display_name="Entry key",
            description="Written by Ward Rhythms so that a row is filed once. Do not change it.",
            facet=LINE,
            indexed=True,
            unique=True,
            hidden=True,
        )
        told = {
            str(field.alias): says
            for field in cls.model_fields.values()
            for says in field.metadata
            if isinstance(says, Says)
        }
        columns = [
            Column(
                name=name,
                display_name=says.display_name,
                description=says.description,
                facet=says.facet,
                indexed=says.indexed,
            )
            for name, says in told.items()
        ]
        return ListDefinition(name=cls.LIST, description=cls.DESCRIPTION, columns=(key, *columns))


class WardRow(Row):
    """A ward and its rhythm. `title` is the ward's name."""

    LIST: ClassVar[str] = "Wards"
    DESCRIPTION: ClassVar[str] = "The wards that keep a rhythm: their project, their leads, and when they are asked."

    project_title: Annotated[Line, Says("Project", "What the ward's improvement project is called.")]
    aim: Annotated[Text, Says("Aim", "What the project is for, in the ward's words.", LINES)] = ""
    leads: Annotated[Text, Says("Leads", "The people who lead the project, by name.", LINES)] = ""
    weekday: Annotated[Weekday, Says("Weekday", "The day of the check-in.", _choice(Weekday))]
    time_of_day: Annotated[Line, Says("Time of day", "When the check-in is posted, local time, as 14:00.")]
    time_zone: Annotated[Line, Says("Time zone", "The zone of that time, as Europe/London.")]
    every_weeks: Annotated[Count, Says("Every … weeks", "How many weeks lie between two check-ins.", NUMBER)]
    state: Annotated[
        WardState, Says("State", "Whether the ward is asked at present.", _choice(WardState), indexed=True)
    ]
    paused_until: Annotated[Day | None, Says("Paused until", "The day on which the rhythm begins again.", DAY)] = None
    team_name: Annotated[Line, Says("Team", "The team in Teams.")] = ""
    channel_name: Annotated[Line, Says("Channel", "The channel in which the ward is asked.")] = ""
    read_by: Annotated[Line, Says("Read by", "The role that reads replies, and when.")] = ""
    incident_link: Annotated[Text, Says("Incident system", "The trust's link for reporting incidents.", LINES)] = ""
    speak_up_link: Annotated[Text, Says("Speak up", "The trust's link to its Speak Up Guardian.", LINES)] = ""
    sustainability_link: Annotated[Text, Says("Sustainability pack", "The trust's link to the pack.", LINES)] = ""
    co_production_link: Annotated[Text, Says("Co-production", "The trust's link to its resources.", LINES)] = ""


class CheckInRow(Row):
    """One ward asked once. `title` is the ward and the period, as "Rowan 2026-W47".

    The counts of the five feelings are given only when five or more answered (programme threshold, The PSC).
    """

    LIST: ClassVar[str] = "CheckIns"
    DESCRIPTION: ClassVar[str] = "Each time a ward was asked, and the figures frozen when the check-in closed."

    ward_key: Annotated[Key, Says("Ward key", "The entry key of the ward.", indexed=True)]
    ward: Annotated[Line, Says("Ward", "The ward's name at the time.")]
    period: Annotated[Key, Says("Period", "The ISO week, as 2026-W47.", indexed=True)]
    state: Annotated[CheckInState, Says("State", "Open, closed, or missed.", _choice(CheckInState), indexed=True)]
    opens_at: Annotated[Moment, Says("Opens", "When the check-in was posted, or should have been.", MOMENT)]
    closes_at: Annotated[Moment, Says("Closes", "When answers stop being taken.", MOMENT)]
    missed_reason: Annotated[Line, Says("Why missed", "Why the check-in was not posted.")] = ""
    answers: Annotated[Count | None, Says("Answers", "How many people answered, once closed.", NUMBER)] = None
    stuck: Annotated[Count | None, Says("Stuck", "How many said Stuck; empty below five answers.", NUMBER)] = None
    slow: Annotated[Count | None, Says("Slow", "How many said Slow; empty below five answers.", NUMBER)] = None
    steady: Annotated[Count | None, Says("Steady", "How many said Steady; empty below five answers.", NUMBER)] = None
    good: Annotated[Count | None, Says("Good", "How many said Good; empty below five answers.", NUMBER)] = None
    flying: Annotated[Count | None, Says("Flying", "How many said Flying; empty below five answers.", NUMBER)] = None


class ReplyRow(Row):
    """One person's answer, without the person: no time of day, and no name or id unless they put their name to it.

    `title` is the period, as "2026-W47".
    """

    LIST: ClassVar[str] = "Replies"
    DESCRIPTION: ClassVar[str] = "What people answered. Without a name, unless the person put theirs to it."

    check_in_key: Annotated[Key, Says("Check-in key", "The entry key of the check-in.", indexed=True)]
    ward_key: Annotated[Key, Says("Ward key", "The entry key of the ward.", indexed=True)]
    period: Annotated[Key, Says("Period", "The ISO week, as 2026-W47.", indexed=True)]
    feeling: Annotated[Feeling, Says("Feeling", "How the project is going.", _choice(Feeling))]
    went_well: Annotated[Text, Says("What went well", "In the person's own words.", LINES)] = ""
    in_the_way: Annotated[Text, Says("What is in the way", "In the person's own words.", LINES)] = ""
    try_next: Annotated[Text, Says("What we try next", "In the person's own words.", LINES)] = ""
    given_by: Annotated[Line | None, Says("Given by", "The person's name, only if they put it to the reply.")] = None
    person_id: Annotated[Key | None, Says("Person", "Who gave it, only if they put their name to the reply.")] = None


LISTS: tuple[ListDefinition, ...] = (WardRow.definition(), CheckInRow.definition(), ReplyRow.definition())
