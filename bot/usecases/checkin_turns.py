"""The duty of the check-in's turns: open what is due, remind once, close what is over, and say what was missed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from bot.clock import Clock
from bot.domain.checkins import CheckIn, Missed, State, missed_turn
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
from bot.domain.wards import Person, Ward
from bot.errors import NotYet
from bot.usecases.needs import Store
from bot.usecases.permits import Permits, refusal
from bot.usecases.wards import tell_leads_of

Thing = TypeVar("Thing")

#: A ward's latest check-ins, among which one for the present period would be.
RECENT = 4

ALREADY_OPEN = "A check-in is open already, until {when}."
HAD_THIS_WEEK = "This week’s check-in has been and gone."
WARD_IS_QUIET = "I cannot post to {ward}’s channel at present."


class CheckInTurns:
    """The duty of the check-in, for the scheduler and for leads. `new_id` makes opaque ids."""

    def __init__(self, store: Store, permits: Permits, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._permits = permits
        self._clock = clock
        self._new_id = new_id

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
        until = ward.rhythm.local(opened.closes_at)
        raise refusal(ALREADY_OPEN.format(when=f"{until:%A} {until.day} {until:%B}, {until:%H:%M}"))

    async def close_what_is_over(self) -> int:
        """Close every check-in past its time; the summary waits for working hours. How many were closed."""
        now = self._clock.now()

        async def close(check_in: CheckIn) -> int:
            ward = await self._store.ward(check_in.ward_id)
            return 0 if ward is None else await self._close(check_in, ward, now)

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
            post = [Entry(Kind.POST_REMINDER, check_in.id, ward.id, _by(check_in.remind_at))] if wanted else []
            # The record says so too: a store that is made anew from it must not remind again.
            return int(await self._store.note_reminded(check_in.id, [*post, self._file(check_in)]) and wanted)

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
                    await self._make_room(ward, answer.occurrence.period, now)
                    until = _by(answer.occurrence.due)
                    opened += await self._open(ward, answer.occurrence.period, now, until) is not None
                else:
                    await self._miss(ward, answer.occurrence)
            return opened

        return await _one_by_one(await self._store.wards_awake(), post)

    async def refused(self, check_in_id: str, *, tell_leads: bool) -> None:
        """Teams finally refused the post: the check-in is missed, and its leads are told unless they are anyway."""
        check_in = await self._store.check_in(check_in_id)
        if check_in is not None:
            ward = await self._store.ward(check_in.ward_id)
            tell = tell_leads_of(ward) if ward is not None and tell_leads else []
            await self._store.give_up(check_in_id, Missed.REFUSED, [*tell, self._file(check_in)])

    def in_hours(self, ward: Ward, by: str | None = None) -> bool:
        """Whether something may be said to this ward now; False where that is too late, because its hours come after `by` (ISO 8601).

        Raises:
            NotYet: its hours come in time.
        """
        now = self._clock.now()
        moment = next_working_moment(ward.rhythm, now)
        if by is not None and moment > datetime.fromisoformat(by):
            return False
        if moment > now:
            raise NotYet(moment)
        return True

    async def too_late(self, check_in: CheckIn, *, tried: bool) -> None:
        """The post of a check-in has waited for longer than makes sense: it is missed."""
        why = Missed.REFUSED if tried else Missed.DOWN
        await self._store.give_up(check_in.id, why, [self._file(check_in)])

    async def _end_pause(self, ward: Ward, now: datetime) -> Ward:
        """A pause that is over goes from the ward's row too."""
        if pause_over(ward.rhythm, now) is ward.rhythm:
            return ward

        def change(before: Ward) -> Ward:
            return before.model_copy(update={"rhythm": pause_over(before.rhythm, now)})

        return await self._store.change_ward(ward.id, change, [Entry(Kind.FILE_WARD, ward.id, ward.id)]) or ward

    async def _make_room(self, ward: Ward, period: str, now: datetime) -> None:
        """A ward has one open check-in at a time. Where its rhythm was changed under an open one, that one closes when the next is due.

        One of the period itself was opened a moment ago, by another scheduler or by a lead: it stays.
        """
        still_open = await self._store.open_check_in(ward.id)
        if still_open is not None and still_open.period != period:
            await self._close(still_open, ward, now)

    async def _close(self, check_in: CheckIn, ward: Ward, now: datetime) -> int:
        if check_in.message_id is None:
            # Teams took its card at no time: unless somebody answered all the same, there is nothing to sum up.
            await self._store.give_up(check_in.id, Missed.REFUSED, [self._file(check_in)])
        summary = Entry(Kind.POST_SUMMARY, check_in.id, ward.id, due=next_working_moment(ward.rhythm, now))
        refresh = Entry(Kind.REFRESH_CHECK_IN, check_in.id, ward.id)
        file_replies = Entry(Kind.FILE_REPLIES, check_in.id, ward.id)
        entries = [summary, refresh, self._file(check_in), file_replies]
        return int(await self._store.close_check_in(check_in.id, entries) is not None)

    async def _open(
        self, ward: Ward, period: str, now: datetime, until: Mapping[str, str] | None = None
    ) -> CheckIn | None:
        closes = closes_at(ward.rhythm, now, period)
        recent = await self._store.recent_check_ins(ward.id, RECENT)
        missed = next((one for one in recent if one.period == period and one.state is State.MISSED), None)
        check_in = CheckIn(
            id=missed.id if missed else self._new_id(),  # it takes the missed one's place, in SharePoint too
            ward_id=ward.id,
            period=period,
            state=State.OPEN,
            opened_at=now,
            closes_at=closes,
            remind_at=remind_at(ward.rhythm, now, closes),
        )
        entries = [Entry(Kind.POST_CHECK_IN, check_in.id, ward.id, until or {}), self._file(check_in)]
        return check_in if await self._store.add_check_in(check_in, entries) else None

    async def _miss(self, ward: Ward, turn: Occurrence) -> None:
        outage = await self._store.outage_over(turn.due)
        check_in = missed_turn(self._new_id(), ward.id, turn, Missed.DOWN, outage)
        await self._store.add_check_in(check_in, [self._file(check_in)])

    @staticmethod
    def _file(check_in: CheckIn) -> Entry:
        return Entry(Kind.FILE_CHECK_IN, check_in.id, check_in.ward_id)


def _by(due: datetime) -> Mapping[str, str]:
    """Until when something that was due then still makes sense, for its outbox entry."""
    return {"by": (due + GRACE).isoformat()}


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
