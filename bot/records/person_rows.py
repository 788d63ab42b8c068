"""One person's own data in the local database: found, and forgotten.

Found is what names them, and their answers to open check-ins, which the check-ins' secrets still tie to them. Of a closed check-in nobody can tell
any more whose the answers without a name are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from bot.domain.checkins import State
from bot.domain.outbox import Entry, Kind
from bot.domain.people import Given, KnownOf
from bot.domain.privacy import reply_key
from bot.domain.wards import Ward
from bot.records.audit_side import Audited, note
from bot.records.database import Write
from bot.records.filed_rows import erase
from bot.records.lists import ReplyRow
from bot.records.outbox import delete_entry, enqueue
from bot.records.reply_rows import QUIET_FOR
from bot.records.schema import check_ins, filed_rows, outbox, replies, ward_leads, wards
from bot.records.shapes import read_reply
from bot.records.ward_rows import WardRows

FORGOTTEN = "answers: {answers}, wards led: {wards}"

_THEIRS = (
    select(replies, check_ins.c.ward_id, check_ins.c.period, check_ins.c.state, check_ins.c.summary_id)
    .add_columns(wards.c.details, filed_rows.c.item_id, filed_rows.c.sent_key)
    .join(check_ins, check_ins.c.id == replies.c.check_in_id)
    .join(wards, wards.c.id == check_ins.c.ward_id)
    .outerjoin(filed_rows, (filed_rows.c.list == ReplyRow.LIST) & (filed_rows.c.key == replies.c.id))
    .order_by(check_ins.c.opened_at.desc(), replies.c.id)
)


class PersonRows(WardRows):
    """The store's part for what people ask about themselves."""

    async def known_of(self, person_id: str) -> KnownOf:
        """All that is known to be this person's."""
        return await self._database.read(
            lambda connection: _known(_led(connection, person_id), _given(connection, person_id))
        )

    async def forget_person(self, person_id: str) -> KnownOf:
        """Take all of it away, here and (by the outbox) in SharePoint, and say what it was. Figures that are frozen stay: they are counts.

        When this returns, neither SQLite's file nor its log holds it (PostgreSQL and the exception: `Database.scrub`). What was last filed of a
        ward that they led names them until SharePoint has taken the change: it is what the change is counted from.
        """
        now = self._clock.now()

        def forget(write: Write) -> KnownOf:
            led, given = _led(write.connection, person_id), _given(write.connection, person_id)
            for row in given:
                _forget_reply(write, row, now)
            for ward in led:
                self._lead_no_more(write, ward.id, person_id, now)
            write.execute(
                delete(outbox).where(
                    outbox.c.kind == Kind.TELL_LEADS, outbox.c.key.contains(person_id, autoescape=True)
                )
            )
            known = _known(led, given)
            if not known.nothing:
                detail = FORGOTTEN.format(answers=len(given), wards=len(led))
                note(write, Audited("person forgotten", None, "", detail=detail), now)
            write.afterwards.append(self._database.leave_no_trace)
            return known

        forgotten = await self._database.write(forget)
        await self._database.scrub()
        return forgotten

    def _lead_no_more(self, write: Write, ward_id: str, person_id: str, now: datetime) -> None:
        before = self.ward_for_change(write, ward_id)
        if before is not None:
            leads = tuple(lead for lead in before.leads if lead.id != person_id)
            self.rewrite_ward(write, before, before.model_copy(update={"leads": leads}))
            enqueue(write, [Entry(Kind.FILE_WARD, ward_id, ward_id)], now)


def _led(connection: Connection, person_id: str) -> list[Ward]:
    found = select(wards.c.details).join(ward_leads).where(ward_leads.c.person_id == person_id)
    led = [Ward.model_validate_json(details) for details in connection.execute(found).scalars()]
    return sorted(led, key=lambda ward: ward.name)


def _given(connection: Connection, person_id: str) -> Sequence[Row[Any]]:
    secrets = connection.execute(select(check_ins.c.secret).where(check_ins.c.secret.is_not(None))).scalars()
    marks = [reply_key(secret, person_id) for secret in secrets]
    return connection.execute(_THEIRS.where((replies.c.person_id == person_id) | replies.c.mark.in_(marks))).all()


def _known(led: Sequence[Ward], given: Sequence[Row[Any]]) -> KnownOf:
    return KnownOf(
        tuple(ward.name for ward in led),
        tuple(
            Given(
                Ward.model_validate_json(row.details).name,
                row.period,
                read_reply(row),
                open=row.state == State.OPEN,
                in_sharepoint=row.item_id is not None,
            )
            for row in given
        ),
        tuple(ward.name for ward in led if len(ward.leads) == 1),
    )


def _forget_reply(write: Write, row: Row[Any], now: datetime) -> None:
    write.execute(delete(replies).where(replies.c.id == row.id))
    # One that is about to be filed at this moment is stopped by that too.
    erase(write, ReplyRow.LIST, row.id, now.date())
    if row.item_id is not None or row.sent_key is not None:
        enqueue(write, [delete_entry(ReplyRow.LIST, row.id, row.item_id)], now)
    if row.state == State.OPEN:
        # Not at once: an edit of the shared card wipes what others are typing (decision 0005), and would show the minute of this.
        enqueue(write, [Entry(Kind.REFRESH_CHECK_IN, row.check_in_id, row.ward_id, due=now + QUIET_FOR)], now)
    elif row.summary_id is not None:
        enqueue(write, [Entry(Kind.REFRESH_SUMMARY, row.check_in_id, row.ward_id)], now)
