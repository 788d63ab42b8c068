"""What leads do with a ward's rhythm (pause, resume, skip the next one), and what anybody may ask: how it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.checkins import CheckIn, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import LOOK_BACK, Occurrence, next_occurrence, occurrences
from bot.domain.ward_forms import read_pause
from bot.domain.wards import Person, Ward
from bot.usecases.needs import Store
from bot.usecases.permits import Permits, refusal

NOTHING_TO_SKIP = "There is no check-in to skip while check-ins are paused."
NOTHING_TO_PUT_BACK = "That check-in is not left out any more."

#: How many of a ward's latest check-ins `status` looks through for missed ones.
STATUS_LOOKS_BACK = 8

#: Skipped periods kept on a ward: more than the weeks in which missing check-ins are looked for (`LOOK_BACK`).
SKIPS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Status:
    """How a ward's rhythm stands at `now`."""

    ward: Ward
    open: CheckIn | None
    answers: int
    next_due: datetime | None
    missed: Sequence[CheckIn]
    now: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A turn that was taken out or put back, and when the next one is due now."""

    ward: Ward
    turn: Occurrence
    next_due: datetime | None


class Rhythms:
    """The duty of keeping each ward's rhythm its own."""

    def __init__(self, store: Store, permits: Permits, clock: Clock) -> None:
        self._store = store
        self._permits = permits
        self._clock = clock

    async def status(self, ward: Ward) -> Status:
        """How the rhythm stands: open, next, missed. For anybody on the ward."""
        check_in = await self._store.open_check_in(ward.id)
        answers = await self._store.answers(check_in.id) if check_in else 0
        recent = await self._store.recent_check_ins(ward.id, STATUS_LOOKS_BACK)
        missed = [past for past in recent if past.state is State.MISSED and not past.removed]
        return Status(ward, check_in, answers, await self.next_due(ward), missed, self._clock.now())

    async def next_due(self, ward: Ward) -> datetime | None:
        """When the ward's next check-in is due (UTC), periods that had theirs left out. None while the ward is quiet."""
        if ward.quiet is not None:
            return None
        turn = next_occurrence(ward.rhythm, self._clock.now(), known=await self._had(ward))
        return turn.due if turn else None

    async def may_act(self, ward: Ward, person: Person) -> bool:
        """Whether to offer this person the buttons for leads."""
        return await self._permits.may_act(ward, person.id)

    async def check_lead(self, ward: Ward, person: Person) -> None:
        """For forms that only leads need to see.

        Raises:
            TellPerson: not a lead.
        """
        await self._permits.lead(ward, person.id)

    async def pause(self, ward: Ward, person: Person, form: Mapping[str, object]) -> Ward:
        """Post nothing until the date on the form (`until`)."""
        await self._permits.lead(ward, person.id)
        until = read_pause(form, ward.rhythm.local(self._clock.now()))
        return await self._change(ward, {"paused_until": until})

    async def resume(self, ward: Ward, person: Person) -> Ward:
        """Start again from now: what fell due during the pause stays unposted."""
        await self._permits.lead(ward, person.id)
        now = self._clock.now()
        if not ward.paused(ward.rhythm.local(now).date()):
            return ward
        return await self._change(ward, {"paused_until": None, "since": now})

    async def skip(self, ward: Ward, person: Person) -> Skipped:
        """Take the next turn out. Said twice, it is still that one turn."""
        await self._permits.lead(ward, person.id)
        now = self._clock.now()
        had = await self._had(ward)
        unskipped = ward.rhythm.model_copy(update={"skipped": ()})
        turn = next_occurrence(unskipped, now, known=had)
        if turn is None:
            raise refusal(NOTHING_TO_SKIP)
        if turn.period not in ward.rhythm.skipped:
            ward = await self._change(ward, {"skipped": (*ward.rhythm.skipped, turn.period)[-SKIPS_KEPT:]})
        after = next_occurrence(ward.rhythm, now, known=had)
        return Skipped(ward, turn, after.due if after else None)

    async def unskip(self, ward: Ward, person: Person, period: str) -> Skipped:
        """Put a turn back that was taken out.

        Raises:
            TellPerson: not a lead, or that turn is past or was never taken out.
        """
        await self._permits.lead(ward, person.id)
        now = self._clock.now()
        kept = tuple(skipped for skipped in ward.rhythm.skipped if skipped != period)
        rhythm = ward.rhythm.model_copy(update={"skipped": kept})
        turn = next((turn for turn in occurrences(rhythm, now, now + LOOK_BACK) if turn.period == period), None)
        if turn is None or period not in ward.rhythm.skipped:
            raise refusal(NOTHING_TO_PUT_BACK)
        ward = await self._change(ward, {"skipped": kept})
        return Skipped(ward, turn, await self.next_due(ward))

    async def _had(self, ward: Ward) -> frozenset[str]:
        """The periods that have had their check-in, or missed it."""
        return frozenset(past.period for past in await self._store.recent_check_ins(ward.id, STATUS_LOOKS_BACK))

    async def _change(self, ward: Ward, update: Mapping[str, object]) -> Ward:
        def change(before: Ward) -> Ward:
            return before.model_copy(update={"rhythm": before.rhythm.model_copy(update=update)})

        return await self._store.change_ward(ward.id, change, [Entry(Kind.FILE_WARD, ward.id, ward.id)]) or ward
