"""What the bot says without being asked: each outbox entry for Teams, paced, and what follows when Teams refuses it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import structlog

import cards.checkins
import cards.corrections
import cards.talking
import cards.wards
from bot.domain.outbox import Kind
from bot.domain.privacy import WARD_THRESHOLD
from bot.domain.wards import Place, Ward
from bot.errors import Final, TryAgain
from bot.teams.connector import Connector
from bot.teams.handler import message_of
from bot.teams.pace import Pace
from bot.teams.refusals import MAY_HAVE_ARRIVED, NOT_THERE
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.checkins import CheckIns, Shown
from bot.usecases.needs import WardStore
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards

CANNOT_POST = (
    "Teams did not let me post in {ward}’s channel. Please check that the app is still in the team."
    " Then mention me in the channel and say “status”."
)

#: After these Teams will take nothing for the ward until the app is put back (Teams "Bot conversation messages", status codes).
WARD_OUT_OF_REACH = frozenset({"bot_not_in_roster", "bot_disabled", "not_enough_permissions", "writes_blocked"})
#: The same where a new thread was to begin; about a message that is there already, the others say only that it is gone or not ours.
CHANNEL_OUT_OF_REACH = WARD_OUT_OF_REACH | NOT_THERE | {"forbidden", "connector_403"}
NEW_THREADS = frozenset({Kind.ANNOUNCE_WARD, Kind.POST_CHECK_IN})

#: To do these twice is to do them once.
REPEATABLE = frozenset({Kind.REFRESH_CHECK_IN, Kind.REFRESH_SUMMARY, Kind.REMOVE_STRAY})
#: Seconds before something that may have arrived is sent again. After one try more it is let be, whatever came of it: whoever goes on
#: puts the same thing before people for ever.
PATIENCE = (0.0, 300.0, 3600.0, 4 * 3600.0)
NEVER_CONFIRMED = "never_confirmed"

log = structlog.get_logger()


class Entry(Protocol):
    """What an outbox entry asks."""

    @property
    def kind(self) -> Kind: ...
    @property
    def key(self) -> str: ...
    @property
    def ward_id(self) -> str | None: ...
    @property
    def payload(self) -> Mapping[str, str]: ...
    @property
    def attempts(self) -> int: ...


class Messenger:
    """One method a kind. Each raises what the courier sorts: `TryAgain`, `Final`, `WakeSomebody`."""

    def __init__(
        self,
        connector: Connector,
        pace: Pace,
        store: WardStore,
        wards: Wards,
        check_ins: CheckIns,
        turns: CheckInTurns,
        rhythms: Rhythms,
    ) -> None:
        self._connector = connector
        self._pace = pace
        self._store = store
        self._wards = wards
        self._check_ins = check_ins
        self._turns = turns
        self._rhythms = rhythms
        self._unsure: Counter[tuple[Kind, str]] = Counter()
        self.kinds: Mapping[Kind, Callable[[Entry], Awaitable[None]]] = {
            Kind.WELCOME: self._welcome,
            Kind.ANNOUNCE_WARD: self._announce,
            Kind.POST_CHECK_IN: self._post,
            Kind.REFRESH_CHECK_IN: self._refresh,
            Kind.POST_REMINDER: self._remind,
            Kind.POST_SUMMARY: self._summarise,
            Kind.REFRESH_SUMMARY: self._refresh_summary,
            Kind.REMOVE_STRAY: self._remove_stray,
            Kind.TELL_LEADS: self._tell_leads,
        }

    async def deliver(self, entries: Sequence[Entry]) -> Sequence[Exception | None]:
        """Do what each entry asks, side by side; one answer an entry."""
        return await asyncio.gather(*(self._one(entry) for entry in entries))

    async def _one(self, entry: Entry) -> Exception | None:
        outcome: Exception | None = None
        try:
            try:
                await self.kinds[entry.kind](entry)
            except Final as refused:
                outcome = await self._refused(entry, refused)
        except TryAgain as later:
            if later.code in MAY_HAVE_ARRIVED and entry.kind not in REPEATABLE:
                return self._not_for_ever(entry, later)
            return later
        except Exception as error:  # noqa: BLE001 -- handed to the courier, which sorts it
            return error
        self._unsure.pop((entry.kind, entry.key), None)
        return outcome

    async def _refused(self, entry: Entry, refused: Final) -> Exception | None:
        """What can never be sent is parked. Where the whole ward is out of reach it is done with, and the ward goes quiet."""
        out_of_reach = refused.code in (CHANNEL_OUT_OF_REACH if entry.kind in NEW_THREADS else WARD_OUT_OF_REACH)
        if entry.kind is Kind.POST_CHECK_IN:
            await self._turns.refused(entry.key, tell_leads=not out_of_reach)
        if not out_of_reach or entry.ward_id is None:
            return refused
        log.warning("a ward is out of reach", ward=entry.ward_id, code=refused.code)
        await self._wards.refused(entry.ward_id)
        return await self._one(entry) if entry.kind is Kind.POST_SUMMARY else None  # it waits: the ward is quiet now

    def _not_for_ever(self, entry: Entry, later: TryAgain) -> TryAgain | Final:
        """Again, after longer and longer; at last parked. A check-in stays open then: its card may be there, and is known by the first tap."""
        this = (entry.kind, entry.key)
        tries = self._unsure[this]
        if tries == len(PATIENCE):
            del self._unsure[this]
            return Final(NEVER_CONFIRMED)
        self._unsure[this] += 1
        return TryAgain(later.code, max(later.after or 0.0, PATIENCE[tries]))

    async def _welcome(self, entry: Entry) -> None:
        """Given where the bot still is. A welcome that could not be given is given when the bot is put in again."""
        place = Place(**entry.payload)
        if not await self._store.in_team(place.team_id):
            await self._store.forget_team(place.team_id)
            return
        try:
            await self._new_thread(place, cards.wards.welcome())
        except Final:
            await self._store.forget_team(place.team_id)
            raise

    async def _announce(self, entry: Entry) -> None:
        ward = await self._awake(entry.ward_id)
        if ward is not None:
            await self._new_thread(ward.place, cards.wards.announce(ward, await self._rhythms.next_due(ward)))

    async def _post(self, entry: Entry) -> None:
        """Post the card once. Where its message is known already, an earlier try had arrived after all.

        What the rhythm asks for waits for working hours, or is missed; what a lead asked for (there is no `by`) goes at any hour.
        """
        shown = await self._shown(entry.key)
        if shown is None or shown.check_in.message_id is not None or shown.over:
            return
        if "by" in entry.payload and not self._turns.in_hours(shown.ward, entry.payload["by"]):
            await self._turns.too_late(shown.check_in, tried=entry.attempts > 0)
            return
        message_id = await self._new_thread(shown.ward.place, _shared(shown))
        await self._check_ins.seen(entry.key, shown.ward, message_id)

    async def _refresh(self, entry: Entry) -> None:
        shown = await self._shown(entry.key)
        if shown is None or shown.check_in.message_id is None:
            return
        place, message_id = shown.ward.place, shown.check_in.message_id
        thread = _thread(place, message_id)
        await self._pace.turn(thread)
        async with _unless(NOT_THERE):  # somebody took the post away: there is nothing to keep up to date
            await self._connector.update(place.service_url, thread, message_id, message_of(_shared(shown)))

    async def _remind(self, entry: Entry) -> None:
        """At most once: a reminder whose answer got lost is not sent again. None without a card that people could answer on."""
        shown = await self._shown(entry.key)
        if shown is None or shown.over or shown.answers >= WARD_THRESHOLD:
            return
        if not self._turns.in_hours(shown.ward, entry.payload.get("by")):
            return
        try:
            await self._in_thread(shown, cards.checkins.reminder(shown.ward, shown.check_in))
        except TryAgain as later:
            if later.code not in MAY_HAVE_ARRIVED:
                raise

    async def _summarise(self, entry: Entry) -> None:
        """A quiet ward hears it when it is back, if that is within the week."""
        shown = await self._check_ins.shown(entry.key)
        if shown is not None and shown.ward.quiet is not None:
            self._check_ins.wait_for(shown)
        elif shown is not None and self._turns.in_hours(shown.ward):
            message_id = await self._in_thread(shown, await self._summary(shown))
            if message_id is not None:
                await self._note_summary(entry, message_id)

    async def _note_summary(self, entry: Entry, message_id: str) -> None:
        """Where that cannot be written down, the summary stands there all the same: said twice would be worse than not corrected later."""
        try:
            await self._check_ins.summarised(entry.key, message_id)
        except TryAgain as error:
            log.warning("a summary could not be noted, and will not follow corrections", code=error.code)

    async def _refresh_summary(self, entry: Entry) -> None:
        """Somebody corrected or deleted a reply in the record: what the ward said is shown as it stands there."""
        shown = await self._shown(entry.key)
        if shown is None or shown.check_in.message_id is None or shown.check_in.summary_id is None:
            return
        place, summary_id = shown.ward.place, shown.check_in.summary_id
        thread = _thread(place, shown.check_in.message_id)
        await self._pace.turn(thread)
        async with _unless(NOT_THERE):
            card = message_of(await self._summary(shown))
            await self._connector.update(place.service_url, thread, summary_id, card)

    async def _summary(self, shown: Shown) -> dict[str, Any]:
        return cards.checkins.summary(shown.ward, shown.check_in, await self._check_ins.summary(shown.check_in))

    async def _remove_stray(self, entry: Entry) -> None:
        ward = await self._awake(entry.ward_id)
        if ward is None:
            return
        message_id = entry.payload["message_id"]
        async with _unless(CHANNEL_OUT_OF_REACH):
            await self._connector.delete(ward.place.service_url, _thread(ward.place, message_id), message_id)

    async def _tell_leads(self, entry: Entry) -> None:
        """One lead, best effort: who has not added the app cannot be written to."""
        ward = await self._store.ward(entry.ward_id or "")
        lead = entry.payload["lead"]
        if ward is None or not ward.is_lead(lead):
            return
        card = _news(ward, entry.payload)
        await self._pace.turn(lead)
        try:
            await self._connector.post_to_person(ward.place, lead, message_of(card))
        except Final as refused:
            log.info("a lead could not be told", ward=ward.id, code=refused.code)

    async def _shown(self, check_in_id: str) -> Shown | None:
        """The check-in, unless its ward is quiet: where the bot was removed it says nothing."""
        shown = await self._check_ins.shown(check_in_id)
        return shown if shown is not None and shown.ward.quiet is None else None

    async def _awake(self, ward_id: str | None) -> Ward | None:
        ward = await self._store.ward(ward_id) if ward_id else None
        return ward if ward is not None and ward.quiet is None else None

    async def _new_thread(self, place: Place, card: dict[str, Any]) -> str:
        await self._pace.turn(place.channel_id)
        return (await self._connector.post_in_channel(place, message_of(card))).message_id

    async def _in_thread(self, shown: Shown, card: dict[str, Any]) -> str | None:
        """The new message's id; None where there was no thread to say it in."""
        place, message_id = shown.ward.place, shown.check_in.message_id
        if message_id is not None:
            await self._pace.turn(_thread(place, message_id))
            async with _unless(NOT_THERE):  # nor is there a thread under a post that somebody took away
                return await self._connector.reply(place, message_id, message_of(card))
        return None


@asynccontextmanager
async def _unless(codes: Collection[str]) -> AsyncIterator[None]:
    """Let these refusals pass: they are about one message, which is gone or not ours."""
    try:
        yield
    except Final as refused:
        if refused.code not in codes:
            raise
        log.info("a message is not there any more", code=refused.code)


def _news(ward: Ward, payload: Mapping[str, str]) -> dict[str, Any]:
    """What a lead is told."""
    match payload.get("about"):
        case "put_back":
            return cards.corrections.put_back(ward, payload["list"], payload["columns"].splitlines())
        case "rebuilt":
            return cards.corrections.rebuilt(ward)
        case _:
            return cards.talking.refused(CANNOT_POST.format(ward=ward.name))


def _thread(place: Place, message_id: str) -> str:
    return f"{place.channel_id};messageid={message_id}"


def _shared(shown: Shown) -> dict[str, Any]:
    if shown.over:
        return cards.checkins.closed_post(shown.ward, shown.check_in)
    return cards.checkins.shared(shown.ward, shown.check_in, shown.answers)
