"""The rows of a list as they are read, set aside until all lists are: a few in memory, many in a file without a name that nobody else can open."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import orjson

from bot.records.merging import RemoteRow

#: Bytes kept in memory, some thousands of rows; what is more goes to the disk.
IN_MEMORY = 16 * 1024 * 1024


class Spool:
    """Rows by their number. One that comes again takes the earlier one's place (Graph "listItem: delta": the last occurrence counts)."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 -- closed by __exit__
        self._latest: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._latest)

    def __iter__(self) -> Iterator[RemoteRow]:
        """Every row that is there, in the order in which they came. Not to be added to meanwhile."""
        self._file.seek(0)
        at = 0
        for line in self._file:
            kept = orjson.loads(line)
            if self._latest.get(kept["item_id"]) == at:
                yield RemoteRow(**kept)
            at += len(line)

    def add(self, row: RemoteRow) -> None:
        """Set a row aside."""
        self._latest[row.item_id] = self._file.tell()
        self._file.write(orjson.dumps(row) + b"\n")

    def drop(self, item_id: str) -> None:
        """It was deleted meanwhile."""
        self._latest.pop(item_id, None)

    def clear(self) -> None:
        """Begin again."""
        self._latest.clear()
        self._file.seek(0)
        self._file.truncate()
