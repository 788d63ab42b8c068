"""Every setting is checked, and all that is missing or wrong is named at once, never with its value."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import EnvironmentSettings, Settings, WrongSettings, from_environment, misspelt, problems

APP, TENANT = "0a1b2c3d-0000-4000-8000-00000000000a", "0a1b2c3d-0000-4000-8000-00000000000b"
SITE = "https://trust.sharepoint.com/sites/culture-of-care"
GOOD: dict[str, Any] = {"app_id": APP, "tenant_id": TENANT, "sharepoint_site": SITE}


def told(**values: Any) -> list[str]:
    """What is said about these settings."""
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate(GOOD | values)
    return problems(raised.value)


def test_three_are_enough() -> None:
    """App, tenant and site are all that has to be given."""
    settings = Settings.model_validate(GOOD)

    assert (settings.store, settings.time_zone, settings.port) == (
        "sqlite:///data/ward-rhythms.db",
        "Europe/London",
        3978,
    )


@pytest.mark.usefixtures("no_settings")
def test_nothing_given() -> None:
    """With nothing set, each setting that is needed is named."""
    with pytest.raises(ValidationError) as raised:
        EnvironmentSettings()

    assert problems(raised.value) == [
        "WARD_RHYTHMS_APP_ID: is missing",
        "WARD_RHYTHMS_TENANT_ID: is missing",
        "WARD_RHYTHMS_SHAREPOINT_SITE: is missing",
    ]


def test_environment_and_file(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the environment and `.env`, the environment first; an empty one counts as not given."""
    (no_settings / ".env").write_text(
        f"WARD_RHYTHMS_APP_ID={TENANT}\nWARD_RHYTHMS_TENANT_ID={TENANT}\nWARD_RHYTHMS_SHAREPOINT_SITE={SITE}/\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("WARD_RHYTHMS_APP_ID", APP)
    monkeypatch.setenv("WARD_RHYTHMS_CLIENT_SECRET", "")
    settings = EnvironmentSettings()

    assert str(settings.app_id) == APP
    assert settings.sharepoint_site == SITE
    assert settings.client_secret is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("app_id", "4711"),
        ("tenant_id", "trust.onmicrosoft.com"),
        ("sharepoint_site", "http://trust.sharepoint.com/sites/a"),
        ("sharepoint_site", "https://trust.sharepoint.com"),
        ("sharepoint_site", "https://trust.sharepoint.com/sites/a?b=4711"),
        ("store", "mysql://4711@server/db"),
        ("store", "sqlite:///"),
        ("store", "sqlite:///:memory:"),
        ("store", "postgresql+asyncpg://user:4711@server:port/db"),
        ("store", "postgresql+asyncpg://user:4711@server"),
        ("time_zone", "Mars/4711"),
        ("host", ""),
        ("port", "4711x"),
        ("port", "-4711"),
        ("port", "471147"),
        ("client_certificate", "no-such-folder/4711.pem"),
    ],
)
def test_wrong(name: str, value: str) -> None:
    """A wrong value is named by its setting and by what it must be, and not repeated."""
    (line,) = told(**{name: value})

    assert line.startswith(f"WARD_RHYTHMS_{name.upper()}: must be ") or line.endswith("must not be empty")
    assert "4711" not in line


@pytest.mark.parametrize(
    "store",
    [
        "sqlite:////data/ward-rhythms.db",
        "postgresql+asyncpg://ward:secret@db.trust.example:5432/ward_rhythms",
        "postgresql+asyncpg://postgres@/ward_rhythms?host=/var/run/postgresql",
    ],
)
def test_stores(store: str) -> None:
    """A file, a server and a server's socket are places for the store."""
    assert Settings.model_validate(GOOD | {"store": store}).store == store


def test_two_credentials() -> None:
    """A secret and a certificate together are one too many, said beside whatever else is wrong."""
    lines = told(app_id="x", client_secret="secret", client_certificate=__file__)

    assert [line.split(":")[0] for line in lines] == ["WARD_RHYTHMS_APP_ID", "WARD_RHYTHMS_CLIENT_CERTIFICATE"]


def test_a_secret_stays_one() -> None:
    """Printed, settings do not show the secret."""
    assert "hush" not in repr(Settings.model_validate(GOOD | {"client_secret": "hush"}))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("WARD_RHYTHMS_KEEP_REPLY_DAYS", "is no setting; WARD_RHYTHMS_KEEP_REPLIES_DAYS is one"),
        ("WARD_RHYTHMS_VOLCANO", "is no setting"),
    ],
)
def test_misspelt(no_settings: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str) -> None:
    """A name that no setting has is said, from the environment and from `.env`, with the one that was meant; what is not ours is not."""
    monkeypatch.setenv("WARDS", "4711")
    monkeypatch.setenv("WARD_RHYTHMS_APP_ID", APP)
    monkeypatch.setenv(name, "4711")
    from_environment = misspelt()
    monkeypatch.delenv(name)
    none = misspelt()
    (no_settings / ".env").write_text(f"{name}=4711\nPATH=4711\nWARD_RHYTHMS_TENANT_ID={TENANT}\n", encoding="utf-8")

    assert from_environment == misspelt() == [f"{name}: {told}"]
    assert none == []


@pytest.mark.usefixtures("no_settings")
def test_a_misspelt_one_alone_stops_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything else right, it is said and nothing is given; put right, the settings are."""
    for name, value in {**GOOD, "keep_replies_day": "4711"}.items():
        monkeypatch.setenv(f"WARD_RHYTHMS_{name.upper()}", value)
    with pytest.raises(WrongSettings) as raised:
        from_environment()
    monkeypatch.delenv("WARD_RHYTHMS_KEEP_REPLIES_DAY")

    assert raised.value.lines == ["WARD_RHYTHMS_KEEP_REPLIES_DAY: is no setting; WARD_RHYTHMS_KEEP_REPLIES_DAYS is one"]
    assert str(from_environment().app_id) == APP
