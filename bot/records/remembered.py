"""What was read lately, kept in the process for the hot path."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Frozen values by key, each true until it is forgotten.

    Whoever writes a row forgets its key. That holds only while one process writes, so it stays empty unless `on`: a database that several
    instances share is asked each time.
    """

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._values: dict[str, Value] = {}
        self._forgotten = 0

    async def get(
        self,
        key: str,
        read: Callable[[], Awaitable[Value | None]],
        *,
        when: Callable[[Value], bool] = lambda _: True,
    ) -> Value | None:
        """The value under `key`, by `read` where it is not remembered. Only what passes `when` is, never that there is none."""
        if (known := self._values.get(key)) is not None:
            return known
        before = self._forgotten
        value = await read()
        # What was read before a write that ended meanwhile may be what that write replaced.
        if self._on and value is not None and before == self._forgotten and when(value):
            self._values[key] = value
        return value

    def forget(self, *keys: str) -> None:
        """Read these again next time."""
        self._forgotten += 1
        for key in keys:
            self._values.pop(key, None)
