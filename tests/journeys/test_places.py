"""Teams and channels are renamed, deleted, archived and restored; the bot and people come and go. The ward follows."""

from collections.abc import Awaitable, Callable

import pytest

from bot.rehearsal.teams_connector import Connector
from bot.rehearsal.teams_deliveries import Forge
from tests.journeys.ward import Week, elm_ward, shows, words

Happening = Callable[[Week], Awaitable[object]]

#: What the bot can ask of Teams that puts something before people.
SPEAKING = ("create", "send", "update", "delete")


def spoken(week: Week) -> int:
    """How often the bot has tried to say something in Teams."""
    assert all(hasattr(Connector, f"_{request}") for request in SPEAKING)
    return sum(week.teams.world.requests[request] for request in SPEAKING)


async def test_new_names(week: Week) -> None:
    """A renamed channel and a renamed team keep their ward, and SharePoint shows the new names."""
    await week.teams.channel_renamed(week.channel, "Tea before handover")
    await week.teams.team_renamed(week.team, "Rowan and Willow")
    await week.clock_shows("2026-11-25 14:00")

    assert len(week.check_ins) == 1
    (row,) = week.rows("Wards")
    assert (row["TeamName"], row["ChannelName"]) == ("Rowan and Willow", "Tea before handover")


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        (lambda week: week.teams.channel_deleted(week.channel), lambda week: week.teams.channel_restored(week.channel)),
        (lambda week: week.teams.team_archived(week.team), lambda week: week.teams.team_unarchived(week.team)),
        (lambda week: week.teams.team_deleted(week.team), lambda week: week.teams.team_restored(week.team)),
        (lambda week: week.teams.uninstall(week.team), lambda week: week.teams.install(week.team, week.channel)),
    ],
    ids=["channel deleted", "team archived", "team deleted", "bot removed"],
)
async def test_gone_and_back(week: Week, gone: Happening, back: Happening) -> None:
    """While it is gone the bot does not so much as try to speak there; back, it goes on, and asks nothing of the weeks between."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    await gone(week)
    before = spoken(week)
    for moment in ("2026-11-28 14:00", "2026-12-02 14:00", "2026-12-02 14:01", "2026-12-10 10:00"):
        await week.clock_shows(moment)

    assert spoken(week) == before
    assert [row["State"] for row in week.rows("Wards")] == ["quiet"]

    await back(week)
    await week.bot_has_worked()
    await week.clock_shows("2026-12-11 10:00")
    assert len(week.check_ins) == 1
    assert shows(week.post.card, "This check-in is closed")
    assert week.thread == []  # nobody waits for a summary of last week's check-in any more
    status = await week.says("Priya", "status")
    assert shows(status.card, "The next check-in is on Wednesday 16 December, 14:00.")
    assert not shows(status.card, "missed")

    await week.clock_shows("2026-12-16 14:00")
    assert len(week.check_ins) == 2
    assert [row["State"] for row in week.rows("Wards")] == ["active"]


async def blocked(week: Week) -> None:
    """Teams takes nothing more in the channel."""
    week.teams.faults.block(week.channel.id)


async def unblocked(week: Week) -> None:
    """Teams takes things again, and the bot hears of it by being spoken to."""
    week.teams.faults.unblock(week.channel.id)
    await week.says("Priya", "help")


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        (lambda week: week.teams.channel_deleted(week.channel), lambda week: week.teams.channel_restored(week.channel)),
        (blocked, unblocked),
    ],
    ids=["channel deleted", "refused"],
)
async def test_closed_while_it_was_gone(week: Week, gone: Happening, back: Happening) -> None:
    """A check-in that closed while nothing could be sent is shown closed when the ward is back, and summed up once, by day."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    await week.clock_shows("2026-11-30 10:00")
    (before,) = (len(week.said_under(post)) for post in week.check_ins)
    await week.clock_shows("2026-12-02 13:00")
    await gone(week)
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 15:00")
    await back(week)
    await week.clock_shows("2026-12-02 15:30")
    assert shows(week.check_ins[0].card, "It closed on Wednesday 2 December, 14:00. 1 person answered.")

    for moment in ("2026-12-02 16:30", "2026-12-02 17:45", "2026-12-03 10:00"):
        await week.clock_shows(moment)
    said = week.said_under(week.check_ins[0])
    assert len(said) == before + 1
    assert shows(said[-1], "1 person answered")


async def test_refused_for_four_weeks(week: Week) -> None:
    """What Teams refused is said to have been missed, each week of it; at most one of them can be posted late."""
    await week.clock_shows("2026-11-25 13:59")
    week.teams.faults.block(week.channel.id)
    for moment in ("2026-11-25 14:00", "2026-12-02 14:00", "2026-12-16 15:00", "2026-12-21 09:00"):
        await week.clock_shows(moment)
    assert [row["Period"] for row in week.rows("CheckIns")] == ["2026-W48"]

    week.teams.faults.unblock(week.channel.id)
    status = await week.says("Priya", "status")
    await week.bot_has_worked()
    for day in ("25 November", "2 December", "9 December"):
        assert shows(status.card, f"Wednesday {day}’s check-in was missed: Teams did not let me post it.")
    assert shows(status.card, "Wednesday’s check-in was missed: Teams did not let me post it.")
    assert {row["State"] for row in week.rows("CheckIns")} == {"missed"}
    assert len(week.rows("CheckIns")) == 4
    assert week.check_ins == []


