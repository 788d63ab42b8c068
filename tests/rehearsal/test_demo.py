"""The demonstration, in small: three wards with a few weeks behind them, made as everything else is."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from app import start_bot
from bot.domain.checkins import State
from bot.rehearsal.demo import first_day, make_weeks
from bot.rehearsal.demo_words import STORIES
from bot.rehearsal.rehearse import Rehearsal, last_wednesday
from tests.journeys.quick import keys
from tests.journeys.ward import Week, shows
from tests.records.contract import held


class Made:
    """A demonstration as it was made, and what was told meanwhile."""

    def __init__(self, weeks: int) -> None:
        self.weeks = weeks
        self.told: list[str] = []
        self.rehearsal = Rehearsal(start_bot, start=first_day(weeks), frozen=True, keys=keys())
        self.wards: list[Week] = []

    async def make(self) -> None:
        await self.rehearsal.begin(make_weeks(self.told.append, self.weeks))
        self.wards = [Week(self.rehearsal, story.team, story.channel) for story in STORIES]

    async def states(self, ward: Week) -> Counter[State]:
        """How many check-ins of a ward are open, closed, missed."""
        store = self.rehearsal.bot.store
        found = await store.ward_in(ward.channel.id)
        assert found
        return Counter(one.state for one in await store.recent_check_ins(found.id, 50))


@pytest.fixture
async def two_weeks() -> AsyncIterator[Made]:
    """Without trouble."""
    made = Made(2)
    with held(made.rehearsal.sharepoint):
        async with made.rehearsal:
            await made.make()
            yield made


@pytest.fixture
async def four_weeks() -> AsyncIterator[Made]:
    """With a pause, and two days without the bot."""
    made = Made(4)
    with held(made.rehearsal.sharepoint):
        async with made.rehearsal:
            await made.make()
            yield made


async def test_three_wards_with_weeks_behind_them(two_weeks: Made) -> None:
    """Each ward's check-ins were posted, answered, closed and filed week after week, and one is open in each, now."""
    rowan, elm, birch = [await two_weeks.states(ward) for ward in two_weeks.wards]
    rows = {name: len(two_weeks.wards[0].rows(name)) for name in ("Wards", "CheckIns")}
    now = two_weeks.rehearsal.clock.now()

    assert rowan == {State.OPEN: 1, State.CLOSED: 2}
    assert elm == birch == {State.OPEN: 1, State.CLOSED: 1}
    assert rows == {"Wards": 3, "CheckIns": 7}
    assert 0 < (now - last_wednesday()).total_seconds() < 3600
    assert two_weeks.told == ["Week 1 of 2 …", "Week 2 of 2 …"]
    assert two_weeks.rehearsal.teams.limits.on
    # As many answered as was planned, some with a line, and Rowan's newest is left to Joe and Amina.
    ward = two_weeks.wards[0]
    first = [row for row in ward.rows("Replies") if row["CheckInKey"] == ward.rows("CheckIns")[0]["EntryKey"]]
    sums = [card for card in ward.said_under(ward.check_ins[0]) if shows(card, "What Rowan said")]
    assert len(sums) == 1
    assert len(first) == STORIES[0].turnout[0]
    assert any("WentWell" in row or "InTheWay" in row for row in ward.rows("Replies"))
    assert ward.post.views.keys().isdisjoint({ward.person("Joe").id, ward.person("Amina").id})


async def test_trouble(four_weeks: Made) -> None:
    """Birch pauses for a fortnight and goes on; the bot is down for two days, so that Elm misses a week and Rowan's is late."""
    rowan, elm, birch = [await four_weeks.states(ward) for ward in four_weeks.wards]
    missed = [row for row in four_weeks.wards[1].rows("CheckIns") if row.get("State") == "missed"]

    assert rowan == {State.OPEN: 1, State.CLOSED: 4}
    assert elm == {State.OPEN: 1, State.CLOSED: 2, State.MISSED: 1}
    assert birch == {State.OPEN: 1, State.CLOSED: 1}
    assert [row["MissedReason"] for row in missed] == ["The service was not running when the check-in was due."]
