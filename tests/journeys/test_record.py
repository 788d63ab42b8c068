"""People put things right in SharePoint, and the ward sees it in Teams."""

from bot.rehearsal.rehearse import ROWAN
from tests.journeys.ward import Week, shows, words


async def changed_there(week: Week, name: str, number: str, **fields: object) -> None:
    """Somebody changes a row in the browser, and the bot reads it a few minutes later."""
    week.rehearsal.sharepoint.edit(name, number, fields, by="Priya")
    await some_minutes_pass(week)


async def some_minutes_pass(week: Week) -> None:
    """Long enough for the lists to be read, and for what follows to be done."""
    for _ in range(2):
        week.rehearsal.clock.move_by(400)
        await week.bot_has_worked()


def number(week: Week, name: str, **fields: object) -> str:
    """The number of the row that holds this."""
    found = week.rehearsal.sharepoint.tables()[name]["rows"]
    return next(str(row["id"]) for row in found if fields.items() <= row["fields"].items())


async def test_a_rhythm_changed_in_sharepoint(week: Week) -> None:
    """The next check-in comes on the day and at the hour that the list says, and the open one closes then."""
    await week.clock_shows("2026-11-25 14:00")
    await changed_there(week, "Wards", number(week, "Wards"), Weekday="Monday", TimeOfDay="10:30")
    status = await week.says("Priya", "status")
    assert shows(status.card, "Monday 30 November, 10:30")
    assert shows(week.post.card, "open until Monday 30 November, 10:30")

    await week.clock_shows("2026-11-30 10:30")
    await week.clock_shows("2026-11-30 10:31")
    assert len(week.check_ins) == 2


async def test_words_changed_in_sharepoint(week: Week) -> None:
    """The project's name on the card follows the list."""
    await week.clock_shows("2026-11-25 14:00")
    await changed_there(week, "Wards", number(week, "Wards"), ProjectTitle="Tea before handover")

    assert shows(week.post.card, "How is “Tea before handover” going this week?")


async def test_a_time_that_nobody_can_be_asked_at(week: Week) -> None:
    """Three in the morning is put back to two in the afternoon, and both leads are told in their own chats."""
    await week.clock_shows("2026-11-25 14:00")
    await changed_there(week, "Wards", number(week, "Wards"), TimeOfDay="03:00")

    assert [row["TimeOfDay"] for row in week.rows("Wards")] == ["14:00"]
    for name in ("Priya", "Tomasz"):
        told = words(week.chat(name)[-1].card)
        assert told[0].startswith("Somebody changed the SharePoint list Wards for Rowan.")
        assert told[1].startswith("Time of day: Please give a time from 08:00 to 17:59")
    assert [row["Detail"] for row in week.rows("AuditLog")] == ["Time of day"]


async def test_a_line_that_names_a_patient_is_taken_out(week: Week) -> None:
    """A line deleted in the list, or a reply whole, disappears from the summary in the thread; how many answered stays."""
    await week.clock_shows("2026-11-25 14:00")
    for name, line in (("Joe", "DL in bed 4 helped"), ("Amina", "tea"), ("Tomasz", "cake")):
        await week.answers(name, "good")
        await week.adds(name, went_well=line)
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    assert shows(week.said_under(week.check_ins[0])[-1], "DL in bed 4 helped")

    await changed_there(week, "Replies", number(week, "Replies", WentWell="DL in bed 4 helped"), WentWell=None)
    week.rehearsal.sharepoint.remove("Replies", number(week, "Replies", WentWell="cake"))
    await some_minutes_pass(week)
    summary = week.said_under(week.check_ins[0])[-1]

    assert not shows(summary, "DL in bed 4")
    assert not shows(summary, "cake")
    assert shows(summary, "tea")
    assert shows(summary, "3 people answered")


async def test_a_wards_row_deleted(week: Week) -> None:
    """A ward is not stopped by deleting its row: it goes on, the row is back, and its leads are told how to stop it."""
    await week.clock_shows("2026-11-25 14:00")
    week.rehearsal.sharepoint.remove("Wards", number(week, "Wards"))
    await some_minutes_pass(week)

    assert [row["Title"] for row in week.rows("Wards")] == ["Rowan"]
    assert shows(week.chat("Priya")[-1].card, "say “pause”")
    await week.answers("Joe", "good")
    await week.clock_shows("2026-12-02 14:00")
    assert len(week.check_ins) == 2


async def test_both_change_the_ward_at_once(week: Week) -> None:
    """Priya changes the aim in Teams while Tomasz changes the hour in SharePoint: both stand, in both places."""
    await week.clock_shows("2026-11-25 14:00")
    form = {**ROWAN, "aim": "Ten minutes each", "leads": week.person("Priya").id}
    row = number(week, "Wards")
    week.rehearsal.sharepoint.edit("Wards", row, {"TimeOfDay": "15:30"}, by="Tomasz")
    await week.fills_in("Priya", week.threads[0].root, **form)
    await some_minutes_pass(week)
    (ward,) = week.rows("Wards")
    status = await week.says("Priya", "status")

    assert (ward["Aim"], ward["TimeOfDay"]) == ("Ten minutes each", "15:30")
    assert shows(status.card, "Wednesday 2 December, 15:30")
