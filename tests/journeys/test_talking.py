"""People talk to the bot, in the ward's channel and in their own chats."""

import asyncio

from bot.rehearsal.teams_deliveries import Forge
from tests.journeys.ward import Week, boxes, buttons, elm_ward, shows, words

ANSWERS = {
    "help": "What you can ask for",
    "Hello!": "What you can ask for",
    "status": "Rowan: how it stands",
    "STATUS?": "Rowan: how it stands",
    "set up": "Rowan is set up",
    "pause": "Pause check-ins for Rowan",
    "pause until 2026-12-14": "Check-ins for Rowan are paused until Monday 14 December.",
    "resume": "Check-ins for Rowan are on again.",
    "skip": "The check-in of Wednesday 25 November is left out for Rowan.",
    "leads": "Who leads Rowan",
    "check in now": "The check-in is on its way to Rowan’s channel.",
}


async def test_each_command_in_the_channel(week: Week) -> None:
    """A lead who mentions the bot gets an answer of one card in the thread of what they said."""
    for said, expected in ANSWERS.items():
        answer = await week.says("Priya", said)
        assert shows(answer.card, expected), said
        assert answer.root != answer.id


async def test_each_command_in_personal_chat(week: Week) -> None:
    """A lead of one ward need not say which, and is answered in their own chat alone."""
    posts = len(week.threads)
    for said, expected in {**ANSWERS, "set up": "Change this ward"}.items():
        answer = await week.says_privately("Tomasz", said)
        assert shows(answer.card, expected), said
    await week.bot_has_worked()

    assert len(week.threads) == posts + 1
    assert len(week.check_ins) == 1


async def test_words_nobody_taught_it(week: Week) -> None:
    """Unknown words get a short answer with buttons that work; an empty mention gets help."""
    unknown = await week.says("Joe", "what do you make of the weather")
    await week.taps("Joe", "rhythm.status", {}, unknown)
    empty = await week.says("Joe", "")
    private = await week.says_privately("Amina", "thanks")
    await week.taps("Amina", "talk.help", {}, private)

    assert words(unknown.card)[0] == "I did not understand that. You can tap one of these, or say “help”."
    assert buttons(unknown.card) == ["Help", "Status", "Check in now"]
    assert shows(week.sees("Joe", unknown), "Rowan: how it stands")
    assert shows(empty.card, "What you can ask for")
    assert shows(week.sees("Amina", private), "What you can ask for")


async def test_names_are_not_commands(week: Week) -> None:
    """The mention is known by its entity: the bot's name inside a sentence stays, and somebody of that name is a person."""
    namesake = week.rehearsal.town.add_person("namesake", "Ward Rhythms", "nurse")
    week.rehearsal.town.add_member(week.team, namesake)
    await week.clock_shows("2026-11-26 09:00")
    inside = await week.says("Joe", "Ward Rhythms status")
    made = await week.says("Priya", "leads", mentions=[namesake])

    assert shows(inside.card, "I did not understand that.")
    assert shows(made.card, "Priya Nair, Tomasz Kowalski and Ward Rhythms")


async def test_what_people_type_is_never_markup(week: Week) -> None:
    """Links, mentions and Markdown come back as the letters they are, or not at all."""
    hostile = "[Datix](https://evil.example) <at>Everyone</at> **now** ![x](https://evil.example/x.png)"
    unknown = await week.says("Sam", hostile)
    date = await week.says("Priya", f"pause until {hostile}")
    await week.says("Priya", "check in now")
    await week.bot_has_worked()
    await week.answers("Joe", "good")
    await week.adds("Joe", went_well=hostile)
    await week.clock_shows("2026-12-02 13:59")

    assert not any("evil" in line or "<at>" in line for line in words(unknown.card))
    assert boxes(date.card) == {"until": ""}  # an empty date box
    assert shows(date.card, "Please give a date, like 12 December.")
    assert shows(week.thread[-1], hostile)
    assert all(run["type"] == "TextRun" for run in runs_with(week.thread[-1], "evil"))


