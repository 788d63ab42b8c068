"""Every setting, once. Read from the environment or `.env`; all that is missing or wrong is named at once."""

import re
from pathlib import Path
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "WARD_RHYTHMS_"
MISSING = "is missing"
WRONG = "{name}: {reason}"
NOT_A_SITE = "must be the web address of a SharePoint site, like https://trust.sharepoint.com/sites/culture-of-care"
NOT_A_ZONE = "must be a time zone, like Europe/London"
NOT_A_STORE = "must start with sqlite+aiosqlite:/// or postgresql+asyncpg://"
ONE_CREDENTIAL = (
    "give at most one of client_secret and client_certificate; neither means a managed or workload identity"
)
SITE = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/(sites|teams)/[^/?#\s]+/?")
STORES = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")


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
    other_tenants: Annotated[tuple[UUID, ...], NoDecode] = Field(
        (), description="Further tenants whose people may use the bot, comma-separated."
    )
    store: str = Field("sqlite+aiosqlite:///data/ward-rhythms.db", description="The local database.")
    time_zone: str = Field("Europe/London", description="The time zone of new wards.")
    host: Annotated[str, StringConstraints(min_length=1)] = Field("0.0.0.0", description="The address to listen on.")  # noqa: S104 -- in a container
    port: int = Field(3978, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")

    @field_validator("other_tenants", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

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
        if not value.startswith(STORES):
            raise ValueError(NOT_A_STORE)
        return value

    @field_validator("client_certificate")
    @classmethod
    def _certificate(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("no such file")
        return value

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        if self.client_secret is not None and self.client_certificate is not None:
            raise ValueError(ONE_CREDENTIAL)
        return self

    @property
    def tenants(self) -> frozenset[str]:
        """Every tenant whose people may use the bot."""
        return frozenset(str(tenant) for tenant in (self.tenant_id, *self.other_tenants))


class EnvironmentSettings(Settings, BaseSettings):
    """The same, read from the environment or `.env`: each name in capitals, with the prefix `WARD_RHYTHMS_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore")


def problems(error: ValidationError) -> list[str]:
    """A line for each setting that is missing or wrong, by the name it has in the environment; never a value."""
    lines = []
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        name = "_".join(str(part) for part in found["loc"][:1]).upper()
        reason = MISSING if found["type"] == "missing" else found["msg"].removeprefix("Value error, ")
        lines.append(WRONG.format(name=f"{PREFIX}{name}" if name else PREFIX.rstrip("_"), reason=reason))
    return lines
