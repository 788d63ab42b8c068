"""What stands in Teams in the end, whatever Teams, the machine, its clock and the leads do meanwhile."""

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from bot.courier import Courier, Round
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import Rhythm, in_working_hours, occurrences
from bot.domain.wards import Quiet
from bot.errors import Final, TellPerson, TryAgain
from bot.scheduler import Scheduler
from bot.teams.connector import Connector, Place, PostedMessage
from bot.teams.messenger import Messenger
from bot.teams.pace import Pace
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.permits import Permits
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards
from tests.records.store_fixtures import PRIYA, House, a_ward, new_sqlite, opened
from tests.usecases.fakes import Member, People, check_ins

RHYTHM = Rhythm(anchor=date(2026, 11, 18), since=datetime(2026, 11, 18, tzinfo=UTC))
DUE = {turn.period: turn.due for turn in occurrences(RHYTHM, RHYTHM.since, RHYTHM.since + timedelta(weeks=60))}

#: What Teams may answer with, none of which it has delivered.
WEATHER: Mapping[str, type[TryAgain] | type[Final] | None] = {
    "fine": None,
    "connector_429": TryAgain,
    "connector_503": TryAgain,
    "unreachable": TryAgain,
    "bot_disabled": Final,
    "too_large": Final,
}

#: Away for so long, or until so many minutes after the next turn is due.
Gap = timedelta | int
Story = list[tuple[Gap, timedelta, tuple[str, str], str | None]]

weather = st.sampled_from(["fine", "fine", "fine", "connector_429", "unreachable", *WEATHER])
acts = st.sampled_from([None, None, None, "now", "removed", "back", "heard"])
awake = st.timedeltas(timedelta(minutes=1), timedelta(hours=9))
away: st.SearchStrategy[Gap] = st.one_of(
    st.integers(-60, 240),
    st.integers(180, 240),
    st.timedeltas(timedelta(hours=1), timedelta(hours=30)),
    st.timedeltas(timedelta(days=1), timedelta(days=12)),
    st.timedeltas(-timedelta(hours=2), timedelta()),
    st.just(timedelta()),
)


class Teams(Connector):
    """Takes down what is put before people, unless the weather is against it, and holds each message against what may be."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._numbers = count(1)
        self.weather = "fine"
        self.by_leads: set[str] = set()
        self.had: list[str] = []
        self.wrong: list[str] = []

    async def post_in_channel(self, place: Place, activity: Mapping[str, Any]) -> PostedMessage:
        await self._may_speak(place)
        card = activity["attachments"][0]["content"]
        check_in = await self._house.store.check_in(card["refresh"]["action"]["data"]["check_in"])
        assert check_in is not None
        now = self._house.clock.now()
        if check_in.id not in self.by_leads:
            self._hold(in_working_hours(RHYTHM, now), "a check-in at night")
            self._hold(now - DUE[check_in.period] <= timedelta(hours=24), "a check-in over a day late")
        self._hold(check_in.period not in self.had, "a second check-in of its period")
        self.had.append(check_in.period)
        return PostedMessage(place.channel_id, f"message-{next(self._numbers)}")

    async def reply(self, place: Place, thread_root_id: str, activity: Mapping[str, Any]) -> str:
        await self._may_speak(place)
        self._hold(in_working_hours(RHYTHM, self._house.clock.now()), "a reply at night")
        return f"message-{next(self._numbers)}"

    async def update(
        self, service_url: str, conversation_id: str, message_id: str, activity: Mapping[str, Any]
    ) -> None:
        await self._may_speak(a_ward().place)

    async def post_to_person(self, place: Place, person_id: str, activity: Mapping[str, Any]) -> PostedMessage:
        return PostedMessage(person_id, f"message-{next(self._numbers)}")

    def _hold(self, right: bool, otherwise: str) -> None:
        # Noted, not raised: the courier would take it for one more trouble and try again.
        if not right:
            self.wrong.append(f"{otherwise}: {RHYTHM.local(self._house.clock.now()):%a %d %b %H:%M}")

    async def _may_speak(self, place: Place) -> None:
        ward = await self._house.store.ward_in(place.channel_id)
        self._hold(ward is not None and ward.quiet is None, "a word to a quiet ward")
        trouble = WEATHER[self.weather]
        if trouble is not None:
            raise trouble(self.weather)


class Machine:
    """The whole bot but for its door, on a clock that is moved by hand."""

    def __init__(self, house: House) -> None:
        numbers = count(1)
        permits = Permits(People(Member(PRIYA.id, PRIYA.name, owner=True)))
        store, clock = house.store, house.clock
        self._house = house
        self._turns = CheckInTurns(store, permits, clock, lambda: f"check-in-{next(numbers)}")
        self._wards = Wards(store, permits, clock, lambda: f"missed-{next(numbers)}", "Europe/London")
        self.teams = Teams(house)
        duties = (self._wards, check_ins(store, clock), self._turns, Rhythms(store, permits, clock))
        messenger = Messenger(self.teams, Pace(clock), store, *duties)
        self._scheduler = Scheduler(store, self._turns, clock)
        self._courier = Courier(house.outbox, clock, Round(tuple(messenger.kinds), messenger.deliver, 1, 4))

    async def works(self) -> None:
        """Look once, and deliver what is due."""
        await self._scheduler.look()
        await self._courier.flush()

    async def happens(self, act: str | None) -> None:
        """What a lead or Teams does of its own accord."""
        ward = await self._house.store.ward("ward-1")
        assert ward is not None
        match act:
            case "now":
                try:
                    self.teams.by_leads.add((await self._turns.now(ward, PRIYA)).id)
                except TellPerson:
                    return
            case "removed":
                await self._wards.left(ward.place.team_id, Quiet.REMOVED)
            case "back":
                await self._wards.entered(ward.place)
            case "heard":
                await self._wards.known(ward.place)


def after(now: datetime, gap: Gap) -> datetime:
    """The moment after a gap."""
    if isinstance(gap, timedelta):
        return now + gap
    return next(due for due in DUE.values() if due > now) + timedelta(minutes=gap)


async def lived(story: Story) -> Teams:
    """One ward's story, each step of it some time down, then some at work in some weather; what was posted in it."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(new_sqlite(Path(folder))) as house:
            await house.store.add_ward(a_ward(), [])
            await house.store.enter_team(a_ward().place, Entry(Kind.FILE_WARD, "ward-1"))  # welcomed long ago
            machine = Machine(house)
            for gone, there, skies, act in story:
                house.clock.moment = after(house.clock.moment, gone)
                await machine.happens(act)
                for machine.teams.weather in skies:
                    await machine.works()
                    house.clock.moment += there / 2
            return machine.teams


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])  # to shrink a story takes minutes
@given(st.lists(st.tuples(away, awake, st.tuples(weather, weather), acts), min_size=5, max_size=15))
@example([(200, timedelta(hours=8), ("connector_429", "fine"), None)])  # refused at twenty past five, taken at night
@example([(200, timedelta(hours=40), ("connector_429",) * 2, None), (timedelta(), timedelta(1), ("fine",) * 2, None)])
def test_whatever_happens(story: Story) -> None:
    """By itself nothing is posted at night, over a day late, twice in a period, or where the bot may not speak."""
    teams = asyncio.run(lived(story))

    assert teams.wrong == []