def runs_with(part: object, text: str) -> list[dict[str, str]]:
    """Each element of a card that shows this text; a TextRun shows letters and nothing else (Adaptive Cards 1.5)."""
    if isinstance(part, list):
        return [found for one in part for found in runs_with(one, text)]
    if not isinstance(part, dict):
        return []
    mine = [part] if text in str(part.get("text", "")) else []
    return mine + [found for value in part.values() for found in runs_with(value, text)]


async def test_check_in_now(week: Week) -> None:
    """A lead starts one at once; a student is told whom to ask; a second one is refused while it is open."""
    refused = await week.says_privately("Sam", "check in now")
    asked = await week.says("Sam", "check in now")
    await week.says("Tomasz", "check in now")
    await week.bot_has_worked()
    again = await week.says("Priya", "check in now")

    assert shows(refused.card, "You do not lead a ward yet. Please ask in your ward’s channel")
    assert shows(asked.card, "Only Rowan’s leads can do that. Ask Priya Nair or Tomasz Kowalski.")
    assert shows(again.card, "A check-in is open already, until Wednesday 2 December, 13:58.")
    assert len(week.check_ins) == 1

    # It is this week's: at two o'clock nothing more is asked.
    await week.clock_shows("2026-11-25 14:00")

    assert len(week.check_ins) == 1


async def test_check_in_now_twice_at_once(week: Week) -> None:
    """Two leads in the same moment start one check-in; one of them is told that it is open."""
    both = await asyncio.gather(*(week.says_privately(name, "check in now") for name in ("Priya", "Tomasz")))
    await week.bot_has_worked()
    said = sorted(words(answer.card)[0] for answer in both)

    assert len(week.check_ins) == 1
    assert said[0].startswith("A check-in is open already")
    assert said[1] == "The check-in is on its way to Rowan’s channel."


async def test_a_lead_may_start_one_at_night(week: Week) -> None:
    """What a lead starts at three is posted at three; the reminder and the summary still keep to the day."""
    await week.says("Priya", "skip")
    await week.clock_shows("2026-11-27 03:10")
    await week.says("Priya", "check in now")
    await week.bot_has_worked()

    assert shows(week.post.card, "open until Wednesday 2 December, 14:00")

    await week.clock_shows("2026-11-29 07:59")
    assert week.thread == []
    await week.clock_shows("2026-11-29 08:00")
    assert [words(card) for card in week.thread] == [["Still open until Wednesday. Nights count too."]]


async def test_a_summary_waits_for_the_morning(week: Week) -> None:
    """What was started at eleven at night closes at eleven at night, and is summed up at eight in the morning."""
    said = await week.says("Priya", "set up")
    await week.fills_in("Priya", said, every_weeks="4")
    await week.says("Priya", "skip")
    await week.clock_shows("2026-11-28 23:00")
    await week.says("Priya", "check in now")
    await week.bot_has_worked()
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-05 23:01")

    assert shows(week.post.card, "This check-in is closed")
    assert len(week.thread) == 1

    await week.clock_shows("2026-12-06 08:00")

    assert shows(week.thread[-1], "Nobody answered this time.")


async def test_the_button_in_somebody_elses_answer(week: Week) -> None:
    """A button in the channel asks again who taps it."""
    status = await week.says("Priya", "status")
    await week.taps("Joe", "check_in.now", {}, status)
    await week.taps("Joe", "rhythm.skip", {}, status)

    assert week.told("Joe", status) == "Only Rowan’s leads can do that. Ask Priya Nair or Tomasz Kowalski."
    assert week.check_ins == []


