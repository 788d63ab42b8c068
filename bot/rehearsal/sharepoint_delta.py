"""What has changed in a list of the SharePoint stand-in since somebody last asked (Graph "listItem: delta"). Pure.

Source of the misbehaviour on command: Graph's page on delta (an item may be repeated, 410), msgraph-sdk-typescript issue 544 (error row).
"""

import base64
import binascii
from dataclasses import dataclass, replace
from itertools import islice

import orjson

from bot.rehearsal.sharepoint_columns import Refused, invalid
from bot.rehearsal.sharepoint_rows import Item, ListOf

#: Twists of one page: an error in place of its rows; its last row in an older state, and again on the next page; its last row left out
#: until the next delta.
ERROR_ROW, REPEAT, ROW_MISSING = "delta-error-row", "delta-repeat", "delta-row-missing"
TWISTS = frozenset({ERROR_ROW, REPEAT, ROW_MISSING})

LATEST = "latest"
#: What to do about a token that is no longer good, by the code within (Graph "listItem: delta").
RESYNC = {
    "resyncChangesApplyDifferences": "Resync required. Replace any local items with the server's version (including deletes) "
    "if you're sure that the service was up to date with your local changes when you last sync'd. Upload any local changes "
    "that the server doesn't know about.",
    "resyncChangesUploadDifferences": "Resync required. Upload any local items that the service did not return, and upload any "
    "items that differ from the server's version (keeping both copies if you're not sure which one is more up-to-date).",
}


@dataclass(frozen=True, slots=True)
class Token:
    """How far somebody has read: all rows up to the number `after` where `whole`, else all changes up to the number `after`.

    `start`: the newest change when a reading of the whole list began. `again`: rows to come next; `later`: rows to come with the next delta.
    """

    list_id: str
    round: int
    whole: bool
    after: int
    start: int
    again: tuple[int, ...] = ()
    later: tuple[int, ...] = ()

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(orjson.dumps([getattr(self, name) for name in self.__slots__])).decode()


@dataclass(frozen=True, slots=True)
class DeltaPage:
    """One page: rows by number, None for one that is deleted; None for all of them where an error stands in their place."""

    rows: list[tuple[int, Item | None]] | None
    token: str
    more: bool


def delta_page(of: ListOf, given: str, top: int, order: int, twist: str = "") -> DeltaPage:
    """The page that a token leads to, of a list as it was after the change `order`: no token for the whole list, "latest" for none of it.

    What changes while somebody reads is found on a later page, or with the next delta.

    Raises:
        Refused: 410 for a token from before the list's tokens were made useless, 400 for what is no token of this list.
    """
    if given == LATEST:
        return DeltaPage([], str(Token(of.id, of.round, whole=False, after=order, start=order)), more=False)
    token = _read(given, of) if given else Token(of.id, of.round, whole=True, after=0, start=order)
    if twist == ERROR_ROW:
        return DeltaPage(None, str(token), more=False)
    # What somebody has been told is not taken back, however far the answers lag behind.
    order = max(order, token.start if token.whole else token.after)
    page, following, more = (_of_rows if token.whole else _of_changes)(of, token, top, order)
    more = more or bool(following.again)
    if twist == REPEAT and page and (last := page[-1][1]):
        page[-1] = (last.id, _before(last))
        following, more = replace(following, again=(last.id, *following.again)), True
    if twist == ROW_MISSING and page:
        following = replace(following, later=(*following.later, page.pop()[0]))
    if not more:
        after = token.start if token.whole else order
        following = Token(of.id, of.round, whole=False, after=after, start=after, again=following.later)
    return DeltaPage(page, str(following), more)


def _of_rows(of: ListOf, token: Token, top: int, order: int) -> tuple[list[tuple[int, Item | None]], Token, bool]:
    """One page of all that is there, by number, and whether there is more."""
    again = [(item_id, of.seen(item_id, order)) for item_id in token.again[:top]]
    there = ((item_id, of.seen(item_id, order)) for item_id in range(token.after + 1, of.last_id + 1))
    rows = list(islice((row for row in there if row[1] is not None), top - len(again) + 1))
    page = [*again, *rows][:top]
    read = page[len(again) :]
    left = token.again[top:]
    return page, replace(token, again=left, after=read[-1][0] if read else token.after), len(rows) > len(read)


def _of_changes(of: ListOf, token: Token, top: int, order: int) -> tuple[list[tuple[int, Item | None]], Token, bool]:
    """One page of what has changed, oldest change first, and whether there is more."""
    again = token.again[:top]
    changes = list(islice(of.changes.rows(token.after, order), top - len(again) + 1))
    read = changes[: top - len(again)]
    ids = [*again, *(item_id for _, item_id in read)]
    page = [(item_id, of.seen(item_id, order)) for item_id in ids]
    left = token.again[top:]
    return page, replace(token, again=left, after=read[-1][0] if read else token.after), len(changes) > len(read)


def _before(item: Item) -> Item:
    older = [state for state in item.states[:-1] if not state.gone] or item.states
    return Item(item.id, item.guid, item.created, item.author, older)


def _read(given: str, of: ListOf) -> Token:
    try:
        list_id, number, whole, after, start, again, later = orjson.loads(base64.urlsafe_b64decode(given))
    except (binascii.Error, TypeError, ValueError) as error:
        raise invalid("The delta token is not valid.") from error
    if list_id != of.id:
        raise invalid("The delta token is not valid.")
    if number != of.round or start > of.changes.last:
        code, inner = of.resync
        raise Refused(410, code, RESYNC[inner], inner=inner)
    return Token(list_id, number, whole, after, start, tuple(again), tuple(later))
