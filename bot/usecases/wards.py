"""Setting a ward up, changing it, and following what happens to its team and channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.checkins import Missed, missed_turn
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import GRACE, LOOK_BACK, changed, closes_at, occurrences, started
from bot.domain.ward_forms import LEADS_LIMIT, TOO_MANY_LEADS, read_details
from bot.domain.wards import Details, Person, Place, Quiet, Ward
from bot.errors import Problem, TellPerson
from bot.usecases.needs import Member, Store
from bot.usecases.permits import Permits, refusal

NOT_IN_TEAM = "Everybody you pick must be in this team. {count} of them is not. Add them to the team first."
NOT_IN_TEAM_MANY = NOT_IN_TEAM.replace("{count} of them is not", "{count} of them are not")
#: A guest may belong to another organisation, and a lead decides what this one's staff are asked.
NO_GUESTS = "A guest of this team cannot be a lead. Please pick people from your own organisation."
NO_WARD_HERE = "This channel is not set up yet. An owner of the team can say “set up”."
NO_SUCH_WARD = "I cannot find that ward. Please ask in your ward’s channel."
OTHER_CHANNEL = "That card belongs to another channel, so I changed nothing."


#: A card older than this is not brought up to date when its ward is back: nobody looks for it any more.
CARDS_FOLLOW = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class WardKept:
    """A ward as it is now, and whether it is new."""

    ward: Ward
    new: bool


class Wards:
    """The duty of knowing the wards."""

    def __init__(self, store: Store, permits: Permits, clock: Clock, new_id: Callable[[], str], zone: str) -> None:
        self._store = store
        self._permits = permits
        self._clock = clock
        self._new_id = new_id
        self._zone = zone

    async def here(self, place: Place) -> Ward:
        """The ward of this channel, with the latest service URL and names; a sentence for the person where there is none."""
        ward = await self.known(place)
        if ward is None:
            raise refusal(NO_WARD_HERE)
        return ward

    async def known(self, place: Place) -> Ward | None:
        """The same, or None. A quiet ward wakes: whoever is heard from a channel can be answered there, whatever was missed meanwhile."""
        ward = await self._store.ward_in(place.channel_id)
        if ward is not None and ward.quiet is not None:
            ward = await self._rouse(ward, place)
        return await self._follow(ward, place) if ward else None

    async def led_by(self, person_id: str) -> Sequence[Ward]:
        """The wards this person leads, by name.

        Raises:
            TellPerson: nobody can tell just now who is in a ward's team.
        """
        listed = sorted(await self._store.wards_led_by(person_id), key=lambda ward: ward.name)
        return [ward for ward in listed if await self._permits.still_leads(ward, person_id)]

    async def meant(self, ward_id: str, place: Place | None, person: Person) -> Ward:
        """The ward a card speaks of: a channel's own, whatever the card says; in personal chat one that the person is in the team of.

        Raises:
            TellPerson: no such ward, another channel's, or not this person's.
        """
        if place is not None:
            ward = await self.here(place)
            if ward_id not in {"", ward.id}:
                raise refusal(OTHER_CHANNEL)
            return ward
        found = await self._store.ward(ward_id)
        if found is None:
            raise refusal(NO_SUCH_WARD)
        await self._permits.member(found, person.id)
        return found

    async def people(self, place: Place, ids: str) -> Sequence[Person]:
        """The people picked on a form, as far as they are in the team, to be shown again."""
        members = await self._permits.members(place)
        return _people(members, [person_id for person_id in _ids(ids) if person_id in members])

    async def form(self, place: Place, person_id: str) -> Ward | None:
        """Whether this person may set this channel up: its ward if it has one, None for a blank form."""
        ward = await self._store.ward_in(place.channel_id)
        await (self._permits.lead(ward, person_id) if ward else self._permits.owner(place, person_id))
        return ward

    async def save(self, place: Place, person: Person, form: Mapping[str, object]) -> WardKept:
        """Keep what the set-up form says, for a new ward or the one that is there.

        Raises:
            TellPerson: not allowed, or something on the form needs putting right.
        """
        ward = await self.form(place, person.id)
        picked = _ids(form.get("leads"))
        members = await self._permits.members(place, picked)
        strangers = _strangers(members, picked)
        try:
            details = read_details(form)
        except TellPerson as told:
            named = {problem.field for problem in told.problems}
            raise TellPerson([*told.problems, *(one for one in strangers if one.field not in named)]) from None
        if strangers:
            raise TellPerson(strangers)
        leads = _people(members, details.lead_ids)
        now = self._clock.now()
        if ward is None:
            ward = self._new(await self._permits.named(place), details, leads, now)
            entries = [Entry(Kind.ANNOUNCE_WARD, ward.id, ward.id), Entry(Kind.FILE_WARD, ward.id, ward.id)]
            if await self._store.add_ward(ward, entries):
                return WardKept(ward, new=True)
            ward = await self.here(place)  # somebody else's form came first: ours changes theirs

        def change(before: Ward) -> Ward:
            rhythm = changed(
                before.rhythm, weekday=details.weekday, at=details.at, every_weeks=details.every_weeks, now=now
            )
            update = {**_told(details), "leads": leads, "rhythm": rhythm}
            return before.model_copy(update=update)

        kept = await self._change(ward, change)
        if kept.rhythm != ward.rhythm:
            await self._move_end(kept)
        return WardKept(kept, new=False)

    async def add_leads(self, ward: Ward, person: Person, ids: Sequence[str]) -> Ward:
        """Make the people mentioned leads too."""
        await self._permits.lead(ward, person.id)
        members = await self._permits.members(ward.place, ids)
        if strangers := _strangers(members, ids):
            raise TellPerson(strangers)
        added = _people(members, ids)

        def with_them(before: Ward) -> Ward:
            # Teams does not say who left a team, so whoever is no member any more goes here.
            still = [lead for lead in before.leads if lead.id in members]
            leads = (*still, *(lead for lead in added if not before.is_lead(lead.id)))
            if len(leads) > LEADS_LIMIT:
                raise refusal(TOO_MANY_LEADS)
            return before.model_copy(update={"leads": leads})

        return await self._change(ward, with_them)

    # What Teams tells about teams and channels

    async def entered(self, place: Place) -> None:
        """The bot is in this team: welcome it once ever, and wake its wards."""
        await self._enter(place)
        await self._wake(place.team_id, place, {Quiet.REMOVED, Quiet.TEAM_GONE, Quiet.REFUSED})

    async def left(self, team_id: str, why: Quiet) -> None:
        """The bot is out of this team, or the team is gone: its wards go quiet."""
        await self._store.leave_team(team_id)
        for ward in await self._store.wards_of(team_id):
            await self._hush(ward, why)

    async def team_back(self, place: Place) -> None:
        """An archived or deleted team is there again, and the bot in it."""
        await self._enter(place)
        await self._wake(place.team_id, place, {Quiet.TEAM_GONE})

    async def channel_gone(self, channel_id: str) -> None:
        """The channel was deleted."""
        ward = await self._store.ward_in(channel_id)
        if ward is not None:
            await self._hush(ward, Quiet.CHANNEL_GONE)

    async def channel_back(self, place: Place) -> None:
        """A deleted channel was restored."""
        ward = await self._store.ward_in(place.channel_id)
        if ward is not None and ward.quiet is Quiet.CHANNEL_GONE:
            await self._rouse(ward, place)

    async def renamed(self, place: Place) -> None:
        """The team or the channel has another name; an empty name in `place` says nothing."""
        for ward in await self._store.wards_of(place.team_id):
            if place.channel_id in {ward.place.channel_id, ""}:
                await self._follow(ward, place)

    async def member_left(self, team_id: str, person_id: str) -> None:
        """Somebody left the team: they lead its wards no more."""

        def without(before: Ward) -> Ward:
            leads = tuple(lead for lead in before.leads if lead.id != person_id)
            return before.model_copy(update={"leads": leads})

        for ward in await self._store.wards_of(team_id):
            if ward.is_lead(person_id):
                await self._change(ward, without)

    async def refused(self, ward_id: str) -> None:
        """Teams finally refuses what is sent to this ward: go quiet until it is heard of again, and tell its leads."""
        ward = await self._store.ward(ward_id)
        if ward is not None and ward.quiet is None:
            await self._hush(ward, Quiet.REFUSED, *tell_leads_of(ward))

    # Helpers

    async def _enter(self, place: Place) -> None:
        await self._store.enter_team(place, Entry(Kind.WELCOME, place.team_id, payload=place.model_dump()))

    def _new(self, place: Place, details: Details, leads: tuple[Person, ...], now: datetime) -> Ward:
        rhythm = started(now, details.weekday, details.at, details.every_weeks, self._zone)
        return Ward(id=self._new_id(), **_told(details), leads=leads, rhythm=rhythm, place=place)

    async def _change(self, ward: Ward, change: Callable[[Ward], Ward], *more: Entry) -> Ward:
        return await self._store.change_ward(ward.id, change, [Entry(Kind.FILE_WARD, ward.id, ward.id), *more]) or ward

    async def _follow(self, ward: Ward, place: Place) -> Ward:
        told = {key: value for key, value in place.model_dump().items() if value}
        latest = ward.place.model_copy(update={**told, "channel_id": ward.place.channel_id})
        if latest == ward.place:
            return ward
        return await self._change(ward, lambda before: before.model_copy(update={"place": latest}))

    async def _hush(self, ward: Ward, why: Quiet, *more: Entry) -> None:
        await self._change(ward, lambda before: before.model_copy(update={"quiet": why}), *more)

    async def _wake(self, team_id: str, place: Place, reasons: set[Quiet]) -> None:
        for ward in await self._store.wards_of(team_id):
            if ward.quiet in reasons:
                await self._rouse(ward, place)

    async def _move_end(self, ward: Ward) -> None:
        """An open check-in closes when the next is due: where that has moved, its card says so."""
        check_in = await self._store.open_check_in(ward.id)
        if check_in is not None:
            closes = closes_at(ward.rhythm, check_in.opened_at, check_in.period)
            entries = [Entry(kind, check_in.id, ward.id) for kind in (Kind.REFRESH_CHECK_IN, Kind.FILE_CHECK_IN)]
            await self._store.move_end(check_in.id, closes, entries)

    async def _rouse(self, ward: Ward, place: Place) -> Ward:
        now = self._clock.now()
        if ward.quiet is Quiet.REFUSED:
            await self._say_what_was_refused(ward, now)

        def awake(before: Ward) -> Ward:
            # What fell due while the ward was quiet was nobody's to answer: the rhythm starts again from now.
            rhythm = before.rhythm.model_copy(update={"since": now})
            latest = before.place.model_copy(update={"service_url": place.service_url or before.place.service_url})
            return before.model_copy(update={"quiet": None, "rhythm": rhythm, "place": latest})

        # Its cards could not be kept up to date meanwhile.
        recent = await self._store.recent_check_ins(ward.id, 4)
        cards = [one.id for one in recent if one.message_id and one.closes_at > now - CARDS_FOLLOW]
        return await self._change(ward, awake, *(Entry(Kind.REFRESH_CHECK_IN, key, ward.id) for key in cards))

    async def _say_what_was_refused(self, ward: Ward, now: datetime) -> None:
        """People were there to be asked, and Teams took nothing: each turn of that time is missed, with the reason."""
        had = (await self._store.periods_since(now - LOOK_BACK - GRACE)).get(ward.id, frozenset())
        for turn in occurrences(ward.rhythm, now - LOOK_BACK, now):
            if turn.period not in had:
                missed = missed_turn(self._new_id(), ward.id, turn, Missed.REFUSED)
                await self._store.add_check_in(missed, [Entry(Kind.FILE_CHECK_IN, missed.id, ward.id)])


def tell_leads_of(ward: Ward) -> list[Entry]:
    """One entry a lead, so that one who cannot be reached just now keeps no other waiting, and is all that is tried again."""
    return [Entry(Kind.TELL_LEADS, f"{ward.id}/{lead.id}", ward.id, {"lead": lead.id}) for lead in ward.leads]


def _ids(typed: object) -> list[str]:
    """Entra object ids as the people picker sends them: with commas between."""
    parts = typed.split(",") if isinstance(typed, str) else []
    return [part.strip() for part in parts if part.strip()]


def _strangers(members: Mapping[str, Member], ids: Sequence[str]) -> list[Problem]:
    if any(person_id in members and members[person_id].guest for person_id in ids):
        return [Problem("leads", NO_GUESTS)]
    count = sum(person_id not in members for person_id in dict.fromkeys(ids))
    sentence = NOT_IN_TEAM if count == 1 else NOT_IN_TEAM_MANY
    return [Problem("leads", sentence.format(count=count))] if count else []


def _people(members: Mapping[str, Member], ids: Sequence[str]) -> tuple[Person, ...]:
    return tuple(Person(id=person_id, name=members[person_id].name) for person_id in ids)


def _told(details: Details) -> dict[str, object]:
    return details.model_dump(include={"name", "project", "aim", "reader"}) | {"links": details.links}