async def test_who_leads_two_wards_is_asked_which(week: Week) -> None:
    """Priya leads Rowan and Elm: in her own chat she picks one, in a channel that one is meant."""
    elm = await elm_ward(week)
    week.rehearsal.town.add_member(elm.team, week.person("Priya"))
    await week.clock_shows("2026-11-26 09:00")
    await elm.says("Ellen", "leads", mentions=[week.person("Priya")])

    asked = await week.says_privately("Priya", "status")
    await week.taps("Priya", "rhythm.status", {"ward": ward_id(asked.card, "Elm")}, asked)
    form = await week.says_privately("Priya", "set up")
    await week.taps("Priya", "ward.set_up", {"ward": ward_id(form.card, "Rowan")}, form)
    paused = await week.says_privately("Priya", "pause")
    await week.taps("Priya", "rhythm.pause_form", {"ward": ward_id(paused.card, "Elm")}, paused)
    await week.taps("Priya", "rhythm.pause", {"until": "2026-12-14"}, paused)
    who = await week.says_privately("Priya", "leads")
    await week.taps("Priya", "ward.leads", {"ward": ward_id(who.card, "Elm")}, who)

    assert shows(asked.card, "You lead more than 1 ward.")
    assert shows(week.sees("Priya", asked), "Elm: how it stands")
    assert boxes(week.sees("Priya", form))["name"] == "Rowan"
    assert shows(week.sees("Priya", paused), "Check-ins for Elm are paused until Monday 14 December.")
    assert shows(week.sees("Priya", who), "Ellen Walsh and Priya Nair")

    # Somebody else's id in the choice opens nothing.
    await week.says_privately("Joe", "status")
    await week.forges("Joe", "rhythm.status", {"ward": ward_id(asked.card, "Elm")}, week.chat("Joe")[-1])
    await week.forges("Joe", "rhythm.status", {"ward": "made-up"}, week.chat("Joe")[-1])

    notices = [notice.text for notice in week.chat("Joe")[-1].notices[week.person("Joe").id]]
    assert notices == [
        "Only people in Elm’s team can do that.",
        "I cannot find that ward. Please ask in your ward’s channel.",
    ]


def ward_id(card: dict[str, object] | None, name: str) -> str:
    """The id behind a ward's name in the list of wards."""
    texts = words(card)
    return texts[texts.index(name) + 1]


async def test_a_channel_without_a_ward(week: Week) -> None:
    """In another channel of the team the bot says how to begin, and help works everywhere."""
    general = week.team.general
    status = await week.says("Joe", "status", general)
    helped = await week.says("Joe", "help", general)
    hello = await week.says("Priya", "set up", general)

    assert shows(status.card, "This channel is not set up yet. An owner of the team can say “set up”.")
    assert shows(helped.card, "What you can ask for")
    assert shows(hello.card, "Hello from Ward Rhythms")


async def test_an_account_without_a_person(week: Week) -> None:
    """Whoever has no account in the tenant is told so and can do nothing."""
    nobody = Forge(activity={"from": {"id": week.person("Sam").teams_id, "name": "Visitor"}})
    answer = await week.says("Sam", "check in now", forge=nobody)
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Sam", "good", forge=nobody)

    sentence = "I cannot tell who you are, so I did nothing. Please use your own account in Teams."
    assert shows(answer.card, sentence)
    assert week.told("Sam") == sentence


async def test_an_old_button(week: Week) -> None:
    """A button of an earlier version is answered with a sentence, and Teams' other questions with "not here"."""
    await week.clock_shows("2026-11-25 14:00")
    await week.forges("Joe", "check_in.sing", {})
    other = await week.teams.invoke(week.person("Joe"), week.post.id, "task/fetch", {})

    assert week.told("Joe") == "I do not know that button any more. Please say “help”."
    assert other.status == 501


async def test_people_cannot_be_looked_up(week: Week) -> None:
    """While Teams cannot say who was mentioned, nobody is made a lead, and the person is asked to try again."""
    week.teams.faults.next("503", conversation=week.team.id)
    answer = await week.says("Priya", "leads", mentions=[week.person("Joe")])
    await week.clock_shows("2026-11-25 14:20")
    week.rehearsal.sharepoint.faults.down = True
    paused = await week.says("Joe", "pause")

    assert shows(answer.card, "I cannot look up the people you mentioned just now")
    assert shows(paused.card, "I cannot check who is in this team just now, so I changed nothing.")

    # A lead too, who may have left since. Their answer is kept all the same.
    paused = await week.says("Tomasz", "pause until 2026-12-24")
    alone = await week.says_privately("Tomasz", "skip")
    await week.answers("Tomasz", "good")
    for refused in (paused, alone):
        assert shows(refused.card, "I cannot check who is in this team just now, so I changed nothing.")
    assert shows(week.sees("Tomasz"), "Good")
