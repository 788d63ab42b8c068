"""What stands in the way of `provision` and `check`: which permission is missing, and who can grant it."""

from math import ceil

from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.exchanges import THROTTLED
from bot.records.site_lists import Progress, Step

AT = "Stopped at {list}. "
BUSY = "SharePoint asks for a pause. Run this again in {minutes}; it goes on from where it stopped."
AWAY = "SharePoint could not do it just now ({code}). Run this again in {minutes}; it goes on from where it stopped."
MINUTE, MINUTES = "1 minute", "{count} minutes"
NEVER = "SharePoint refused to {step} ({code}). Nothing that was there has been changed."
RENAMED = (
    "SharePoint gave the new column “{column}” another internal name, so that the bot would not find it. Delete that column in the list’s"
    " settings, and whatever else has had its name, then run this again."
)
NOT_SIGNED_IN = (
    "Nobody is signed in who may speak to SharePoint. Sign in as an app of your tenant (az login --service-principal, or the variables"
    " AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET), then run this again."
)
NO_SITE = "There is no such site, or whoever is signed in cannot see it. Check the address; else ask an owner of the site to let them in."

# What Azure CLI may do for a person is fixed, and nothing of it is SharePoint's: an owner of the site gets 403, whatever their role
# (azure-cli issue 20572; terraform-provider-msgraph issue 130).
FOR_A_PERSON = (
    " A person who signed in with az login cannot do it, whatever their role, as Azure CLI has no permission for SharePoint: sign in as"
    " an app."
)
MAY_MAKE = "What is missing: the application permission Sites.Manage.All, for the app that signs in. Who can grant it: an Entra administrator."
MAY_READ = (
    "What is missing: the application permission Sites.Read.All, or Sites.Selected with the role “read” on this site, for the app that signs"
    " in. Who can grant it: an Entra administrator; the role, somebody with Sites.FullControl.All."
)
#: What whoever is signed in may not do.
REFUSED = {
    Step.SITE: "Whoever is signed in may not see this site. ",
    Step.LISTS: "Whoever is signed in may see this site and not its lists. ",
    Step.MAKE_LIST: "Whoever is signed in may not make lists on this site; the role “write” is not enough for that. ",
    Step.COLUMNS: "Whoever is signed in may not look at this list’s columns. ",
    Step.MAKE_COLUMN: "Whoever is signed in may not make columns in this list; the role “write” is not enough for that. ",
}

DEFAULT_WAIT = 300.0


def why(error: TryAgain | WakeSomebody | Final, progress: Progress, *, missing: str) -> str:
    """What stands in the way, at which list; `missing` says which permission the whole of it needs, and who can grant that."""
    at = AT.format(list=progress.of) if progress.of else ""
    if isinstance(error, TryAgain):
        minutes = _minutes(ceil((error.after or DEFAULT_WAIT) / 60))
        return at + (BUSY if error.code == THROTTLED else AWAY).format(code=error.code, minutes=minutes)
    if error.code == "graph_credential":
        return NOT_SIGNED_IN
    if error.code == "site_missing":
        return NO_SITE
    if error.code == "graph_refused":
        return at + REFUSED[progress.step] + missing + FOR_A_PERSON
    if error.code == "column_renamed":
        return at + RENAMED.format(column=progress.column)
    return at + NEVER.format(step=progress.step.value, code=error.code)


def _minutes(count: int) -> str:
    return MINUTE if count <= 1 else MINUTES.format(count=count)
