"""The Teams app manifest 1.30: what a tenant is told about the bot, and what is wrong with the details given.

Sources: Microsoft's manifest schema 1.30 (microsoft/json-schemas, teams/v1.30) for names, lengths and counts; "Build
apps for shared and private channels" (Teams documentation, 01/2026) for `supportsChannelFeatures` and what it demands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.commands import Command, Where
from bot.domain.ward_forms import is_web_address

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.30/MicrosoftTeams.schema.json"

SAYS_SHORT = "Keeps your ward's improvement project part of the week, in two taps."
SAYS_FULL = (
    "Ward Rhythms keeps a ward's improvement project going after the coaching ends.\n\n"
    "Each week it asks the ward's channel how the project is going. Staff answer in two taps, and can add what went "
    "well, what is in the way and what comes next. Names are kept only where people choose to give them. At the end "
    "of the week the ward sees what it said.\n\n"
    "A team owner sets the ward up. The ward's leads choose the day, pause, skip, or ask at any time.\n\n"
    "Not for emergencies, and not for reporting incidents."
)

#: The deep teal behind the colour icon (`icons.py` draws with it too).
ACCENT = "#0B4F5C"

#: The least that Graph needs to tell who owns a team; and who is in a shared or private channel, which `tier1` demands.
PERMISSIONS = ("TeamMember.Read.Group", "ChannelMember.Read.Group")

#: Where a command can be said, in the manifest's words.
SCOPES = {Where.CHANNEL: "team", Where.PERSONAL: "personal"}

LONGEST_NAME = 30
LONGEST_DEVELOPER = 32
LONGEST_URL = 2048
LONGEST_DOMAIN = 253

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Details:
    """What differs between one trust's app and another's.

    `app_id` is the bot's Entra application id, `domain` a bare host name, the last three are https addresses of pages.
    """

    app_id: str
    domain: str
    name: str
    developer: str
    website: str
    privacy: str
    terms: str


def problems(details: Details) -> list[str]:
    """Everything that Teams would refuse, one plain sentence each; empty when all is well."""
    found = []
    if not _GUID.fullmatch(details.app_id):
        found.append(
            f"--app-id: {details.app_id!r} is not an application id, such as 00000000-0000-0000-0000-000000000000."
        )
    host_name = len(details.domain) <= LONGEST_DOMAIN and bool(_DOMAIN.fullmatch(details.domain))
    if not host_name:
        found.append(
            f"--domain: {details.domain!r} is not a bare host name, such as bot.example.nhs.uk "
            "(no https://, no port, no path, no *)."
        )
    lengths = (
        ("--name", details.name, LONGEST_NAME),
        ("--developer", details.developer, LONGEST_DEVELOPER),
    )
    for option, text, longest in lengths:
        if not text.strip():
            found.append(f"{option}: must not be empty.")
        elif len(text) > longest:
            found.append(f"{option}: {len(text)} characters; Teams takes at most {longest}.")
    pages = (("--website", details.website), ("--privacy", details.privacy), ("--terms", details.terms))
    for option, url in pages:
        made_from_bad_domain = not host_name and url.startswith(f"https://{details.domain}")  # said once, above
        if not made_from_bad_domain and not (is_web_address(url) and len(url) <= LONGEST_URL):
            found.append(f"{option}: {url!r} is not an https:// address.")
    return found


def manifest(details: Details, commands: Sequence[Command], version: str) -> dict[str, object]:
    """The manifest as JSON-ready values, valid against Microsoft's schema when `problems(details)` is empty.

    `version` is the app's own, as `major.minor.patch`: Teams offers an update only when it has changed.
    """
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.30",
        "version": version,
        "id": details.app_id.lower(),
        "developer": {
            "name": details.developer,
            "websiteUrl": details.website,
            "privacyUrl": details.privacy,
            "termsOfUseUrl": details.terms,
        },
        "name": {"short": details.name, "full": details.name},
        "description": {"short": SAYS_SHORT, "full": SAYS_FULL},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "localizationInfo": {"defaultLanguageTag": "en-gb"},
        "bots": [
            {
                "botId": details.app_id.lower(),
                "scopes": list(SCOPES.values()),
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": _command_lists(commands),
            }
        ],
        "validDomains": [details.domain.lower()],
        "webApplicationInfo": {"id": details.app_id.lower(), "resource": f"api://botid-{details.app_id.lower()}"},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name in PERMISSIONS]}
        },
        "supportsChannelFeatures": "tier1",
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot"},
    }


def _command_lists(commands: Sequence[Command]) -> list[dict[str, object]]:
    """One list for each place, since the schema asks for "a separate command list for each scope"."""
    return [
        {
            "scopes": [scope],
            "commands": [
                {"title": command.title, "description": command.says} for command in commands if where in command.where
            ],
        }
        for where, scope in SCOPES.items()
    ]
