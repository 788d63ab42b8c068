"""Makes the SharePoint lists that are missing, compares a site with what it should have, and says plainly what stands in the way."""

import json
from collections.abc import Callable
from math import ceil

from azure.core.credentials_async import AsyncTokenCredential

from bot.addresses import MICROSOFT
from bot.clock import SystemClock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.checking import ALL_WELL, check
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.provisioning import Provisioning, Step, grants

LATER = "SharePoint could not do it just now ({code}). Run this again in {minutes} minutes; it goes on from where it stopped."
NEVER = "SharePoint refused to {step} ({code}). Nothing that was there has been changed."
NOT_SIGNED_IN = "Nobody is signed in who may speak to SharePoint. Sign in (az login), then run this again."
NO_SITE = "There is no such site, or whoever is signed in cannot see it. Check the address; else ask an owner of the site to let them in."
REFUSED = {
    Step.SITE: (
        "Whoever is signed in may not see the site. What is missing: the permission Sites.Manage.All, or Sites.Selected with the"
        " role “manage” on this site. Who can grant it: an Entra administrator, for the app that signs in."
    ),
    Step.LISTS: (
        "Whoever is signed in may see the site and not its lists. What is missing: membership of the site, or Sites.Manage.All."
        " Who can grant it: an owner of the site, or an Entra administrator."
    ),
    Step.MAKE_LIST: (
        "Whoever is signed in may not make lists on this site. What is missing: the permission Sites.Manage.All (the role"
        " “write” does not make lists). Who can grant it: an Entra administrator; an owner of the site may run this instead."
    ),
    Step.COLUMNS: (
        "Whoever is signed in may not look at a list’s columns. What is missing: rights on that list, which may have"
        " permissions of its own. Who can grant it: an owner of the site."
    ),
    Step.MAKE_COLUMN: (
        "Whoever is signed in may not make columns in this list. What is missing: the permission Sites.Manage.All, or full"
        " control of that list. Who can grant it: an owner of the site, or an Entra administrator."
    ),
}
GRANT = """
The bot itself needs less: to read and write rows on this one site, and no other.
1. The application role Sites.Selected, which an Entra administrator consents to. Alone it opens nothing.
2. The role “write” on this site. Somebody with Sites.FullControl.All sends, once:
   POST {graph}{path}
   {body}
For a managed identity, step 1 is a role assignment that an Entra administrator makes (read the role’s id from Graph’s own
service principal, appId 00000003-0000-0000-c000-000000000000):
   POST {graph}/servicePrincipals/MANAGED-IDENTITY-OBJECT-ID/appRoleAssignments
   {{"principalId": "MANAGED-IDENTITY-OBJECT-ID", "resourceId": "GRAPH-SERVICE-PRINCIPAL-ID", "appRoleId": "SITES-SELECTED-ROLE-ID"}}
“write” makes no lists: for a new version, run provision again as you did now."""
NO_APP_ID = "THE-BOT’S-APPLICATION-ID"

DEFAULT_WAIT = 300.0

Say = Callable[[str], None]


async def provision_site(
    graph_address: str,
    credential: AsyncTokenCredential,
    site: str,
    say: Say,
    *,
    dry_run: bool,
    app_id: str = NO_APP_ID,
) -> bool:
    """Bring one site's lists up to date as `credential`, which is closed at the end. False if it could not be finished.

    `graph_address` ends in Graph's version; `site` is the address that people see. Says what it did, and what the bot's own identity needs.
    """
    graph = Graph(graph_address, credential, SystemClock())
    work = Provisioning(graph, site, say, dry_run=dry_run)
    try:
        await work.run()
    except (TryAgain, WakeSomebody, Final) as error:
        say(_why(error, work.step))
        return False
    finally:
        await graph.close()
        await credential.close()
    asked = grants(work.site_id, app_id)
    say(GRANT.format(graph=MICROSOFT.graph, path=asked["path"], body=json.dumps(asked["body"])))
    return True


async def check_site(graph_address: str, credential: AsyncTokenCredential, site: str, say: Say) -> bool:
    """Compare one site with what it should have. False where something is to be put right, or could not be read."""
    graph = Graph(graph_address, credential, SystemClock())
    try:
        found = await check(graph, site)
    except (TryAgain, WakeSomebody, Final) as error:
        say(_why(error, Step.LISTS))
        return False
    finally:
        await graph.close()
        await credential.close()
    for sentence in found.hints + found.wrong:
        say(sentence)
    if not found.wrong:
        say(ALL_WELL.format(count=len(LISTS)))
    return not found.wrong


def _why(error: TryAgain | WakeSomebody | Final, step: Step) -> str:
    """What stands in the way, what is missing, and who can grant it."""
    if isinstance(error, TryAgain):
        return LATER.format(code=error.code, minutes=ceil((error.after or DEFAULT_WAIT) / 60))
    if error.code == "graph_credential":
        return NOT_SIGNED_IN
    if error.code == "site_missing":
        return NO_SITE
    return REFUSED[step] if error.code == "graph_refused" else NEVER.format(step=step.value, code=error.code)
