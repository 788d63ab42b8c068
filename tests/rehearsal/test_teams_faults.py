"""What goes wrong in the Teams stand-in, on command or by speaking too fast."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.rehearsal.people import Channel
from bot.rehearsal.teams_faults import Kind
from tests.rehearsal.small_bot import Said, Ward, a_ward, conversation, text


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    """Rowan ward with Teams around it."""
    async with a_ward() as ward:
        yield ward


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("412", 412, "PreconditionFailed"),
        ("429", 429, "Throttled"),
        ("429-retry-after", 429, "Throttled"),
        ("502", 502, "ServiceError"),
        ("503", 503, "ServiceError"),
        ("504", 504, "ServiceError"),
        ("403-roster", 403, "BotNotInConversationRoster"),
    ],
)
async def test_refusals(ward: Ward, kind: Kind, status: int, code: str) -> None:
    """A fault is met as often as it was ordered, nothing is posted, and then all is well."""
    ward.teams.faults.next(kind, 2)
    answers = [await ward.post(text()) for _ in range(3)]

    assert [answer.status for answer in answers] == [status, status, 201]
    assert answers[0].body["error"]["code"] == code
    assert answers[0].headers.get("Retry-After") == ("2" if kind == "429-retry-after" else None)
    assert len(ward.teams.threads(ward.coffee)) == 1


async def test_fractional_retry_after(ward: Ward) -> None:
    """Retry-After can be a fraction, as Microsoft's services sometimes send it."""
    ward.teams.faults.next("429-retry-after", seconds=0.5)

    assert (await ward.post(text())).headers["Retry-After"] == "0.5"


async def test_posted_and_yet_504(ward: Ward) -> None:
    """A time-out can come after the message was posted."""
    ward.teams.faults.next("504-after-commit")

    assert (await ward.post(text())).status == 504
    assert len(ward.teams.threads(ward.coffee)) == 1


async def test_dropped(ward: Ward) -> None:
    """A connection can break after the message was posted."""
    ward.teams.faults.next("drop")
    with pytest.raises(aiohttp.ClientError):
        await ward.post(text())

    assert len(ward.teams.threads(ward.coffee)) == 1


async def test_slow(ward: Ward) -> None:
    """A slow answer comes when the clock has moved on."""
    ward.teams.faults.next("slow", seconds=9)
    posting = asyncio.create_task(ward.post(text()))
    while not ward.clock.sleepers:
        await asyncio.sleep(0)
    before = posting.done()
    ward.clock.move_by(9)

    assert not before
    assert (await posting).status == 201


async def test_faults_in_one_place(ward: Ward) -> None:
    """A fault that is meant for one channel waits for it."""
    ward.teams.faults.next("502", conversation=ward.rowan.general.id)
    elsewhere, there = await ward.post(text()), await ward.post(text(), ward.rowan.general)

    assert (elsewhere.status, there.status) == (201, 502)


def test_unknown_fault(ward: Ward) -> None:
    """An order for a fault that there is not is a mistake of who orders."""
    with pytest.raises(ValueError, match="418"):
        ward.teams.faults.next("418")  # type: ignore[arg-type]  # that is the point


async def test_blocked(ward: Ward) -> None:
    """A blocked channel answers 403 until it is unblocked; others do not."""
    ward.teams.faults.block(ward.coffee.id)
    blocked, other = await ward.post(text()), await ward.post(text(), ward.rowan.general)
    ward.teams.faults.unblock(ward.coffee.id)
    ward.teams.faults.unblock(ward.coffee.id)

    assert (blocked.status, blocked.body["error"]["code"]) == (403, "BotDisabledByAdmin")
    assert other.status == 201
    assert (await ward.post(text())).status == 201


async def test_refused_tokens(ward: Ward) -> None:
    """Bearers can be refused until further notice."""
    ward.identity.refuses_bearers = True

    assert (await ward.post(text())).status == 401


async def statuses(ward: Ward, count: int, channel: Channel | None = None) -> list[Said]:
    """So many posts one after the other, at the same moment of the clock."""
    return [await ward.post(text(), channel) for _ in range(count)]


async def test_seven_in_a_second(ward: Ward) -> None:
    """A conversation takes seven new posts in a second and eight in two; then Teams says when to come back."""
    first = await statuses(ward, 8)
    ward.clock.move_by(1)
    second = await statuses(ward, 2)
    ward.clock.move_by(1)
    third = await statuses(ward, 1)

    assert [said.status for said in first] == [201] * 7 + [429]
    assert first[-1].headers["Retry-After"] == "1"
    assert [said.status for said in second] == [201, 429]
    assert [said.status for said in third] == [201]


async def test_the_longer_windows(ward: Ward) -> None:
    """Whoever keeps to the short windows still finds sixty in thirty seconds, and 1800 in an hour."""
    limits = ward.teams.limits
    taken, waits = 0, list[float]()
    for _ in range(3600):
        for _ in range(4):
            wait = limits.admit("send", ward.coffee.id)
            taken += wait == 0
            waits.append(wait)
        ward.clock.move_by(1)
        if len(waits) == 30 * 4:
            assert taken == 60

    assert taken == 1800
    assert max(waits) > 60


async def test_reading_is_cheaper(ward: Ward) -> None:
    """Members can be asked for twice as often as messages sent, and one does not use up the other."""
    await statuses(ward, 7)
    path = conversation(ward.coffee.id) + "/pagedmembers"
    answers = [(await ward.call("GET", path)).status for _ in range(15)]

    assert answers == [200] * 14 + [429]


async def test_fifty_in_the_tenant(ward: Ward) -> None:
    """All conversations together take fifty requests in a second."""
    admitted = [ward.teams.limits.admit("send", f"channel {number}") for number in range(51)]

    assert admitted == [0.0] * 50 + [1.0]


async def test_without_retry_after(ward: Ward) -> None:
    """Teams can keep to itself when to come back, and the limits can be switched off."""
    ward.teams.limits.tells_when = False
    silent = (await statuses(ward, 8))[-1]
    ward.teams.limits.on = False

    assert (silent.status, "Retry-After" in silent.headers) == (429, False)
    assert (await ward.post(text())).status == 201
