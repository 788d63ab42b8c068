"""A trust keeps answers for a month, and no longer."""

from tests.journeys.ward import Week


async def test_answers_go_after_a_month(week: Week) -> None:
    """A month and a day after the close the answers are gone from the list, the check-in with its figures stands, and the log says so."""
    await week.rehearsal.stop_bot()
    week.rehearsal.tenant.settings["keep_replies_days"] = 30
    await week.rehearsal.start_bot()
    await week.clock_shows("2026-11-25 14:00")
    for name in ("Joe", "Amina", "Tomasz"):
        await week.answers(name, "good")
    await week.clock_shows("2026-12-02 14:00")
    await week.clock_shows("2026-12-02 14:01")
    await week.says("Priya", "pause until 2027-03-01")
    await week.clock_shows("2027-01-01 14:00")
    month = len(week.rows("Replies"))
    for moment in ("2027-01-02 14:00", "2027-01-02 14:01", "2027-01-02 14:02"):
        await week.clock_shows(moment)
    (asked, *_) = week.rows("CheckIns")

    assert month == 3
    assert week.rows("Replies") == []
    assert (asked["State"], asked["Answers"]) == ("closed", 3)
    assert [(row["Action"], row["AboutList"], row["Detail"]) for row in week.rows("AuditLog")] == [
        ("retention", "Replies", "3 rows, up to 2026-12-02")
    ]
