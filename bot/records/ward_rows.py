"""Wards, and the teams they live in, in the local database."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, delete, select, update

from bot.domain.outbox import Entry
from bot.domain.wards import Place, Ward
from bot.records.database import Write
from bot.records.outbox import enqueue
from bot.records.rows import Rows
from bot.records.schema import teams, ward_leads, wards

log = structlog.get_logger()


class WardRows(Rows):
    """The store's part for wards. A ward's channel is unique."""

    async def ward(self, ward_id: str) -> Ward | None:
        """The ward with this id."""
        return await self._wards.get(ward_id, lambda: self._ward_found(wards.c.id == ward_id))

    async def ward_in(self, channel_id: str) -> Ward | None:
        """The ward whose channel this is."""
        return await self._wards_by_channel.get(channel_id, lambda: self._ward_found(wards.c.channel_id == channel_id))

    async def wards_of(self, team_id: str) -> Sequence[Ward]:
        """The wards whose channels are in this team."""
        return await self._wards_found(select(wards.c.id, wards.c.details).where(wards.c.team_id == team_id))

    async def wards_led_by(self, person_id: str) -> Sequence[Ward]:
        """The wards this person leads."""
        led = select(wards.c.id, wards.c.details).join(ward_leads).where(ward_leads.c.person_id == person_id)
        return await self._wards_found(led)

    async def wards_awake(self) -> Sequence[Ward]:
        """Every ward that is not quiet."""
        return await self._wards_found(select(wards.c.id, wards.c.details).where(wards.c.quiet.is_(None)))

    async def add_ward(self, ward: Ward, entries: Sequence[Entry]) -> bool:
        """Keep a new ward and its entries; False, and nothing kept, where its channel has a ward already."""
        now = self._clock.now()

        def add(write: Write) -> bool:
            if not self.keep_ward(write, ward):
                return False
            enqueue(write, entries, now)
            return True

        return await self._database.write(add)

    def keep_ward(self, write: Write, ward: Ward) -> bool:
        """In a transaction: keep a new ward; False, and nothing kept, where its channel has a ward already."""
        row = {"id": ward.id, "version": 1, **_columns(ward)}
        put = write.insert(wards).values(row).on_conflict_do_nothing(index_elements=[wards.c.channel_id])
        if not write.execute(put).rowcount:
            return False
        _lead(write, ward)
        return True

    async def change_ward(self, ward_id: str, change: Callable[[Ward], Ward], entries: Sequence[Entry]) -> Ward | None:
        """Apply `change` (pure) to the ward as it is now and keep it with the entries; None where there is no such ward.

        Where nothing changed, neither a row nor an entry is written. What `change` raises is passed on, and nothing kept.
        """
        now = self._clock.now()

        def put(write: Write) -> Ward | None:
            before = self.ward_for_change(write, ward_id)
            if before is None:
                return None
            ward = change(before)
            if ward != before:
                self.rewrite_ward(write, before, ward)
                enqueue(write, entries, now)
            return ward

        return await self._database.write(put)

    def ward_for_change(self, write: Write, ward_id: str) -> Ward | None:
        """In a transaction: the ward as it is, which nobody else changes until the transaction ends."""
        details = write.execute(select(wards.c.details).where(wards.c.id == ward_id).with_for_update()).scalar()
        return None if details is None else Ward.model_validate_json(details)

    def rewrite_ward(self, write: Write, before: Ward, ward: Ward) -> None:
        """In a transaction: `ward` in place of what it was before."""
        channels = (before.place.channel_id, ward.place.channel_id)
        write.afterwards.append(lambda: self._wards.forget(ward.id))
        write.afterwards.append(lambda: self._wards_by_channel.forget(*channels))
        row = update(wards).where(wards.c.id == ward.id)
        write.execute(row.values(version=wards.c.version + 1, **_columns(ward)))
        write.execute(delete(ward_leads).where(ward_leads.c.ward_id == ward.id))
        _lead(write, ward)

    async def enter_team(self, place: Place, welcome: Entry) -> bool:
        """Note that the bot is in this team. The welcome is written only the first time ever; True where it was."""
        now = self._clock.now()

        def enter(write: Write) -> bool:
            put = write.insert(teams).values(id=place.team_id, present=True)
            if write.execute(put.on_conflict_do_nothing(index_elements=[teams.c.id])).rowcount:
                enqueue(write, [welcome], now)
                return True
            write.execute(update(teams).where(teams.c.id == place.team_id).values(present=True))
            return False

        return await self._database.write(enter)

    async def in_team(self, team_id: str) -> bool:
        """Whether the bot is in this team."""
        found = select(teams.c.present).where(teams.c.id == team_id)
        return bool(await self._database.read(lambda connection: connection.scalar(found)))

    async def forget_team(self, team_id: str) -> None:
        """As if the bot had never been there: it is welcomed when it is put in again."""
        gone = delete(teams).where(teams.c.id == team_id)
        await self._database.write(lambda write: write.execute(gone))

    async def leave_team(self, team_id: str) -> None:
        """Note that the bot is no longer in this team."""
        put = update(teams).where(teams.c.id == team_id).values(present=False)
        await self._database.write(lambda write: write.execute(put))

    async def _ward_found(self, which: ColumnElement[bool]) -> Ward | None:
        found = select(wards.c.details).where(which)
        details = await self._database.read(lambda connection: connection.scalar(found))
        return None if details is None else Ward.model_validate_json(details)

    async def _wards_found(self, found: Select[Any]) -> list[Ward]:
        """What cannot be read is left out and named in the log: one ward's broken row must not silence the others."""
        rows = await self._database.read(lambda connection: connection.execute(found.order_by(wards.c.id)).all())
        readable = []
        for row in rows:
            try:
                readable.append(Ward.model_validate_json(row.details))
            except ValueError:
                log.error("a ward's row cannot be read", ward=row.id)
        return readable


def _lead(write: Write, ward: Ward) -> None:
    leads = [{"ward_id": ward.id, "person_id": person_id} for person_id in {lead.id for lead in ward.leads}]
    if leads:
        write.execute(ward_leads.insert(), leads)


def _columns(ward: Ward) -> dict[str, str | None]:
    return {
        "channel_id": ward.place.channel_id,
        "team_id": ward.place.team_id,
        "quiet": ward.quiet and ward.quiet.value,
        "details": ward.model_dump_json(),
    }
