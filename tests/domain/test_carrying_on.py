"""What is done first with a store that was made anew."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.carrying_on import what_follows
from bot.domain.checkins import CheckIn, Figures, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import Rhythm
from bot.domain.wards import Person, Place, Quiet, Ward

POSTED = datetime(2026, 11, 25, 14, tzinfo=UTC)
PRIYA, TOMASZ = Person(id="priya", name="Priya"), Person(id="tomasz", name="Tomasz")
ROWAN = Ward(
    id="ward",
    name="Rowan",
    project="Coffee",
    leads=(PRIYA, TOMASZ),
    reader="Priya",
    rhythm=Rhythm(anchor=date(2026, 11, 25), since=POSTED - timedelta(days=1)),
    place=Place(tenant_id="tenant", team_id="team", channel_id="channel", service_url="https://smba.example/uk/"),
)
OPEN = CheckIn("one", "ward", "2026-W48", State.OPEN, POSTED, POSTED + timedelta(days=7), message_id="post")
CLOSED = CheckIn(
    "one", "ward", "2026-W47", State.CLOSED, POSTED - timedelta(days=7), POSTED, None, "post", None, Figures(3, None)
)


def kinds(entries: list[Entry]) -> list[tuple[Kind, str]]:
    """Kind and key of each."""
    return [(entry.kind, entry.key) for entry in entries]


def test_an_open_one() -> None:
    """Its card follows, and each lead is told."""
    entries = what_follows(ROWAN, OPEN, POSTED + timedelta(days=1))

    assert kinds(entries) == [
        (Kind.REFRESH_CHECK_IN, "one"),
        (Kind.TELL_LEADS, "ward/priya/rebuilt"),
        (Kind.TELL_LEADS, "ward/tomasz/rebuilt"),
    ]
    assert [dict(entry.payload) for entry in entries[1:]] == [
        {"about": "rebuilt", "lead": "priya"},
        {"about": "rebuilt", "lead": "tomasz"},
    ]


def test_the_leads_of_a_quiet_ward() -> None:
    """Where nothing can be said, nobody is told."""
    quiet = ROWAN.model_copy(update={"quiet": Quiet.REMOVED})

    assert kinds(what_follows(quiet, OPEN, POSTED)) == [(Kind.REFRESH_CHECK_IN, "one")]


@pytest.mark.parametrize(("later", "posted"), [(timedelta(hours=24), True), (timedelta(hours=25), False)])
def test_an_open_one_whose_card_nobody_knows(later: timedelta, *, posted: bool) -> None:
    """It is posted as long as that makes sense, and no later than a check-in is."""
    lost = CheckIn("one", "ward", "2026-W48", State.OPEN, POSTED, POSTED + timedelta(days=7))
    entries = [entry for entry in what_follows(ROWAN, lost, POSTED + later) if entry.kind is not Kind.TELL_LEADS]

    assert kinds(entries) == ([(Kind.POST_CHECK_IN, "one")] if posted else [])
    assert [entry.payload["by"] for entry in entries] == (["2026-11-26T14:00:00+00:00"] if posted else [])


@pytest.mark.parametrize(
    ("closes", "now", "due"),
    [
        # It closed by night, and its summary waits for the morning.
        ("2026-11-25T20:00", "2026-11-25T23:00", "2026-11-26T08:00"),
        # The morning has come, and nobody said it.
        ("2026-11-25T20:00", "2026-11-26T09:30", "2026-11-26T09:30"),
        ("2026-11-25T14:00", "2026-11-26T14:00", "2026-11-26T14:00"),
        ("2026-11-25T14:00", "2026-11-26T14:01", None),
    ],
)
def test_a_summary_that_nobody_may_have_heard(closes: str, now: str, due: str | None) -> None:
    """It is posted when its time comes, or at once for a day after it; what is older was said, or is nobody's news any more."""
    check_in = CheckIn(
        "one", "ward", "p", State.CLOSED, POSTED, datetime.fromisoformat(closes + "+00:00"), None, "post"
    )
    entries = what_follows(ROWAN, check_in, datetime.fromisoformat(now + "+00:00"))

    assert kinds(entries) == ([(Kind.POST_SUMMARY, "one")] if due else [])
    assert [entry.due for entry in entries] == ([datetime.fromisoformat(due + "+00:00")] if due else [])


@pytest.mark.parametrize(("days", "waits"), [(6, True), (8, False)])
def test_the_summary_of_a_quiet_ward(days: int, *, waits: bool) -> None:
    """It waits for the ward to be back, for a week."""
    quiet = ROWAN.model_copy(update={"quiet": Quiet.TEAM_GONE})

    assert bool(what_follows(quiet, CLOSED, POSTED + timedelta(days=days))) is waits


def test_nothing_follows() -> None:
    """Nothing for one whose summary stands, that was never posted, or that was missed."""
    said = CheckIn("one", "ward", "p", State.CLOSED, POSTED, POSTED, None, "post", "summary")
    never = CheckIn("one", "ward", "p", State.CLOSED, POSTED, POSTED)
    missed = CheckIn("one", "ward", "p", State.MISSED, POSTED, POSTED)

    assert [what_follows(ROWAN, one, POSTED) for one in (said, never, missed)] == [[], [], []]
