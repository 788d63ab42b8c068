"""The duty of the weekly check-in: post it, take the answers, remind once, close it with a summary."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TypeVar

from bot.clock import Clock
from bot.domain.checkins import (
    Change,
    CheckIn,
    Kept,
    Missed,
    NotOpen,
    NoWord,
    Reply,
    State,
    Summary,
    read_feeling,
    read_lines,
    summarise,
)
from bot.domain.outbox import Entry, Kind
from bot.domain.privacy import WARD_THRESHOLD
from bot.domain.rhythms import (
    GRACE,
    LOOK_BACK,
    Due,
    Occurrence,
    closes_at,
    in_working_hours,
    next_working_moment,
    pause_over,
    period_of,
    remind_at,
    what_is_due,
)
from bot.domain.wards import Person, Place, Ward
from bot.usecases.needs import Store
from bot.usecases.permits import Permits, refusal

Thing = TypeVar("Thing")

GONE = "I cannot find that check-in any more. Nothing was kept."
OTHER_CHANNEL = "That check-in belongs to another ward. Nothing was kept."
PICK_FIRST = "Please pick a word first, then add to it. Nothing was kept."
ALREADY_OPEN = "A check-in is open already, until {when}."
HAD_THIS_WEEK = "This week’s check-in has been and gone."
WARD_IS_QUIET = "I cannot post to {ward}’s channel at present."


@dataclass(frozen=True, slots=True)
class Shown:
    """A check-in with its ward, and how many have answered: what the shared card needs."""

    ward: Ward
    check_in: CheckIn
    answers: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's own view of a check-in: their reply, if they have one that can still be told apart."""

    ward: Ward
    check_in: CheckIn
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Late:
    """The check-in takes no answers any more."""

    ward: Ward
    check_in: CheckIn


