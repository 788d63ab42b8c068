"""Makes the SharePoint lists that are missing, and says plainly what stands in the way."""

from collections.abc import Callable

from azure.core.credentials_async import AsyncTokenCredential

from bot.clock import SystemClock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.graph import Graph
from bot.records.provisioning import provision

LATER = (
    "SharePoint could not do it just now ({code}). Run this again in a few minutes; it goes on from where it stopped."
)
NEVER = "SharePoint refused ({code}). Nothing that was there has been changed."
REFUSED = {
    "graph_credential": "Nobody is signed in who may speak to SharePoint. Sign in (az login), then run this again.",
    "graph_refused": "Whoever is signed in may not make lists on this site. Ask one of the site's administrators.",
    "site_missing": "There is no such site, or whoever is signed in cannot see it.",
}


async def provision_site(
    graph_address: str, credential: AsyncTokenCredential, site: str, say: Callable[[str], None], *, dry_run: bool
) -> bool:
    """Bring one site's lists up to date as `credential`, which is closed at the end. False if it could not be finished.

    `graph_address` ends in Graph's version; `site` is the address that people see.
    """
    graph = Graph(graph_address, credential, SystemClock())
    try:
        await provision(graph, site, say, dry_run=dry_run)
    except TryAgain as error:
        say(LATER.format(code=error.code))
    except WakeSomebody as error:
        say(REFUSED.get(error.code, NEVER.format(code=error.code)))
    except Final as error:
        say(NEVER.format(code=error.code))
    else:
        return True
    finally:
        await graph.close()
        await credential.close()
    return False
