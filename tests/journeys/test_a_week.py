"""Wednesday to Wednesday on Rowan ward."""

from tests.journeys.ward import Week, shows, words


async def test_a_week_on_rowan_ward(week: Week) -> None:
    """A check-in is posted, answered, reminded of, changed and closed, and its rows stand in SharePoint."""
    await week.clock_shows("2026-11-25 14:00")

    assert len(week.check_ins) == 1
    assert shows(week.sees("Joe"), "Coffee before handover")
    assert shows(week.sees("Joe"), "Nobody has answered yet · open until Wednesday 2 December, 14:00")

    # Joe answers on his phone, and says what is in the way.
    await week.answers("Joe", "steady")
    assert shows(week.sees("Joe"), "You said Steady.")
    await week.adds("Joe", in_the_way="kettle broken since June, estates say no budget")
    assert shows(week.sees("Joe"), "kettle broken since June")

    # Amina, on nights: two taps, nothing else; nothing new is posted.
    await week.clock_shows("2026-11-26 03:10")
    posts = len(week.threads)
    await week.answers("Amina", "slow")
    assert len(week.threads) == posts

    # Joe opens the card the next day: his own answer is there, and he changes it.
    await week.clock_shows("2026-11-26 13:00")
    assert shows(await week.looks("Joe"), "You said Steady.")
    await week.taps("Joe", "check_in.mine")
    await week.answers("Joe", "good")
    assert shows(week.sees("Joe"), "You said Good.")
    await week.clock_shows("2026-11-26 13:10")
    assert shows(week.post.card, "2 people have answered")

    # Saturday: fewer than five have answered, so one quiet line in the thread.
    await week.clock_shows("2026-11-28 14:00")
    assert [words(card) for card in week.thread] == [["Still open until Wednesday. Nights count too."]]
    for name, feeling in (("Priya", "good"), ("Tomasz", "flying"), ("Sam", "good")):
        await week.answers(name, feeling)

    # Wednesday: the summary, and the next check-in.
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    closed, opened = week.check_ins
    summary = next(thread for thread in week.threads if thread.root is closed).replies[-1].card
    assert shows(summary, "5 people answered")
    assert shows(summary, "Stuck 0 · Slow 1 · Steady 0 · Good 3 · Flying 1")
    assert shows(summary, "kettle broken since June")
    assert shows(closed.card, "closed")
    assert shows(opened.card, "Nobody has answered yet")

    # The record.
    check_in = next(row for row in week.rows("CheckIns") if row["Period"] == "2026-W48")
    assert (check_in["State"], check_in["Answers"], check_in["Good"]) == ("closed", 5, 3)
    replies = week.rows("Replies")
    assert sorted(row["Feeling"] for row in replies) == ["Flying", "Good", "Good", "Good", "Slow"]
    assert not any("GivenBy" in row or "PersonId" in row for row in replies)
    assert [row["Title"] for row in week.rows("Wards")] == ["Rowan"]
