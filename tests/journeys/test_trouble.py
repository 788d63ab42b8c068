"""Teams is away, slow, or takes things and does not say so."""

import pytest

from bot.rehearsal.rehearse import ROWAN
from bot.rehearsal.teams_deliveries import Forge
from tests.journeys.ward import Week, buttons, shows, words

LONG = 5_000


async def test_teams_is_away_all_week(week: Week) -> None:
    """A card that Teams took at no time is no check-in: it is missed, nothing is summed up, and the next week goes on."""
    before = len(week.threads)
    week.teams.faults.next("503", LONG, conversation=week.channel.id)
    for moment in ("2026-11-25 14:00", "2026-11-26 13:59"):
        await week.clock_shows(moment)
    status = await week.says_privately("Priya", "status")
    assert shows(status.card, "A check-in is open until Wednesday 2 December, 14:00.")

    await week.clock_shows("2026-11-28 14:00")
    status = await week.says_privately("Priya", "status")
    assert shows(status.card, "No check-in is open.")
    assert shows(status.card, "Wednesday’s check-in was missed: Teams did not let me post it.")

    for waiting in iter(lambda: week.teams.faults.take(week.channel.id), None):
        del waiting
    for moment in ("2026-12-02 14:00", "2026-12-02 14:30"):
        await week.clock_shows(moment)
    status = await week.says_privately("Priya", "status")

    assert len(week.threads) == before + 1
    assert len(week.check_ins) == 1
    assert shows(status.card, "Wednesday 25 November’s check-in was missed: Teams did not let me post it.")
    assert "Post it now" not in buttons(status.card)


async def test_removed_with_things_left_to_say(unset: Week) -> None:
    """What was waiting to be said when the bot was taken out is not said when it is back."""
    welcome = await unset.is_added()
    await unset.taps("Priya", "ward.set_up", {}, welcome)
    unset.teams.faults.next("503", LONG, conversation=unset.channel.id)
    await unset.taps("Priya", "ward.save", {**ROWAN, "leads": unset.person("Priya").id}, welcome)
    await unset.clock_shows("2026-11-25 14:00")
    await unset.teams.uninstall(unset.team)
    for waiting in iter(lambda: unset.teams.faults.take(unset.channel.id), None):
        del waiting
    await unset.clock_shows("2026-11-26 14:00")
    assert len(unset.threads) == 1

    await unset.teams.install(unset.team, unset.channel)
    await unset.clock_shows("2026-11-27 14:00")
    assert len(unset.threads) == 1


async def test_a_welcome_that_was_not_given(unset: Week) -> None:
    """Taken out before it could say hello, or refused, the bot says nothing there, and says it when it is put in again: once."""
    unset.teams.faults.next("503", conversation=unset.channel.id)
    await unset.teams.install(unset.team, unset.channel)
    await unset.bot_has_worked()
    await unset.teams.uninstall(unset.team)
    asked = unset.teams.world.requests["create"]
    await unset.clock_shows("2026-11-25 15:00")
    assert unset.teams.world.requests["create"] == asked

    unset.teams.faults.block(unset.channel.id)
    await unset.teams.install(unset.team, unset.channel)
    await unset.clock_shows("2026-11-25 15:30")
    await unset.teams.uninstall(unset.team)
    unset.teams.faults.unblock(unset.channel.id)
    assert unset.threads == []

    for moment in ("2026-11-25 16:00", "2026-11-25 17:00"):
        await unset.teams.install(unset.team, unset.channel)
        await unset.bot_has_worked()
        await unset.clock_shows(moment)
        await unset.teams.uninstall(unset.team)
    assert [shows(thread.root.card, "Hello from Ward Rhythms") for thread in unset.threads] == [True]


async def test_a_reminder_whose_answer_got_lost(week: Week) -> None:
    """Teams took the reminder and did not say so: it is not sent a second time. One it refused for now is."""
    await week.clock_shows("2026-11-25 14:00")
    week.teams.faults.next("drop", conversation=week.channel.id)
    for moment in ("2026-11-28 14:00", "2026-11-28 14:30", "2026-11-28 15:00"):
        await week.clock_shows(moment)
    assert len(week.thread) == 1

    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    week.teams.faults.next("429", conversation=week.channel.id)
    for moment in ("2026-12-05 14:00", "2026-12-05 14:30"):
        await week.clock_shows(moment)
    assert len(week.thread) == 1


async def test_a_card_that_teams_will_not_have(week: Week) -> None:
    """Where Teams refuses the card itself, the check-in is missed and the leads are told; the ward stays awake."""
    week.teams.faults.block(week.channel.id, "MessageSizeTooBig")
    await week.clock_shows("2026-11-25 14:00")
    await week.bot_has_worked()
    week.teams.faults.unblock(week.channel.id)

    assert [row["State"] for row in week.rows("CheckIns")] == ["missed"]
    assert [row["State"] for row in week.rows("Wards")] == ["active"]
    assert words(week.chat("Tomasz")[-1].card)[0].startswith("Teams did not let me post in Rowan’s channel.")

    await week.clock_shows("2026-12-02 14:00")
    assert len(week.check_ins) == 1


