"""Indexes of a list's columns in the SharePoint stand-in: unique values and filters without a look at every row. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

#: A value by which rows are found: what kind of value, and the value, text regardless of case. No two kinds are alike.
Key = tuple[str, Any]


def key_of(value: object) -> Key:
    """The key of a value. Whole numbers and fractions are of one kind; true and false are no numbers."""
    if isinstance(value, str):
        return "text", value.casefold()
    return ("truth", value) if isinstance(value, bool) else ("number", value)


class ColumnIndex:
    """The rows that hold each value of one column."""

    def __init__(self) -> None:
        self._rows: dict[Key, dict[int, None]] = {}
        self._sorted: list[Key] = []
        self._fresh: list[Key] = []

    def put(self, value: object, item_id: int) -> None:
        """A row holds this value now."""
        key = key_of(value)
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = {}
            self._fresh.append(key)
        rows[item_id] = None

    def take(self, value: object, item_id: int) -> None:
        """A row no longer holds this value. An emptied key keeps its place: it may be filled again."""
        self._rows[key_of(value)].pop(item_id, None)

    def holders(self, value: object) -> Collection[int]:
        """The rows that hold this value."""
        return self._rows.get(key_of(value), ())

    def compared(self, word: str, value: object) -> Iterator[int]:
        """The rows whose value stands so to this one: eq, ne, lt, gt, le, ge or startswith. Another kind of value never does."""
        if word == "eq":
            yield from self.holders(value)
            return
        for key in _RANGES[word](self._in_order(), key_of(value)):
            yield from self._rows[key]

    def _in_order(self) -> list[Key]:
        if self._fresh:
            self._sorted = sorted(self._sorted + self._fresh)
            self._fresh = []
        return self._sorted


def _kind(keys: list[Key], key: Key) -> tuple[int, int]:
    """Where the keys of one kind begin and end."""
    return bisect_left(keys, (key[0],)), bisect_left(keys, (key[0] + "\0",))


def _others(keys: list[Key], key: Key) -> Iterator[Key]:
    start, end = _kind(keys, key)
    return (other for other in keys[start:end] if other != key)


def _begun(keys: list[Key], key: Key) -> Iterator[Key]:
    for other in keys[bisect_left(keys, key) : _kind(keys, key)[1]]:
        if not other[1].startswith(key[1]):
            return
        yield other


_RANGES: dict[str, Callable[[list[Key], Key], Iterable[Key]]] = {
    "ne": _others,
    "lt": lambda keys, key: keys[_kind(keys, key)[0] : bisect_left(keys, key)],
    "le": lambda keys, key: keys[_kind(keys, key)[0] : bisect_right(keys, key)],
    "gt": lambda keys, key: keys[bisect_right(keys, key) : _kind(keys, key)[1]],
    "ge": lambda keys, key: keys[bisect_left(keys, key) : _kind(keys, key)[1]],
    "startswith": _begun,
}


class Index:
    """The indexes of one list, each made when it is first needed and kept up with every change from then on."""

    def __init__(self) -> None:
        self._columns: dict[str, ColumnIndex] = {}

    def column(self, name: str, rows: Mapping[int, Any]) -> ColumnIndex:
        """The index of one column; `rows` are all there are, by number, each with its `fields`."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = ColumnIndex()
            for item_id, row in rows.items():
                if name in row.fields:
                    found.put(row.fields[name], item_id)
        return found

    def put(self, fields: Mapping[str, object], item_id: int) -> None:
        """A row is there now, with these fields."""
        for name, column in self._columns.items():
            if name in fields:
                column.put(fields[name], item_id)

    def take(self, fields: Mapping[str, object], item_id: int) -> None:
        """A row with these fields is there no longer."""
        for name, column in self._columns.items():
            if name in fields:
                column.take(fields[name], item_id)

    def forget(self, name: str) -> None:
        """A column is gone."""
        self._columns.pop(name, None)
