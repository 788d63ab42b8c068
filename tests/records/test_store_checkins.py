"""Check-ins in the store, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.domain.checkins import Feeling, Figures, Missed, State
from bot.domain.outbox import Kind
from bot.domain.wards import Person
from tests.records.store_fixtures import (
    AMINA,
    NOON,
    House,
    a_check_in,
    a_ward,
    an_entry,
    picked,
    with_open_check_in,
)

MISSED = {
    "state": State.MISSED,
    "missed": Missed.DOWN,
    "down_from": NOON - timedelta(days=2),
    "down_until": NOON - timedelta(days=1),
    "remind_at": None,
}


async def test_a_check_in_is_found_again(house: House) -> None:
    """A kept check-in is found whole, as often as one asks, and its entries wait."""
    await house.store.add_ward(a_ward(), [])
    added = await house.store.add_check_in(a_check_in(), [an_entry()])

    assert added
    for _ in range(2):
        assert await house.store.check_in("check-in-1") == a_check_in()
        assert await house.store.open_check_in("ward-1") == a_check_in()
    assert await house.store.check_in("check-in-2") is None
    assert await house.store.open_check_in("ward-2") is None
    assert await house.waiting() == {(Kind.POST_CHECK_IN, "key-1")}


@pytest.mark.parametrize("second", [{}, MISSED])
async def test_a_period_has_one_check_in(house: House, second: dict[str, object]) -> None:
    """A ward's second check-in for a period is refused, with its entries, be it open or missed."""
    check_in = await with_open_check_in(house)

    added = await house.store.add_check_in(a_check_in(1, id="check-in-2", **second), [an_entry()])

    assert not added
    assert await house.store.recent_check_ins("ward-1", 5) == [check_in]
    assert await house.waiting() == set()


async def test_an_open_one_takes_the_place_of_a_missed_one(house: House) -> None:
    """A missed check-in gives way to an open one with its id, and so is filed onto its row; to no other, and to no missed one."""
    await house.store.add_ward(a_ward(), [])
    missed = a_check_in(**MISSED)
    await house.store.add_check_in(missed, [])

    again = await house.store.add_check_in(missed, [])
    other = await house.store.add_check_in(a_check_in(1, id="check-in-3"), [])
    found = await house.store.check_in("check-in-1")
    opened = await house.store.add_check_in(a_check_in(1), [an_entry()])

    assert found == missed
    assert (again, other, opened) == (False, False, True)
    assert await house.store.recent_check_ins("ward-1", 5) == [a_check_in(1)]
    assert await house.store.keep_reply("check-in-1", AMINA, picked(Feeling.GOOD), "tap") is not None
    assert await house.store.answers("check-in-1") == 1


async def test_a_row_that_cannot_be_read_stops_nobody(house: House) -> None:
    """A broken row of one ward or check-in is left out and named in the log; the others are there."""
    for number in (1, 2):
        await house.store.add_ward(a_ward(number), [])
        await house.store.add_check_in(a_check_in(number, f"ward-{number}"), [])
    await house.database.write(
        lambda write: [
            write.execute(text("UPDATE wards SET details = '{}' WHERE id = 'ward-1'")),
            write.execute(text("UPDATE check_ins SET state = 'lost' WHERE id = 'check-in-1'")),
        ]
    )
    with capture_logs() as logs:
        wards = await house.store.wards_awake()
        check_ins = [*await house.store.recent_check_ins("ward-1", 5), *await house.store.recent_check_ins("ward-2", 5)]

    assert [ward.id for ward in wards] == ["ward-2"]
    assert [check_in.id for check_in in check_ins] == ["check-in-2"]
    assert [line["event"] for line in logs] == ["a ward's row cannot be read", "a check-in's row cannot be read"]


