"""Everything that waits is committed together: under a rush, sixty-four taps cost one disk sync and not sixty-four."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.errors import TryAgain

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Hands waiting items to `flush` in order of arrival, at most `most` at a time, and answers each once its group is committed.

    `flush` commits a group durably before it returns one result for each item, in order; whatever it raises, nothing of the group was kept. A group
    that fails is tried again item by item, so that one poisoned item fails alone; after `TryAgain` (the database itself is not there) it is not.
    """

    def __init__(self, flush: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], most: int = 256) -> None:
        self._flush = flush
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        """The result of `item`, once it is committed. A caller who stops waiting does not take the item back.

        Raises: whatever `flush` raised for this item.
        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._runner is None or self._runner.done():
            # A task of its own: one caller's cancelled request must not take down the others in its group.
            self._runner = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        group: list[tuple[Item, asyncio.Future[Result]]] = []
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                await self._commit(group)
        finally:
            # Reached with somebody left only when the loop is being torn down.
            for _, answer in (*group, *self._waiting):
                answer.cancel()
            self._waiting.clear()

    async def _commit(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._flush([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 -- it belongs to whoever waits for it
            if len(group) > 1 and not isinstance(error, TryAgain):
                for one in group:
                    await self._commit([one])
                return
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), result in zip(group, results, strict=True):
            if not answer.done():
                answer.set_result(result)
