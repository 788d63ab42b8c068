"""What the record ought to hold, worked out from what people and the bot did and from what the bot had been told.

The rule, for each column of each row:

- What a person changes on a state that held ours stands.
- What the bot changes after it has taken in a person's change stands.
- Where both changed the same column before the bot had taken in the person's change, the person's stands.
- A change is what differs from what was there when the bot last knew the row, or last wrote it: who puts the old value back before the bot
  has seen another one has changed nothing.
- What cannot be used, and what is typed into a column that is the bot's alone, changes nothing, and the bot's value is put back.
- A deletion of a row that the bot had been told of stands for replies, audit rows and closed check-ins; wards and open check-ins come back.
- A row from the recycle bin is as it is there: a reply or audit row is taken over again, of all others only what differs from what the bot knew.

The bot has taken in a state of a row when it notes that state's eTag. That it notes one too early is found out: the person's change must
be in the store by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.checkins import State
from bot.domain.rhythms import WEEKDAYS
from bot.domain.wards import Ward
from bot.records.columns import Row
from bot.records.lists import ReplyRow, WardRow
from bot.records.schema import audit, check_ins, filed_rows, replies, wards
from bot.rehearsal.sharepoint_lists import Lists
from bot.rehearsal.sharepoint_rows import Item
from bot.rehearsal.sharepoint_rows import State as RowState
from tests.records.histories import REFUSED, TYPED

Fields = dict[str, Any]
Place = tuple[int, int]

ROW: dict[str, type[Row]] = {"Wards": WardRow, "Replies": ReplyRow}


@dataclass(frozen=True)
class Seen:
    """The store at one moment: the columns of wards and replies that people may change, and which state of each row the bot knows of.

    `filed`: by list and key the row's number and version there; `check_ins`: their state, and whether they were removed.
    """

    rows: Mapping[str, Mapping[str, Fields]]
    filed: Mapping[tuple[str, str], Place]
    check_ins: Mapping[str, tuple[str, bool]]


_FILED = select(filed_rows.c.list, filed_rows.c.key, filed_rows.c.item_id, filed_rows.c.etag)
_FILED = _FILED.where(filed_rows.c.item_id.is_not(None))
_WARDS, _REPLIES = select(wards.c.id, wards.c.details), select(replies)
_CHECK_INS = select(check_ins.c.id, check_ins.c.state, check_ins.c.removed)


def look(connection: Connection) -> Seen:
    """The store as it is, read past the code that is being tested."""
    led = {row.id: _ward(Ward.model_validate_json(row.details)) for row in connection.execute(_WARDS)}
    given = {row.id: _reply(row) for row in connection.execute(_REPLIES)}
    filed = {(row.list, row.key): (int(row.item_id), _version(row.etag)) for row in connection.execute(_FILED)}
    ended = {row.id: (row.state, row.removed) for row in connection.execute(_CHECK_INS)}
    return Seen({"Wards": led, "Replies": given}, filed, ended)


def look_at_keys(connection: Connection) -> set[tuple[str, str]]:
    """Every row that the store holds itself, by list and key."""
    keys = {"Wards": wards.c.id, "CheckIns": check_ins.c.id, "Replies": replies.c.id, "AuditLog": audit.c.id}
    return {(name, key) for name, column in keys.items() for key in connection.scalars(select(column))}


def _ward(ward: Ward) -> Fields:
    rhythm = ward.rhythm
    return {
        "Title": ward.name,
        "ProjectTitle": ward.project,
        "Aim": ward.aim or None,
        "Weekday": WEEKDAYS[rhythm.weekday],
        "TimeOfDay": f"{rhythm.at:%H:%M}",
        "TimeZone": rhythm.zone,
        "EveryWeeks": rhythm.every_weeks,
        "PausedUntil": rhythm.paused_until and rhythm.paused_until.isoformat(),
        "IncidentLink": ward.links.incident or None,
    }


def _reply(row: Any) -> Fields:
    return {
        "Feeling": row.feeling.title(),
        "WentWell": row.went_well or None,
        "TryNext": row.try_next or None,
        "GivenBy": row.person_name,
    }


def _version(etag: str) -> int:
    return int(etag.strip('"').rpartition(",")[2])


@dataclass
class Model:
    """What ought to be. `rows`: wards and replies by key; `known`: the state of each row that the bot was last told of.

    `erased`: what the bot took away for good, by list and key; `deleted`: what people deleted and did not restore, by list and key;
    `strangers`: rows that they added by hand, by list and number.
    """

    lists: Lists
    rows: dict[str, dict[str, Fields]] = field(default_factory=lambda: {"Wards": {}, "Replies": {}})
    known: dict[tuple[str, str], Place] = field(default_factory=dict)
    erased: set[tuple[str, str]] = field(default_factory=set)
    deleted: dict[tuple[str, str], int] = field(default_factory=dict)
    strangers: dict[tuple[str, int], Fields] = field(default_factory=dict)
    names: set[str] = field(default_factory=lambda: {"Rowan"})
    ended: set[str] = field(default_factory=set)

    def take(self, seen: Seen) -> None:
        """The bot may have been told of more since: work out what that changes, and hold the store against it."""
        for name, rows in self.rows.items():
            for key in [*rows, *(key for key in seen.rows[name] if key not in rows)]:
                self._take_row(name, key, seen)
            wrong = {key: (row, seen.rows[name][key]) for key, row in rows.items() if row != seen.rows[name][key]}
            assert not wrong, f"{name}: ought to be, and is: {wrong}"
        self.known |= seen.filed
        self.ended = {key for key, (state, _) in seen.check_ins.items() if state != State.OPEN}
        self.names |= {fields["Title"] for fields in self.rows["Wards"].values()}

    def _take_row(self, name: str, key: str, seen: Seen) -> None:
        now, before = seen.filed.get((name, key)), self.known.get((name, key))
        if key not in seen.rows[name]:
            assert (name, key) in self.erased or self._was_deleted(name, before), (
                f"{key} is gone, and nobody deleted it"
            )
            self.known.pop((name, key), None)
            del self.rows[name][key]
        elif key not in self.rows[name]:
            assert now is not None, f"{key} came from nowhere"
            self.rows[name][key] = self._adopted(now)
        elif now is not None and now != before:
            item = self.item(name, now[0])
            after = before[1] if before and before[0] == now[0] else 1
            self._walk(name, self.rows[name][key], [state for state in item.states if after <= state.version <= now[1]])

    def _walk(self, name: str, ours: Fields, states: list[RowState]) -> None:
        """From the state that was known to the one that is: each write of the bot's in between says that it knew what was there before."""
        base = self._shown(name, states[0])
        for before, state in pairwise(states):
            if state.by is None and not state.gone:
                self._absorb(name, ours, base, self._shown(name, before))
                base = self._shown(name, state)
        self._absorb(name, ours, base, self._shown(name, states[-1]))

    def _absorb(self, name: str, ours: Fields, base: Fields, theirs: Fields) -> None:
        for column, value in theirs.items():
            if value in (base[column], ours[column]):
                continue
            kept = TYPED[name][column].get(value, value)
            if name == "Replies" and column == "GivenBy" and value is not None:
                kept = REFUSED
            if kept is not REFUSED:
                ours[column] = kept

    def _adopted(self, at: Place) -> Fields:
        shown = self._at("Replies", at)
        fields = {column: shown[column] for column in TYPED["Replies"]}
        return fields if shown["PersonId"] else {**fields, "GivenBy": None}

    def _shown(self, name: str, state: RowState) -> Fields:
        whole = ROW[name].canonical(state.fields)
        return {column: whole[column] for column in TYPED[name]}

    def _at(self, name: str, at: Place) -> Fields:
        state = next(state for state in self.item(name, at[0]).states if state.version == at[1])
        return ROW[name].canonical(state.fields)

    def _was_deleted(self, name: str, at: Place | None) -> bool:
        return at is not None and any(state.gone and state.by for state in self.item(name, at[0]).states)

    def note_deleted(self, name: str, number: int) -> None:
        """A person deleted this row: one that the bot was told of, and can do without, must not come back."""
        self.strangers.pop((name, number), None)
        for (of, key), at in self.known.items():
            if (of, at[0]) == (name, number) and name != "Wards" and (name != "CheckIns" or key in self.ended):
                self.deleted[of, key] = number

    def item(self, name: str, number: int) -> Item:
        """A row there, or in the recycle bin."""
        of = self.lists.find(name)
        return of.items.get(number) or of.bin[number]
