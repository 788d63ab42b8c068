"""The duty of the check-in: take the answers and show them. When one is posted, reminded of and closed is in `checkin_turns.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from bot.clock import Clock
from bot.domain.checkins import (
    Change,
    CheckIn,
    Kept,
    NotOpen,
    NoWord,
    Reply,
    Summary,
    is_over,
    read_feeling,
    read_lines,
    summarise,
)
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person, Place, Ward
from bot.errors import NotYet
from bot.usecases.needs import Store
from bot.usecases.permits import Permits, refusal

GONE = "I cannot find that check-in any more. Nothing was kept."
OTHER_CHANNEL = "That check-in belongs to another ward. Nothing was kept."
PICK_FIRST = "Please pick a word first, then add to it. Nothing was kept."


#: A summary that its ward could not hear waits this long …
SUMMARY_KEEPS = timedelta(days=7)
#: … and is looked at again after each of these.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A check-in with its ward, how many have answered, and whether it takes no answers any more: what the shared card needs."""

    ward: Ward
    check_in: CheckIn
    answers: int
    over: bool


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
    """The duty of the check-in, for the people who answer it. `dice` shuffles."""

    def __init__(self, store: Store, permits: Permits, clock: Clock, dice: Random) -> None:
        self._store = store
        self._permits = permits
        self._clock = clock
        self._dice = dice

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
        if is_over(check_in, self._clock.now()):
            return Late(ward, check_in)
        return Answered(ward, check_in, await self._store.reply_of(check_in_id, person.id))

    async def shown(self, check_in_id: str) -> Shown | None:
        """What the shared card shows; None where check-in or ward is gone."""
        check_in = await self._store.check_in(check_in_id)
        ward = await self._store.ward(check_in.ward_id) if check_in else None
        if check_in is None or ward is None:
            return None
        over = is_over(check_in, self._clock.now())
        return Shown(ward, check_in, await self._store.answers(check_in_id), over)

    async def summary(self, check_in: CheckIn) -> Summary:
        """The summary of a closed check-in. Its figures are those of the close, whatever was corrected or deleted in the record since."""
        summary = summarise(await self._store.replies(check_in.id), self._dice)
        return summary if check_in.figures is None else replace(summary, figures=check_in.figures)

    async def summarised(self, check_in_id: str, message_id: str) -> None:
        """The summary stands in the thread under this id."""
        await self._store.note_summarised(check_in_id, message_id)

    def wait_for(self, shown: Shown) -> None:
        """For a summary whose ward is quiet: nothing a week after the close, when nobody waits for it any more.

        Raises:
            NotYet: until then, to be looked at again in an hour.
        """
        now = self._clock.now()
        if now - shown.check_in.closes_at < SUMMARY_KEEPS:
            raise NotYet(now + LOOK_AGAIN)

    async def seen(self, check_in_id: str, ward: Ward, message_id: str) -> None:
        """A card of this check-in was met under `message_id`: note it where none is noted; where another is, this one is a stray to remove.

        A post whose answer got lost can stand in the channel twice; this is how the bot finds out (teams: a timed-out POST may have succeeded).
        """
        if not await self._store.note_posted(check_in_id, message_id):
            payload = {"message_id": message_id}
            await self._store.enqueue([Entry(Kind.REMOVE_STRAY, message_id, ward.id, payload)])

    # Helpers

    async def _keep(
        self, check_in_id: str, place: Place | None, person: Person, change: Change, delivery: str
    ) -> Answered | Late:
        ward, check_in = await self._known(check_in_id, place, person)
        if is_over(check_in, self._clock.now()):
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
