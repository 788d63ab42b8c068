"""A ward is set up, by whom it may be, and changed later."""

import asyncio

from bot.rehearsal.rehearse import ROWAN
from tests.journeys.ward import Week, boxes, buttons, shows


def typed(week: Week, **other: str) -> dict[str, str]:
    """What Priya types: herself and Tomasz as leads."""
    return {**ROWAN, "leads": f"{week.person('Priya').id},{week.person('Tomasz').id}", **other}


async def test_the_bot_says_hello_once(unset: Week) -> None:
    """One card greets the team in the channel picked; neither a new version nor taking the app out and in again repeats it."""
    await unset.is_added()
    await unset.teams.upgrade(unset.team, remove=True)
    await unset.teams.upgrade(unset.team)
    await unset.teams.uninstall(unset.team)
    await unset.teams.install(unset.team, unset.channel)
    await unset.bot_has_worked()

    (welcome,) = unset.threads
    assert shows(welcome.root.card, "Hello from Ward Rhythms")
    assert buttons(welcome.root.card) == ["Set up this ward"]
    assert unset.teams.threads(unset.team.general) == []


async def test_only_an_owner_sets_a_ward_up(unset: Week) -> None:
    """Joe is told whom to ask; his card stays as it is and nothing is kept."""
    welcome = await unset.is_added()
    await unset.taps("Joe", "ward.set_up", {}, welcome)
    await unset.forges("Joe", "ward.save", typed(unset), welcome)

    assert unset.told("Joe", welcome) == "Only an owner of this team can set up a ward. Ask Priya Nair."
    assert unset.rows("Wards") == []


async def test_every_problem_is_named_at_once(unset: Week) -> None:
    """The form names each thing to put right, leads from outside the team among them, and keeps what was typed."""
    welcome = await unset.is_added()
    await unset.taps("Priya", "ward.set_up", {}, welcome)
    wrong = {
        "name": "",
        "project": "x" * 121,
        "aim": "Tea for everyone",
        "weekday": "9",
        "at": "03:00",
        "every_weeks": "3",
        "leads": f"{unset.person('Priya').id},{unset.person('Ellen').id}",
        "reader": "",
        "incident": "http://trust.example/incidents",
    }
    await unset.forges("Priya", "ward.save", wrong, welcome)
    form = unset.sees("Priya", welcome)

    for sentence in (
        "Please fill this in.",
        "Please use 120 characters or fewer. You have used 121.",
        "Please pick a day of the week.",
        "Please give a time from 08:00 to 17:59",
        "Please pick every week, every 2 weeks or every 4 weeks.",
        "Everybody you pick must be in this team. 1 of them is not.",
        "Please give a full web address that starts with https://",
    ):
        assert shows(form, sentence), sentence
    assert boxes(form)["aim"] == "Tea for everyone"
    assert boxes(form)["incident"] == "http://trust.example/incidents"
    assert unset.rows("Wards") == []

    # She puts it right where it stands.
    await unset.taps("Priya", "ward.save", typed(unset), welcome)

    assert shows(unset.sees("Priya", welcome), "Rowan is set up")


async def test_leads_have_to_be_in_the_team(unset: Week) -> None:
    """Whoever is picked from outside the team is refused, kindly and by number; the rest of the form stays."""
    welcome = await unset.is_added()
    strangers = f"{unset.person('Ellen').id},{unset.person('Osei').id}"
    await unset.fills_in("Priya", welcome, **typed(unset, leads=strangers))
    form = unset.sees("Priya", welcome)

    assert shows(form, "Everybody you pick must be in this team. 2 of them are not. Add them to the team first.")
    assert boxes(form)["project"] == "Coffee before handover"


async def test_a_ward_is_set_up_and_changed(unset: Week) -> None:
    """Saved, it is announced and filed; a lead opens it filled in, and a new day, time and pace count from now on."""
    welcome = await unset.is_added()
    await unset.fills_in("Priya", welcome, **typed(unset))
    announced = unset.threads[-1].root.card

    assert shows(unset.sees("Priya", welcome), "The next check-in is on Wednesday 25 November, 14:00.")
    assert shows(announced, "A check-in for “Coffee before handover”")
    assert shows(announced, "Priya Nair and Tomasz Kowalski")
    (row,) = unset.rows("Wards")
    assert (row["Title"], row["Weekday"], row["TimeOfDay"]) == ("Rowan", "Wednesday", "14:00")
    assert (row["TeamName"], row["ChannelName"]) == ("Rowan ward", "Coffee before handover")

    # Tomasz, who owns nothing but leads, finds it filled in and moves it to every second Thursday.
    await unset.taps("Tomasz", "ward.set_up", {}, welcome)
    assert boxes(unset.sees("Tomasz", welcome))["reader"] == ROWAN["reader"]
    await unset.taps("Tomasz", "ward.save", {"weekday": "3", "at": "10:30", "every_weeks": "2"}, welcome)
    await unset.clock_shows("2026-11-25 15:00")

    assert unset.check_ins == []
    assert shows(unset.sees("Tomasz", welcome), "The next check-in is on Thursday 26 November, 10:30.")

    await unset.clock_shows("2026-11-26 10:30")
    await unset.clock_shows("2026-12-03 12:00")

    assert len(unset.check_ins) == 1
    assert [row["EveryWeeks"] for row in unset.rows("Wards")] == [2]


