"""How one row is filed, whatever SharePoint answers. Pure: each step hands out a request and is handed the answer.

    insert ── done ────────────────────────────────────▶ Filed
       ├── refused before it began (401, 403, 404, 429) ▶ Wake / Retry
       ├── no answer ───────────────────────────────────▶ Retry: the same again, under the same key
       └── 400, 409, 5xx ─▶ look up by key ── there ────▶ Differs: what is there is taken in first
                                 └── not there ─────────▶ Retry / Parked
    update ── done ────────────────────────────────────▶ Filed
       ├── 409, 412 ─▶ read the row ── moved on ────────▶ Differs
       │                  └── not yet ──────────────────▶ Retry
       └── 404 ─▶ look up by key ─ there ─▶ Differs,  not there ─▶ Gone

Both may be repeated without harm: the entry key is unique, and an update carries If-Match (Graph "update listItem"). A write whose answer got
lost is therefore sent again as it was; SharePoint takes it, or its refusal says that the row has moved on.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import JsonValue

from bot.errors import Final, TryAgain, WakeSomebody, WardRhythmsError
from bot.records.columns import KEY_COLUMN, WRITE_COLUMN
from bot.records.exchanges import Answer, GraphRequest, dicts, id_of, is_taken, refusal, what_to_do
from bot.records.merging import RemoteRow, is_older, is_same, read_remote

LIST_GONE = "list_gone"
#: SharePoint refuses a change because the row has moved on, and still shows the row as it was (what was written is not always read at once).
LAGS_BEHIND = "graph_lags_behind"

# What certainly was not carried out; after anything else a write may have been.
_NOT_BEGUN = frozenset({401, 403, 404, 429})
_CHANGED = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class Filing:
    """One row to be written: inserted without `item_id`, else changed.

    `fields`: what has to be written, by internal column name, ready for Graph; None clears a column. `write_key` marks this very write.
    """

    entry_key: str
    write_key: str
    fields: Mapping[str, JsonValue]
    item_id: str | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """One row to be taken away for good, by its number or, where that is not known, by its entry key."""

    entry_key: str
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """Done. `item_id` is None after a removal; `etag` is None where SharePoint did not say."""

    item_id: str | None
    etag: str | None


@dataclass(frozen=True, slots=True)
class Differs:
    """The row is there as `remote` shows it, and not as it was thought: to be taken in before anything is written."""

    remote: RemoteRow


@dataclass(frozen=True, slots=True)
class Gone:
    """A person deleted the row."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not done, or not known to be: again in `after` seconds or by the caller's back-off. `unsure`: it may have been carried out."""

    code: str
    after: float | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """It will never succeed as it is: show it to an operator."""

    code: str


@dataclass(frozen=True, slots=True)
class Wake:
    """An operator has to act first."""

    code: str


Outcome = Filed | Differs | Gone | Retry | Parked | Wake
Steps = Generator[GraphRequest, Answer, Outcome]


def steps_for(filing: Filing | Removal, items: str, columns: str) -> Steps:
    """The steps for one row; `items` is the path of the list's items, `columns` names all that is to be read of a row."""
    if isinstance(filing, Removal):
        return _remove(filing, items)
    return _insert(filing, items, columns) if filing.item_id is None else _update(filing, items, columns)


def sort(error: WardRhythmsError, *, unsure: bool) -> Outcome:
    """The outcome that an error stands for."""
    if isinstance(error, TryAgain):
        return Retry(error.code, error.after, unsure)
    if isinstance(error, WakeSomebody):
        return Wake(error.code)
    return Parked(error.code if isinstance(error, Final) else "refused")


def _insert(filing: Filing, items: str, columns: str) -> Steps:
    fields = {name: value for name, value in filing.fields.items() if value is not None}
    fields |= {KEY_COLUMN: filing.entry_key, WRITE_COLUMN: filing.write_key}
    answer = yield GraphRequest("POST", items, {"fields": fields})
    if answer.ok:
        return Filed(id_of(answer), _etag(answer))
    if answer.status in _NOT_BEGUN:
        return sort(_refusal(answer), unsure=False)
    there = yield from _look_up(filing.entry_key, items, columns)
    if there is not None:
        return Differs(there)
    # Where its key is taken, it is there, and only not shown yet.
    return Retry(LAGS_BEHIND, None, unsure=True) if is_taken(answer) else sort(_refusal(answer), unsure=True)


def _update(filing: Filing, items: str, columns: str) -> Steps:
    row = f"{items}/{filing.item_id}"
    fields = {**filing.fields, WRITE_COLUMN: filing.write_key}
    # Without an eTag nothing is written: a person may have been there since.
    for _ in range(2 if filing.etag else 0):
        answer = yield GraphRequest("PATCH", f"{row}/fields", fields, {"If-Match": str(filing.etag)})
        if answer.ok:
            return Filed(filing.item_id, _etag(answer))
        if answer.status == 404:
            there = yield from _look_up(filing.entry_key, items, columns)
            return Gone() if there is None else Differs(there)
        if answer.status not in _CHANGED:
            return sort(refusal(answer), unsure=answer.status not in _NOT_BEGUN)
        there = yield from _read(row, columns)
        if not (is_same(there.etag, filing.etag) or is_older(there.etag, filing.etag)):
            return Differs(there)
        if answer.status == 412:
            return Retry(LAGS_BEHIND, None, unsure=True)
        # 409 without a real clash (OneDrive api-docs issue 1415): the same once more.
    if filing.etag is None:
        return Differs((yield from _read(row, columns)))
    return Retry(LAGS_BEHIND, None, unsure=True)


def _remove(filing: Removal, items: str) -> Steps:
    item_id = filing.item_id
    if item_id is None:
        there = yield from _look_up(filing.entry_key, items, KEY_COLUMN)
        if there is None:
            return Filed(None, None)
        item_id = there.item_id
    answer = yield GraphRequest("DELETE", f"{items}/{item_id}")
    if answer.status != 404:
        what_to_do(answer)
    return Filed(None, None)


def _read(row: str, columns: str) -> Generator[GraphRequest, Answer, RemoteRow]:
    answer = yield GraphRequest("GET", f"{row}?{_expand(columns)}")
    what_to_do(answer)
    return read_remote(answer.body)


def _look_up(entry_key: str, items: str, columns: str) -> Generator[GraphRequest, Answer, RemoteRow | None]:
    # A quote is doubled, then all is percent-encoded.
    wanted = quote(f"fields/{KEY_COLUMN} eq '{entry_key.replace(chr(39), chr(39) * 2)}'", safe="")
    answer = yield GraphRequest("GET", f"{items}?$filter={wanted}&{_expand(columns)}")
    if not answer.ok:
        raise _refusal(answer)
    found = dicts(answer.body.get("value"))
    return read_remote(found[0]) if found else None


def _expand(columns: str) -> str:
    """A hidden column has to be asked for by name (Graph "columnDefinition")."""
    return f"$expand=fields($select={columns})"


def _refusal(answer: Answer) -> WardRhythmsError:
    return TryAgain(LIST_GONE) if answer.status == 404 else refusal(answer)


def _etag(answer: Answer) -> str | None:
    told = answer.body.get("eTag") or answer.body.get("@odata.etag") or answer.headers.get("etag")
    return told if isinstance(told, str) else None
