"""The order of all changes to one list of the SharePoint stand-in: what a delta goes by, and what lags behind. Pure."""

from bisect import bisect_right
from collections.abc import Iterator


class Changes:
    """A log that only grows. A change's number counts up from 1; 0 is before them all.

    Looking up what came after a change costs as much as came after it, however long the list is.
    """

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._moments: list[float] = []
        self._newest: dict[int, int] = {}

    @property
    def last(self) -> int:
        """The number of the newest change."""
        return len(self._rows)

    def note(self, item_id: int, moment: float) -> int:
        """A row changes at `moment` (seconds since 1970); the number of that change. A clock that was set back does not reorder."""
        self._moments.append(max(moment, self._moments[-1]) if self._moments else moment)
        self._rows.append(item_id)
        self._newest[item_id] = self.last
        return self.last

    def until(self, moment: float) -> int:
        """The number of the last change up to and including `moment`."""
        return bisect_right(self._moments, moment)

    def rows(self, after: int, until: int) -> Iterator[tuple[int, int]]:
        """The changes after one number up to another, as (number, row); of a row's changes the newest, unless that is later still."""
        for number in range(after + 1, min(until, self.last) + 1):
            item_id = self._rows[number - 1]
            newest = self._newest[item_id]
            if newest == number or newest > until:
                yield number, item_id

    def dump(self) -> list[tuple[int, float]]:
        """All of it as JSON."""
        return list(zip(self._rows, self._moments, strict=True))