async def test_leads_by_mention(week: Week) -> None:
    """A lead makes others lead by mentioning them, before or after the word; nobody else can, and nobody from outside."""
    amina, grace, joe = week.person("Amina"), week.person("Grace"), week.person("Joe")
    refused = await week.says("Joe", "leads", mentions=[joe])
    made = await week.says("Tomasz", "leads", mentions=[amina, grace])
    put_first = await week.says("Priya", f"<at>{joe.name}</at> leads", mentions=[joe])
    asked = await week.says("Sam", "who leads?")

    assert shows(refused.card, "Only Rowan’s leads can do that. Ask Priya Nair or Tomasz Kowalski.")
    assert shows(made.card, "Priya Nair, Tomasz Kowalski, Amina Hassan and Grace Bell")
    assert shows(put_first.card, "Grace Bell and Joe Brennan")
    assert shows(asked.card, "I did not understand that.")

    # A whole channel, or an app, can be mentioned too: that is nobody who could lead.
    stranger = week.person("Ellen")
    answer = await week.says("Priya", "leads", mentions=[stranger])

    assert shows(answer.card, "Everybody you pick must be in this team. 1 of them is not. Add them to the team first.")

    # She joins, and can lead at once: who has just come is looked for afresh.
    await week.teams.member_added(week.team, stranger)
    await week.clock_shows("2026-11-25 13:59")
    welcomed = await week.says("Priya", "leads", mentions=[stranger])

    assert shows(welcomed.card, "Ellen Walsh")


async def test_when_nobody_can_tell_who_owns_the_team(unset: Week) -> None:
    """While Graph is down nobody is let in, and the owner is asked to try again; the form she filled in is kept."""
    welcome = await unset.is_added()
    await unset.taps("Priya", "ward.set_up", {}, welcome)
    await unset.clock_shows("2026-11-25 14:20")
    unset.rehearsal.sharepoint.faults.down = True
    await unset.taps("Priya", "ward.save", typed(unset), welcome)

    assert "Please try again in a few minutes." in unset.told("Priya", welcome)
    assert unset.rows("Wards") == []

    unset.rehearsal.sharepoint.faults.down = False
    await unset.clock_shows("2026-11-25 14:25")
    await unset.taps("Priya", "ward.save", typed(unset), welcome)
    await unset.bot_has_worked()

    assert [row["Title"] for row in unset.rows("Wards")] == ["Rowan"]


async def test_when_teams_cannot_name_the_team(unset: Week) -> None:
    """While Teams does not tell which group the team is, nobody is let in; names that it does not tell are filled in later."""
    welcome = await unset.is_added()
    unset.teams.faults.block(unset.team.id)
    await unset.taps("Priya", "ward.set_up", {}, welcome)
    assert "I cannot check who is in this team just now" in unset.told("Priya", welcome)

    unset.teams.faults.unblock(unset.team.id)
    await unset.taps("Priya", "ward.set_up", {}, welcome)
    unset.teams.faults.block(unset.team.id)
    await unset.taps("Priya", "ward.save", typed(unset), welcome)
    await unset.bot_has_worked()
    assert "TeamName" not in unset.rows("Wards")[0]

    await unset.teams.team_renamed(unset.team, "Rowan")
    await unset.bot_has_worked()
    assert unset.rows("Wards")[0]["TeamName"] == "Rowan"


async def test_two_owners_save_at_once(unset: Week) -> None:
    """Both are told that it is set up, and there is one ward, announced once."""
    unset.rehearsal.town.add_member(unset.team, unset.person("Tomasz"), owner=True)
    welcome = await unset.is_added()
    for name in ("Priya", "Tomasz"):
        await unset.taps(name, "ward.set_up", {}, welcome)
    await asyncio.gather(
        unset.taps("Priya", "ward.save", typed(unset), welcome),
        unset.taps("Tomasz", "ward.save", typed(unset, name="Rowan ward"), welcome),
    )
    await unset.bot_has_worked()

    assert all(shows(unset.sees(name, welcome), "is set up") for name in ("Priya", "Tomasz"))
    assert len(unset.rows("Wards")) == 1
    assert len(unset.threads) == 2


async def test_set_up_by_word(week: Week) -> None:
    """In the channel the word brings a button for whoever may; in their own chat a lead gets the form itself."""
    said = await week.says("Priya", "set up")
    await week.taps("Priya", "ward.set_up", {}, said)
    assert boxes(week.sees("Priya", said))["name"] == "Rowan"

    form = await week.says_privately("Tomasz", "Set up!")
    await week.taps("Tomasz", "ward.save", {"project": "Tea at night"}, form)
    await week.bot_has_worked()

    assert shows(said.card, "Rowan is set up")
    assert shows(week.sees("Tomasz", form), "Rowan is set up")
    assert [row["ProjectTitle"] for row in week.rows("Wards")] == ["Tea at night"]


async def test_the_general_channel_can_be_a_ward(unset: Week) -> None:
    """Added without a channel picked, the bot greets General, and can be set up there."""
    general = Week(unset.rehearsal, channel="General")
    welcome = await general.is_added()
    await general.fills_in("Priya", welcome, **typed(general))
    await general.clock_shows("2026-11-25 14:00")
    await general.answers("Joe", "good")

    assert shows(general.sees("Joe"), "You said Good.")
    assert general.rows("Wards")[0]["ChannelName"] == "General"
    assert general.teams.threads(unset.channel) == []
