"""People ask what is kept about them, and to be forgotten."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from bot.rehearsal.people import Person
from tests.journeys.ward import Week, buttons, shows, words

NOTHING = "I keep nothing about you."


async def some_minutes_pass(week: Week) -> None:
    """Long enough for what follows to be done."""
    for _ in range(3):
        week.rehearsal.clock.move_by(400)
        await week.bot_has_worked()


async def a_week_behind(week: Week) -> None:
    """Joe put his name to an answer in a check-in that is closed, and has answered the open one."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    await week.adds("Joe", went_well="we had tea", named="true")
    await week.answers("Amina", "slow")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    await week.answers("Joe", "flying")
    await some_minutes_pass(week)


def traces(week: Week, person: Person) -> list[str]:
    """Where the person's id or name still stands: tables of the store, its raw files, and SharePoint's rows."""
    path = str(week.rehearsal.tenant.settings["store"]).removeprefix("sqlite:///")
    found = []
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- the database's own names
            found += [table for row in rows if person.id in str(row) or person.name in str(row)]
    for suffix in ("", "-wal"):
        content = Path(path + suffix).read_bytes()
        found += [f"file{suffix}" for trace in (person.id, person.name) if trace.encode() in content]
    tables_there = week.rehearsal.sharepoint.tables()
    return found + [
        name for name, table in tables_there.items() if person.id in str(table) or person.name in str(table)
    ]


async def test_my_data(week: Week) -> None:
    """Joe sees both his answers and where they are kept; Amina, whose answer had no name, only hears that nobody can tell."""
    await a_week_behind(week)
    joe = await week.says_privately("Joe", "my data")
    amina = await week.says_privately("Amina", "my data")
    priya = await week.says_privately("Priya", "what do you know about me")

    assert shows(joe.card, "Rowan, the week of 23 November 2026: you said Good.")
    assert shows(joe.card, "What went well: we had tea")
    assert shows(joe.card, "Your name is on it. Kept in my own store and in the SharePoint list Replies.")
    assert shows(joe.card, "Rowan, the week of 30 November 2026: you said Flying.")
    assert shows(joe.card, "The check-in is open, so I can still tell that it is yours.")
    assert words(amina.card)[0] == NOTHING
    assert shows(amina.card, "Nobody can tell any more whose they are, not even I.")
    assert shows(priya.card, "You lead Rowan.")


async def test_older_answers_come_on_further_cards(week: Week) -> None:
    """A card holds as many answers as it has room for; a button shows the older ones, and a number that was made up shows the first."""
    await week.clock_shows("2026-11-25 14:00")
    long = {"went_well": "😀" * 400, "in_the_way": "😀" * 400, "try_next": "😀" * 200}
    for _ in range(5):
        await week.answers("Joe", "good")
        await week.adds("Joe", **long, named="true")
        await week.rehearsal.pass_time(week.rehearsal.clock.now() + timedelta(days=7))
    first = await week.says_privately("Joe", "my data")
    assert buttons(first.card) == ["Show older", "Forget me"]
    answer = await week.taps("Joe", "person.data", {}, first)
    forged = [await week.forges("Joe", "person.data", {"first": made_up}, first) for made_up in ("99999", "999", "x")]

    shown = [sum("you said" in line for line in words(card)) for card in (first.card, answer.body["value"])]
    assert sum(shown) == 5
    assert min(shown) > 0
    assert buttons(answer.body["value"]) == ["Forget me"]
    assert [one.body["value"] for one in forged] == [first.card] * 3


