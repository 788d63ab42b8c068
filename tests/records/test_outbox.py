"""The outbox, on both databases."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from bot.domain.outbox import Kind
from bot.records.outbox import FIRST_RETRY, LONGEST_RETRY, REFRESH_PAUSE, Claimed, Outbox, enqueue
from tests.records.store_fixtures import EVERY_KIND, NOON, House, SleepingClock, an_entry


async def one(house: House) -> Claimed:
    """The one entry that can be claimed."""
    (claimed,) = await house.outbox.claim(EVERY_KIND, 9)
    return claimed


async def test_an_entry_is_claimed_with_what_was_written(house: House) -> None:
    """A claimed entry has its kind, key, ward and payload, and has never failed."""
    await house.store.enqueue([an_entry(payload={"code": "x"})])

    claimed = await one(house)

    assert (claimed.kind, claimed.key, claimed.ward_id) == (Kind.POST_CHECK_IN, "key-1", "ward-1")
    assert claimed.payload == {"code": "x"}
    assert (claimed.version, claimed.attempts) == (1, 0)


async def test_what_is_done_is_gone(house: House) -> None:
    """An entry that is done is not claimed again."""
    await house.store.enqueue([an_entry()])

    await house.outbox.done(await one(house))
    house.clock.move(3600)

    assert await house.outbox.claim(EVERY_KIND, 9) == []
    assert await house.outbox.next_due() is None


async def test_several_are_done_at_once(house: House) -> None:
    """Of entries that are done together, the one that was asked for once more meanwhile stays, and is due again."""
    await house.store.enqueue([an_entry("one"), an_entry("two"), an_entry("three")])
    claimed = await house.outbox.claim(EVERY_KIND, 9)
    await house.store.enqueue([an_entry("two")])

    await house.outbox.done(*claimed)

    assert [entry.key for entry in await house.outbox.claim(EVERY_KIND, 9)] == ["two"]


async def test_the_longest_due_come_first(house: House) -> None:
    """Entries are claimed in the order in which they fell due, by kind, as many as asked for, and none early."""
    await house.store.enqueue(
        [
            an_entry("late", due=NOON - timedelta(seconds=1)),
            an_entry("later", due=NOON),
            an_entry("latest", due=NOON - timedelta(seconds=2)),
            an_entry("early", due=NOON + timedelta(seconds=1)),
            an_entry("other", Kind.WELCOME),
        ]
    )

    first = await house.outbox.claim([Kind.POST_CHECK_IN], 2)
    second = await house.outbox.claim([Kind.POST_CHECK_IN], 9)

    assert [entry.key for entry in first] == ["latest", "late"]
    assert [entry.key for entry in second] == ["later"]


async def test_a_lease_that_ended_is_claimed_again(house: House) -> None:
    """A claimer who died holds an entry no longer than the lease."""
    await house.store.enqueue([an_entry()])
    first = await house.outbox.claim(EVERY_KIND, 9, lease_seconds=60)
    house.clock.move(59)
    early = await house.outbox.claim(EVERY_KIND, 9)
    due = await house.outbox.next_due()
    house.clock.move(1)

    again = await house.outbox.claim(EVERY_KIND, 9)

    assert early == []
    assert due == NOON + timedelta(seconds=60)
    assert again == first


async def test_entries_for_the_same_thing_are_one(house: House) -> None:
    """A second entry of the same kind and key takes the new payload and the earlier of the due times."""
    later = timedelta(seconds=30)
    await house.store.enqueue([an_entry("a", due=NOON + later), an_entry("b", due=NOON)])
    await house.store.enqueue([an_entry("a", payload={"new": "yes"}), an_entry("b", due=NOON + later)])

    claimed = {entry.key: entry for entry in await house.outbox.claim(EVERY_KIND, 9)}

    assert {key: entry.version for key, entry in claimed.items()} == {"a": 2, "b": 2}
    assert claimed["a"].payload == {"new": "yes"}


@pytest.mark.parametrize(("kind", "pause"), [(Kind.POST_CHECK_IN, timedelta()), (Kind.REFRESH_CHECK_IN, REFRESH_PAUSE)])
async def test_what_is_asked_for_meanwhile_is_done_again(house: House, kind: Kind, pause: timedelta) -> None:
    """An entry that was written again while it was worked on is due again: at once, a card's refresh after its pause."""
    await house.store.enqueue([an_entry(kind=kind)])
    claimed = await one(house)
    house.clock.move(5)
    await house.store.enqueue([an_entry(kind=kind, payload={"new": "yes"})])

    await house.outbox.done(claimed)

    assert await house.outbox.next_due() == house.clock.now() + pause
    house.clock.move(pause.total_seconds())
    assert (await one(house)).payload == {"new": "yes"}