async def test_away_for_a_day(week: Week) -> None:
    """Taken out on Thursday and put back on Friday, the bot takes answers on the card that is there, and sums up on Wednesday."""
    await week.clock_shows("2026-11-25 14:00")
    await week.clock_shows("2026-11-26 10:00")
    await week.teams.uninstall(week.team)
    await week.clock_shows("2026-11-27 10:00")
    await week.teams.install(week.team, week.channel)
    await week.answers("Joe", "good")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")

    first, second = week.check_ins
    assert shows(week.said_under(first)[-1], "1 person answered")
    assert shows(second.card, "Nobody has answered yet")


async def test_a_lead_hears_why_it_is_quiet(week: Week) -> None:
    """In their own chat, status says why nothing can be posted, and nothing can be started."""
    await week.teams.channel_deleted(week.channel)
    status = await week.says_privately("Priya", "status")
    refused = await week.says_privately("Priya", "check in now")

    assert shows(status.card, "This ward’s channel is deleted, so I cannot post.")
    assert shows(status.card, "No check-in is planned.")
    assert shows(refused.card, "I cannot post to Rowan’s channel at present.")


async def test_another_channels_end(week: Week) -> None:
    """A channel without a ward that is deleted or restored, and people who join, change nothing."""
    other = week.rehearsal.town.add_channel(week.team, "Off topic")
    await week.teams.channel_created(week.team, "Rota")
    await week.teams.channel_deleted(other)
    await week.teams.channel_restored(other)
    await week.teams.member_added(week.team, week.person("Ellen"))
    await week.teams.uninstall_for(week.person("Joe"))
    await week.clock_shows("2026-11-25 14:00")

    assert len(week.check_ins) == 1


async def test_a_lead_leaves_the_team(week: Week) -> None:
    """Whoever leaves the team leads its wards no more, though Teams does not say who it was; an owner can make others lead."""
    await week.teams.member_removed(week.team, week.person("Tomasz"))
    await week.teams.member_removed(week.team, week.person("Sam"))
    await week.clock_shows("2026-11-25 14:20")  # who is in a team is known for a quarter of an hour
    refused = await week.says_privately("Tomasz", "pause until 2026-12-24")
    made = await week.says("Priya", "leads", mentions=[week.person("Grace")])
    await week.bot_has_worked()

    assert shows(refused.card, "You do not lead a ward yet.")
    assert shows(made.card, "Priya Nair and Grace Bell")
    assert week.rows("Wards")[0]["Leads"] == "Priya Nair; Grace Bell"


async def test_nobody_is_left_to_lead(week: Week) -> None:
    """With no lead left, people are sent to a team owner; whoever Teams says has left is taken off the ward at once."""
    week.rehearsal.town.add_member(week.team, week.person("Grace"), owner=True)
    for person in (week.person("Tomasz"), week.person("Priya")):
        told = {"membersRemoved": [{"id": person.teams_id, "aadObjectId": person.id}]}
        await week.teams.member_removed(week.team, person, forge=Forge(activity=told))
    await week.clock_shows("2026-11-26 09:00")
    refused = await week.says("Joe", "pause")
    leads = await week.says("Joe", "leads")
    allowed = await week.says("Grace", "pause until 2026-12-24")

    assert shows(refused.card, "Only Rowan’s leads can do that. Ask a team owner.")
    assert shows(leads.card, "Nobody leads this ward yet.")
    assert shows(allowed.card, "Check-ins for Rowan are paused until Thursday 24 December.")


async def test_teams_finally_refuses(week: Week) -> None:
    """The bot is switched off for the channel: the ward goes quiet, its leads are told once, and a mention wakes it again."""
    elm = await elm_ward(week)
    week.teams.faults.block(week.channel.id)
    await week.clock_shows("2026-11-25 14:00")
    await week.bot_has_worked()
    before = spoken(week)
    await week.bot_has_worked()
    await week.clock_shows("2026-11-25 16:00")

    (told,) = week.chat("Priya")
    assert words(told.card)[0].startswith("Teams did not let me post in Rowan’s channel.")
    assert len(week.chat("Tomasz")) == 1
    assert week.chat("Joe") == []
    assert spoken(week) == before
    assert len(elm.check_ins) == 1
    states = {row["Ward"]: row["State"] for row in week.rows("CheckIns")}
    assert states == {"Rowan": "missed", "Elm": "open"}

    # Their IT team lets the bot in again. Priya mentions it, sees what was missed, and posts it.
    week.teams.faults.unblock(week.channel.id)
    status = await week.says("Priya", "status")
    assert shows(status.card, "Wednesday’s check-in was missed: Teams did not let me post it.")
    await week.taps("Priya", "Post it now", {}, status)
    await week.bot_has_worked()

    assert len(week.check_ins) == 1
    assert {row["State"] for row in week.rows("Wards")} == {"active"}


async def test_refused_in_mid_week(week: Week) -> None:
    """A reminder that Teams finally refuses quiets the ward too, and the leads who have the app are told."""
    await week.clock_shows("2026-11-25 14:00")
    await week.teams.uninstall_for(week.person("Priya"))
    week.teams.faults.block(week.channel.id, "NotEnoughPermissions")
    await week.clock_shows("2026-11-28 14:00")
    await week.bot_has_worked()

    assert [row["State"] for row in week.rows("Wards")] == ["quiet"]
    assert len(week.chat("Tomasz")) == 1
    assert week.chat("Priya") == []


async def test_a_busy_teams(week: Week) -> None:
    """What Teams cannot take just now is tried again until it is there, once."""
    for fault in ("429-retry-after", "503", "412", "502"):
        week.teams.faults.next(fault, conversation=week.channel.id)
    for minute in ("14:00", "14:02", "14:05", "14:10", "14:20", "14:40"):
        await week.clock_shows(f"2026-11-25 {minute}")

    assert len(week.check_ins) == 1