class CheckIns:
    """The duty of the check-in. `new_id` makes opaque ids, `dice` shuffles."""

    def __init__(self, store: Store, permits: Permits, clock: Clock, new_id: Callable[[], str], dice: Random) -> None:
        self._store = store
        self._permits = permits
        self._clock = clock
        self._new_id = new_id
        self._dice = dice

    # What the staff do

    async def send(
        self, check_in_id: str, place: Place | None, person: Person, form: Mapping[str, object], delivery: str
    ) -> Answered | Late:
        """Keep the word a person picked. What is returned is durably committed.

        `delivery` is the same for the same tap however often it is delivered. `place` is the channel it came from, None in personal chat.

        Raises:
            TellPerson: no such word, or not this channel's check-in.
        """
        return await self._keep(check_in_id, place, person, Change(feeling=read_feeling(form)), delivery)

    async def add(
        self, check_in_id: str, place: Place | None, person: Person, form: Mapping[str, object], delivery: str
    ) -> Answered | Late:
        """Keep the lines a person added to their word; see `send`."""
        return await self._keep(check_in_id, place, person, Change(lines=read_lines(form)), delivery)

    async def own(self, check_in_id: str, place: Place | None, person: Person) -> Answered | Late:
        """The person's own answer, to look at or change."""
        ward, check_in = await self._known(check_in_id, place, person)
        if check_in.state is not State.OPEN:
            return Late(ward, check_in)
        return Answered(ward, check_in, await self._store.reply_of(check_in_id, person.id))

    async def shown(self, check_in_id: str) -> Shown | None:
        """What the shared card shows; None where check-in or ward is gone."""
        check_in = await self._store.check_in(check_in_id)
        ward = await self._store.ward(check_in.ward_id) if check_in else None
        if check_in is None or ward is None:
            return None
        return Shown(ward, check_in, await self._store.answers(check_in_id))

    async def summary(self, check_in_id: str) -> Summary:
        """The summary of a closed check-in."""
        return summarise(await self._store.replies(check_in_id), self._dice)

    async def seen(self, check_in_id: str, ward: Ward, message_id: str) -> None:
        """A card of this check-in was met under `message_id`: note it where none is noted; where another is, this one is a stray to remove.

        A post whose answer got lost can stand in the channel twice; this is how the bot finds out (teams: a timed-out POST may have succeeded).
        """
        if not await self._store.note_posted(check_in_id, message_id):
            payload = {"message_id": message_id}
            await self._store.enqueue([Entry(Kind.REMOVE_STRAY, message_id, ward.id, payload)])

    # What a lead does

    async def now(self, ward: Ward, person: Person) -> CheckIn:
        """Post a check-in at once.

        Raises:
            TellPerson: not a lead, one is open, this period's has been, or the ward cannot be reached.
        """
        await self._permits.lead(ward, person.id)
        if ward.quiet is not None:
            raise refusal(WARD_IS_QUIET.format(ward=ward.name))
        now = self._clock.now()
        opened = await self._store.open_check_in(ward.id)
        if opened is None:
            period = period_of(ward.rhythm.local(now).date())
            check_in = await self._open(ward, period, now)
            if check_in is not None:
                return check_in
            opened = await self._store.open_check_in(ward.id)
        if opened is None:
            raise refusal(HAD_THIS_WEEK)
        raise refusal(ALREADY_OPEN.format(when=f"{ward.rhythm.local(opened.closes_at):%A %H:%M}"))

    # What the scheduler does

    async def close_what_is_over(self) -> int:
        """Close every check-in past its time; the summary waits for working hours. How many were closed."""
        now = self._clock.now()

        async def close(check_in: CheckIn) -> int:
            ward = await self._store.ward(check_in.ward_id)
            if ward is None:
                return 0
            summary = Entry(Kind.POST_SUMMARY, check_in.id, ward.id, due=next_working_moment(ward.rhythm, now))
            entries = [summary, self._refresh(check_in), self._file(check_in), self._file_replies(check_in)]
            return int(await self._store.close_check_in(check_in.id, entries) is not None)

        return await _one_by_one(await self._store.to_close(now), close)

    async def remind_who_is_open(self) -> int:
        """One reminder in the thread of each check-in at the middle of its window, if fewer than five have answered. How many were sent."""
        now = self._clock.now()

        async def remind(check_in: CheckIn) -> int:
            ward = await self._store.ward(check_in.ward_id)
            if ward is None or check_in.remind_at is None:
                return 0
            sensible = next_working_moment(ward.rhythm, now) - check_in.remind_at <= GRACE
            if sensible and not in_working_hours(ward.rhythm, now):
                return 0
            wanted = sensible and await self._store.answers(check_in.id) < WARD_THRESHOLD
            entries = [Entry(Kind.POST_REMINDER, check_in.id, ward.id)] if wanted else []
            return int(await self._store.note_reminded(check_in.id, entries) and wanted)

        return await _one_by_one(await self._store.to_remind(now), remind)

    async def post_what_is_due(self) -> int:
        """Open a check-in for each ward that should have one and has none; name what came too late. How many were opened."""
        now = self._clock.now()
        known = await self._store.periods_since(now - LOOK_BACK - GRACE)

        async def post(ward: Ward) -> int:
            ward = await self._end_pause(ward, now)
            opened = 0
            for answer in what_is_due(ward.rhythm, now, known.get(ward.id, frozenset())):
                if isinstance(answer, Due):
                    opened += await self._open(ward, answer.occurrence.period, now) is not None
                else:
                    await self._miss(ward, answer.occurrence)
            return opened

        return await _one_by_one(await self._store.wards_awake(), post)

    async def refused(self, check_in_id: str, *, tell_leads: bool) -> None:
        """Teams finally refused the post: the check-in is missed, and its leads are told unless they are anyway."""
        check_in = await self._store.check_in(check_in_id)
        if check_in is not None:
            tell = [Entry(Kind.TELL_LEADS, check_in.ward_id, check_in.ward_id)] if tell_leads else []
            await self._store.give_up(check_in_id, Missed.REFUSED, [*tell, self._file(check_in)])

    # Helpers

    async def _keep(
        self, check_in_id: str, place: Place | None, person: Person, change: Change, delivery: str
    ) -> Answered | Late:
        ward, check_in = await self._known(check_in_id, place, person)
        if check_in.state is not State.OPEN or check_in.closes_at <= self._clock.now():
            return Late(ward, check_in)
        kept = await self._store.keep_reply(check_in_id, person, change, delivery)
        match kept:
            case Kept():
                return Answered(ward, kept.check_in, kept.reply)
            case NotOpen():
                return Late(ward, kept.check_in)
            case NoWord():
                raise refusal(PICK_FIRST)
            case None:
                raise refusal(GONE)

    async def _known(self, check_in_id: str, place: Place | None, person: Person) -> tuple[Ward, CheckIn]:
        check_in = await self._store.check_in(check_in_id)
        ward = await self._store.ward(check_in.ward_id) if check_in else None
        if check_in is None or ward is None:
            raise refusal(GONE)
        if place is None:
            await self._permits.member(ward, person.id)
        elif place.channel_id != ward.place.channel_id:
            raise refusal(OTHER_CHANNEL)
        return ward, check_in

    async def _end_pause(self, ward: Ward, now: datetime) -> Ward:
        """A pause that is over goes from the ward's row too."""
        if pause_over(ward.rhythm, now) is ward.rhythm:
            return ward

        def change(before: Ward) -> Ward:
            return before.model_copy(update={"rhythm": pause_over(before.rhythm, now)})

        return await self._store.change_ward(ward.id, change, [Entry(Kind.FILE_WARD, ward.id, ward.id)]) or ward

    async def _open(self, ward: Ward, period: str, now: datetime) -> CheckIn | None:
        closes = closes_at(ward.rhythm, now, period)
        check_in = CheckIn(
            id=self._new_id(),
            ward_id=ward.id,
            period=period,
            state=State.OPEN,
            opened_at=now,
            closes_at=closes,
            remind_at=remind_at(ward.rhythm, now, closes),
        )
        entries = [Entry(Kind.POST_CHECK_IN, check_in.id, ward.id), self._file(check_in)]
        return check_in if await self._store.add_check_in(check_in, entries) else None

    async def _miss(self, ward: Ward, turn: Occurrence) -> None:
        outage = await self._store.outage_over(turn.due)
        check_in = CheckIn(
            id=self._new_id(),
            ward_id=ward.id,
            period=turn.period,
            state=State.MISSED,
            opened_at=turn.due,
            closes_at=turn.due,
            missed=Missed.DOWN,
            down_from=outage.started if outage else None,
            down_until=outage.ended if outage else None,
        )
        await self._store.add_check_in(check_in, [self._file(check_in)])

    @staticmethod
    def _file(check_in: CheckIn) -> Entry:
        return Entry(Kind.FILE_CHECK_IN, check_in.id, check_in.ward_id)

    @staticmethod
    def _file_replies(check_in: CheckIn) -> Entry:
        return Entry(Kind.FILE_REPLIES, check_in.id, check_in.ward_id)

    @staticmethod
    def _refresh(check_in: CheckIn) -> Entry:
        return Entry(Kind.REFRESH_CHECK_IN, check_in.id, check_in.ward_id)


async def _one_by_one(things: Sequence[Thing], act: Callable[[Thing], Awaitable[int]]) -> int:
    """The sum of what `act` answers. One ward's trouble never touches another's: whatever goes wrong is raised only after all had their turn."""
    done = 0
    troubles: list[Exception] = []
    for thing in things:
        try:
            done += await act(thing)
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, the other wards come first
            troubles.append(trouble)
    if troubles:
        raise ExceptionGroup("some wards could not be looked after", troubles)
    return done
