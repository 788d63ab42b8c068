"""People answer: in two taps, as often as they like, and nobody can tell who they were."""

import asyncio
import json
from typing import Any

from structlog.testing import capture_logs

from bot.rehearsal.teams_talk import Message
from tests.journeys.ward import Week, boxes, elm_ward, london, shows, words


async def opened(week: Week) -> Message:
    """Wednesday, two o'clock."""
    await week.clock_shows("2026-11-25 14:00")
    return week.post


def check_in_id(message: Message) -> str:
    """The id on a check-in's card."""
    card: Any = message.card
    found: str = card["refresh"]["action"]["data"]["check_in"]
    return found


async def test_two_taps_and_three_lines(week: Week) -> None:
    """A word is kept at once; lines and a name are added, changed and taken off again; one answer a person."""
    await opened(week)
    await week.answers("Joe", "steady")
    assert shows(week.sees("Joe"), "Saved. Thank you.")
    assert shows(week.sees("Joe"), "Your name is not kept with this answer.")

    await week.adds("Joe", went_well="Domestic staff joined", in_the_way="the kettle", named=True)
    assert shows(week.sees("Joe"), "Domestic staff joined")
    assert shows(week.sees("Joe"), "Your name is with this answer.")

    # He changes the word; what he wrote stays.
    await week.taps("Joe", "check_in.mine")
    await week.answers("Joe", "good")
    assert boxes(week.sees("Joe")) == {
        "went_well": "Domestic staff joined",
        "in_the_way": "the kettle",
        "try_next": "",
        "named": "true",
    }

    # He empties a box, takes his name off, and presses Done, not Add: what the boxes hold is what counts.
    await week.adds("Joe", "check_in.done", in_the_way="", named=False)
    assert shows(week.sees("Joe"), "You said Good.")
    assert shows(week.sees("Joe"), "Your name is not kept with this answer.")
    assert not shows(week.sees("Joe"), "the kettle")

    await week.clock_shows("2026-12-02 14:00")
    (row,) = week.rows("Replies")
    assert (row["Feeling"], row["WentWell"]) == ("Good", "Domestic staff joined")
    assert not {"GivenBy", "PersonId", "InTheWay"} & {name for name, value in row.items() if value}


async def test_a_name_somebody_gave(week: Week) -> None:
    """A name put to an answer stands beside its lines in the summary and in SharePoint, and nowhere else."""
    await opened(week)
    for name in ("Joe", "Tomasz"):
        await week.answers(name, "good")
    await week.adds("Joe", went_well="Handover was on time", named=True)
    await week.adds("Tomasz", went_well="Tea was hot")
    await week.clock_shows("2026-12-02 13:59")
    assert not shows(week.post.card, "Joe")

    await week.clock_shows("2026-12-02 14:00")
    summary = week.said_under(week.check_ins[0])[-1]
    assert "“Handover was on time” Joe Brennan" in words(summary)
    assert "“Tea was hot”" in words(summary)
    assert [row.get("GivenBy") for row in week.rows("Replies") if row.get("GivenBy")] == ["Joe Brennan"]


async def test_done_with_nothing_more(week: Week) -> None:
    """Done without a line ends the answer; opened the next day it is there to change."""
    await opened(week)
    await week.answers("Amina", "slow")
    await week.adds("Amina", "check_in.done")
    assert shows(week.sees("Amina"), "You said Slow.")

    await week.clock_shows("2026-11-26 20:00")
    assert shows(await week.looks("Amina"), "You said Slow.")
    assert shows(await week.looks("Joe"), "1 person has answered")


async def test_a_line_that_is_too_long(week: Week) -> None:
    """401 characters: the card says so beside the box, keeps every one of them, and the word stays saved."""
    await opened(week)
    await week.answers("Joe", "stuck")
    for button in ("check_in.add", "check_in.done"):
        await week.forges(
            "Joe", button, {"check_in": check_in_id(week.post), "went_well": "x" * 401, "try_next": "tea"}
        )
        assert shows(week.sees("Joe"), "Please use 400 characters or fewer. You have used 401.")
        assert boxes(week.sees("Joe"))["went_well"] == "x" * 401
        assert boxes(week.sees("Joe"))["try_next"] == "tea"

    await week.taps("Joe", "check_in.add", {"went_well": "x" * 400})
    assert shows(week.sees("Joe"), "x" * 400)


async def test_a_word_that_does_not_exist(week: Week) -> None:
    """Nothing picked, or a sixth word, is answered on the card, and nothing is kept."""
    await opened(week)
    for form in ({"feeling": "furious"}, {}, {"feeling": ["good"]}):
        await week.forges("Joe", "check_in.send", {"check_in": check_in_id(week.post), **form})
        assert shows(week.sees("Joe"), "Please pick 1 of the 5 words.")
    await week.clock_shows("2026-11-25 14:20")
    assert shows(week.post.card, "Nobody has answered yet")

    await week.answers("Joe", "good")
    assert shows(week.sees("Joe"), "You said Good.")


