"""What may be asked of SharePoint, and when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.budget import SAVED_UP, Budget, units
from bot.records.exchanges import Answer, GraphRequest
from tests.records.store_fixtures import HandClock

ITEMS = "/sites/s/lists/l/items"


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("GET", f"{ITEMS}/7?$expand=fields", 1),
        ("GET", f"{ITEMS}?$filter=x", 2),
        ("GET", f"{ITEMS}/delta?$top=200", 2),
        ("GET", f"{ITEMS}/delta?token=&$top=200", 2),
        ("GET", f"{ITEMS}/delta?$top=200&token=abc", 1),
        ("GET", "/sites/s/lists", 2),
        ("POST", ITEMS, 2),
        ("PATCH", f"{ITEMS}/7/fields", 2),
        ("DELETE", f"{ITEMS}/7", 2),
    ],
)
def test_what_things_cost(method: str, path: str, cost: int) -> None:
    """As SharePoint counts."""
    assert units(GraphRequest(method, path)) == cost


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(1, 40)), max_size=60))
def test_never_more_than_was_saved_up_and_came_since(steps: list[tuple[float, int]]) -> None:
    """Whoever spends only when told to never spends more, in any stretch of time, than a minute's units and what came meanwhile."""
    clock = HandClock()
    budget = Budget(clock, 10)
    spent: list[tuple[float, int]] = []
    passed = 0.0
    for wait, cost in steps:
        clock.move(wait)
        passed += wait
        if budget.ready_at(cost) <= clock.now():
            budget.spend(cost)
            spent.append((passed, cost))

    for first, (begin, _) in enumerate(spent):
        total = 0
        for moment, cost in spent[first:]:
            total += cost
            assert total <= 10 * SAVED_UP + 10 * (moment - begin) + 1e-6
    assert budget.spent == sum(cost for _, cost in spent)


def test_it_says_when_to_come_again() -> None:
    """Empty, it names the moment at which so much will be there; more than can ever be saved up waits for all."""
    clock = HandClock()
    budget = Budget(clock, 10)
    budget.spend(600)

    assert budget.ready_at(20) - clock.now() == timedelta(seconds=2)
    assert budget.ready_at(5000) - clock.now() == timedelta(seconds=60)
    clock.move(-3600)
    assert budget.ready_at(20) - clock.now() == timedelta(seconds=2)
    clock.move(2)
    assert budget.ready_at(20) <= clock.now()


@pytest.mark.parametrize(
    ("status", "headers", "after", "rest"),
    [
        (429, {}, 7.0, 7.0),
        (503, {}, 7.5, 7.5),
        (503, {}, None, 0.0),
        (423, {}, 7.0, 0.0),
        (200, {"ratelimit-limit": "1250", "ratelimit-remaining": "100", "ratelimit-reset": "30"}, 30.0, 0.3),
        (200, {"ratelimit-limit": "1250", "ratelimit-remaining": "0", "ratelimit-reset": "30"}, 30.0, 30.0),
        (200, {"ratelimit-limit": "1250", "ratelimit-remaining": "900", "ratelimit-reset": "30"}, 30.0, 0.0),
        (200, {"ratelimit-limit": "odd", "ratelimit-remaining": "0", "ratelimit-reset": "30"}, 30.0, 0.0),
        (200, {}, None, 0.0),
    ],
)
def test_what_sharepoint_asks_for_is_heeded(
    status: int, headers: dict[str, str], after: float | None, rest: float
) -> None:
    """A wait is a wait for everything; where little is left of its own count, that is spread over the time that is left."""
    clock = HandClock()
    budget = Budget(clock, 10)
    budget.heed(Answer(status, {}, headers, after))

    assert (budget.ready_at(2) - clock.now()).total_seconds() == pytest.approx(rest)
