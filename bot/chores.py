"""What an operator has done from the command line, beside running the bot."""

from collections.abc import Callable
from random import SystemRandom

from azure.core.credentials_async import AsyncTokenCredential

from bot.addresses import MICROSOFT, Addresses
from bot.clock import Clock, SystemClock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.budget import Budget
from bot.records.database import STORE_UNREACHABLE, Database
from bot.records.graph import Graph
from bot.records.outbox import Outbox
from bot.records.rebuilding import COLUMNS_MISSING, LISTS_MISSING, NOT_EMPTY, NoWards, Rebuilding
from bot.records.rebuilt_rows import Rebuilt
from bot.records.sharepoint import SharePoint
from bot.records.store import Store
from bot.settings import Settings

STORE_NOT_EMPTY = "The store (WARD_RHYTHMS_STORE) is not empty. Move it away first. Nothing was changed."
LATER = (
    "SharePoint could not do it just now ({code}). The store is as empty as before. Run this again in a few minutes."
)
NEVER = "SharePoint refused ({code}). The store is as empty as before."
REFUSED = {
    "graph_credential": "Microsoft does not take the bot’s secret, certificate or identity. Check the settings.",
    "graph_refused": "SharePoint does not let the bot read this site. It needs the role write on it (Sites.Selected).",
    "site_missing": "There is no such site, or the bot cannot see it. Check WARD_RHYTHMS_SHAREPOINT_SITE.",
}
NO_STORE_THERE = "There is no store at {store}, so nothing was parked there. Is this the folder, or the container, in which the bot runs?"
LISTS_ARE_MISSING = (
    "These lists are not on the site: {lists}. Look in the site’s recycle bin, or check WARD_RHYTHMS_SHAREPOINT_SITE."
    " If a list never was there, make it (python -m deployment provision)."
)
COLUMNS_ARE_MISSING = (
    "These columns are not there any more: {columns}. What stood in them is lost. Make them anew"
    " (python -m deployment provision), then run this again: rows that cannot do without are named."
)
WITHOUT_WARDS = (
    "The list Wards has no ward that can be read, so the store stays empty. Check WARD_RHYTHMS_SHAREPOINT_SITE."
)

READ_SO_FAR = "{list}: {count:,} read …"
READ = "{list}: {count:,} read"
WAITING = "SharePoint cannot be asked just now: waiting for {seconds:,.0f} seconds."
LEFT_OUT = "These rows could not be read, and were left out:"
LEFT_OUT_ROW = "  {list}, entry key {key}…: look at {columns}"
LEFT_OUT_MORE = "  … and {count:,} more"
PUT_RIGHT = "Put them right in SharePoint, move the store away, and run this again before you start the bot."
ORPHANS = "{list}: {count:,} left out, because the ward or check-in that they belong to is not there"
STRANGERS = "{list}: {count:,} left alone, because they are not the bot’s (they have no entry key)"
CAME_BACK = "The store is made. It has {counts}."
COUNTED = "{list}: {count:,}"
NOT_BACK = (
    "What did not come back: answers that were not in SharePoint yet, and who has answered a check-in that is still open."
    " Whoever answers it again is counted again."
)
OPEN = "Check-ins still open: {open:,}. Their wards’ leads are told in their own chats. Start the bot now."

#: So many rows that could not be read are named; of the others it says how many there are.
NAMED = 50
#: Between two lines about one list lie so many rows.
SAID_EVERY = 1000
#: Seconds. What is shorter than this is only the pace.
WORTH_SAYING = 10.0


class NoStore(Exception):
    """Where the settings say, there is no store: with a sentence for people."""


async def resend(settings: Settings) -> int:
    """Try everything that is parked again. How many entries that is.

    Raises:
        NoStore: there is none, and none is made. TryAgain: the store cannot be opened.
    """
    database = Database(settings.store)
    try:
        if database.is_new():
            raise NoStore(NO_STORE_THERE.format(store=settings.store))
        await database.start()
        return await Outbox(database, SystemClock(), SystemRandom()).resend()
    finally:
        await database.close()


async def rebuild(
    settings: Settings,
    credential: AsyncTokenCredential,
    *,
    addresses: Addresses = MICROSOFT,
    clock: Clock | None = None,
    say: Callable[[str], None],
) -> bool:
    """Make the empty store of these settings anew from SharePoint, and say how it goes. False, and the store still empty, if it cannot be done.

    Raises:
        TryAgain: the store cannot be opened.
    """
    clock = clock or SystemClock()
    database, graph = Database(settings.store), Graph(addresses.graph, credential, clock)
    try:
        await database.start()
        sharepoint = SharePoint(graph, settings.sharepoint_site, Budget(clock, settings.graph_units))
        said = _Said(say)
        store, tenant = Store(database, clock), str(settings.tenant_id)
        rebuilding = Rebuilding(database, store, sharepoint, clock, tenant, said.progress, said.waits)
        return await _said_how_it_went(rebuilding, say)
    finally:
        await graph.close()
        await database.close()


async def _said_how_it_went(rebuilding: Rebuilding, say: Callable[[str], None]) -> bool:
    try:
        rebuilt = await rebuilding.run()
    except NoWards as error:
        _say_what_was_left_out(error.rebuilt, say)
        say(WITHOUT_WARDS)
    except TryAgain as error:
        if error.code == STORE_UNREACHABLE:
            raise
        say(LATER.format(code=error.code))
    except (WakeSomebody, Final) as error:
        say(_sentence(error.code))
    else:
        _say_what_was_left_out(rebuilt, say)
        say(CAME_BACK.format(counts=", ".join(_counted(rebuilt))))
        say(NOT_BACK)
        say(OPEN.format(open=rebuilt.open))
        return True
    return False


def _sentence(code: str) -> str:
    if code == NOT_EMPTY:
        return STORE_NOT_EMPTY
    what, _, names = code.partition(": ")
    if what == LISTS_MISSING:
        return LISTS_ARE_MISSING.format(lists=names)
    if what == COLUMNS_MISSING:
        return COLUMNS_ARE_MISSING.format(columns=names)
    return REFUSED.get(code, NEVER.format(code=code))


def _counted(rebuilt: Rebuilt) -> list[str]:
    return [COUNTED.format(list=name, count=count) for name, count in rebuilt.kept.items()]


def _say_what_was_left_out(rebuilt: Rebuilt, say: Callable[[str], None]) -> None:
    if rebuilt.left_out:
        say(LEFT_OUT)
    for row in rebuilt.left_out[:NAMED]:
        say(LEFT_OUT_ROW.format(list=row.list_name, key=row.key[:8], columns=", ".join(row.columns)))
    if len(rebuilt.left_out) > NAMED:
        say(LEFT_OUT_MORE.format(count=len(rebuilt.left_out) - NAMED))
    for name, count in rebuilt.orphans.items():
        say(ORPHANS.format(list=name, count=count))
    for name, count in rebuilt.strangers.items():
        say(STRANGERS.format(list=name, count=count))
    if rebuilt.left_out:
        say(PUT_RIGHT)


class _Said:
    """Says how far it is, and not each page of it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._list = ""
        self._count = 0

    def progress(self, list_name: str, count: int, last: bool) -> None:
        if list_name != self._list:
            self._list, self._count = list_name, 0
        if last:
            self._say(READ.format(list=list_name, count=count))
        elif count - self._count >= SAID_EVERY:
            self._count = count
            self._say(READ_SO_FAR.format(list=list_name, count=count))

    def waits(self, seconds: float) -> None:
        if seconds >= WORTH_SAYING:
            self._say(WAITING.format(seconds=seconds))
