"""A ward keeps its rhythm: through pauses, holidays, clock changes and machines that die."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import app
from bot.rehearsal.diary import moments_of
from tests.journeys.quick import quick_rehearsal
from tests.journeys.ward import Week, buttons, elm_ward, london, shows, words
from tests.records.contract import held


@asynccontextmanager
async def rowan(start: str) -> AsyncIterator[Week]:
    """Rowan, set up at this moment."""
    rehearsal = quick_rehearsal(start)
    with held(rehearsal.sharepoint):
        async with rehearsal:
            yield Week(rehearsal)


def posted_at(week: Week) -> list[str]:
    """When each check-in was posted, on the ward's clock."""
    return [f"{post.sent_at.astimezone(london('2026-01-01').tzinfo):%a %d %b %H:%M}" for post in week.check_ins]


async def test_a_pause(week: Week) -> None:
    """Paused until a date nothing is asked; resumed sooner, it goes on from there and asks nothing of the past."""
    paused = await week.says("Priya", "pause until 2026-12-14")
    await week.clock_shows("2026-12-03 12:00")
    status = await week.says("Priya", "status")

    assert shows(paused.card, "The next check-in is on Wednesday 16 December, 14:00.")
    assert week.check_ins == []
    assert shows(status.card, "Check-ins are paused until Monday 14 December.")
    assert not shows(status.card, "Missed")

    await week.taps("Tomasz", "rhythm.resume", {}, status)
    assert shows(week.sees("Tomasz", status), "The next check-in is on Wednesday 9 December, 14:00.")
    resumed = await week.says("Priya", "resume")
    await week.clock_shows("2026-12-09 14:00")

    assert shows(resumed.card, "Check-ins for Rowan are on again.")
    assert posted_at(week) == ["Wed 09 Dec 14:00"]


async def test_a_pause_ends_by_itself(week: Week) -> None:
    """The day given is the first day on which check-ins come again."""
    form = await week.says("Tomasz", "pause")
    await week.taps("Tomasz", "rhythm.pause", {"until": "2026-11-25"}, form)
    assert shows(week.sees("Tomasz", form), "Please give a date after today.")
    await week.taps("Tomasz", "rhythm.pause", {"until": "2028-01-01"}, form)
    assert shows(week.sees("Tomasz", form), "Please give a date within the next year.")
    await week.taps("Tomasz", "rhythm.pause", {"until": "2026-12-09"}, form)
    await week.clock_shows("2026-12-02 15:00")
    await week.clock_shows("2026-12-09 14:00")

    assert posted_at(week) == ["Wed 09 Dec 14:00"]


async def test_a_turn_is_left_out_and_put_back(week: Week) -> None:
    """Skipped, the next one is left out, said twice or once; put back, it comes."""
    first = await week.says("Priya", "skip")
    await week.says("Tomasz", "skip")
    assert shows(first.card, "The next check-in is on Wednesday 2 December, 14:00.")

    await week.taps("Priya", "rhythm.unskip", {}, first)
    await week.taps("Tomasz", "rhythm.unskip", {}, first)
    assert shows(week.sees("Priya", first), "The check-in of Wednesday 25 November is back for Rowan.")
    assert week.told("Tomasz", first) == "That check-in is not left out any more."

    await week.clock_shows("2026-11-25 14:00")
    skipped = await week.says("Priya", "skip")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-09 14:00")

    assert shows(skipped.card, "The check-in of Wednesday 2 December is left out for Rowan.")
    assert posted_at(week) == ["Wed 25 Nov 14:00", "Wed 09 Dec 14:00"]


