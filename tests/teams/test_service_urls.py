"""Which service URLs are Teams'."""

import pytest

from bot.addresses import MICROSOFT, Addresses
from bot.teams.service_urls import is_known_service

LOOPBACK = Addresses("", "", "", ("127.0.0.1:41234",), ("http",))


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/uk/",
        "https://smba.trafficmanager.net/uk",
        "https://smba.trafficmanager.net",
        "https://smba.trafficmanager.net/emea/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/",
        "https://uk.botapi.teams.microsoft.com/teams/",
    ],
)
def test_teams_own_addresses_are_known(url: str) -> None:
    """The hosts that Microsoft publishes pass, in any region."""
    assert is_known_service(url, MICROSOFT)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://smba.trafficmanager.net/uk/",
        "https://evil.example/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evilsmba.trafficmanager.net/",
        "https://x.smba.trafficmanager.net/",
        "https://teams.microsoft.com/",
        "https://.teams.microsoft.com/",
        "https://evilteams.microsoft.com/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:pw@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:443/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net./uk/",
        "https://SMBA.trafficmanager.net/uk/",
        "HTTPS://smba.trafficmanager.net/uk/",
        "https://smba.trafficmanager。net/uk/",
        "https://smb\u0430.trafficmanager.net/uk/",
        "https://smba%2etrafficmanager.net/uk/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https://smba.trafficmanager.net/uk/../../x",
        "https://smba.trafficmanager.net//evil.example/",
        "https://smba.trafficmanager.net/uk/?to=evil",
        "https://smba.trafficmanager.net/uk/#x",
        "https://smba.trafficmanager.net/uk/\n",
        " https://smba.trafficmanager.net/uk/",
        "//smba.trafficmanager.net/uk/",
        "https:/smba.trafficmanager.net/uk/",
    ],
)
def test_disguises_are_refused(url: str) -> None:
    """Nothing that another reader could take for another host passes."""
    assert not is_known_service(url, MICROSOFT)


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("http://127.0.0.1:41234/emea/", True),
        ("http://127.0.0.1:41235/emea/", False),
        ("http://127.0.0.1/emea/", False),
        ("https://127.0.0.1:41234/emea/", False),
    ],
)
def test_port_is_compared_where_the_list_names_one(url: str, known: bool) -> None:
    """A rehearsal's address is one host, one port and one scheme."""
    assert is_known_service(url, LOOPBACK) is known
