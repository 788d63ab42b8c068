"""Weather in the SharePoint stand-in: random faults, resource units and their limits, a site that refuses, a list that is away."""

from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice
from random import Random

import pytest

from bot.records.exchanges import GraphRequest
from bot.records.filing_steps import Differs, Filed
from bot.rehearsal.sharepoint_faults import Faults
from bot.rehearsal.sharepoint_meter import Meter, units_of
from tests.rehearsal.sharepoint_fixtures import StillClock, World, direct_world, reply

LIST = "/sites/s/lists/l"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site with our lists, and no sockets."""
    async with direct_world() as made:
        yield made


def items(w: World) -> str:
    """Where the replies are."""
    return f"/sites/{w.stand_in.api.site_id}/lists/Replies/items"


def weather(what: str, *, in_batch: bool = False, seed: int = 7, share: float = 0.5) -> list[str | None]:
    """What two thousand requests meet."""
    faults = Faults()
    faults.storm(Random(seed), share)
    return [faults.take(what, in_batch=in_batch) for _ in range(2000)]


def test_a_storm_is_the_same_each_time() -> None:
    """The same dice bring the same faults, other dice others; about the share that was asked for."""
    one, again, other = (weather("GET /sites/s", seed=seed) for seed in (1, 1, 2))

    assert one == again != other
    assert 900 < sum(fault is not None for fault in one) < 1100
    assert set(weather("GET /sites/s", share=0)) == {None}
    assert None not in weather("GET /sites/s", share=1)


def test_a_storm_brings_what_fits_the_request() -> None:
    """A write may be in conflict, a delta odd, a batch left without an answer to one item; nothing final, nothing slow, unless it is named."""
    everywhere = {"429", "429-fractional", "429-date", "429-ratelimit", "500", "500-after-commit", "502"}
    everywhere |= {"502-after-commit", "503-before", "503-after-commit", "504-before", "504-after-commit"}
    everywhere |= {"ratelimit-warning"}
    on_the_way = {"html", "html-after-commit", "drop", "drop-before", "401"}
    delta = {"delta-error-row", "delta-repeat", "delta-row-missing"}
    met = {
        what: set(weather(what, share=1))
        for what in ("GET /x", "POST /$batch", "POST /x", "PATCH /x", "DELETE /x", f"GET {LIST}/items/delta?token=x")
    }

    assert met["GET /x"] == met["POST /$batch"] == everywhere | on_the_way
    assert met["POST /x"] == met["DELETE /x"] == everywhere | on_the_way | {"409", "423", "507"}
    assert met["PATCH /x"] == met["POST /x"] - {"507"}
    assert met[f"GET {LIST}/items/delta?token=x"] == everywhere | on_the_way | delta
    assert set(weather("PATCH /x", in_batch=True, share=1)) == everywhere | {"409", "423", "missing"}


def test_a_storm_of_chosen_kinds() -> None:
    """Only what is named comes, where it fits at all; what waits by command comes first, and calm ends both."""
    faults = Faults()
    faults.storm(Random(7), 1, {"slow", "423"})
    faults.next("404", times=2)
    met = [
        faults.take(what, in_batch=False) for what in ("GET /x", "GET /x", "POST /x", "POST /x", "POST /x", "GET /x")
    ]
    within = [faults.take("GET /x", in_batch=True), faults.take("POST /x", in_batch=True)]
    faults.next("404")
    faults.calm()

    assert met[:2] == ["404", "404"]
    assert set(met[2:5]) <= {"slow", "423"}
    assert met[5] == "slow"
    assert within == [None, "423"]
    assert faults.take("POST /x", in_batch=False) is None


async def test_filing_gets_through_a_storm(w: World) -> None:
    """Every request and every item of a batch may fail; what is filed again until it is done is there once."""
    left = {number: reply(number) for number in range(60)}
    w.stand_in.faults.storm(Random(11), 0.4)
    rounds = 0
    while left and rounds < 200:
        rounds += 1
        some = dict(islice(left.items(), 20))
        outcomes = await w.write(*some.values())
        done = {number for number, outcome in zip(some, outcomes, strict=True) if isinstance(outcome, Filed | Differs)}
        left = {number: one for number, one in left.items() if number not in done}
    statuses = Counter(status for _, _, _, status, _ in w.exchanges)
    w.stand_in.faults.calm()
    calm = await w.graph.request("GET", items(w))

    assert left == {}
    assert rounds > 1
    assert w.keys() == sorted(f"reply-{number}" for number in range(60))
    assert statuses.keys() >= {200, 201, 429, 500, 502, 503, 504}
    assert calm.ok


async def test_a_site_that_refuses(w: World) -> None:
    """All of the site is 403 until it is over, inside a batch too; who is in a team is not the site's to refuse."""
    w.stand_in.faults.site_refused = True
    alone = await w.graph.request("GET", items(w))
    (within,) = await w.graph.batch([GraphRequest("GET", items(w))])
    members = await w.graph.request("GET", "/teams/team/members")
    w.stand_in.faults.site_refused = False

    assert (alone.status, within.status, members.status) == (403, 403, 200)
    assert (await w.graph.request("GET", items(w))).ok