async def test_lines_before_a_word(week: Week) -> None:
    """Lines without a word are refused with a sentence; nothing is kept."""
    await opened(week)
    await week.forges("Sam", "check_in.add", {"check_in": check_in_id(week.post), "went_well": "tea"})
    assert week.told("Sam") == "Please pick a word first, then add to it. Nothing was kept."

    await week.forges("Sam", "check_in.add", {"check_in": check_in_id(week.post), "went_well": "x" * 401})
    assert shows(week.sees("Sam"), "You have not answered yet.")
    await week.forges("Grace", "check_in.done", {"check_in": check_in_id(week.post)})
    assert shows(week.sees("Grace"), "You have not answered yet.")


async def test_too_late(week: Week) -> None:
    """After the close an answer is refused kindly, with the next date and everything that was typed; nothing is kept."""
    post = await opened(week)
    await week.answers("Joe", "good")
    before = week.sees("Joe")
    assert before is not None
    week.rehearsal.clock.move_to(london("2026-12-02 14:00"))
    await week.taps("Joe", "check_in.add", {"went_well": "Tea at night"}, post)

    assert shows(week.sees("Joe", post), "This check-in is closed")
    assert shows(week.sees("Joe", post), "The next one is on")
    assert shows(week.sees("Joe", post), "Tea at night")

    await week.bot_has_worked()
    await week.forges("Sam", "check_in.send", {"check_in": check_in_id_of(before), "feeling": "good"}, post)
    await week.forges("Tomasz", "check_in.mine", {"check_in": check_in_id_of(before)}, post)
    await week.forges("Priya", "check_in.done", {"check_in": check_in_id_of(before), "went_well": " "}, post)
    await week.forges("Amina", "check_in.view", {"check_in": check_in_id_of(before)}, post)

    assert shows(week.sees("Sam", post), "it was not kept. Anything you sent before then counts.")
    assert not any(shows(week.sees(name, post), "not kept") for name in ("Tomasz", "Priya"))
    assert shows(week.sees("Amina", post), "It closed on Wednesday 2 December, 14:00. 1 person answered.")
    assert len(week.rows("Replies")) == 1


def check_in_id_of(card: dict[str, Any]) -> str:
    """The id that the buttons of a personal card carry."""
    text = json.dumps(card)
    start = text.index('"check_in": "') + len('"check_in": "')
    return text[start : text.index('"', start)]


async def test_forged_ids(week: Week) -> None:
    """Another ward's check-in, a made-up one, another ward's id: each is refused in words and changes nothing."""
    elm = await elm_ward(week)
    await opened(week)
    elms = check_in_id(elm.post)
    await week.forges("Joe", "check_in.send", {"check_in": elms, "feeling": "stuck"})
    assert week.told("Joe") == "That check-in belongs to another ward. Nothing was kept."

    await week.forges("Joe", "check_in.send", {"check_in": "no-such-thing", "feeling": "stuck"})
    assert week.told("Joe") == "I cannot find that check-in any more. Nothing was kept."

    for name, button in (("Ellen", "rhythm.pause"), ("Ellen", "check_in.now"), ("Ellen", "rhythm.skip")):
        status = await elm.says("Ellen", "status")
        rowan = ward_id_of(week)
        await elm.forges(name, button, {"ward": rowan, "until": "2026-12-24"}, status)
        assert elm.told(name, status) == "That card belongs to another channel, so I changed nothing."

    # In her own chat, where no channel speaks against it, she is not in Rowan's team.
    hello = await elm.says_privately("Ellen", "help")
    await elm.forges("Ellen", "rhythm.pause", {"ward": ward_id_of(week), "until": "2026-12-24"}, hello)
    assert elm.told("Ellen", hello) == "Only people in Rowan’s team can do that."

    # Joe is, and does not lead it.
    hello = await week.says_privately("Joe", "help")
    for button in ("rhythm.pause", "rhythm.pause_form", "rhythm.resume", "rhythm.unskip", "ward.set_up", "ward.save"):
        await week.forges("Joe", button, {"ward": ward_id_of(week), "until": "2026-12-24"}, hello)
        assert week.told("Joe", hello).startswith("Only Rowan’s leads can do that."), button

    # An answer in the chat is for those in the team.
    await elm.forges(
        "Ellen", "check_in.send", {"check_in": check_in_id(week.post), "feeling": "stuck"}, elm.chat("Ellen")[-1]
    )
    assert elm.told("Ellen", elm.chat("Ellen")[-1]) == "Only people in Rowan’s team can do that."
    await week.clock_shows("2026-11-25 14:30")
    assert shows(week.post.card, "Nobody has answered yet")
    assert [row["State"] for row in week.rows("Wards")] == ["active", "active"]