async def test_switched_off_under_an_answer(week: Week) -> None:
    """An answer is kept though its count cannot be shown; the ward goes quiet, and goes on when it is heard of again."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    week.teams.faults.block(week.channel.id)
    await week.clock_shows("2026-11-25 14:10")
    assert shows(week.sees("Joe"), "You said Good.")
    assert [row["State"] for row in week.rows("Wards")] == ["quiet"]

    week.teams.faults.unblock(week.channel.id)
    await week.says("Priya", "status")
    await week.bot_has_worked()
    await week.answers("Amina", "good")
    await week.clock_shows("2026-11-25 14:30")
    assert shows(week.post.card, "2 people have answered")


async def test_a_stray_that_is_gone_already(week: Week) -> None:
    """A card posted twice, of which somebody has already taken one away, or whose ward went quiet, is let be."""
    week.teams.faults.next("504-after-commit", conversation=week.channel.id)
    for minute in ("14:00", "14:05", "14:10"):
        await week.clock_shows(f"2026-11-25 {minute}")
    lost, known = week.check_ins
    week.teams.faults.next("503", 2, conversation=week.channel.id)
    await week.answers("Joe", "good", lost)
    lost.deleted = True
    for minute in ("14:20", "14:30", "14:40"):
        await week.clock_shows(f"2026-11-25 {minute}")

    assert week.check_ins == [known]
    assert shows(known.card, "1 person has answered")


async def test_a_post_whose_answer_got_lost(week: Week) -> None:
    """Teams took the card and said nothing: the bot posts again, finds the first by the first tap on it, and takes the stray away."""
    week.teams.faults.next("504-after-commit", conversation=week.channel.id)
    await week.clock_shows("2026-11-25 14:00")
    for minute in ("14:01", "14:05", "14:10"):
        await week.clock_shows(f"2026-11-25 {minute}")
    assert len(week.check_ins) == 2

    lost = week.check_ins[0]
    await week.answers("Joe", "good", lost)
    await week.clock_shows("2026-11-25 14:30")

    assert len(week.check_ins) == 1
    assert shows(week.post.card, "1 person has answered")


async def test_somebody_deletes_the_post(week: Week) -> None:
    """A post that somebody took away is not fought over: answers stay, and the week goes on."""
    await week.clock_shows("2026-11-25 14:00")
    post = week.post
    await week.answers("Joe", "good")
    post.deleted = True
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")

    assert [row["State"] for row in week.rows("Wards")] == ["active"]
    assert len(week.check_ins) == 1
    assert [row["Answers"] for row in week.rows("CheckIns") if row["State"] == "closed"] == [1]


async def test_an_answer_that_teams_does_not_take(week: Week) -> None:
    """What somebody asked for is done though the answer could not be given; Teams is not made to ask again."""
    week.some_seconds_pass()
    week.teams.faults.next("503", conversation=week.channel.id)
    answer = await week.teams.mention(week.person("Priya"), week.channel, "pause until 2026-12-24")
    status = await week.says("Priya", "status")

    assert answer.status == 200
    assert shows(status.card, "Check-ins are paused until Thursday 24 December.")


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        ("messageUpdate", {"eventType": "editMessage"}),
        ("messageDelete", {"eventType": "softDeleteMessage"}),
        ("event", {}),
        ("messageReaction", {}),
    ],
)
async def test_what_is_nothing_to_us(week: Week, kind: str, odd: dict[str, str]) -> None:
    """Edits, deletions, reactions and events of any shape are taken and change nothing."""
    data = {"tenant": {"id": week.teams.world.tenant_id}, "settings": [7], "notification": "x", **odd}
    name = "application/vnd.microsoft.meetingStart"
    changed = {"type": kind, "channelData": data, "name": name, "value": {"StartTime": {}, "lastReadMessageId": []}}
    before = len(week.threads)
    answer = await week.teams.mention(week.person("Priya"), week.channel, "x", forge=Forge(activity=changed))

    assert answer.status == 200
    assert [len(thread.replies) for thread in week.threads[before:]] == [0]


async def test_an_owner_who_is_no_lead(week: Week) -> None:
    """Whoever owns the team is offered what leads are; others are not."""
    week.rehearsal.town.add_member(week.team, week.person("Grace"), owner=True)
    await week.clock_shows("2026-11-25 14:20")  # who is in a team is known for a quarter of an hour
    owner, nurse = await week.says("Grace", "status"), await week.says("Joe", "status")

    assert "Pause" in buttons(owner.card)
    assert "Pause" not in buttons(nurse.card)