@pytest.mark.parametrize(
    ("method", "target", "units"),
    [
        ("GET", f"{LIST}/items/5?$expand=fields", 1),
        ("GET", f"{LIST}/items/delta?token=abc&$top=5", 1),
        ("GET", f"{LIST}/items/delta?$top=5&token=abc", 1),
        ("GET", f"{LIST}/items/delta(token='abc')", 1),
        ("GET", f"{LIST}/items/delta?$top=5", 2),
        ("GET", f"{LIST}/items/delta?token=", 2),
        ("GET", f"{LIST}/items?$top=5", 2),
        ("GET", "/sites/s", 1),
        ("GET", "/sites/s/lists", 2),
        ("POST", f"{LIST}/items", 2),
        ("PATCH", f"{LIST}/items/5/fields", 2),
        ("DELETE", f"{LIST}/items/5", 2),
        ("GET", "/teams/t/members", 0),
        ("POST", "/$batch", 0),
    ],
)
def test_what_a_request_costs(method: str, target: str, units: int) -> None:
    """As SharePoint's page on throttling says."""
    assert units_of(method, target) == units


def test_a_minutes_limit() -> None:
    """Headers warn from 80 % on; past the limit it is refused until the minute is over, refused calls counting too; then all is well again."""
    meter, clock = Meter(), StillClock()
    meter.limit = 10
    told = []
    for _ in range(6):
        told.append(meter.charge("POST", f"{LIST}/items", clock.now()))
        clock.pass_by(seconds=9)
    clock.pass_by(seconds=6)
    after = meter.charge("POST", f"{LIST}/items", clock.now())

    assert [allowed for allowed, _ in told] == [True] * 5 + [False]
    assert [headers.get("RateLimit-Remaining") for _, headers in told] == [None, None, None, "2", "0", "0"]
    assert told[3][1] == {"RateLimit-Limit": "10", "RateLimit-Remaining": "2", "RateLimit-Reset": "33"}
    assert told[5][1]["Retry-After"] == told[5][1]["RateLimit-Reset"] == "15"
    assert after == (True, {})
    assert (meter.total, meter.busiest) == (14, 12)
    assert meter.charge("GET", "/teams/t/members", clock.now()) == (True, {})


async def test_the_limit_holds_inside_a_batch(w: World) -> None:
    """Each item is charged for itself: those past the limit are 429 with their own wait, and are not carried out."""
    w.stand_in.meter.limit = 30
    answers = await w.graph.batch(
        [GraphRequest("POST", items(w), {"fields": {"EntryKey": f"k{n}"}}) for n in range(20)]
    )
    statuses = Counter(answer.status for answer in answers)
    throttled = next(answer for answer in answers if answer.status == 429)
    warned = [answer for answer in answers if answer.ok and "ratelimit-remaining" in answer.headers]
    w.clock.pass_by(minutes=1)

    assert statuses == {201: 15, 429: 5}
    assert (throttled.after, throttled.headers["ratelimit-limit"]) == (60.0, "30")
    assert len(warned) == 4
    assert len(w.rows()) == 15
    assert (await w.graph.request("GET", items(w))).ok


async def test_a_warning_is_a_success(w: World) -> None:
    """On command a request is carried out and its answer carries the headers that SharePoint recorded as its example."""
    w.stand_in.faults.next("ratelimit-warning")
    told = await w.graph.request("GET", items(w))

    assert told.status == 200
    assert {name: value for name, value in told.headers.items() if name.startswith("ratelimit")} == {
        "ratelimit-limit": "1200",
        "ratelimit-remaining": "120",
        "ratelimit-reset": "5",
    }


async def test_one_item_of_a_batch_is_throttled_alone(w: World) -> None:
    """With a wait of its own; the others are done."""
    w.stand_in.faults.next("item-429-fractional")
    answers = await w.graph.batch([GraphRequest("POST", items(w), {"fields": {"EntryKey": f"k{n}"}}) for n in range(3)])

    assert sorted((answer.status, answer.after) for answer in answers if not answer.ok) == [(429, 2.128)]
    assert len(w.rows()) == 2


async def test_an_item_after_commit_was_carried_out(w: World) -> None:
    """500, 502, 503 and 504 of one item each come before or after the row is there, as their names say."""
    for kind in ("500", "502", "503", "504"):
        for when in (f"item-{kind}-after-commit", "item-503-before" if kind == "503" else "item-504-before"):
            w.stand_in.faults.next(when)
    answers = await w.graph.batch([GraphRequest("POST", items(w), {"fields": {"EntryKey": f"k{n}"}}) for n in range(8)])

    assert Counter(answer.status for answer in answers) == {500: 1, 502: 1, 503: 2, 504: 4}
    assert len(w.rows()) == 4


async def test_a_token_runs_out_on_its_way(w: World) -> None:
    """One 401 is asked once more and never noticed; two are."""
    w.stand_in.faults.next("401")
    once = await w.graph.request("GET", items(w))
    w.stand_in.faults.next("401", times=2)

    assert once.ok
    assert (await w.graph.request("GET", items(w))).status == 401
