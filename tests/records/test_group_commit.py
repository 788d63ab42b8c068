"""Committing together what waits together."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.errors import TryAgain
from bot.records.group_commit import GroupCommit


class Ledger:
    """Keeps groups as they are flushed; refuses what it is told to."""

    def __init__(self, refused: Sequence[int] = (), error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self.refused = refused
        self.error = error or ValueError("refused")

    async def flush(self, items: Sequence[int]) -> Sequence[str]:
        await asyncio.sleep(0)
        self.groups.append(list(items))
        if set(self.refused) & set(items):
            raise self.error
        return [f"kept {item}" for item in items]


async def test_all_that_wait_share_one_group() -> None:
    """What arrives in one turn of the loop is one group, and each caller gets the result of their own item."""
    ledger = Ledger()
    commit = GroupCommit(ledger.flush)

    results = await asyncio.gather(*(commit.add(number) for number in range(5)))

    assert ledger.groups == [[0, 1, 2, 3, 4]]
    assert results == [f"kept {number}" for number in range(5)]


async def test_a_group_has_a_largest_size() -> None:
    """More than `most` waiting items become several groups, in order of arrival."""
    ledger = Ledger()
    commit = GroupCommit(ledger.flush, most=2)

    await asyncio.gather(*(commit.add(number) for number in range(5)))

    assert ledger.groups == [[0, 1], [2, 3], [4]]


async def test_what_arrives_during_a_flush_waits_for_the_next() -> None:
    """An item that arrives while a group is being written goes into the next one."""
    ledger = Ledger()
    commit = GroupCommit(ledger.flush)
    first = asyncio.create_task(commit.add(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    await asyncio.gather(first, commit.add(2), commit.add(3))

    assert ledger.groups == [[1], [2, 3]]


async def test_a_poisoned_item_fails_alone() -> None:
    """When a group fails each item is tried alone, and only the poisoned one fails."""
    ledger = Ledger(refused=[1])
    commit = GroupCommit(ledger.flush)

    results = await asyncio.gather(*(commit.add(number) for number in range(3)), return_exceptions=True)

    assert results[0] == "kept 0"
    assert isinstance(results[1], ValueError)
    assert results[2] == "kept 2"


async def test_a_database_that_is_gone_is_not_asked_for_each() -> None:
    """After TryAgain nobody is tried alone: everybody is told at once."""
    ledger = Ledger(refused=[1], error=TryAgain("store_unreachable"))
    commit = GroupCommit(ledger.flush)

    results = await asyncio.gather(*(commit.add(number) for number in range(3)), return_exceptions=True)

    assert ledger.groups == [[0, 1, 2]]
    assert all(isinstance(result, TryAgain) for result in results)


@pytest.mark.parametrize("refused", [[], [1]])
async def test_a_caller_who_leaves_takes_nobody_along(refused: list[int]) -> None:
    """A caller's cancellation leaves the item in its group and the others' answers whole."""
    ledger = Ledger(refused)
    commit = GroupCommit(ledger.flush)
    leaving = [asyncio.create_task(commit.add(number)) for number in (0, 1)]
    staying = asyncio.create_task(commit.add(2))
    await asyncio.sleep(0)
    for task in leaving:
        task.cancel()

    assert await staying == "kept 2"
    assert ledger.groups[0] == [0, 1, 2]


async def test_nobody_waits_for_a_loop_that_ends() -> None:
    """When the loop is torn down during a flush, whoever waits is cancelled."""
    never = asyncio.Event()

    async def flush(items: Sequence[int]) -> Sequence[int]:
        await never.wait()
        return items

    commit = GroupCommit(flush)
    waiting = asyncio.create_task(commit.add(1))
    await asyncio.sleep(0)
    late = asyncio.create_task(commit.add(2))
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task(), waiting, late}:
        task.cancel()

    results = await asyncio.gather(waiting, late, return_exceptions=True)

    assert [type(result) for result in results] == [asyncio.CancelledError, asyncio.CancelledError]
