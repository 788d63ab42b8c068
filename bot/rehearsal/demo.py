"""Three wards with weeks behind them, for a rehearsal that shows more than a first day.

Nothing is put anywhere by hand: people act in Teams' stand-in over HTTP, the clock is moved from one moment to the next, and the bot posts, closes
and files as it does for everybody.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from bot.domain.checkins import CheckIn
from bot.rehearsal.demo_words import FEELINGS, STORIES, WardStory
from bot.rehearsal.diary import moments_of
from bot.rehearsal.people import Channel, Person
from bot.rehearsal.rehearse import LONDON, Rehearsal, last_wednesday
from bot.rehearsal.teams_deliveries import Forge
from bot.rehearsal.teams_inputs import find_action

WEEKS = 12
#: Fewer weeks have no room for a pause, and none for a day on which the bot was down.
ROOM_FOR_TROUBLE = 4
SEED = 1948  # the same people say the same things each time; the year the NHS began

#: When people answer, after the post: soon, on the night shift, and two days on.
ANSWERS_AFTER = (timedelta(minutes=35), timedelta(hours=13, minutes=10), timedelta(days=2, hours=1))
SOON, AT_NIGHT = 0.55, 0.8  # so many of them answer soon, and so many by the end of the night
ENDS_AFTER = timedelta(minutes=45)  # the last Wednesday's post has been there for this long
WRITES, SIGNS = 0.2, 0.25  # how likely a person fills in a box, and puts their name to what they wrote
BOXES = ("went_well", "in_the_way", "try_next")

#: The bot is down over Elm's hour, for two days; Birch pauses for a fortnight.
DOWN_BEFORE, DOWN_FOR = timedelta(days=1, hours=5), timedelta(days=2)
PAUSED_AFTER, PAUSED_FOR = timedelta(days=1, hours=2), timedelta(days=15)
#: On the last day these are left to whoever looks at the page: it asks to be one of them, and to answer.
LEFT_TO_YOU = ("joe", "amina")

PROGRESS = "Week {week} of {weeks} …"

Act = Callable[[], Awaitable[None]]


def first_day(weeks: int = WEEKS) -> datetime:
    """When a rehearsal has to start, so that it ends about now with `weeks` behind it."""
    return last_wednesday() - timedelta(weeks=weeks)


def make_weeks(tell: Callable[[str], None], weeks: int = WEEKS) -> Callable[[Rehearsal], Awaitable[None]]:
    """A beginning (see `Rehearsal.begin`): `weeks` pass in three wards, from where the clock stands. `tell` hears how far it is."""

    async def make(rehearsal: Rehearsal) -> None:
        # A quarter of a year in seconds is more than Teams would take.
        rehearsal.teams.limits.on = False
        try:
            await _Weeks(rehearsal, tell, weeks).run()
        finally:
            rehearsal.teams.limits.on = True

    return make


@dataclass(slots=True)
class _Ward:
    story: WardStory
    channel: Channel
    people: dict[str, Person]
    seen: list[str] = field(default_factory=list)
    unsaid: dict[str, list[str]] = field(default_factory=dict)
    ahead: dict[str, datetime] = field(default_factory=dict)

    def line(self, box: str, dice: Random) -> str:
        """Something for a box that nobody on the ward has said for a while."""
        left = self.unsaid.get(box)
        if not left:
            left = self.unsaid[box] = list(getattr(self.story, box))
            dice.shuffle(left)
        return left.pop()


class _Weeks:
    def __init__(self, rehearsal: Rehearsal, tell: Callable[[str], None], weeks: int) -> None:
        self._rehearsal = rehearsal
        self._teams = rehearsal.teams
        self._tell = tell
        self._weeks = weeks
        self._told = 0
        self._dice = Random(SEED)  # noqa: S311 -- a story, no secret
        # Kept in London's time, so that a week later is the same hour, whatever the clocks did.
        self._start = rehearsal.clock.now().astimezone(LONDON)
        self._end = self._start + timedelta(weeks=weeks) + ENDS_AFTER
        self._plans: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._wards: list[_Ward] = []

    async def run(self) -> None:
        self._wards = list(await asyncio.gather(*(self._open(story) for story in STORIES)))
        self._plan_trouble()
        while (moment := await self._next()) <= self._end or not await self._all_open():
            await self._move(moment)
        await self._move(self._end)

    async def _open(self, story: WardStory) -> _Ward:
        town = self._rehearsal.town
        if story.team != "rowan":
            await self._rehearsal.set_up_ward(story.team, story.channel, story.form, story.leads)
        channel = town.teams[story.team].channel(story.channel)
        return _Ward(story, channel, {key: town.people[key] for key in story.staff})

    # What comes next

    def _plan(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._plans, (moment, next(self._order), act))

    def _plan_trouble(self) -> None:
        if self._weeks < ROOM_FOR_TROUBLE:
            return
        down = self._start + timedelta(weeks=2 * self._weeks // 3) - DOWN_BEFORE
        pause = self._start + timedelta(weeks=self._weeks // 3 - 1) + PAUSED_AFTER
        self._plan(down, lambda: self._be_down(down + DOWN_FOR))
        self._plan(pause, lambda: self._pause(self._wards[-1], pause + PAUSED_FOR))

    async def _next(self) -> datetime:
        now = self._rehearsal.clock.now()
        diary = self._rehearsal.bot.store
        for ward in self._wards:
            if not ward.ahead or min(ward.ahead.values()) <= now:
                found = await moments_of(diary, ward.channel.id, now)
                ward.ahead = {name: moment for name, moment in found.items() if moment > now}
        return min([*(min(ward.ahead.values()) for ward in self._wards), *(plan[0] for plan in self._plans[:1])])

    async def _all_open(self) -> bool:
        return all([await self._opened(ward) for ward in self._wards])

    async def _opened(self, ward: _Ward) -> CheckIn | None:
        found = await self._rehearsal.bot.store.ward_in(ward.channel.id)
        return await self._rehearsal.bot.store.open_check_in(found.id) if found else None

    async def _move(self, moment: datetime) -> None:
        self._say_how_far(moment)
        # What was planned for a time at which the bot was down is done now.
        await self._rehearsal.move(max(moment, self._rehearsal.clock.now()))
        while self._plans and self._plans[0][0] <= self._rehearsal.clock.now():
            await heapq.heappop(self._plans)[2]()
        for ward in self._wards:
            due = ward.ahead.get("check-in")
            check_in = await self._opened(ward) if due and due <= self._rehearsal.clock.now() else None
            if check_in is not None and check_in.message_id is not None and check_in.id not in ward.seen:
                ward.seen.append(check_in.id)
                self._plan_answers(ward, check_in.message_id, check_in.opened_at)

    def _say_how_far(self, moment: datetime) -> None:
        week = min((moment - self._start) // timedelta(weeks=1) + 1, self._weeks)
        if week > self._told:
            self._told = week
            self._tell(PROGRESS.format(week=week, weeks=self._weeks))

    # What people do

    def _plan_answers(self, ward: _Ward, post: str, opened: datetime) -> None:
        story = ward.story
        turnout = story.turnout[(len(ward.seen) - 1) % len(story.turnout)]
        last_day = self._end - opened < ANSWERS_AFTER[1]
        staff = [key for key in story.staff if not (last_day and key in LEFT_TO_YOU)]
        chosen = self._dice.sample(staff, min(turnout, len(staff)))
        cuts = (0, round(SOON * len(chosen)), round(AT_NIGHT * len(chosen)), len(chosen))
        for after, first, last in zip(ANSWERS_AFTER, cuts, cuts[1:], strict=False):
            answers = [self._answer(ward, post, key) for key in chosen[first:last]]
            if answers:
                self._plan(opened + after, _together(answers))

    def _answer(self, ward: _Ward, post: str, key: str) -> Act:
        """What one person will say, decided now, so that it does not hang on who comes first."""
        story, dice = ward.story, self._dice
        done = min(1.0, (self._rehearsal.clock.now() - self._start) / (self._end - self._start))
        lean = story.mood[0] + done * (story.mood[1] - story.mood[0])
        feeling = FEELINGS[min(4, max(0, round(dice.gauss(lean, 0.9))))]
        lines = {box: ward.line(box, dice) for box in BOXES if dice.random() < WRITES}
        if lines and dice.random() < SIGNS:
            lines["named"] = "true"
        return lambda: self._act(ward.people[key], post, feeling, lines)

    async def _act(self, person: Person, post: str, feeling: str, lines: dict[str, str]) -> None:
        answer = await self._teams.execute(person, post, "check_in.send", {"feeling": feeling})
        if not lines:
            return
        # From the card that came back: the bot may have brought the shared one up to date under their hands.
        add = find_action(answer.body["value"], "Action.Execute", "check_in.add")
        await self._teams.execute(person, post, add, lines, forge=Forge(unchecked=True))

    async def _pause(self, ward: _Ward, until: datetime) -> None:
        lead = ward.people[ward.story.leads[0]]
        await self._teams.mention(lead, ward.channel, f"pause until {until.date().isoformat()}")
        ward.ahead.clear()

    async def _be_down(self, until: datetime) -> None:
        await self._rehearsal.stop_bot()
        self._rehearsal.clock.move_to(until)
        await self._rehearsal.start_bot()
        await self._rehearsal.bot.catch_up()


def _together(acts: Sequence[Act]) -> Act:
    async def act() -> None:
        await asyncio.gather(*(one() for one in acts))

    return act
