"""What the bot answers when people talk to it: a word they said, or a button that says the same."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import cards.rhythms
import cards.talking
import cards.ward_forms
import cards.wards
from bot.domain.commands import Said, Where, Word, understand
from bot.domain.ward_forms import form_of
from bot.domain.wards import Person, Place, Ward
from bot.errors import TellPerson
from bot.teams.own_data import ABOUT_ONESELF, OwnData
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards
from cards.verbs import VERBS

Card = dict[str, Any]

ASK_IN_CHANNEL = "You do not lead a ward yet. Please ask in your ward’s channel: mention me there."
POSTED = "The check-in is on its way to {ward}’s channel."


class Talk:
    """Answers in cards. What people typed is read for commands and never said back."""

    def __init__(self, wards: Wards, turns: CheckInTurns, rhythms: Rhythms, own_data: OwnData) -> None:
        self._wards = wards
        self._own_data = own_data
        self._turns = turns
        self._rhythms = rhythms
        self._words: Mapping[Word, Callable[[Ward, Person, Said], Awaitable[Card]]] = {
            Word.CHECK_IN_NOW: lambda ward, person, _: self.check_in_now(ward, person),
            Word.STATUS: lambda ward, person, _: self.status(ward, person),
            Word.PAUSE: self._pause_said,
            Word.RESUME: lambda ward, person, _: self.resume(ward, person),
            Word.SKIP: lambda ward, person, _: self.skip(ward, person),
        }

    async def answer(
        self, text: str, place: Place | None, person: Person, mentioned: Callable[[], Awaitable[Sequence[str]]]
    ) -> Card:
        """The card that answers what somebody said. `mentioned` finds the Entra object ids of the people they mentioned.

        Raises:
            TellPerson: a plain sentence.
        """
        said = understand(text)
        if said is None:
            return cards.talking.unknown(_where(place)) if text else await self.help(place)
        match said.word:
            case Word.HELP:
                return await self.help(place)
            case word if word in ABOUT_ONESELF:
                return await self._own_data.said(word, place, person)
            case Word.SET_UP if place is not None:
                ward = await self._wards.known(place)
                if ward is None:
                    return cards.wards.welcome()
                return cards.wards.set_up_done(ward, await self._rhythms.next_due(ward))
            case Word.LEADS if place is not None:
                return await self._leads(place, person, await mentioned())
        if place is not None:
            return await self._words[said.word](await self._wards.here(place), person, said)
        return await self._in_private(said, person)

    async def help(self, place: Place | None) -> Card:
        """What the bot can do, here; with the links of the ward, where there is one."""
        ward = await self._wards.known(place) if place is not None else None
        return cards.talking.help_card(_where(place), ward.links) if ward else cards.talking.help_card(_where(place))

    def form(self, ward: Ward | None, person: Person) -> Card:
        """The set-up form, filled with what the ward has; for a new ward, with whoever opens it as its first lead."""
        if ward is None:
            return cards.ward_forms.set_up_form({}, [person])
        return cards.ward_forms.set_up_form(form_of(ward), ward.leads, ward_id=ward.id)

    async def check_in_now(self, ward: Ward, person: Person) -> Card:
        """Post a check-in at once, for a lead."""
        await self._turns.now(ward, person)
        return cards.talking.sentence(POSTED.format(ward=ward.name))

    async def status(self, ward: Ward, person: Person) -> Card:
        """How the ward's rhythm stands; for a lead or an owner, with what to do about it."""
        status = await self._rhythms.status(ward)
        found = (ward, status.open, status.answers, status.next_due, status.missed, status.now)
        return cards.rhythms.status(*found, lead=await self._rhythms.may_act(ward, person))

    async def pause_form(self, ward: Ward, person: Person) -> Card:
        """Ask a lead for the date."""
        await self._rhythms.check_lead(ward, person)
        return cards.rhythms.pause_form(ward)

    async def pause(self, ward: Ward, person: Person, form: Mapping[str, object]) -> Card:
        """Pause until the date on the form; the form again where it needs putting right."""
        try:
            ward = await self._rhythms.pause(ward, person, form)
        except TellPerson as told:
            if not any(problem.field for problem in told.problems):
                raise
            return cards.rhythms.pause_form(ward, told.problems, form)
        return cards.rhythms.paused(ward, await self._rhythms.next_due(ward))

    async def resume(self, ward: Ward, person: Person) -> Card:
        """Start again."""
        ward = await self._rhythms.resume(ward, person)
        return cards.rhythms.resumed(ward, await self._rhythms.next_due(ward))

    async def skip(self, ward: Ward, person: Person) -> Card:
        """Leave the next one out."""
        skipped = await self._rhythms.skip(ward, person)
        return cards.rhythms.skipped(skipped.ward, skipped.turn, skipped.next_due)

    async def unskip(self, ward: Ward, person: Person, period: str) -> Card:
        """Put it back."""
        back = await self._rhythms.unskip(ward, person, period)
        return cards.rhythms.put_back(back.ward, back.turn, back.next_due)

    async def _leads(self, place: Place, person: Person, mentioned: Sequence[str]) -> Card:
        ward = await self._wards.here(place)
        if mentioned:
            ward = await self._wards.add_leads(ward, person, mentioned)
        return cards.wards.leads(ward)

    async def _in_private(self, said: Said, person: Person) -> Card:
        wards = await self._wards.led_by(person.id)
        if not wards:
            return cards.talking.sentence(ASK_IN_CHANNEL)
        if len(wards) > 1:
            return cards.rhythms.which_ward(wards, VERBS[said.word])
        if said.word is Word.SET_UP:
            return self.form(await self._wards.form(wards[0].place, person.id), person)
        if said.word is Word.LEADS:
            return cards.wards.leads(wards[0])
        return await self._words[said.word](wards[0], person, said)

    async def _pause_said(self, ward: Ward, person: Person, said: Said) -> Card:
        if not said.rest:
            return await self.pause_form(ward, person)
        return await self.pause(ward, person, {"until": said.rest.removeprefix("until ")})


def _where(place: Place | None) -> Where:
    return Where.PERSONAL if place is None else Where.CHANNEL
