"""What the record holds, kept in an empty store: row by row, in one transaction. What cannot be read is left out and named."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from bot.domain.carrying_on import what_follows
from bot.domain.checkins import CheckIn, State
from bot.domain.outbox import Entry
from bot.domain.wards import Quiet, Ward
from bot.records.absorbing import titles
from bot.records.checkin_side import check_in_of, check_in_row
from bot.records.columns import KEY_COLUMN, TITLE, Row
from bot.records.database import Write
from bot.records.filed_rows import put_all
from bot.records.lists import CheckInRow, ReplyRow, WardRow
from bot.records.merging import RemoteRow
from bot.records.outbox import enqueue
from bot.records.reply_side import keep_replies, reply_of, reply_row, unfit_words
from bot.records.schema import check_ins, teams
from bot.records.sides import Side
from bot.records.store import Store
from bot.records.ward_side import unfit_ward, ward_of, ward_row

#: The number of the reading that a rebuild is: from the next one on, what it did not show has to be looked for.
FIRST_ROUND = 1

#: Rows a statement.
TOGETHER = 500

#: Only of a check-in's own time: a ward that has another name since does not change them.
AS_IT_WAS_CALLED = frozenset({TITLE, "Ward"})


class _Unfit(Exception):
    """A row that no store could hold: the `columns` that do not fit."""

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__()
        self.columns = tuple(sorted(columns))


class _Orphan(Exception):
    """A row that belongs to one that is not there."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be read, and the columns that do not fit, as people call them."""

    list_name: str
    key: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class Rebuilt:
    """What came back and what did not, by list: `orphans` belong to a row that is not there, `strangers` have no entry key.

    `open`: how many check-ins are still open.
    """

    kept: Counter[str] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    orphans: Counter[str] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    open: int = 0


class Keeping:
    """One transaction's keeping, list by list in the order of `sides_of`: what a row points to was kept before it."""

    def __init__(self, write: Write, store: Store, sides: Mapping[str, Side], tenant_id: str, now: datetime) -> None:
        self._write = write
        self._store = store
        self._sides = sides
        self._tenant_id = tenant_id
        self._now = now
        self._wards: dict[str, Ward] = {}
        self._check_ins: dict[str, CheckIn] = {}
        # Many rows wait to be kept together: one by one, most of the time would go into making statements.
        self._replies: list[ReplyRow] = []
        self._filed: list[dict[str, Any]] = []
        self._differ: list[str] = []
        self.rebuilt = Rebuilt()

    def keep(self, list_name: str, rows: Iterable[RemoteRow]) -> None:
        """Keep the rows of a list, and what is known of each in SharePoint."""
        met: set[str] = set()
        for remote in rows:
            if remote.key is None:
                self.rebuilt.strangers[list_name] += 1
                continue
            try:
                self._one(list_name, remote, again=remote.key in met)
            except _Orphan:
                self.rebuilt.orphans[list_name] += 1
            except _Unfit as unfit:
                names = titles(self._sides[list_name].row)
                columns = tuple(names.get(column, column) for column in unfit.columns)
                self.rebuilt.left_out.append(LeftOut(list_name, remote.key, columns))
            else:
                met.add(remote.key)
                self.rebuilt.kept[list_name] += 1
            if len(self._filed) >= TOGETHER:
                self._flush(list_name)
        self._flush(list_name)

    def end(self) -> None:
        """Once all lists are kept: the teams that the bot is in, and what is to be done first."""
        there: dict[str, bool] = {}
        for ward in self._wards.values():
            present = ward.quiet not in {Quiet.REMOVED, Quiet.TEAM_GONE}
            there[ward.place.team_id] = there.get(ward.place.team_id, False) or present
        for team_id, present in there.items():
            put_in = self._write.insert(teams).values(id=team_id, present=present)
            again = put_in.on_conflict_do_update(index_elements=[teams.c.id], set_={"present": present})
            self._write.execute(again)
        entries: list[Entry] = []
        for check_in in self._check_ins.values():
            self.rebuilt.open += check_in.state is State.OPEN
            entries += what_follows(self._wards[check_in.ward_id], check_in, self._now)
        enqueue(self._write, entries, self._now)

    def _one(self, list_name: str, remote: RemoteRow, *, again: bool) -> None:
        if again:
            raise _Unfit([KEY_COLUMN])
        side = self._sides[list_name]
        theirs = side.row.canonical(remote.fields)
        try:
            row = side.row.read(theirs)
        except ValidationError as error:
            raise _Unfit(_columns(error)) from None
        ours = self._ours(row).fields()
        differs = {column for column, value in ours.items() if value != theirs.get(column)}
        if list_name == CheckInRow.LIST:
            differs -= AS_IT_WAS_CALLED
        where = {"key": row.entry_key, "item_id": remote.item_id, "etag": remote.etag, "round": FIRST_ROUND}
        self._filed.append({**where, "fields": theirs, "version": 0 if differs else 1})
        if differs:
            self._differ.append(row.entry_key)

    def _flush(self, list_name: str) -> None:
        """Keep what waits. What stands there otherwise than it ought to is filed again."""
        keep_replies(self._write, self._replies)
        put_all(self._write, list_name, self._filed)
        side, connection = self._sides[list_name], self._write.connection
        enqueue(self._write, [side.entry(connection, key) for key in self._differ], self._now)
        self._replies.clear()
        self._filed.clear()
        self._differ.clear()

    def _ours(self, row: Row) -> Row:
        """Keep a row in its table. Answers with the row as it ought to stand there."""
        match row:
            case WardRow():
                return self._ward(row)
            case CheckInRow():
                return self._check_in(row)
            case ReplyRow():
                return self._reply(row)
            case _:
                self._sides[row.LIST].adopt(self._write, row.fields(), self._now)
                return row

    def _ward(self, row: WardRow) -> WardRow:
        if wrong := unfit_ward(row, self._tenant_id, self._now):
            raise _Unfit(wrong)
        ward = ward_of(row, self._tenant_id)
        if not self._store.keep_ward(self._write, ward):
            raise _Unfit(["ChannelId"])
        self._wards[ward.id] = ward
        return ward_row(ward)

    def _check_in(self, row: CheckInRow) -> CheckInRow:
        ward = self._wards.get(row.ward_key)
        if ward is None:
            raise _Orphan
        try:
            check_in = check_in_of(row)
        except ValueError:
            raise _Unfit(["Missed"]) from None
        self._store.keep_check_in(self._write, check_in)
        if self._write.execute(select(check_ins.c.id).where(check_ins.c.id == check_in.id)).first() is None:
            raise _Unfit(["Period"])  # the ward has one for it already
        self._check_ins[check_in.id] = check_in
        return check_in_row(check_in, ward)

    def _reply(self, row: ReplyRow) -> ReplyRow:
        check_in = self._check_ins.get(row.check_in_key)
        ward = self._wards.get(check_in.ward_id) if check_in else None
        if check_in is None or ward is None:
            raise _Orphan
        if wrong := unfit_words(row):
            raise _Unfit(wrong)
        self._replies.append(row)
        return reply_row(row.entry_key, reply_of(row), check_in, ward)


def _columns(error: ValidationError) -> set[str]:
    """The columns that an error is about."""
    return {str(one["loc"][0]) for one in error.errors(include_url=False, include_input=False)}
