"""What people changed in a row, told from what we changed ourselves. Pure.

Three states of a row are compared column by column: as it stood there when we last saw it (the base), as it stands there now (theirs), and as
it ought to stand by our own store (ours). Where theirs left the base, somebody changed it; where ours left the base, we did. A person's
change wins over ours to the same column, and ours to the other columns of the row still get through.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import TryAgain
from bot.records.columns import KEY_COLUMN, WRITE_COLUMN, Fields
from bot.records.filed_rows import FiledRow

#: An eTag as SharePoint writes it: the row's own id, and a number that counts its changes (examples in Graph "list items").
_ETAG = re.compile(r'(?:W/)?"?\{?(?P<row>[0-9a-fA-F-]+)\}?,(?P<count>\d+)"?')


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """A row as SharePoint showed it. `by_app`: the last who changed it was a program, not a person."""

    item_id: str
    etag: str | None
    fields: Mapping[str, Any]
    by_app: bool

    @property
    def key(self) -> str | None:
        """Its entry key; None for a row that is not ours."""
        key = self.fields.get(KEY_COLUMN)
        return key if isinstance(key, str) and key else None

    @property
    def write_key(self) -> str | None:
        """The last write of ours that it had."""
        key = self.fields.get(WRITE_COLUMN)
        return key if isinstance(key, str) and key else None


def read_remote(item: Mapping[str, Any]) -> RemoteRow:
    """A row from Graph's `listItem`.

    Raises:
        TryAgain: "graph_odd_row", it came without its fields, which must not be taken for empty ones.
    """
    fields, changed_by = item.get("fields"), item.get("lastModifiedBy")
    if not isinstance(fields, dict) or not fields:
        raise TryAgain("graph_odd_row")
    etag = item.get("eTag") or item.get("@odata.etag")
    return RemoteRow(
        str(item.get("id")),
        etag if isinstance(etag, str) else None,
        fields,
        # Graph tells of a program's hand as an application and, beside it, as a user called "SharePoint App".
        isinstance(changed_by, dict) and isinstance(changed_by.get("application"), dict),
    )


def is_older(etag: str | None, than: str | None) -> bool:
    """Whether a row was read before the state that we know. What cannot be told is not older."""
    counts = _counts(etag, than)
    return counts is not None and counts[0] < counts[1]


def is_same(etag: str | None, as_this: str | None) -> bool:
    """Whether it is the very state that we know."""
    return etag is not None and etag == as_this


def _counts(one: str | None, other: str | None) -> tuple[int, int] | None:
    read = [_ETAG.fullmatch(etag or "") for etag in (one, other)]
    if read[0] is None or read[1] is None or read[0]["row"].lower() != read[1]["row"].lower():
        return None
    return int(read[0]["count"]), int(read[1]["count"])


def landed(known: FiledRow, remote: RemoteRow) -> bool:
    """Whether the write whose answer we do not have was carried out: the row carries its key."""
    return known.sent_key is not None and known.sent_key == remote.write_key


def base_of(
    known: FiledRow | None, remote: RemoteRow, theirs: Fields, ours: Fields, editable: Collection[str]
) -> Fields:
    """What people's changes are counted from: what our last write that was carried out left there.

    Of a row whose last state we never knew, a program's hand is taken for ours; a person's for the change of all that differs in the columns
    that people may edit.
    """
    if known is not None and landed(known, remote) and known.sent is not None:
        return known.sent
    if known is not None and known.fields is not None:
        return known.fields
    return theirs if remote.by_app else {**theirs, **{name: ours.get(name) for name in editable}}


def edits(base: Fields, theirs: Fields, ours: Fields) -> Fields:
    """The columns that people changed, with what they hold now. What is the same as ours anyway needs nothing done."""
    return {name: value for name, value in theirs.items() if value != base.get(name) and value != ours.get(name)}


def changes(base: Fields | None, ours: Fields) -> Fields:
    """What has to be written, so that the row holds what ours does: all of it where nothing is known of the row."""
    return ours if base is None else {name: value for name, value in ours.items() if value != base.get(name)}
