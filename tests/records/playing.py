"""Plays a history at a station, beside the model."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.checkins import CheckIn, Kept
from bot.domain.outbox import Entry, Kind
from bot.domain.privacy import reply_key
from bot.domain.wards import Person
from bot.records.retention import Days, Retention
from bot.records.schema import check_ins, replies
from bot.rehearsal.sharepoint_columns import Refused
from bot.rehearsal.sharepoint_rows import Item
from tests.records.histories import (
    Add,
    Answer,
    Close,
    Delete,
    Edit,
    Expire,
    Fault,
    Forget,
    Lead,
    Open,
    Pass,
    Posted,
    Restart,
    Restore,
    Retire,
    Run,
    Step,
    Storm,
    Theirs,
    Weather,
)
from tests.records.led import led
from tests.records.record_model import Model, look, look_at_keys
from tests.records.station import Station
from tests.records.store_fixtures import NOON, a_check_in, a_ward

EVERY = 301
#: Seconds after which what is closed is past any date.
LONG_AGO = 60 * 86_400
WARDS = ("ward-1", "ward-2")


@dataclass
class Play:
    """A history under way. Whatever a number in it stands for is counted round, so that every history can be played."""

    station: Station
    check_ins: dict[str, CheckIn] = field(default_factory=dict)
    taps: int = 0
    opened: int = 0

    def __post_init__(self) -> None:
        self.model = Model(self.station.stand_in.api.lists)

    async def begin(self) -> None:
        """Two wards, one with an open check-in, filed and read back."""
        for number in (1, 2):
            ward = a_ward(number)
            await self.station.store.add_ward(ward, [Entry(Kind.FILE_WARD, ward.id, ward.id)])
        self.model.rows["Wards"] = dict((await self.seen()).rows["Wards"])
        await self.play(Open(0))
        await self.play(Run("read"))
        await self.play(Run("file"))

    async def seen(self) -> Any:
        return await self.station.database.read(look)

    async def sync(self) -> None:
        """The model learns what the bot has been told, and the store is held against it."""
        self.model.take(await self.seen())

    async def play(self, step: Step) -> None:
        """One step, and what it changes in the model."""
        match step:
            case Run():
                await self._run(step)
            case Restart():
                await self.station.restart()
            case Pass(seconds=seconds):
                self.station.clock.move(seconds)
            case Edit() | Delete() | Restore() | Add():
                self._theirs(step)
            case Fault() | Storm() | Weather() | Expire():
                self._trouble(step)
            case _:
                await self._ours(step)
        await self.sync()

    async def _run(self, run: Run) -> None:
        station = self.station
        line = station.line
        line.begin(run.dies_at)
        for at, before, step in run.meanwhile:
            acts = line.before if before else line.after
            # While both go on, a person's step only: it needs no look at the store.
            acts[at].append(partial(self._meanwhile, step, both=run.what == "both"))
        station.clock.move(run.wait + (EVERY if run.what != "file" else 0))
        acts_now = {
            "file": [station.file],
            "read": [station.read],
            "both": [station.file, station.read],
        }[run.what]
        for came in await asyncio.gather(*(act() for act in acts_now), return_exceptions=True):
            if isinstance(came, BaseException) and not isinstance(came, asyncio.CancelledError):
                raise came
        line.begin()
        if line.dead:
            await station.restart()

    async def _meanwhile(self, step: Step, *, both: bool) -> None:
        if both and isinstance(step, Theirs):
            self._theirs(step)
        else:
            await self.sync()
            await self.play(step)

    # What people do in SharePoint

    def _theirs(self, step: Theirs) -> None:
        with suppress(Refused):
            match step:
                case Edit(list_name=name, column=column):
                    item = self._row(name, step.row)
                    if item is not None and self._may_be_edited(name, item, column):
                        self.station.stand_in.edit(name, str(item.id), {column: step.value})
                        self._note_stranger(name, item.id)
                case Delete(list_name=name):
                    if (item := self._row(name, step.row)) is not None:
                        self.station.stand_in.remove(name, str(item.id))
                        self.model.note_deleted(name, item.id)
                case Restore(list_name=name):
                    self._restore(name, step.row)
                case Add(list_name=name, known=known):
                    number = int(self.station.stand_in.add(name, self._by_hand(step)))
                    if name != "Replies" or not known:
                        self._note_stranger(name, number, new=True)

    def _restore(self, name: str, row: int) -> None:
        binned = [number for number, item in self.model.lists.find(name).bin.items() if item.now.by]
        if binned:
            number = binned[row % len(binned)]
            self.station.stand_in.restore(name, str(number))
            self.model.deleted = {key: at for key, at in self.model.deleted.items() if (key[0], at) != (name, number)}

    def _row(self, name: str, number: int) -> Item | None:
        items = list(self.model.lists.find(name).items.values())
        return items[number % len(items)] if items else None

    def _may_be_edited(self, name: str, item: Item, column: str) -> bool:
        """A key is changed only where the bot knows whose row that is by its number: nobody could tell otherwise."""
        known = {at for key, at in self.model.known.items() if key[0] == name}
        return column != "EntryKey" or (item.id, item.version) in known

    def _note_stranger(self, name: str, number: int, *, new: bool = False) -> None:
        if new or (name, number) in self.model.strangers:
            self.model.strangers[name, number] = dict(self.model.item(name, number).fields)

    def _by_hand(self, step: Add) -> dict[str, Any]:
        self.taps += 1
        fields: dict[str, Any] = {"Title": "2026-W01"}
        if step.keyed or step.known:
            fields["EntryKey"] = f"by-hand-{self.taps}"
        if step.list_name == "Replies":
            fields |= {"CheckInKey": "check-in-1" if step.known else "no-such", "WardKey": "ward-1"}
            fields |= {"Period": "2026-W01", "Feeling": "Good", "WentWell": "tea"}
        return fields

    # What goes wrong

    def _trouble(self, step: Fault | Storm | Weather | Expire) -> None:
        faults, stand_in = self.station.stand_in.faults, self.station.stand_in
        match step:
            case Fault(kind=kind, times=times, where=where):
                faults.next(kind, times, where)
            case Storm(seed=seed, share=share):
                faults.storm(Random(seed), share)
            case Weather(lag=lag, down=down, refused=refused):
                stand_in.lag(lag)
                faults.down, faults.site_refused = down, refused
            case Expire(list_name=name, inner=inner):
                stand_in.expire_delta(name, inner=inner)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.station.stand_in.faults.calm()
        self._trouble(Weather())

    # What the bot does

    async def _ours(self, step: Step) -> None:
        match step:
            case Answer():
                await self._answer(step)
            case Lead():
                await self._lead(step)
            case Open(ward=ward):
                number, ward_id = self.opened + 1, WARDS[ward % 2]
                self.opened = number
                made = self.check_ins[f"check-in-{number}"] = a_check_in(number, ward_id)
                await self.station.store.add_check_in(made, [Entry(Kind.FILE_CHECK_IN, made.id, ward_id)])
            case Close(check_in=number):
                if (found := self._check_in(number)) is not None:
                    await self.close(found)
            case Posted(check_in=number, summary=summary):
                if (found := self._check_in(number)) is not None:
                    store = self.station.store
                    await (store.note_summarised if summary else store.note_posted)(found.id, f"message-{found.id}")
            case Forget(person=number):
                await self._take_away(self.station.store.forget_person(f"person-{number}"))
            case Retire() if self.station.clock.now() < NOON + timedelta(days=200):
                self.station.clock.move(LONG_AGO)
                removal = Retention(self.station.database, Days(check_ins=0, replies=0, audit_log=0))
                await self._take_away(removal.remove_what_is_past(self.station.clock.now()))

    def _check_in(self, number: int) -> CheckIn | None:
        return list(self.check_ins.values())[number % len(self.check_ins)] if self.check_ins else None

    async def close(self, check_in: CheckIn) -> None:
        """A check-in closes, and its rows are to be filed."""
        kinds = (Kind.FILE_CHECK_IN, Kind.FILE_REPLIES)
        await self.station.store.close_check_in(
            check_in.id, [Entry(kind, check_in.id, check_in.ward_id) for kind in kinds]
        )

    async def _answer(self, step: Answer) -> None:
        if (check_in := self._check_in(step.check_in)) is None:
            return
        people = [Person(id=f"person-{number}", name=f"Person {number}") for number in step.people]
        self.taps += 1
        keep = self.station.store.keep_reply
        taps = [keep(check_in.id, person, step.change, f"tap {self.taps} {person.id}") for person in people]
        came = await asyncio.gather(*taps)
        kept = [person for person, outcome in zip(people, came, strict=True) if isinstance(outcome, Kept)]
        if kept:
            keys = await self.station.database.read(lambda connection: _keys(connection, check_in.id, kept))
            for person, key in zip(kept, keys, strict=True):
                self._note_answer(key, step, person)

    def _note_answer(self, key: str, step: Answer, person: Person) -> None:
        fields = self.model.rows["Replies"].setdefault(
            key, dict.fromkeys(["Feeling", "WentWell", "TryNext", "GivenBy"])
        )
        if step.change.feeling is not None:
            fields["Feeling"] = step.change.feeling.title()
        if (lines := step.change.lines) is not None:
            fields["WentWell"], fields["TryNext"] = lines.went_well or None, lines.try_next or None
            fields["GivenBy"] = person.name if lines.named else None

    async def _lead(self, step: Lead) -> None:
        ward_id = WARDS[step.ward % 2]
        now = self.station.clock.now()
        await self.station.store.change_ward(
            ward_id, lambda ward: led(ward, step.column, step.value, now), [Entry(Kind.FILE_WARD, ward_id, ward_id)]
        )
        self.model.rows["Wards"][ward_id][step.column] = step.value

    async def _take_away(self, taken: Awaitable[Any]) -> None:
        """What the store has no more after this was taken away for good."""
        before = await self.station.database.read(look_at_keys)
        await taken
        after = await self.station.database.read(look_at_keys)
        self.model.erased |= before - after
        self.check_ins = {
            key: made for key, made in self.check_ins.items() if ("CheckIns", key) not in self.model.erased
        }


def _keys(connection: Connection, check_in_id: str, people: Sequence[Person]) -> list[str]:
    """The keys of these people's answers, by the check-in's secret."""
    secret = connection.scalar(select(check_ins.c.secret).where(check_ins.c.id == check_in_id))
    assert secret is not None
    mine = select(replies.c.mark, replies.c.id).where(replies.c.check_in_id == check_in_id)
    found = {row.mark: row.id for row in connection.execute(mine)}
    return [found[reply_key(secret, person.id)] for person in people]
