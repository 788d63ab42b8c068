"""How one row is filed, whatever SharePoint answers. Pure: each step hands out a request and is handed the answer.

    insert ── done ────────────────────────────────────────────▶ Filed
       ├── refused before it began (401, 403, 404, 429) ───────▶ Wake / Retry
       ├── no answer ──────────────────────────────────────────▶ Retry, unsure
       └── 400, 409, 5xx ─▶ look up by key ─ there ─▶ update ──▶ Filed
                                  └── not there ───────────────▶ Retry / Parked

A row that was deleted by a person is not put back. Updates always carry If-Match (Graph "update listItem").
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import Final, TryAgain, WakeSomebody, WardRhythmsError
from bot.records.exchanges import Answer, GraphRequest, dicts, id_of, refusal, what_to_do
from bot.records.lists import KEY_COLUMN

LIST_GONE = "list_gone"

# What certainly was not carried out; after anything else an insert may have been.
_NOT_BEGUN = frozenset({401, 403, 404, 429})
_CHANGED = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class Filing:
    """One row to be filed: inserted without `item_id`, else updated, or taken away with `delete`.

    `fields` by internal column name; None clears a column. `unsure`: an earlier insert went unanswered, so the row may be there already.
    """

    list_name: str
    entry_key: str
    fields: Mapping[str, Any]
    item_id: str | None = None
    etag: str | None = None
    delete: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """Done. `item_id` is None after a delete; `etag` is None where SharePoint did not say."""

    item_id: str | None
    etag: str | None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not done, or not known to be: again in `after` seconds or by the caller's back-off, with `unsure` handed back in the filing."""

    code: str
    after: float | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """It will never succeed as it is: show it to an operator."""

    code: str


@dataclass(frozen=True, slots=True)
class Wake:
    """An operator has to act first; the filing is to be kept as it is, its `unsure` too."""

    code: str


Outcome = Filed | Retry | Parked | Wake
Steps = Generator[GraphRequest, Answer, Outcome]


class NotSent(TryAgain):
    """It was never sent, as SharePoint was busy with what stood before it."""


@dataclass(frozen=True, slots=True)
class _Found:
    item_id: str
    etag: str | None


def steps_for(filing: Filing, items: str) -> Steps:
    """The steps for one filing; `items` is the path of the list's items. May raise what `what_to_do` raises: `sort` it."""
    if filing.delete:
        return _remove(filing, items)
    if filing.item_id is None:
        return _insert(filing, items)
    return _update(filing, items, _Found(filing.item_id, filing.etag))


def sort(error: WardRhythmsError, unsure: bool) -> Outcome:
    """The outcome that an error stands for."""
    if isinstance(error, TryAgain):
        return Retry(error.code, error.after, unsure)
    if isinstance(error, WakeSomebody):
        return Wake(error.code)
    return Parked(error.code if isinstance(error, Final) else "refused")


def _insert(filing: Filing, items: str) -> Steps:
    if filing.unsure:
        there = yield from _look_up(filing, items)
        if there is not None:
            return (yield from _update(filing, items, there))
    fields = {name: value for name, value in filing.fields.items() if value is not None}
    try:
        answer = yield GraphRequest("POST", items, {"fields": {**fields, KEY_COLUMN: filing.entry_key}})
    except NotSent as error:
        return Retry(error.code, error.after, unsure=False)
    except TryAgain as error:
        return Retry(error.code, error.after, unsure=True)
    if answer.ok:
        return Filed(id_of(answer), _etag(answer))
    if answer.status not in _NOT_BEGUN:
        try:
            there = yield from _look_up(filing, items)
        except (TryAgain, WakeSomebody, Final) as error:
            return Retry(error.code, getattr(error, "after", None), unsure=True)
        if there is not None:
            return (yield from _update(filing, items, there))
    return sort(_refusal(answer), unsure=False)


def _update(filing: Filing, items: str, row: _Found) -> Steps:
    fields = {name: value for name, value in filing.fields.items() if name != KEY_COLUMN}
    etag = row.etag
    for _ in range(2):
        if etag is None:
            answer = yield GraphRequest("GET", f"{items}/{row.item_id}")
            if answer.status == 404:
                return (yield from _gone(filing, items, row))
            what_to_do(answer)
            etag = _etag(answer)
        answer = yield GraphRequest("PATCH", f"{items}/{row.item_id}/fields", fields, {"If-Match": etag or "*"})
        if answer.ok:
            return Filed(row.item_id, _etag(answer))
        if answer.status == 404:
            return (yield from _gone(filing, items, row))
        if answer.status not in _CHANGED:
            what_to_do(answer)
        etag = None
    return Retry("changed_meanwhile", None, unsure=False)


def _gone(filing: Filing, items: str, row: _Found) -> Steps:
    there = yield from _look_up(filing, items)
    if there is None:
        return Parked("deleted_by_a_person")
    # Restored from the recycle bin under another number, or filed twice in one go: the next attempt has the right number.
    return (
        Retry("moved", None, unsure=False)
        if there.item_id == row.item_id
        else (yield from _update(filing, items, there))
    )


def _remove(filing: Filing, items: str) -> Steps:
    item_id = filing.item_id
    if item_id is None:
        there = yield from _look_up(filing, items)
        if there is None:
            return Filed(None, None)
        item_id = there.item_id
    answer = yield GraphRequest("DELETE", f"{items}/{item_id}")
    if answer.status != 404:
        what_to_do(answer)
    return Filed(None, None)


def _look_up(filing: Filing, items: str) -> Generator[GraphRequest, Answer, _Found | None]:
    # A quote is doubled, then all is percent-encoded; a hidden column has to be asked for by name (Graph "columnDefinition").
    wanted = quote(f"fields/{KEY_COLUMN} eq '{filing.entry_key.replace(chr(39), chr(39) * 2)}'", safe="")
    answer = yield GraphRequest("GET", f"{items}?$filter={wanted}&$expand=fields($select={KEY_COLUMN})")
    if not answer.ok:
        raise _refusal(answer)
    for row in dicts(answer.body.get("value")):
        return _Found(str(row.get("id")), row.get("eTag") or row.get("@odata.etag"))
    return None


def _refusal(answer: Answer) -> WardRhythmsError:
    return TryAgain(LIST_GONE) if answer.status == 404 else refusal(answer)


def _etag(answer: Answer) -> str | None:
    tag = answer.body.get("eTag") or answer.body.get("@odata.etag") or answer.headers.get("etag")
    return str(tag) if tag else None
