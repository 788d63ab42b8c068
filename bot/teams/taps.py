"""What a tap on a card does, and the card (or plain sentence) the person who tapped sees next."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import cards.checkins
import cards.ward_forms
import cards.wards
from bot.domain.checkins import Reply, has_lines
from bot.domain.wards import Ward
from bot.errors import TellPerson
from bot.teams.forms import Tap
from bot.teams.own_data import OwnData
from bot.teams.talk import Talk
from bot.usecases.checkins import Answered, CheckIns, Late
from bot.usecases.rhythms import Rhythms
from bot.usecases.wards import Wards
from cards.verbs import Verb

Card = dict[str, Any]

#: Taps that answer nothing unless something was written: after the close they have lost nothing.
LOOKING = frozenset({Verb.MINE, Verb.DONE})


class Taps:
    """One method a verb. Each answers with a card for the person who tapped; nobody else sees it."""

    def __init__(self, wards: Wards, check_ins: CheckIns, rhythms: Rhythms, talk: Talk, own_data: OwnData) -> None:
        self._wards = wards
        self._check_ins = check_ins
        self._rhythms = rhythms
        self._talk = talk
        self._own_data = own_data
        self._verbs: Mapping[Verb, Callable[[Tap], Awaitable[Card]]] = {
            Verb.SEND: self._send,
            Verb.ADD: self._add,
            Verb.MINE: self._mine,
            Verb.VIEW: self._view,
            Verb.DONE: self._done,
            Verb.SET_UP: self._set_up,
            Verb.SAVE_WARD: self._save_ward,
            Verb.CHECK_IN_NOW: self._check_in_now,
            Verb.PAUSE_FORM: self._pause_form,
            Verb.PAUSE: self._pause,
            Verb.RESUME: self._resume,
            Verb.SKIP: self._skip,
            Verb.UNSKIP: self._unskip,
            Verb.STATUS: self._status,
            Verb.LEADS: self._leads,
            Verb.HELP: self._help,
            Verb.MY_DATA: self._my_data,
            Verb.FORGET_FORM: self._forget_form,
            Verb.FORGET: self._forget,
            Verb.KEEP: self._keep,
        }

    async def answer(self, tap: Tap) -> Card:
        """The card that takes the place of the one tapped, for this person only.

        Raises:
            TellPerson: a plain sentence; the card, with what was typed, stays as it is.
        """
        return await self._verbs[tap.verb](tap)

    # Check-ins

    async def _send(self, tap: Tap) -> Card:
        try:
            found = await self._check_ins.send(tap.id_of("check_in"), tap.place, tap.person, tap.form, tap.delivery)
        except TellPerson as told:
            return await self._put_right(tap, told)
        return await self._own_card(tap, found, self._saved)

    async def _add(self, tap: Tap) -> Card:
        try:
            found = await self._check_ins.add(tap.id_of("check_in"), tap.place, tap.person, tap.form, tap.delivery)
        except TellPerson as told:
            return await self._put_right(tap, told)
        return await self._own_card(tap, found, self._thanks)

    async def _done(self, tap: Tap) -> Card:
        """Done keeps what the boxes hold: no line typed, emptied or unnamed is lost for want of the other button."""
        found = await self._own(tap)
        reply = found.reply if isinstance(found, Answered) else None
        if has_lines(tap.form) or (reply and reply != Reply(reply.feeling)):
            return await self._add(tap)
        return await self._own_card(tap, found, self._thanks)

    async def _mine(self, tap: Tap) -> Card:
        return await self._own_card(tap, await self._own(tap), self._change)

    async def _view(self, tap: Tap) -> Card:
        """Teams asks by itself when somebody looks at the card: their own answer, or the question."""
        found = await self._own(tap)
        if isinstance(found, Late):
            return cards.checkins.closed_post(found.ward, found.check_in)
        return await self._own_card(tap, found, self._thanks if found.reply else self._question)

    async def _own(self, tap: Tap) -> Answered | Late:
        return await self._check_ins.own(tap.id_of("check_in"), tap.place, tap.person)

    async def _own_card(
        self, tap: Tap, found: Answered | Late, card: Callable[[Tap, Answered], Awaitable[Card]]
    ) -> Card:
        if isinstance(found, Late):
            if tap.verb in LOOKING and not has_lines(tap.form):
                return cards.checkins.closed_post(found.ward, found.check_in)
            due = await self._rhythms.next_due(found.ward)
            return cards.checkins.late(found.ward, found.check_in, due, tap.form)
        if tap.message_id is not None and tap.message_id != found.check_in.message_id:
            await self._check_ins.seen(found.check_in.id, found.ward, tap.message_id)
        return await card(tap, found)

    async def _saved(self, tap: Tap, found: Answered) -> Card:
        if found.reply is None:
            return await self._change(tap, found)
        return cards.checkins.saved(found.ward, found.check_in, found.reply, typed=tap.form)

    async def _thanks(self, tap: Tap, found: Answered) -> Card:
        if found.reply is None:
            return await self._change(tap, found)
        return cards.checkins.thanks(found.ward, found.check_in, found.reply)

    async def _change(self, tap: Tap, found: Answered) -> Card:
        return cards.checkins.mine(found.ward, found.check_in, found.reply, typed=tap.form)

    async def _question(self, _: Tap, found: Answered) -> Card:
        shown = await self._check_ins.shown(found.check_in.id)
        return cards.checkins.shared(found.ward, found.check_in, shown.answers if shown else 0)

    async def _put_right(self, tap: Tap, told: TellPerson) -> Card:
        """The same step again, with what was typed and what to put right."""
        if not _on_fields(told):
            raise told

        async def again(tap: Tap, found: Answered) -> Card:
            if tap.verb is Verb.SEND or found.reply is None:
                return cards.checkins.mine(found.ward, found.check_in, found.reply, told.problems, tap.form)
            return cards.checkins.saved(found.ward, found.check_in, found.reply, told.problems, tap.form)

        return await self._own_card(tap, await self._own(tap), again)

    # Wards and their rhythm

    async def _set_up(self, tap: Tap) -> Card:
        place = tap.place or (await self._ward(tap)).place
        return self._talk.form(await self._wards.form(place, tap.person.id), tap.person)

    async def _save_ward(self, tap: Tap) -> Card:
        ward_id = tap.id_of("ward")
        place = tap.place or (await self._ward(tap)).place
        try:
            kept = await self._wards.save(place, tap.person, tap.form)
        except TellPerson as told:
            if not _on_fields(told):
                raise
            people = await self._wards.people(place, tap.typed().get("leads", ""))
            return cards.ward_forms.set_up_form(tap.form, people, told.problems, ward_id or None)
        return cards.wards.set_up_done(kept.ward, await self._rhythms.next_due(kept.ward))

    async def _check_in_now(self, tap: Tap) -> Card:
        return await self._talk.check_in_now(await self._ward(tap), tap.person)

    async def _pause_form(self, tap: Tap) -> Card:
        return await self._talk.pause_form(await self._ward(tap), tap.person)

    async def _pause(self, tap: Tap) -> Card:
        return await self._talk.pause(await self._ward(tap), tap.person, tap.form)

    async def _resume(self, tap: Tap) -> Card:
        return await self._talk.resume(await self._ward(tap), tap.person)

    async def _skip(self, tap: Tap) -> Card:
        return await self._talk.skip(await self._ward(tap), tap.person)

    async def _unskip(self, tap: Tap) -> Card:
        return await self._talk.unskip(await self._ward(tap), tap.person, tap.id_of("period"))

    async def _status(self, tap: Tap) -> Card:
        return await self._talk.status(await self._ward(tap), tap.person)

    async def _leads(self, tap: Tap) -> Card:
        return cards.wards.leads(await self._ward(tap))

    async def _help(self, tap: Tap) -> Card:
        return await self._talk.help(tap.place)

    # What is about the person who taps

    async def _my_data(self, tap: Tap) -> Card:
        return await self._own_data.my_data(tap.place, tap.person, tap.id_of("first"))

    async def _forget_form(self, tap: Tap) -> Card:
        return await self._own_data.forget_form(tap.place, tap.person)

    async def _forget(self, tap: Tap) -> Card:
        return await self._own_data.forget(tap.place, tap.person)

    async def _keep(self, _: Tap) -> Card:
        return self._own_data.keep()

    async def _ward(self, tap: Tap) -> Ward:
        return await self._wards.meant(tap.id_of("ward"), tap.place, tap.person)


def _on_fields(told: TellPerson) -> bool:
    """Whether there is something on the card itself to put right."""
    return any(problem.field for problem in told.problems)