async def test_the_latest_come_first(house: House) -> None:
    """A ward's check-ins come latest first, as many as asked for, and the latest open one is the open one."""
    await house.store.add_ward(a_ward(), [])
    await house.store.add_ward(a_ward(2), [])
    for number in (1, 2, 3):
        await house.store.add_check_in(a_check_in(number, opened_at=NOON + timedelta(days=number)), [])
    await house.store.add_check_in(a_check_in(4, "ward-2"), [])

    recent = await house.store.recent_check_ins("ward-1", 2)
    opened = await house.store.open_check_in("ward-1")

    assert [check_in.id for check_in in recent] == ["check-in-3", "check-in-2"]
    assert opened == recent[0]


async def test_periods_since_a_moment(house: House) -> None:
    """The periods each ward has had since a moment are told, whatever became of them."""
    await house.store.add_ward(a_ward(), [])
    await house.store.add_ward(a_ward(2), [])
    await house.store.add_check_in(a_check_in(1, opened_at=NOON), [])
    await house.store.add_check_in(a_check_in(2, opened_at=NOON + timedelta(hours=1)), [])
    await house.store.add_check_in(a_check_in(3, **MISSED | {"opened_at": NOON + timedelta(hours=2)}), [])
    await house.store.add_check_in(a_check_in(4, "ward-2", opened_at=NOON + timedelta(hours=1)), [])

    periods = await house.store.periods_since(NOON)

    assert periods == {"ward-1": {"2026-W02", "2026-W03"}, "ward-2": {"2026-W04"}}


async def test_what_is_to_close_and_to_remind(house: House) -> None:
    """Open check-ins are due to close and to remind from the very moment on, longest due first."""
    await house.store.add_ward(a_ward(), [])
    end = NOON + timedelta(days=7)
    reminder = NOON + timedelta(days=3)
    await house.store.add_check_in(a_check_in(1, closes_at=end), [])
    earlier = {"closes_at": end - timedelta(1), "remind_at": reminder - timedelta(1)}
    await house.store.add_check_in(a_check_in(2, **earlier), [])
    await house.store.add_check_in(a_check_in(3, **MISSED), [])

    def ids(found: object) -> list[str]:
        return [check_in.id for check_in in found]  # type: ignore[attr-defined]

    second = timedelta(seconds=1)
    assert ids(await house.store.to_close(end)) == ["check-in-2", "check-in-1"]
    assert ids(await house.store.to_close(end - second)) == ["check-in-2"]
    assert ids(await house.store.to_remind(reminder)) == ["check-in-2", "check-in-1"]
    assert ids(await house.store.to_remind(reminder - second)) == ["check-in-2"]


async def test_the_first_card_noted_is_the_card(house: House) -> None:
    """A card's id is noted once; the same again is fine, another one is a stray."""
    await with_open_check_in(house)
    await house.store.check_in("check-in-1")

    assert await house.store.note_posted("check-in-1", "message-1")
    assert await house.store.note_posted("check-in-1", "message-1")
    assert not await house.store.note_posted("check-in-1", "message-2")
    assert not await house.store.note_posted("check-in-9", "message-2")
    assert await house.store.check_in("check-in-1") == a_check_in(message_id="message-1")


async def test_a_reminder_is_taken_off_once(house: House) -> None:
    """Only the first to note the reminder writes its entries."""
    await with_open_check_in(house)
    await house.store.check_in("check-in-1")
    reminder = an_entry("check-in-1", Kind.POST_REMINDER)

    first = await house.store.note_reminded("check-in-1", [reminder])
    second = await house.store.note_reminded("check-in-1", [an_entry()])

    assert (first, second) == (True, False)
    assert await house.store.check_in("check-in-1") == a_check_in(remind_at=None)
    assert await house.waiting() == {(Kind.POST_REMINDER, "check-in-1")}


