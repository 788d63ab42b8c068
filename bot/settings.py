"""Every setting, once. Read from the environment or `.env`; all that is missing or wrong is named at once."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

PREFIX = "WARD_RHYTHMS_"
NOT_RIGHT = "is not right"
#: In place of pydantic's own sentences, which quote from what was given.
PLAINLY = {
    "missing": "is missing",
    "uuid_parsing": "must be an id, like 0a1b2c3d-0000-4000-8000-000000000000",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "less_than_equal": "must be at most {le:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "string_too_short": "must not be empty",
}
WRONG = "{name}: {reason}"
NO_SETTING = "is no setting"
MEANT = "is no setting; {name} is one"
NOT_A_SITE = "must be the web address of a SharePoint site, like https://trust.sharepoint.com/sites/culture-of-care"
NOT_A_ZONE = "must be a time zone, like Europe/London"
NOT_A_STORE = "must be a database, like sqlite:///data/ward-rhythms.db or postgresql+asyncpg://user@server/database"
NO_SUCH_FILE = "must be the path of a file that is there"
ONE_CREDENTIAL = (
    "give at most one of WARD_RHYTHMS_CLIENT_SECRET and WARD_RHYTHMS_CLIENT_CERTIFICATE;"
    " neither means a managed or workload identity"
)
SITE = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/(sites|teams)/[^/?#\s]+/?")
#: A file (never SQLite's database in memory, which is gone after a restart), or a server (a socket's folder stands behind "?host=").
STORE = re.compile(r"sqlite:///(?!:memory:)[^?\s]+|postgresql\+asyncpg://([^@/\s]*@)?[^@/:\s]*(:\d{1,5})?/[^/\s]\S*")


class Settings(BaseModel):
    """What an operator decides."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    app_id: UUID = Field(description="The bot's app (client) id in Entra ID.")
    tenant_id: UUID = Field(description="The tenant whose people may use the bot, and where its identity lives.")
    sharepoint_site: str = Field(description="The SharePoint site whose lists are the record.")
    client_secret: SecretStr | None = Field(None, description="The app's secret, if it has no managed identity.")
    client_certificate: Path | None = Field(
        None, description="Path of a PEM file with key and certificate, instead of a secret."
    )
    store: str = Field("sqlite:///data/ward-rhythms.db", description="The local database.")
    time_zone: str = Field("Europe/London", description="The time zone of new wards.")
    graph_units: float = Field(
        10.0, ge=1, le=100, description="SharePoint's resource units that may be spent a second, saved up for a minute."
    )
    read_every: int = Field(300, ge=30, le=86400, description="Seconds between two readings of the lists.")
    keep_check_ins_days: int | None = Field(
        None,
        ge=90,
        le=36500,
        description="Days after which a closed check-in is removed, with its replies; empty: never.",
    )
    keep_replies_days: int | None = Field(
        None, ge=30, le=36500, description="Days after which a reply is removed; empty: never."
    )
    keep_audit_log_days: int | None = Field(
        None, ge=90, le=36500, description="Days after which a row of the audit log is removed; empty: never."
    )
    host: Annotated[str, StringConstraints(min_length=1)] = Field("0.0.0.0", description="The address to listen on.")  # noqa: S104 -- in a container
    port: int = Field(3978, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")

    @field_validator("sharepoint_site")
    @classmethod
    def _site(cls, value: str) -> str:
        if not SITE.fullmatch(value):
            raise ValueError(NOT_A_SITE)
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(NOT_A_ZONE)
        return value

    @field_validator("store")
    @classmethod
    def _store(cls, value: str) -> str:
        if not STORE.fullmatch(value):
            raise ValueError(NOT_A_STORE)
        return value

    @field_validator("client_certificate")
    @classmethod
    def _certificate(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(NO_SUCH_FILE)
        return value

    @field_validator("client_certificate")
    @classmethod
    def _one_credential(cls, value: Path | None, others: ValidationInfo) -> Path | None:
        if value is not None and others.data.get("client_secret") is not None:
            raise ValueError(ONE_CREDENTIAL)
        return value


class EnvironmentSettings(Settings, BaseSettings):
    """The same, read from the environment or `.env`: each name in capitals, with the prefix `WARD_RHYTHMS_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )


class WrongSettings(Exception):
    """Settings are missing, wrong or misspelt. `lines` has one for each, by the name it has in the environment; never a value."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def from_environment() -> Settings:
    """The settings of the environment and `.env`.

    Raises:
        WrongSettings: with all that is wrong.
    """
    wrong = misspelt()
    try:
        settings = EnvironmentSettings()
    except ValidationError as error:
        wrong = [*problems(error), *wrong]
    if wrong:
        raise WrongSettings(wrong) from None
    return settings


def misspelt() -> list[str]:
    """A line for each name with our prefix, in the environment or `.env`, that no setting has; never a value.

    Passed over in silence, a slip of the pen would keep for ever what a trust believes to be removed.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    sources = (EnvSettingsSource(EnvironmentSettings), DotEnvSettingsSource(EnvironmentSettings))
    given = {name.upper() for source in sources for name in source.env_vars}
    lines = []
    for name in sorted(one for one in given - known if one.startswith(PREFIX)):
        alike = get_close_matches(name, known, n=1, cutoff=0.8)
        lines.append(WRONG.format(name=name, reason=MEANT.format(name=alike[0]) if alike else NO_SETTING))
    return lines


def problems(error: ValidationError) -> list[str]:
    """A line for each setting that is missing or wrong, by the name it has in the environment; never a value."""
    lines = []
    for found in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in found["loc"][:1]).upper()
        ours = found["msg"].removeprefix("Value error, ") if found["type"] == "value_error" else NOT_RIGHT
        bounds = {name: bound for name, bound in found.get("ctx", {}).items() if name in {"le", "ge"}}
        reason = PLAINLY.get(found["type"], ours).format(**bounds)
        lines.append(WRONG.format(name=f"{PREFIX}{name}" if name else PREFIX.rstrip("_"), reason=reason))
    return list(dict.fromkeys(lines))
