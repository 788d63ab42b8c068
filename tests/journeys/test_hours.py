"""What could not be said in time: it waits for the morning, or is let be. Nobody is disturbed at night by what waits."""

from bot.rehearsal.teams_faults import Kind
from tests.journeys.ward import Week, shows

LONG = 5_000


def away(week: Week, fault: Kind = "429") -> None:
    """Teams takes nothing in the channel."""
    week.teams.faults.next(fault, LONG, conversation=week.channel.id)


def back(week: Week) -> None:
    """It does again."""
    while week.teams.faults.take(week.channel.id):
        pass


async def test_a_post_waits_for_the_morning(week: Week) -> None:
    """A card that Teams did not take all afternoon is posted at eight the next day."""
    away(week)
    await week.clock_shows("2026-11-25 14:00")
    await week.clock_shows("2026-11-25 17:59")
    back(week)
    for moment in ("2026-11-25 18:20", "2026-11-26 07:59"):
        await week.clock_shows(moment)
    assert week.check_ins == []

    await week.clock_shows("2026-11-26 08:00")
    assert len(week.check_ins) == 1


async def test_a_post_that_comes_a_day_late(week: Week) -> None:
    """A day after it was due the check-in is missed, though Teams would take it now; the next week's comes in time."""
    away(week)
    await week.clock_shows("2026-11-25 14:00")
    await week.clock_shows("2026-11-26 13:40")
    back(week)
    await week.clock_shows("2026-11-26 14:01")
    status = await week.says_privately("Priya", "status")
    assert week.check_ins == []
    assert shows(status.card, "Wednesday’s check-in was missed: Teams did not let me post it.")
    assert [row["State"] for row in week.rows("CheckIns")] == ["missed"]

    await week.clock_shows("2026-12-02 14:00")
    assert len(week.check_ins) == 1


async def test_a_lead_asks_at_night(week: Week) -> None:
    """What a lead asks for goes at any hour, and is late at none."""
    await week.clock_shows("2026-11-25 22:00")
    await week.says("Priya", "check in now")
    await week.bot_has_worked()

    assert len(week.check_ins) == 1


async def test_a_reminder_in_the_evening(week: Week) -> None:
    """A reminder that Teams did not take by day is given in the morning; a day late it is let be."""
    await week.clock_shows("2026-11-25 14:00")
    away(week)
    await week.clock_shows("2026-11-28 14:00")
    back(week)
    await week.clock_shows("2026-11-28 21:00")
    assert week.thread == []
    await week.clock_shows("2026-11-29 08:00")
    assert len(week.thread) == 1

    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    away(week)
    await week.clock_shows("2026-12-05 14:00")
    back(week)
    await week.clock_shows("2026-12-06 14:01")
    assert week.thread == []


async def test_a_summary_in_the_evening(week: Week) -> None:
    """A summary that Teams did not take by day is given in the morning."""
    await week.clock_shows("2026-11-25 14:00")
    await week.clock_shows("2026-12-02 13:59")
    (post,) = week.check_ins
    before = len(week.said_under(post))
    away(week)
    await week.clock_shows("2026-12-02 14:00")
    back(week)
    await week.clock_shows("2026-12-02 19:00")
    assert len(week.said_under(post)) == before

    await week.clock_shows("2026-12-03 08:00")
    assert len(week.said_under(post)) == before + 1
