"""Where Microsoft is. Only code can hand over other addresses; no setting and no environment variable can."""

from dataclasses import dataclass

CONNECTOR_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The places this bot talks to and believes.

    `service_hosts`: hosts that a service URL may have, exact or as "*.suffix"; an entry with a port is compared with the port.
    """

    openid_metadata: str
    token_issuer: str
    graph: str
    service_hosts: tuple[str, ...]
    service_schemes: tuple[str, ...]


#: Sources: Azure Bot Service "Authentication with the Bot Connector API"; Teams "send proactive messages" (service URLs); Graph "use the API".
MICROSOFT = Addresses(
    openid_metadata="https://login.botframework.com/v1/.well-known/openidconfiguration",
    token_issuer="https://api.botframework.com",
    graph="https://graph.microsoft.com/v1.0",
    service_hosts=("smba.trafficmanager.net", "*.teams.microsoft.com"),
    service_schemes=("https",),
)
