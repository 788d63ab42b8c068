"""Which service URLs the bot believes and talks to. Our bearer token goes there: the list is short."""

import re
from functools import lru_cache

from bot.addresses import Addresses

#: Lower case only, no user info, no query, no fragment, no escapes: nothing that two readers could read differently.
_PLAIN_URL = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[0-9]{1,5})?((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)"
)


@lru_cache(maxsize=256)
def is_known_service(url: str, addresses: Addresses) -> bool:
    """Whether `url` is a service URL of Teams: a scheme and a host that `addresses` lists.

    An entry with a port is compared with the port; without one, the URL may have no port. "*.suffix" stands for
    at least one label before the suffix.
    """
    read = _PLAIN_URL.fullmatch(url)
    if read is None or read[1] not in addresses.service_schemes:
        return False
    host = read[2] + (read[3] or "")
    return any(
        host.endswith(entry[1:]) if entry.startswith("*.") else host == entry for entry in addresses.service_hosts
    )
