"""The SharePoint stand-in's faults."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import TryAgain
from tests.rehearsal.sharepoint_fixtures import World, reply, world


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists."""
    async with world() as made:
        yield made


def items(w: World) -> str:
    """Where the replies are."""
    return f"/sites/{w.stand_in.api.site_id}/lists/Replies/items"


@pytest.mark.parametrize(
    ("kind", "status", "after", "committed"),
    [
        ("429", 429, 2.0, False),
        ("429-fractional", 429, 2.128, False),
        ("429-date", 429, 5.0, False),
        ("429-ratelimit", 429, 31.0, False),
        ("500", 500, None, False),
        ("500-after-commit", 500, None, True),
        ("502", 502, None, False),
        ("502-after-commit", 502, None, True),
        ("504-before", 504, None, False),
        ("507", 507, None, False),
        ("503-before", 503, 1.0, False),
        ("503-after-commit", 503, None, True),
        ("504-after-commit", 504, None, True),
        ("html", 503, None, False),
        ("html-after-commit", 502, None, True),
        ("400", 400, None, False),
        ("403", 403, None, False),
        ("404", 404, None, False),
        ("409", 409, None, False),
        ("412", 412, None, False),
        ("423", 423, None, False),
    ],
)
async def test_a_fault_is_given_once(w: World, kind: str, status: int, after: float | None, committed: bool) -> None:
    """The next request meets the fault, committed or not as its name says; the one after that does not."""
    w.stand_in.faults.next(kind)
    told = await w.graph.request("POST", items(w), {"fields": dict(reply(1).fields)})

    assert (told.status, told.after, bool(w.rows())) == (status, after, committed)
    assert (await w.graph.request("GET", items(w))).ok


@pytest.mark.parametrize(("kind", "there"), [("drop", ["reply-1"]), ("drop-before", [])])
async def test_a_connection_drops(w: World, kind: str, there: list[str]) -> None:
    """Nobody hears of the row, and it is there, or it is not."""
    w.stand_in.faults.next(kind)
    with pytest.raises(TryAgain):
        await w.graph.request("POST", items(w), {"fields": dict(reply(1).fields)})

    assert w.keys() == there


async def test_a_slow_answer_comes_in_the_end(w: World) -> None:
    """Slow is late by the clock, and right."""
    w.stand_in.faults.next("slow")
    w.clock.wake.set()

    assert (await w.graph.request("GET", items(w))).ok


async def test_a_fault_waits_for_its_request(w: World) -> None:
    """A fault for one kind of request passes the others by, as often as it was ordered."""
    w.stand_in.faults.next("429", times=2, where="POST")
    reads = [(await w.graph.request("GET", items(w))).status for _ in range(2)]
    writes = [(await w.graph.request("POST", items(w), {"fields": {}})).status for _ in range(3)]

    assert (reads, writes) == ([200, 200], [429, 429, 201])


async def test_down_refuses_everything(w: World) -> None:
    """Down is 503 for all until it is over."""
    w.stand_in.faults.down = True
    down = await w.graph.request("GET", items(w))
    w.stand_in.faults.down = False

    assert down.status == 503
    assert (await w.graph.request("GET", items(w))).ok


@pytest.mark.parametrize("kind", ["429-late", "missing", "item-drop", "item-slow"])
def test_a_fault_that_does_not_exist_is_a_mistake(w: World, kind: str) -> None:
    """A misspelt fault would otherwise test nothing."""
    with pytest.raises(ValueError, match=kind):
        w.stand_in.faults.next(kind)
