"""One message that Teams will not have says nothing of the ward; and what may have arrived is not sent for ever."""

import pytest

from tests.journeys.ward import Week, shows


@pytest.mark.parametrize("bare", [False, True])
async def test_the_post_is_gone(week: Week, *, bare: bool) -> None:
    """Somebody took the post away: its reminder, count and summary have no place, whatever Teams says, and the ward goes on."""
    await week.clock_shows("2026-11-25 14:00")
    week.teams.faults.bare = bare
    await week.answers("Joe", "good")
    week.post.deleted = True
    for moment in ("2026-11-25 14:10", "2026-11-28 14:00", "2026-12-02 14:00", "2026-12-02 14:01"):
        await week.clock_shows(moment)

    assert [row["State"] for row in week.rows("Wards")] == ["active"]
    assert len(week.check_ins) == 1
    assert shows(week.post.card, "Nobody has answered yet")
    assert week.chat("Priya") == []


async def test_the_channel_is_gone(week: Week) -> None:
    """Where no new thread can be begun, and Teams gives no reason, the ward is quiet and its leads are told."""
    week.teams.faults.bare = True
    week.teams.faults.block(week.channel.id)
    await week.clock_shows("2026-11-25 14:00")
    await week.bot_has_worked()
    status = await week.says_privately("Priya", "status")

    assert shows(status.card, "Teams does not let me post in this channel.")
    assert len(week.chat("Tomasz")) == 1


async def test_a_thread_that_is_closed_to_us(week: Week) -> None:
    """A reminder that Teams refuses, and does not say why, is let be: it says nothing of the ward."""
    await week.clock_shows("2026-11-25 14:00")
    week.teams.faults.bare = True
    week.teams.faults.block(week.channel.id)
    await week.clock_shows("2026-11-28 14:00")
    week.teams.faults.unblock(week.channel.id)
    await week.clock_shows("2026-12-02 14:00")

    assert [row["State"] for row in week.rows("Wards")] == ["active"]
    assert len(week.check_ins) == 2
    assert week.chat("Tomasz") == []


async def test_a_stray_that_is_not_ours_to_take(week: Week) -> None:
    """A card posted twice that Teams will not let go of stays where it is, and the ward goes on."""
    week.teams.faults.next("504-after-commit", conversation=week.channel.id)
    for minute in ("14:00", "14:10"):
        await week.clock_shows(f"2026-11-25 {minute}")
    stray, _ = week.check_ins
    stray.author = week.person("Joe").teams_id
    await week.answers("Joe", "good", stray)
    await week.clock_shows("2026-11-25 14:30")

    assert len(week.check_ins) == 2
    assert [row["State"] for row in week.rows("Wards")] == ["active"]


async def test_an_answer_that_never_comes(week: Week) -> None:
    """A card whose taking Teams never confirms is posted five times and no more; the first tap says which of them is the one."""
    week.teams.faults.next("504-after-commit", 50, conversation=week.channel.id)
    for moment in ("14:00", "14:01", "14:10", "15:30"):
        await week.clock_shows(f"2026-11-25 {moment}")
    for moment in ("2026-11-26 08:00", "2026-11-26 09:00", "2026-11-26 13:00", "2026-11-27 13:00"):
        await week.clock_shows(moment)
    while week.teams.faults.take(week.channel.id):
        pass
    assert len(week.check_ins) == 5

    third = week.check_ins[2]
    await week.answers("Joe", "good", third)
    await week.clock_shows("2026-11-27 13:10")
    assert shows(third.card, "1 person has answered")


async def test_one_lead_cannot_be_told_yet(week: Week) -> None:
    """Where one lead's chat is throttled, the other is told once and not again with every try."""
    tomasz = week.teams.talk.open_chat(week.person("Tomasz"))
    week.teams.faults.next("429", 3, conversation=tomasz)
    week.teams.faults.block(week.channel.id)
    for minute in ("14:00", "14:20", "14:40", "15:00"):
        await week.clock_shows(f"2026-11-25 {minute}")

    assert len(week.chat("Priya")) == 1
    assert len(week.chat("Tomasz")) == 1