async def test_closing_freezes_the_figures(house: House) -> None:
    """A closed check-in has its figures, its entries wait, and its replies stay."""
    await with_open_check_in(house)
    for number in range(5):
        word = Feeling.GOOD if number else Feeling.STUCK
        await house.store.keep_reply("check-in-1", Person(id=str(number), name=""), picked(word), str(number))
    replies = await house.store.replies("check-in-1")
    summary = an_entry("check-in-1", Kind.POST_SUMMARY)
    house.clock.moment = a_check_in().closes_at

    closed = await house.store.close_check_in("check-in-1", [summary])

    words = {Feeling.STUCK: 1, Feeling.SLOW: 0, Feeling.STEADY: 0, Feeling.GOOD: 4, Feeling.FLYING: 0}
    assert closed == a_check_in(state=State.CLOSED, figures=Figures(5, words), remind_at=None)
    assert await house.store.check_in("check-in-1") == closed
    assert await house.store.open_check_in("ward-1") is None
    assert await house.store.replies("check-in-1") == replies
    assert (Kind.POST_SUMMARY, "check-in-1") in await house.waiting()


async def test_a_check_in_closes_once(house: House) -> None:
    """Closing what is closed, or not there, does nothing and writes nothing; nobody's answer is an answer of its own."""
    await with_open_check_in(house)

    closed = await house.store.close_check_in("check-in-1", [])
    again = await house.store.close_check_in("check-in-1", [an_entry()])
    unknown = await house.store.close_check_in("check-in-9", [an_entry()])

    assert closed is not None
    assert closed.figures == Figures(0, None)
    assert (again, unknown) == (None, None)
    assert await house.waiting() == set()


async def test_closed_before_its_time(house: House) -> None:
    """A check-in that makes room for the next has closed when it did, and not when it would have."""
    await with_open_check_in(house)
    house.clock.move(24 * 3600)

    closed = await house.store.close_check_in("check-in-1", [])

    assert closed is not None
    assert closed.closes_at == house.clock.now()


async def test_another_end(house: House) -> None:
    """The end of an open check-in can move, once for each other moment; that of a closed one cannot."""
    before = await with_open_check_in(house)
    sooner = before.closes_at - timedelta(days=2)

    await house.store.check_in("check-in-1")
    await house.store.move_end("check-in-1", before.closes_at, [an_entry("unmoved")])
    await house.store.move_end("check-in-1", sooner, [an_entry("moved")])
    moved = await house.store.check_in("check-in-1")
    house.clock.moment = sooner
    await house.store.close_check_in("check-in-1", [])
    await house.store.move_end("check-in-1", before.closes_at, [an_entry("closed")])

    assert moved is not None
    assert moved.closes_at == sooner
    assert await house.waiting() == {(Kind.POST_CHECK_IN, "moved")}


async def test_a_refused_check_in_is_missed(house: House) -> None:
    """An open check-in that was never posted becomes a missed one, once, and takes no answers."""
    await with_open_check_in(house)
    await house.store.check_in("check-in-1")

    await house.store.give_up("check-in-1", Missed.REFUSED, [an_entry()])
    await house.store.give_up("check-in-1", Missed.DOWN, [an_entry("key-2")])
    await house.store.keep_reply("check-in-1", AMINA, picked(Feeling.GOOD), "tap")

    missed = a_check_in(state=State.MISSED, missed=Missed.REFUSED, remind_at=None)
    assert await house.store.check_in("check-in-1") == missed
    assert await house.store.answers("check-in-1") == 0
    assert await house.waiting() == {(Kind.POST_CHECK_IN, "key-1")}


@pytest.mark.parametrize("sign", ["answered", "seen"])
async def test_a_check_in_that_was_seen_is_not_given_up(house: House, sign: str) -> None:
    """A check-in that somebody answered, or whose card was met, was posted after all and stays open."""
    await with_open_check_in(house)
    if sign == "answered":
        await house.store.keep_reply("check-in-1", AMINA, picked(Feeling.GOOD), "tap")
    else:
        await house.store.note_posted("check-in-1", "message-1")

    await house.store.give_up("check-in-1", Missed.REFUSED, [an_entry()])

    found = await house.store.check_in("check-in-1")
    assert found is not None
    assert found.state is State.OPEN
    assert (Kind.POST_CHECK_IN, "key-1") not in await house.waiting()
