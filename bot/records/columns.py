"""What a SharePoint list is made of: kinds of columns, the values they hold, and the row model that fills them.

A row's attributes are the columns: `in_the_way` is the column `InTheWay`, and what people read above it stands beside it. Limits, all in
UTF-16 units: 255 for a line, 63,999 for a text of several lines (SharePoint "list limits"); a column's name has at most 32 ASCII characters
(Microsoft 365 community, "SharePoint naming guidelines"); a choice is not enforced through Graph, so it is enforced here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
)
from pydantic.alias_generators import to_pascal

#: A row's columns by internal name, canonical (`Row.canonical`).
Fields = dict[str, JsonValue]

TITLE = "Title"
#: Which row it is: unique, so that a filing that is tried twice cannot make a second row.
KEY_COLUMN = "EntryKey"
#: Which write of the bot's the row last had: a write whose answer got lost is known by it, whatever people have changed since.
WRITE_COLUMN = "WriteKey"

LINE_UNITS = 255
TEXT_UNITS = 63_999

#: SharePoint keeps a day as midnight on the site's own clock. So much later it is the same day in UTC, for sites from UTC-12 to UTC+11; and so it
#: is for the noon that we write.
_INTO_THE_DAY = timedelta(hours=11, minutes=59)

# What XML cannot carry, SharePoint refuses: control characters and half surrogate pairs (XML 1.0, "Char").
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _plain(value: object) -> object:
    # What is printable has nothing unfit in it, and to ask that costs far less.
    return _UNFIT.sub("", value) if isinstance(value, str) and not value.isprintable() else value


def _cut(value: str, units: int) -> str:
    if 2 * len(value) <= units:
        return value
    encoded = value.encode("utf-16-le")
    return value if len(encoded) <= 2 * units else encoded[: 2 * units - 2].decode("utf-16-le", "ignore") + "…"


def _line(value: str) -> str:
    return _cut(" ".join(value.split()), LINE_UNITS)


def _text(value: str) -> str:
    return _cut(value, TEXT_UNITS)


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(microsecond=0)


Key = Annotated[str, Field(min_length=1, max_length=LINE_UNITS, pattern=r"^[\x21-\x7e]+$")]
Line = Annotated[str, BeforeValidator(_plain), AfterValidator(_line)]
Text = Annotated[str, BeforeValidator(_plain), AfterValidator(_text)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Day = date
Count = Annotated[int, Field(ge=0)]


class Facet(BaseModel):
    """What kind of column it is (text, choice, number, boolean or dateTime), with the settings of that kind (Graph "columnDefinition")."""

    model_config = ConfigDict(frozen=True)

    kind: str
    settings: dict[str, JsonValue]


def _facet(name: str, **settings: JsonValue) -> Facet:
    return Facet(kind=name, settings=settings)


def choice(of: object) -> Facet:
    """One of the words of a `Literal`."""
    return _facet("choice", choices=list(get_args(of)), allowTextEntry=False, displayAs="dropDownMenu")


LINE = _facet("text", allowMultipleLines=False, maxLength=LINE_UNITS)
LINES = _facet("text", allowMultipleLines=True, linesForEditing=6, textType="plain")
NUMBER = _facet("number", decimalPlaces="none")
DECIMAL = _facet("number", decimalPlaces="automatic")
MOMENT = _facet("dateTime", format="dateTime", displayAs="standard")
DAY = _facet("dateTime", format="dateOnly", displayAs="standard")
YES_NO = _facet("boolean")


@dataclass(frozen=True, slots=True)
class Says:
    """What people read above a column, and what kind of column it is.

    `theirs`: what people change there, the bot takes over; in any other column it puts its own value back. `hidden`: kept for the bot alone.
    """

    display_name: str
    description: str
    facet: Facet = LINE
    indexed: bool = False
    theirs: bool = False
    hidden: bool = False


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
    people_may_edit: bool = False

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


_OURS = (
    Column(
        name=KEY_COLUMN,
        display_name="Entry key",
        description="Written by Ward Rhythms so that a row is filed once. Do not change it.",
        facet=LINE,
        indexed=True,
        unique=True,
        hidden=True,
    ),
    Column(
        name=WRITE_COLUMN,
        display_name="Write key",
        description="Written by Ward Rhythms so that it knows its own changes from yours. Do not change it.",
        facet=LINE,
        hidden=True,
    ),
)


class Row(BaseModel):
    """One row of a list. Frozen; built by name from plain arguments; raises pydantic's ValidationError for what does not fit."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal, populate_by_name=True)

    LIST: ClassVar[str]
    DESCRIPTION: ClassVar[str]
    #: Whether people may change the Title, as any column that says `theirs`.
    TITLE_IS_THEIRS: ClassVar[bool] = False

    entry_key: Key
    title: Line

    def fields(self) -> dict[str, JsonValue]:
        """Its columns by internal name, canonical (see below): what is compared, and what `wire` makes ready for Graph."""
        return self.canonical(self.model_dump(mode="json", by_alias=True))

    @classmethod
    def read(cls, fields: Mapping[str, JsonValue]) -> Self:
        """The row that canonical fields (`canonical`) hold.

        Raises:
            ValidationError: something in it does not fit, or is missing.
        """
        return cls.model_validate({name: value for name, value in fields.items() if value is not None})

    @classmethod
    def canonical(cls, fields: Mapping[str, Any]) -> dict[str, JsonValue]:
        """Each of the list's columns as values are compared, however SharePoint spells them; an empty or absent one is None.

        A text has plain line ends and none at its end; a moment is in UTC, to the second; a day is a day; a whole number has no point.
        """
        return {
            name: None if (value := fields.get(name)) is None or value == "" else canonical(value)
            for name, canonical in cls._canonical().items()
        }

    @classmethod
    def wire(cls, fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Canonical fields as Graph takes them. None stands for an empty column: left out of an insert, cleared by an update.

        SharePoint keeps a day as the site's own midnight: noon falls on the same day in every zone from -11 to +11.
        """
        days = {name: f"{value}T12:00:00Z" for name in cls._days() if (value := fields.get(name)) is not None}
        return {**fields, **days}

    @classmethod
    @cache
    def _facets(cls) -> Mapping[str, Facet]:
        return {TITLE: LINE, KEY_COLUMN: LINE} | {column.name: column.facet for column in cls._said()}

    @classmethod
    @cache
    def _canonical(cls) -> Mapping[str, Callable[[Any], JsonValue]]:
        return {name: _canonical_of(facet) for name, facet in cls._facets().items()}

    @classmethod
    @cache
    def _days(cls) -> frozenset[str]:
        return frozenset(name for name, facet in cls._facets().items() if facet == DAY)

    @classmethod
    @cache
    def theirs(cls) -> frozenset[str]:
        """The columns that people may change, by internal name."""
        title = {TITLE} if cls.TITLE_IS_THEIRS else set()
        return frozenset(title | {column.name for column in cls._said() if column.people_may_edit})

    @classmethod
    @cache
    def definition(cls) -> ListDefinition:
        """The list that these rows fill."""
        return ListDefinition(name=cls.LIST, description=cls.DESCRIPTION, columns=(*_OURS, *cls._said()))

    @classmethod
    def _said(cls) -> tuple[Column, ...]:
        return tuple(
            Column(
                name=str(field.alias),
                display_name=says.display_name,
                description=says.description,
                facet=says.facet,
                indexed=says.indexed,
                hidden=says.hidden,
                people_may_edit=says.theirs,
            )
            for field in cls.model_fields.values()
            for says in field.metadata
            if isinstance(says, Says)
        )


def _canonical_of(facet: Facet) -> Callable[[Any], JsonValue]:
    """How the values of a column are made alike. None of them is empty."""
    if facet.kind == "dateTime":
        return partial(_canonical_moment, day=facet.settings["format"] == "dateOnly")
    return _canonical_figure if facet.kind in {"number", "boolean"} else _canonical_text


def _canonical_text(value: Any) -> str | None:
    text = str(value)
    if text.isprintable():
        return text.strip() or None  # one line, as most are
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() or None


def _canonical_figure(value: Any) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int | float) else _canonical_text(value)


def _canonical_moment(value: Any, *, day: bool) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if day:
        return (moment.astimezone(UTC) + _INTO_THE_DAY).date().isoformat()
    return f"{_utc(moment):%Y-%m-%dT%H:%M:%SZ}"
