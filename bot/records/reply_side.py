"""The Replies list and the replies of the store, each as the other has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import JsonValue
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy import Row as Found

from bot.domain.checkins import CheckIn, Feeling, Reply, State
from bot.domain.corrections import correct_reply
from bot.domain.outbox import Entry, Kind
from bot.domain.privacy import FILING_GROUP
from bot.domain.wards import Person, Ward
from bot.records.columns import Row
from bot.records.database import Write
from bot.records.filed_rows import forget, read_filed
from bot.records.lists import ReplyRow
from bot.records.outbox import enqueue
from bot.records.schema import check_ins, filed_rows, replies, wards
from bot.records.shapes import read_check_in, read_reply, reply_columns
from bot.records.sides import Ours, Unfiled, Unfit

#: The part of a reply that each column stands for.
FIELD_OF = {
    "Feeling": "feeling",
    "WentWell": "went_well",
    "InTheWay": "in_the_way",
    "TryNext": "try_next",
    "GivenBy": "name",
}
_COLUMN_OF = {field: column for column, field in FIELD_OF.items()}

_FILED = (filed_rows.c.list == ReplyRow.LIST) & (filed_rows.c.key == replies.c.id)
_UNFILED = (
    select(replies, *(column.label(f"filed_{column.name}") for column in filed_rows.c))
    .outerjoin(filed_rows, _FILED)
    .where(replies.c.check_in_id == bindparam("this"))
    .where(filed_rows.c.version.is_(None) | (filed_rows.c.version != replies.c.version))
    .order_by(replies.c.id)
)
_REPLY = select(replies).where(replies.c.id == bindparam("this"))
_CHECK_IN = select(check_ins).where(check_ins.c.id == bindparam("this"))
_WITH_WARD = (
    select(check_ins, wards.c.details)
    .join(wards, wards.c.id == check_ins.c.ward_id)
    .where(check_ins.c.id == bindparam("this"))
)


class ReplySide:
    """Replies. Their words can be corrected and a name taken off; a row that somebody deletes is gone from the cards too."""

    row: ClassVar[type[Row]] = ReplyRow
    kind: ClassVar[Kind] = Kind.FILE_REPLIES

    def unfiled(self, connection: Connection, entry_key: str) -> Sequence[Unfiled | Unfit]:
        this = {"this": entry_key}
        found = connection.execute(_WITH_WARD, this).first()
        if found is None:
            return []
        check_in, ward = read_check_in(found), Ward.model_validate_json(found.details)
        return [_unfiled(row, check_in, ward) for row in connection.execute(_UNFILED, this).all()]

    def ours(self, connection: Connection, key: str) -> Ours | None:
        reply = connection.execute(_REPLY, {"this": key}).first()
        found = reply and connection.execute(_WITH_WARD, {"this": reply.check_in_id}).first()
        if reply is None or found is None:
            return None
        ward = Ward.model_validate_json(found.details)
        return Ours(reply.version, reply_row(key, read_reply(reply), read_check_in(found), ward))

    def entry(self, connection: Connection, key: str) -> Entry:
        reply = select(replies.c.check_in_id).where(replies.c.id == key).scalar_subquery()
        found = connection.execute(select(check_ins.c.id, check_ins.c.ward_id).where(check_ins.c.id == reply)).one()
        return Entry(Kind.FILE_REPLIES, found.id, found.ward_id)

    def entries(self, connection: Connection) -> list[Entry]:
        found = connection.execute(select(check_ins.c.id, check_ins.c.ward_id))
        return [Entry(Kind.FILE_REPLIES, row.id, row.ward_id) for row in found]

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        row = write.execute(_REPLY.with_for_update(), {"this": key}).first()
        if row is None:
            return {}
        typed = {FIELD_OF[column]: "" if value is None else str(value) for column, value in edits.items()}
        before = read_reply(row)
        reply, problems = correct_reply(before, typed)
        if reply != before:
            put = update(replies).where(replies.c.id == key)
            write.execute(put.values(version=replies.c.version + 1, **reply_columns(reply)))
            self._show(write, row.check_in_id, now)
        return {_COLUMN_OF[problem.field]: problem.sentence for problem in problems}

    def taken_away(self, write: Write, key: str, now: datetime) -> bool:
        check_in_id = write.execute(select(replies.c.check_in_id).where(replies.c.id == key)).scalar()
        forget(write, ReplyRow.LIST, [key])
        if check_in_id is not None:
            write.execute(delete(replies).where(replies.c.id == key))
            self._show(write, check_in_id, now)
        return True

    def adopt(self, write: Write, fields: Mapping[str, JsonValue], now: datetime) -> bool:
        """One whose check-in we know: back from the recycle bin, or from a store that was lost. Nobody can change it any more."""
        row = ReplyRow.read(fields)
        if write.execute(select(check_ins.c.id).where(check_ins.c.id == row.check_in_key)).first() is None:
            return False
        keep_replies(write, [row])
        self._show(write, row.check_in_key, now)
        return True

    def _show(self, write: Write, check_in_id: str, now: datetime) -> None:
        """The cards that show the replies follow: the count on an open check-in's, the words in a closed one's summary."""
        row = write.execute(_CHECK_IN, {"this": check_in_id}).one()
        if row.state == State.OPEN:
            enqueue(write, [Entry(Kind.REFRESH_CHECK_IN, check_in_id, row.ward_id)], now)
        elif row.summary_id is not None:
            enqueue(write, [Entry(Kind.REFRESH_SUMMARY, check_in_id, row.ward_id)], now)


def _unfiled(row: Found[Any], check_in: CheckIn, ward: Ward) -> Unfiled | Unfit:
    try:
        ours = Ours(row.version, reply_row(row.id, read_reply(row), check_in, ward))
    except ValueError:
        return Unfit(row.id)
    filed = read_filed(row, "filed_") if row.filed_key is not None else None
    return Unfiled(ours, filed, early=check_in.state is State.OPEN, named=row.person_id is not None)


def while_open(unfiled: Sequence[Unfiled]) -> list[Unfiled]:
    """What may be filed before the close: five new rows or more at a time, and changes of filed ones along with them.

    Five new ones always stay behind: who answers last would otherwise be alone at the close, and SharePoint's Created time would tell their row.
    A reply with a name waits for the close: lists keep versions, and a name that is taken off again must not stand in one.
    """
    nameless = [row for row in unfiled if not row.named]
    begun = [row for row in nameless if row.known is not None and (row.known.item_id or row.known.sent_key)]
    spare = [row for row in nameless if row not in begun][FILING_GROUP:]
    if len(spare) < FILING_GROUP:
        # A group that is half there, because SharePoint's answer got lost, is not left so.
        return [row for row in begun if row.known and row.known.sent_key]
    return [*spare, *begun]


def keep_replies(write: Write, rows: Sequence[ReplyRow]) -> None:
    """Keep replies that the record has and the store has not."""
    values = [
        {"id": row.entry_key, "check_in_id": row.check_in_key, "version": 1, **reply_columns(reply_of(row))}
        for row in rows
    ]
    if values:
        write.execute(write.insert(replies).on_conflict_do_nothing(), values)


def unfit_words(row: ReplyRow) -> set[str]:
    """The columns in which people wrote what no reply of ours could hold."""
    typed = {"went_well": row.went_well, "in_the_way": row.in_the_way, "try_next": row.try_next}
    _, problems = correct_reply(reply_of(row), typed)
    return {_COLUMN_OF[problem.field] for problem in problems}


def reply_row(entry_key: str, reply: Reply, check_in: CheckIn, ward: Ward) -> ReplyRow:
    """A reply as people read it in SharePoint: a person only where they put their name to it."""
    return ReplyRow(
        entry_key=entry_key,
        title=f"{ward.name} {check_in.period}",
        check_in_key=check_in.id,
        ward_key=check_in.ward_id,
        period=check_in.period,
        feeling=reply.feeling.value.title(),
        went_well=reply.went_well,
        in_the_way=reply.in_the_way,
        try_next=reply.try_next,
        given_by=reply.named.name if reply.named else None,
        person_id=reply.named.id if reply.named else None,
    )


def reply_of(row: ReplyRow) -> Reply:
    """The reply that a row holds."""
    named = Person(id=row.person_id, name=row.given_by) if row.person_id and row.given_by else None
    return Reply(Feeling(row.feeling.lower()), row.went_well, row.in_the_way, row.try_next, named)