async def test_good_friday_moves_to_tuesday() -> None:
    """A check-in due on Good Friday comes on the Tuesday after Easter Monday; the one after that on its Friday."""
    async with rowan("2026-03-31 10:00") as week:
        said = await week.says("Priya", "set up")
        await week.fills_in("Priya", said, weekday="4")
        await week.clock_shows("2026-04-03 14:00")
        await week.clock_shows("2026-04-06 14:00")
        await week.clock_shows("2026-04-07 14:00")
        await week.clock_shows("2026-04-10 14:00")

        assert shows(week.sees("Priya", said), "The next check-in is on Tuesday 7 April, 14:00.")
        assert posted_at(week) == ["Tue 07 Apr 14:00", "Fri 10 Apr 14:00"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-25 13:58", ["Wed 25 Mar 14:00", "Wed 01 Apr 14:00"]),
        ("2026-10-21 13:58", ["Wed 21 Oct 14:00", "Wed 28 Oct 14:00"]),
        ("2026-12-30 13:58", ["Wed 30 Dec 14:00", "Wed 06 Jan 14:00"]),
    ],
    ids=["clocks go forward", "clocks go back", "week 53"],
)
async def test_two_o_clock_is_two_o_clock(start: str, expected: list[str]) -> None:
    """When the clocks change, and in the fifty-third week, it is asked at the ward's two o'clock, once, and open until the next."""
    async with rowan(start) as week:
        for _ in range(2):
            moments = await moments_of(week.rehearsal.bot.store, week.channel.id, week.rehearsal.clock.now())
            await week.rehearsal.move(moments["check-in"])
            await week.bot_has_worked()

        assert posted_at(week) == expected
        assert [row["State"] for row in week.rows("CheckIns")] == ["closed", "open"]


async def test_a_rhythm_changed_in_mid_week(week: Week) -> None:
    """Moved to Friday after Wednesday's was asked, this week has had its one; next week's comes on Friday."""
    await week.clock_shows("2026-11-25 14:00")
    said = await week.says("Priya", "set up")
    await week.fills_in("Priya", said, weekday="4", at="09:30")
    await week.clock_shows("2026-11-27 09:30")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-04 09:30")

    assert shows(week.sees("Priya", said), "The next check-in is on Friday 4 December, 09:30.")
    assert posted_at(week) == ["Wed 25 Nov 14:00", "Fri 04 Dec 09:30"]
    assert [row["Period"] for row in week.rows("CheckIns")] == ["2026-W48", "2026-W49"]


async def test_back_in_the_afternoon(week: Week) -> None:
    """The machine dies at 13:59 and is back at 16:20: the check-in is posted at 16:20, open until next Wednesday at two."""
    await week.bot_was_down("2026-11-25 13:59", "2026-11-25 16:20")

    assert posted_at(week) == ["Wed 25 Nov 16:20"]
    assert shows(week.post.card, "open until Wednesday 2 December, 14:00")
    status = await week.says("Priya", "status")
    assert not shows(status.card, "Missed")


async def test_back_at_night(week: Week) -> None:
    """Back at half past ten in the evening, the bot waits until eight in the morning."""
    await week.bot_was_down("2026-11-25 13:59", "2026-11-25 22:30")
    assert week.check_ins == []

    await week.clock_shows("2026-11-26 08:00")
    assert posted_at(week) == ["Thu 26 Nov 08:00"]


async def test_back_on_friday(week: Week) -> None:
    """Back on Friday it is too late: status says what was missed, why and when, and a lead can post it now."""
    await week.bot_was_down("2026-11-25 13:59", "2026-11-27 09:10")
    assert week.check_ins == []

    status = await week.says("Priya", "status")
    assert shows(
        status.card,
        "Wednesday’s check-in was missed: the service was down from"
        " Wednesday 25 November, 13:59 to Friday 27 November, 09:10.",
    )
    assert "Post it now" in buttons(status.card)
    (row,) = week.rows("CheckIns")
    assert row["State"] == "missed"

    await week.taps("Priya", "Post it now", {}, status)
    await week.bot_has_worked()

    assert posted_at(week) == ["Fri 27 Nov 09:10"]
    assert [row["State"] for row in week.rows("CheckIns")] == ["open"]
    after = await week.says("Priya", "status")
    assert not shows(after.card, "missed")


async def test_one_reminder(week: Week) -> None:
    """Fewer than five answers by the middle of the week bring one line in the thread; five bring none."""
    await week.clock_shows("2026-11-25 14:00")
    await week.clock_shows("2026-11-28 14:00")
    await week.clock_shows("2026-11-28 16:00")
    assert len(week.thread) == 1

    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    for name in ("Joe", "Amina", "Priya", "Tomasz", "Sam"):
        await week.answers(name, "good")
    await week.clock_shows("2026-12-05 15:00")

    assert week.thread == []