async def test_what_is_put_off_meanwhile_stays_put_off(house: House) -> None:
    """An entry that was put off while it was worked on comes when it was put off to, and waits since then."""
    await house.store.enqueue([an_entry(kind=Kind.REFRESH_CHECK_IN)])
    claimed = await one(house)
    later = NOON + timedelta(minutes=2)
    put_off = [an_entry(kind=Kind.REFRESH_CHECK_IN, due=later)]
    await house.database.write(lambda write: enqueue(write, put_off, NOON, put_off=True))

    await house.outbox.done(claimed)

    assert await house.outbox.next_due() == later
    assert await house.outbox.oldest_waiting() == later


@pytest.mark.parametrize(("failures", "longest"), [(1, FIRST_RETRY), (2, 4.0), (3, 8.0), (30, LONGEST_RETRY)])
async def test_retries_come_ever_later(house: House, failures: int, longest: float) -> None:
    """Each failure doubles the time within which the retry comes, up to a quarter of an hour."""
    await house.store.enqueue([an_entry()])
    for _ in range(failures - 1):
        await house.outbox.retry(await one(house), "timeout")
        house.clock.move(LONGEST_RETRY)
    claimed, before = await one(house), house.clock.now()

    await house.outbox.retry(claimed, "timeout")

    due = await house.outbox.next_due()
    assert claimed.attempts == failures - 1
    assert due is not None
    assert before <= due <= before + timedelta(seconds=longest)


async def test_retry_after_is_honoured(house: House) -> None:
    """An entry is not tried before the other side wants it, to the fraction of a second."""
    await house.store.enqueue([an_entry()])

    await house.outbox.retry(await one(house), "throttled", 4000.25)

    assert await house.outbox.next_due() == NOON + timedelta(seconds=4000.25)


async def test_a_fresh_request_starts_afresh(house: House) -> None:
    """An entry that is written again after failures is due at once and has failed no more."""
    await house.store.enqueue([an_entry()])
    await house.outbox.retry(await one(house), "throttled", 60)

    await house.store.enqueue([an_entry()])

    assert (await one(house)).attempts == 0


async def test_what_is_put_off_did_not_fail(house: House) -> None:
    """An entry that is postponed comes when it is told to and has failed no more than before."""
    await house.store.enqueue([an_entry()])
    morning = NOON + timedelta(hours=20)

    await house.outbox.postpone(await one(house), morning)
    due = await house.outbox.next_due()
    house.clock.moment = morning

    assert due == morning
    assert await house.outbox.oldest_waiting() == morning
    assert (await one(house)).attempts == 0


async def test_what_finally_failed_is_parked(house: House) -> None:
    """A parked entry is seen, is not claimed, and can be tried again."""
    await house.store.enqueue([an_entry(), an_entry("key-2")])
    for entry in await house.outbox.claim(EVERY_KIND, 1):
        await house.outbox.park(entry, "too_large")
    house.clock.move(3600)

    (parked,) = await house.outbox.parked()
    rest = await one(house)
    resent = await house.outbox.resend()
    again = await one(house)

    assert (parked.kind, parked.key, parked.ward_id) == (Kind.POST_CHECK_IN, "key-1", "ward-1")
    assert (parked.code, parked.since) == ("too_large", NOON)
    assert rest.key == "key-2"
    assert resent == 1
    assert again.key == "key-1"
    assert await house.outbox.parked() == []
    assert await house.outbox.resend() == 0