async def test_forget_me(week: Week) -> None:
    """After he has confirmed it, nothing names Joe anywhere: not in the store's tables and files, not in SharePoint, not in the summary."""
    await a_week_behind(week)
    joe = week.person("Joe")
    summary = week.said_under(week.check_ins[0])[-1]
    assert shows(summary, "we had tea")
    assert {"replies", "Replies"} <= set(traces(week, joe))

    asked = await week.says_privately("Joe", "forget me")
    assert shows(asked.card, "2 answers that are yours")
    assert buttons(asked.card) == ["Forget me", "Keep my data"]
    done = await week.taps("Joe", "person.forget", {}, asked, deliver_times=5)
    await some_minutes_pass(week)

    assert shows(done.body["value"], "Done. I keep nothing about you any more.")
    assert shows(done.body["value"], "2 answers are gone.")
    assert traces(week, joe) == []
    assert not shows(week.said_under(week.check_ins[0])[-1], "we had tea")
    assert shows(week.said_under(week.check_ins[0])[-1], "2 people answered")
    assert shows(week.post.card, "Nobody has answered yet")
    assert [row["Detail"] for row in week.rows("AuditLog")] == ["answers: 2, wards led: 0"]
    again = await week.forges("Joe", "person.forget", {}, asked)
    assert words(again.body["value"])[0] == NOTHING
    assert words((await week.says_privately("Joe", "erase me")).card)[0] == NOTHING


async def test_forgotten_while_sharepoint_is_away(week: Week) -> None:
    """His row goes when SharePoint is back, the bot's own store forgets at once, and no line of the log says whom."""
    await a_week_behind(week)
    joe = week.person("Joe")
    asked = await week.says_privately("Joe", "forget me")
    week.rehearsal.sharepoint.faults.down = True
    with capture_logs() as logs:
        done = await week.taps("Joe", "person.forget", {}, asked)
        await some_minutes_pass(week)
    away = traces(week, joe)
    week.rehearsal.sharepoint.faults.down = False
    for _ in range(3):
        await some_minutes_pass(week)

    assert shows(done.body["value"], "If it is away just now, it follows when it is back.")
    assert set(away) == {"Replies"}
    assert traces(week, joe) == []
    assert logs
    assert not [line for line in logs if joe.id in str(line) or joe.name in str(line)]


async def test_who_was_forgotten_can_answer_again(week: Week) -> None:
    """What they gave before is gone, so nothing is counted twice."""
    await week.clock_shows("2026-11-25 14:00")
    await week.answers("Joe", "good")
    asked = await week.says_privately("Joe", "delete my data")
    await week.taps("Joe", "person.forget", {}, asked)
    await week.taps("Joe", "check_in.mine")
    await week.answers("Joe", "slow")
    await week.clock_shows("2026-12-02 14:00")

    assert [row["Answers"] for row in week.rows("CheckIns") if row["State"] == "closed"] == [1]


async def test_a_lead_is_forgotten(week: Week) -> None:
    """Tomasz leads Rowan no more, SharePoint says so, and nothing names him anywhere."""
    await week.clock_shows("2026-11-25 14:00")
    asked = await week.says_privately("Tomasz", "forget me")
    assert shows(asked.card, "your place as a lead of Rowan")
    await week.taps("Tomasz", "person.forget", {}, asked)
    await some_minutes_pass(week)
    leads = await week.says("Priya", "leads")

    assert [row["Leads"] for row in week.rows("Wards")] == ["Priya Nair"]
    assert not shows(leads.card, "Tomasz")
    assert traces(week, week.person("Tomasz")) == []


async def test_they_think_better_of_it(week: Week) -> None:
    """Nothing goes until it is confirmed."""
    await a_week_behind(week)
    asked = await week.says_privately("Joe", "forget me")
    kept = await week.taps("Joe", "person.keep", {}, asked)
    data = await week.says_privately("Joe", "my data")

    assert words(kept.body["value"]) == ["Nothing was changed."]
    assert shows(data.card, "Rowan, the week of 23 November 2026: you said Good.")


async def test_not_in_front_of_others(week: Week) -> None:
    """Said in a channel, or pressed there on a card that somebody made up, it says to ask alone, and nothing goes."""
    await a_week_behind(week)
    for text in ("my data", "forget me"):
        said = await week.says("Joe", text)
        assert words(said.card)[0] == "Please ask me that in a chat with me alone."
    for verb in ("person.data", "person.forget_form", "person.forget"):
        answer = await week.forges("Joe", verb, {})
        assert answer.body["value"] == "Please ask me that in a chat with me alone."

    assert shows((await week.says_privately("Joe", "my data")).card, "you said Good.")