def ward_id_of(week: Week) -> str:
    """The id of Rowan ward."""
    rowan: str = next(row["EntryKey"] for row in week.rows("Wards") if row["Title"] == "Rowan")
    return rowan


async def test_the_same_tap_five_times(week: Week) -> None:
    """Delivered five times at once, a tap is one answer, and each delivery is answered alike."""
    await opened(week)
    await week.answers("Joe", "good", deliver_times=5)
    delivered = week.teams.delivered[-1]

    assert len({json.dumps(answer.body) for answer in delivered.answers}) == 1
    assert {answer.status for answer in delivered.answers} == {200}

    await asyncio.gather(*(week.answers("Amina", feeling) for feeling in ("slow", "good", "flying", "stuck")))
    await week.clock_shows("2026-11-25 14:20")
    assert shows(week.post.card, "2 people have answered")


async def test_an_older_teams(week: Week) -> None:
    """A client that only knows Action.Submit: the answer comes in the person's own chat, and can be gone on with there."""
    await opened(week)
    await week.teams.submit(week.person("Joe"), week.post.id, "Send", {"feeling": "steady"})
    (card,) = week.chat("Joe")
    assert shows(card.card, "Saved. Thank you.")
    assert week.thread == []

    await week.taps("Joe", "check_in.add", {"in_the_way": "the kettle"}, card)
    assert shows(week.sees("Joe", card), "the kettle")
    await week.teams.submit(week.person("Joe"), card.id, "Change")
    await week.clock_shows("2026-12-02 14:00")
    assert [row["InTheWay"] for row in week.rows("Replies")] == ["the kettle"]


async def test_an_older_teams_without_the_app(week: Week) -> None:
    """Where the person cannot be written to alone, the thread says nothing of an answer that is kept, and of others neither whom nor what."""
    await opened(week)
    await week.teams.uninstall_for(week.person("Joe"))
    await week.teams.submit(week.person("Joe"), week.post.id, "Send", {"feeling": "steady"})
    await week.teams.submit(week.person("Joe"), week.post.id, "See or change my answer")
    assert week.thread == []
    await week.clock_shows("2026-11-25 14:10")
    assert shows(week.post.card, "1 person has answered")

    for data in (
        {"verb": "check_in.send", "check_in": "gone", "feeling": "good"},
        {"verb": "check_in.send", "check_in": check_in_id(week.post), "feeling": "furious"},
        {"verb": "rhythm.status"},
        {"verb": "check_in.sing"},
    ):
        made_up = {"type": "Action.Submit", "title": "x", "data": data, "associatedInputs": "none"}
        await week.teams.submit(week.person("Joe"), week.post.id, made_up)
    assert [words(card)[0].split(".")[0] for card in week.thread] == [
        "That could not be kept",
        "That could not be kept",
        "My answer is for you alone, and we have no chat yet",
        "I do not know that button any more",
    ]


async def test_nothing_tells_who_answered(week: Week) -> None:
    """No version of the shared card, no card of another's, no row and no line of the log holds an answerer's name or id."""
    with capture_logs() as logs:
        await opened(week)
        said = {
            "Amina": "night kettle",
            "Joe": "day kettle",
            "Grace": "more biscuits",
            "Sam": "cake",
            "Tomasz": "plants",
        }
        for name, line in said.items():
            await week.answers(name, "good")
            await week.adds(name, went_well=line)
        await week.clock_shows("2026-11-25 14:20")
        shared = [json.dumps(version) for version in week.post.versions]
        priyas = json.dumps(await week.looks("Priya"))
        open_rows = json.dumps(week.rows("Replies"))
        await week.clock_shows("2026-12-02 14:00")
        closed_rows = json.dumps([week.rehearsal.sharepoint.tables()[name] for name in ("Replies", "CheckIns")])

    people = [week.person(name) for name in said]
    marks = [mark for one in people for mark in (one.name, one.id, one.teams_id, one.email)]
    for kept in (*shared, priyas, open_rows, closed_rows):
        assert not [mark for mark in marks if mark in kept]
    assert not [line for line in said.values() if any(line in one for one in (*shared, priyas))]
    lines = json.dumps(logs, default=str)
    assert not [mark for mark in (*marks, *said.values()) if mark in lines]
    assert not [line for line in logs if line["log_level"] in {"error", "critical"}]


async def test_a_rush_is_few_updates(week: Week) -> None:
    """Six answers within a second are one update of the shared card, which shows how many have answered."""
    await opened(week)
    names = ("Amina", "Joe", "Grace", "Sam", "Tomasz", "Priya")
    await asyncio.gather(*(week.answers(name, "good") for name in names))
    before = len(week.post.versions)
    await week.clock_shows("2026-11-25 14:10")

    assert shows(week.post.card, "6 people have answered")
    assert len(week.post.versions) == before + 1
