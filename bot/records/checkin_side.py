"""The CheckIns list and the check-ins of the store, each as the other has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import JsonValue
from sqlalchemy import Connection, select
from sqlalchemy import Row as Found

from bot.domain.checkins import CheckIn, Feeling, Figures, Missed, State
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Ward
from bot.records.columns import KEY_COLUMN, Row
from bot.records.database import Write
from bot.records.filed_rows import forget, known
from bot.records.lists import CheckInRow
from bot.records.schema import check_ins, wards
from bot.records.shapes import read_check_in
from bot.records.sides import Ours, Unfiled
from bot.records.store import Store

WHY_MISSED = {
    None: "",
    Missed.DOWN: "The service was not running when the check-in was due.",
    Missed.REFUSED: "Teams refused the post.",
}

_WITH_WARD = select(check_ins, wards.c.details).join(wards, wards.c.id == check_ins.c.ward_id)


class CheckInSide:
    """Check-ins. All columns are ours. An open one whose row somebody deletes goes on, and so does its row; any other is shown no more."""

    row: ClassVar[type[Row]] = CheckInRow
    kind: ClassVar[Kind] = Kind.FILE_CHECK_IN

    def __init__(self, store: Store) -> None:
        self._store = store

    def unfiled(self, connection: Connection, entry_key: str) -> Sequence[Unfiled]:
        ours, filed = self.ours(connection, entry_key), known(connection, CheckInRow.LIST, entry_key)
        return [Unfiled(ours, filed)] if ours and (filed is None or filed.version != ours.version) else []

    def ours(self, connection: Connection, key: str) -> Ours | None:
        row = connection.execute(_WITH_WARD.where(check_ins.c.id == key, ~check_ins.c.removed)).first()
        if row is None:
            return None
        return Ours(row.version, check_in_row(read_check_in(row), Ward.model_validate_json(row.details)))

    def entry(self, connection: Connection, key: str) -> Entry:
        ward_id = connection.scalar(select(check_ins.c.ward_id).where(check_ins.c.id == key))
        return Entry(Kind.FILE_CHECK_IN, key, ward_id)

    def entries(self, connection: Connection) -> list[Entry]:
        found = connection.execute(select(check_ins.c.id, check_ins.c.ward_id).where(~check_ins.c.removed))
        return [Entry(Kind.FILE_CHECK_IN, row.id, row.ward_id) for row in found]

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        return {}

    def taken_away(self, write: Write, key: str, now: datetime) -> bool:
        row = self._row(write.connection, key)
        if row is None or row.state == State.OPEN:
            return row is None
        self._store.show_no_more(write, key, removed=True)
        forget(write, CheckInRow.LIST, [key])
        return True

    def adopt(self, write: Write, fields: Mapping[str, JsonValue], now: datetime) -> bool:
        """One that was deleted, and is back from the recycle bin."""
        key = str(fields[KEY_COLUMN])
        if self._row(write.connection, key) is None:
            return False
        self._store.show_no_more(write, key, removed=False)
        return True

    @staticmethod
    def _row(connection: Connection, key: str) -> Found[str, str] | None:
        return connection.execute(select(check_ins.c.state, check_ins.c.ward_id).where(check_ins.c.id == key)).first()


def check_in_row(check_in: CheckIn, ward: Ward) -> CheckInRow:
    """A check-in as people read it in SharePoint. Counts of the five words only where the domain shows them."""
    figures = check_in.figures
    feelings = figures.feelings if figures else None
    counts = {feeling.value: feelings[feeling] for feeling in Feeling} if feelings else {}
    return CheckInRow(
        entry_key=check_in.id,
        title=f"{ward.name} {check_in.period}",
        ward_key=ward.id,
        ward=ward.name,
        period=check_in.period,
        state=check_in.state.value,
        opens_at=check_in.opened_at,
        closes_at=check_in.closes_at,
        missed_reason=WHY_MISSED[check_in.missed],
        answers=figures.answers if figures else None,
        **counts,
        post_id=check_in.message_id or "",
        summary_id=check_in.summary_id or "",
        remind_at=check_in.remind_at,
        missed=check_in.missed.value if check_in.missed else "",
        down_from=check_in.down_from,
        down_until=check_in.down_until,
    )


def check_in_of(row: CheckInRow) -> CheckIn:
    """The check-in that a row holds.

    Raises:
        ValueError: its reason for being missed is none.
    """
    counts = {feeling: getattr(row, feeling.value) for feeling in Feeling}
    known_all = all(count is not None for count in counts.values())
    return CheckIn(
        id=row.entry_key,
        ward_id=row.ward_key,
        period=row.period,
        state=State(row.state),
        opened_at=row.opens_at,
        closes_at=row.closes_at,
        remind_at=row.remind_at,
        message_id=row.post_id or None,
        summary_id=row.summary_id or None,
        figures=None if row.answers is None else Figures(row.answers, counts if known_all else None),
        missed=Missed(row.missed) if row.missed else None,
        down_from=row.down_from,
        down_until=row.down_until,
    )
