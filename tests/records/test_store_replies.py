"""Replies in the store, on both databases."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot.domain.checkins import Change, Feeling, Kept, Lines, NotOpen, NoWord, Reply
from bot.domain.outbox import Kind
from bot.domain.wards import Person
from bot.records.reply_rows import AT_THE_LATEST, FILING_PAUSE, QUIET_FOR
from bot.records.schema import deliveries, replies
from tests.records.store_fixtures import (
    AMINA,
    JOE,
    NOON,
    House,
    a_check_in,
    a_ward,
    picked,
    with_open_check_in,
    wrote,
)


async def test_a_word_is_kept(house: House) -> None:
    """A tap on a word is a reply, one for each person, and each finds their own."""
    check_in = await with_open_check_in(house)

    kept = await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    await house.store.keep_reply(check_in.id, JOE, picked(Feeling.SLOW), "tap-2")

    assert kept == Kept(check_in, Reply(Feeling.GOOD))
    assert await house.store.answers(check_in.id) == 2
    assert await house.store.reply_of(check_in.id, AMINA.id) == Reply(Feeling.GOOD)
    assert await house.store.reply_of(check_in.id, JOE.id) == Reply(Feeling.SLOW)
    assert await house.store.reply_of(check_in.id, "somebody") is None
    assert await house.store.reply_of("check-in-9", JOE.id) is None


async def test_a_change_of_mind_is_the_same_answer(house: House) -> None:
    """A second tap changes the reply, keeps its lines, and the count does not move."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    await house.store.keep_reply(check_in.id, AMINA, wrote("Cake", named=True), "tap-2")

    kept = await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.SLOW), "tap-3")

    reply = Reply(Feeling.SLOW, "Cake", named=AMINA)
    assert kept == Kept(check_in, reply)
    assert await house.store.replies(check_in.id) == [reply]


async def test_a_name_can_be_taken_back(house: House) -> None:
    """A person who takes their name off again is nowhere in the row."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    await house.store.keep_reply(check_in.id, AMINA, wrote("Cake", named=True), "tap-2")
    await house.store.keep_reply(check_in.id, AMINA, wrote("Cake"), "tap-3")

    row = await house.database.read(lambda connection: connection.execute(select(replies)).one())

    assert (row.person_id, row.person_name) == (None, None)
    assert AMINA.id not in str(row)


async def test_lines_need_a_word(house: House) -> None:
    """Lines of somebody who picked no word are not kept, and count for nothing."""
    check_in = await with_open_check_in(house)

    outcome = await house.store.keep_reply(check_in.id, AMINA, wrote("Cake"), "tap-1")

    assert outcome == NoWord(check_in)
    assert await house.store.answers(check_in.id) == 0
    assert await house.waiting() == set()


async def test_the_same_delivery_counts_once(house: House) -> None:
    """A tap that is delivered again changes nothing, also after a later tap, and is answered with the reply as it is."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.SLOW), "tap-2")

    again = await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")

    assert again == Kept(check_in, Reply(Feeling.SLOW))


async def test_a_repeated_tap_without_a_word_stays_without(house: House) -> None:
    """Lines refused for want of a word are not applied when their delivery is repeated after the word."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, wrote("Cake"), "tap-1")
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.SLOW), "tap-2")

    again = await house.store.keep_reply(check_in.id, AMINA, wrote("Cake"), "tap-1")

    assert again == Kept(check_in, Reply(Feeling.SLOW))


async def test_nothing_is_kept_after_close(house: House) -> None:
    """A closed check-in takes no answers, and nobody's can be told any more."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    closed = await house.store.close_check_in(check_in.id, [])

    late = await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.SLOW), "tap-2")

    assert closed is not None
    assert late == NotOpen(closed)
    assert await house.store.replies(check_in.id) == [Reply(Feeling.GOOD)]
    assert await house.store.reply_of(check_in.id, AMINA.id) is None


async def test_no_such_check_in(house: House) -> None:
    """A tap on a check-in that is not there is told as such."""
    assert await house.store.keep_reply("check-in-9", AMINA, picked(Feeling.GOOD), "tap-1") is None


async def test_a_rush_is_decided_in_order_of_arrival(house: House) -> None:
    """Several taps of one person in one group apply one after the other, beside other people's and other wards'."""
    check_in = await with_open_check_in(house)
    await house.store.add_ward(a_ward(2), [])
    other = a_check_in(2, "ward-2")
    await house.store.add_check_in(other, [])
    taps = [
        (check_in.id, AMINA, picked(Feeling.GOOD), "tap-1"),
        (check_in.id, JOE, picked(Feeling.STUCK), "tap-2"),
        (other.id, AMINA, picked(Feeling.FLYING), "tap-3"),
        (check_in.id, AMINA, wrote("Cake"), "tap-4"),
        (check_in.id, AMINA, picked(Feeling.STEADY), "tap-5"),
        (check_in.id, AMINA, picked(Feeling.GOOD), "tap-1"),
        ("check-in-9", JOE, picked(Feeling.GOOD), "tap-6"),
    ]

    outcomes = await asyncio.gather(*(house.store.keep_reply(*tap) for tap in taps))

    assert outcomes[-1] is None
    assert outcomes[0] == Kept(check_in, Reply(Feeling.GOOD))
    assert outcomes[3] == Kept(check_in, Reply(Feeling.GOOD, "Cake"))
    assert outcomes[4] == outcomes[5] == Kept(check_in, Reply(Feeling.STEADY, "Cake"))
    assert await house.store.answers(check_in.id) == 2
    assert await house.store.answers(other.id) == 1