async def test_no_reminder_at_night(week: Week) -> None:
    """Back on Saturday night, the bot reminds on Sunday at eight; back on Monday, it is too late to."""
    await week.clock_shows("2026-11-25 14:00")
    await week.bot_was_down("2026-11-28 13:59", "2026-11-28 20:00")
    assert week.thread == []
    await week.clock_shows("2026-11-29 08:00")
    assert len(week.thread) == 1

    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    await week.bot_was_down("2026-12-05 13:00", "2026-12-07 09:00")
    assert week.thread == []


async def test_a_quiet_week(week: Week) -> None:
    """Below five answers the summary gives a count and the lines, no bars; with nobody it says that busy weeks happen."""
    await week.clock_shows("2026-11-25 14:00")
    for name in ("Joe", "Amina", "Priya"):
        await week.answers(name, "slow")
    await week.adds("Joe", try_next="Move it to 20:15")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    first, second = week.check_ins
    (summary,) = [card for card in week.said_under(first) if shows(card, "What Rowan said")]

    assert shows(summary, "3 people answered")
    assert shows(summary, "Move it to 20:15")
    assert not any("Slow" in line for line in words(summary))
    assert not [row for row in week.rows("CheckIns") if "Slow" in row]

    await week.clock_shows("2026-12-09 14:00")
    assert shows(week.said_under(second)[-1], "Nobody answered this time. Busy weeks happen.")


async def test_two_bots_on_one_store(week: Week) -> None:
    """Two schedulers that wake in the same second post one check-in, one reminder and one summary."""
    async with await app.start_bot(week.rehearsal.tenant) as other:
        for moment in ("2026-11-25 14:00", "2026-11-28 14:00", "2026-12-02 14:00", "2026-12-02 14:01"):
            week.rehearsal.clock.move_to(london(moment))
            await asyncio.gather(week.bot_has_worked(), other.catch_up())

    first, second = week.check_ins
    assert len(week.said_under(first)) == 2
    assert week.said_under(second) == []
    assert len(week.rows("CheckIns")) == 2


async def test_one_wards_trouble_is_its_own(week: Week) -> None:
    """Teams refuses everything in Rowan's channel: Elm is asked at the same minute, as if nothing were wrong."""
    elm = await elm_ward(week)
    week.teams.faults.block(week.channel.id)
    await week.clock_shows("2026-11-25 14:00")
    await elm.answers("Ellen", "flying")

    assert week.check_ins == []
    assert shows(elm.sees("Ellen"), "You said Flying.")


async def test_every_fourth_week(week: Week) -> None:
    """A monthly ward is asked once in four weeks, about the last four weeks, and the card stays open for seven days."""
    said = await week.says("Priya", "set up")
    await week.fills_in("Priya", said, every_weeks="4")
    for moment in ("2026-11-25 14:00", "2026-12-02 14:01", "2026-12-16 14:00", "2026-12-23 14:00"):
        await week.clock_shows(moment)

    assert posted_at(week) == ["Wed 25 Nov 14:00", "Wed 23 Dec 14:00"]
    assert shows(week.post.card, "How is “Coffee before handover” going in the last 4 weeks?")
    assert shows(week.check_ins[0].card, "This check-in is closed")


async def test_moved_to_an_earlier_day(week: Week) -> None:
    """Moved to Monday while Wednesday's is open, that one closes on Monday with its summary: one card is open at a time."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    said = await week.says("Priya", "set up")
    await week.fills_in("Priya", said, weekday="0")
    assert shows(week.post.card, "open until Monday 30 November, 14:00")
    await week.fills_in("Priya", said, weekday="2")
    await week.clock_shows("2026-11-25 14:10")
    assert shows(week.post.card, "open until Wednesday 2 December, 14:00")
    await week.fills_in("Priya", said, weekday="0")
    await week.clock_shows("2026-11-30 14:00")
    await week.clock_shows("2026-11-30 14:05")
    first, second = week.check_ins

    assert shows(first.card, "It closed on Monday 30 November, 14:00.")
    assert shows(week.said_under(first)[-1], "1 person answered")
    assert shows(second.card, "open until Monday 7 December, 14:00")
