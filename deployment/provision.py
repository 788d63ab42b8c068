"""Makes the SharePoint lists that are missing, or compares a site with what it should have, and says what came of it."""

import json
from collections.abc import Callable

from azure.core.credentials_async import AsyncTokenCredential

from bot.addresses import MICROSOFT
from bot.clock import SystemClock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.checking import ALL_WELL, Checking
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.provisioning import Provisioning, grants
from deployment.refusals import MAY_MAKE, MAY_READ, why

GRANT = """
The bot itself needs less: to read and write rows on this one site, and on no other.
1. The application permission Sites.Selected, which an Entra administrator consents to. Alone it opens nothing.
2. The role “write” on this site. An app with Sites.FullControl.All sends, once:
   POST {graph}{path}
   {body}
A managed identity has no consent page. An app or an administrator with AppRoleAssignment.ReadWrite.All does step 1 for it, once:
   GET {graph}/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'&$select=id,appRoles
   (“id” is the RESOURCE-ID below; the “id” of the role whose “value” is Sites.Selected is the ROLE-ID)
   POST {graph}/servicePrincipals/MANAGED-IDENTITY-OBJECT-ID/appRoleAssignments
   {{"principalId": "MANAGED-IDENTITY-OBJECT-ID", "resourceId": "RESOURCE-ID", "appRoleId": "ROLE-ID"}}
“write” makes no lists and no columns: for a new version, run provision again as you did now, not as the bot."""
NO_APP_ID = "APPLICATION-ID-OF-THE-BOT"

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
    """Bring one site's lists up to date as `credential`, which is closed at the end. False if people have to do something first.

    `graph_address` ends in Graph's version; `site` is the address that people see. Says what it did, and what the bot's own identity needs.
    """
    graph = Graph(graph_address, credential, SystemClock())
    work = Provisioning(graph, site, say, dry_run=dry_run)
    try:
        await work.run()
    except (TryAgain, WakeSomebody, Final) as error:
        say(why(error, work.progress, missing=MAY_MAKE))
        return False
    finally:
        await graph.close()
        await credential.close()
    asked = grants(work.site_id, app_id)
    say(GRANT.format(graph=MICROSOFT.graph, path=asked["path"], body=json.dumps(asked["body"])))
    return not work.in_the_way


async def check_site(graph_address: str, credential: AsyncTokenCredential, site: str, say: Say) -> bool:
    """Compare one site with what it should have. False where something is to be put right, or could not be read."""
    graph = Graph(graph_address, credential, SystemClock())
    work = Checking(graph, site)
    try:
        found = await work.run()
    except (TryAgain, WakeSomebody, Final) as error:
        say(why(error, work.progress, missing=MAY_READ))
        return False
    finally:
        await graph.close()
        await credential.close()
    for sentence in found.hints + found.wrong:
        say(sentence)
    if not found.wrong:
        say(ALL_WELL.format(count=len(LISTS)))
    return not found.wrong