async def test_a_poisoned_tap_fails_alone(house: House) -> None:
    """A text that the database cannot hold fails for whoever sent it; everybody else's tap is kept."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, JOE, picked(Feeling.GOOD), "tap-0")
    poison = Change(Feeling.GOOD, Lines("\ud800", "", "", named=False))

    outcomes = await asyncio.gather(
        house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1"),
        house.store.keep_reply(check_in.id, JOE, poison, "tap-2"),
        house.store.keep_reply(check_in.id, Person(id="grace", name="Grace"), picked(Feeling.SLOW), "tap-3"),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], Kept)
    assert isinstance(outcomes[1], Exception)
    assert isinstance(outcomes[2], Kept)
    assert await house.store.answers(check_in.id) == 3


async def test_the_card_is_refreshed_when_it_is_quiet(house: House) -> None:
    """The card's edit waits for two quiet minutes after the last new answer; a changed answer moves nothing."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    house.clock.move(60)
    await house.store.keep_reply(check_in.id, JOE, picked(Feeling.GOOD), "tap-2")
    house.clock.move(60)
    await house.store.keep_reply(check_in.id, JOE, picked(Feeling.SLOW), "tap-3")

    due = await house.outbox.next_due([Kind.REFRESH_CHECK_IN])

    assert due == NOON + timedelta(seconds=60) + QUIET_FOR


async def test_the_card_does_not_wait_for_ever(house: House) -> None:
    """However steadily people answer, the card is edited five minutes after the first answer that it does not show."""
    check_in = await with_open_check_in(house)
    for minute in range(5):
        house.clock.moment = NOON + timedelta(minutes=minute)
        person = Person(id=f"person-{minute}", name="")
        await house.store.keep_reply(check_in.id, person, picked(Feeling.GOOD), person.id)
    due = await house.outbox.next_due([Kind.REFRESH_CHECK_IN])
    house.clock.moment = NOON + AT_THE_LATEST
    (refresh,) = await house.outbox.claim([Kind.REFRESH_CHECK_IN], 9)
    await house.outbox.done(refresh)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap")

    then = await house.outbox.next_due([Kind.REFRESH_CHECK_IN])

    assert due == NOON + AT_THE_LATEST
    assert then == house.clock.now() + QUIET_FOR


async def test_filing_is_asked_for_when_a_reply_changes(house: House) -> None:
    """A new or changed reply asks for filing after a pause; the same word again does not."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")
    due = await house.outbox.next_due([Kind.FILE_REPLIES])
    house.clock.move(QUIET_FOR.total_seconds())
    for entry in await house.outbox.claim([Kind.FILE_REPLIES, Kind.REFRESH_CHECK_IN], 9):
        await house.outbox.done(entry)
    emptied = await house.waiting()

    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-2")
    same = await house.waiting()
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.SLOW), "tap-3")

    assert due == NOON + FILING_PAUSE
    assert emptied == same == set()
    assert await house.waiting() == {(Kind.FILE_REPLIES, check_in.id)}


async def test_a_reply_has_no_time_and_no_person(house: House) -> None:
    """An anonymous reply's row knows neither who nor when; a delivery is a digest and a day."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")

    row = await house.database.read(lambda connection: connection.execute(select(replies)).one())
    seen = await house.database.read(lambda connection: connection.execute(select(deliveries)).one())

    assert not any(hasattr(value, "year") for value in row)
    assert AMINA.id not in str(row)
    assert seen.day == NOON.date()
    assert "tap-1" not in seen.digest
    assert set(seen._fields) == {"digest", "day"}


async def test_old_deliveries_are_forgotten(house: House) -> None:
    """Deliveries go after two days, and not before."""
    check_in = await with_open_check_in(house)
    await house.store.keep_reply(check_in.id, AMINA, picked(Feeling.GOOD), "tap-1")

    await house.store.prune(NOON + timedelta(days=2))
    kept = await house.database.read(lambda connection: connection.execute(select(deliveries)).all())
    await house.store.prune(NOON + timedelta(days=3))
    gone = await house.database.read(lambda connection: connection.execute(select(deliveries)).all())

    assert (len(kept), len(gone)) == (1, 0)