async def test_a_parked_entry_is_freed_by_a_new_one(house: House) -> None:
    """What is asked for again is tried again, when the new request says."""
    await house.store.enqueue([an_entry()])
    await house.outbox.park(await one(house), "too_large")
    later = NOON + timedelta(seconds=9)

    await house.store.enqueue([an_entry(due=later)])

    assert await house.outbox.parked() == []
    assert await house.outbox.next_due() == later
    assert await house.outbox.oldest_waiting() == later


async def test_what_changed_meanwhile_is_not_parked(house: House) -> None:
    """A failure of the old request says nothing about the new one."""
    await house.store.enqueue([an_entry()])
    claimed = await one(house)
    await house.store.enqueue([an_entry(payload={"new": "yes"})])

    await house.outbox.park(claimed, "too_large")

    assert await house.outbox.parked() == []
    assert (await one(house)).payload == {"new": "yes"}


async def test_what_waits_is_counted(house: House) -> None:
    """The entries that wait are counted by kind, with the moment since when the longest could have been done."""
    await house.store.enqueue([an_entry("a"), an_entry("b"), an_entry("c", Kind.WELCOME)])
    for entry in await house.outbox.claim([Kind.WELCOME], 9):
        await house.outbox.park(entry, "x")
    house.clock.move(30)
    for entry in await house.outbox.claim(EVERY_KIND, 1):
        await house.outbox.retry(entry, "timeout")

    assert await house.outbox.waiting() == {Kind.POST_CHECK_IN: 2}
    assert await house.outbox.oldest_waiting() == NOON


async def test_nothing_waits(house: House) -> None:
    """An empty outbox has nothing due, nothing waiting and nothing parked."""
    assert await house.outbox.next_due() is None
    assert await house.outbox.oldest_waiting() is None
    assert await house.outbox.waiting() == {}
    assert await house.outbox.parked() == []


async def test_next_due_is_told_for_the_kinds_asked_for(house: House) -> None:
    """A courier hears only of its own kinds."""
    later = NOON + timedelta(seconds=5)
    await house.store.enqueue([an_entry("a"), an_entry("b", Kind.WELCOME, due=later)])

    assert await house.outbox.next_due([Kind.WELCOME]) == later
    assert await house.outbox.next_due([Kind.FILE_WARD]) is None


async def test_couriers_wake_when_something_is_written(house: House) -> None:
    """The courier is told after a commit that wrote entries, and not after one that wrote none."""
    await house.store.beat(NOON)
    quiet = house.outbox.changed.is_set()

    await house.store.enqueue([an_entry()])

    assert not quiet
    assert house.outbox.changed.is_set()


async def test_news_of_what_is_due_later_wakes_nobody(sqlite_house: House) -> None:
    """Whoever waits for an entry sleeps on when something is written that is due after it, and looks in time for what is due before it."""
    await sqlite_house.store.enqueue([an_entry(due=NOON + timedelta(days=2))])
    still = SleepingClock(sqlite_house.clock)
    outbox = Outbox(sqlite_house.database, still, Random(7))
    waiting = asyncio.create_task(outbox.wait([Kind.POST_CHECK_IN]))
    await still.asleep.wait()
    await sqlite_house.store.enqueue([an_entry("b", due=NOON + timedelta(days=3))])
    later = outbox.changed.is_set()
    await sqlite_house.store.enqueue([an_entry("c", due=NOON - timedelta(seconds=1))])
    await asyncio.wait_for(waiting, 5)

    assert not later


async def test_waiting_ends_with_what_is_written(sqlite_house: House) -> None:
    """Whoever waits for an entry goes on when one is written."""
    waiting = asyncio.create_task(sqlite_house.outbox.wait([Kind.POST_CHECK_IN]))
    await asyncio.sleep(0)

    await sqlite_house.store.enqueue([an_entry("b", Kind.WELCOME)])
    await sqlite_house.store.enqueue([an_entry()])

    await asyncio.wait_for(waiting, 5)


async def test_waiting_ends_when_it_is_due(sqlite_house: House) -> None:
    """Whoever waits for an entry goes on when its time has come."""
    await sqlite_house.store.enqueue([an_entry(due=NOON + timedelta(seconds=5))])

    await asyncio.wait_for(sqlite_house.outbox.wait([Kind.POST_CHECK_IN]), 5)

    assert sqlite_house.clock.now() >= NOON + timedelta(seconds=5)
