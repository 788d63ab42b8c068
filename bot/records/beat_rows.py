"""The service's own heartbeat in the local database, and what is forgotten in time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.domain.checkins import Outage
from bot.records.database import Write
from bot.records.rows import Rows
from bot.records.schema import beats, deliveries, filed_rows, outages

#: A gap between two heartbeats longer than this is an outage.
LONGEST_GAP = timedelta(minutes=5)

#: Teams redelivers within seconds, a proxy within minutes; two days leave room for a machine that was asleep.
DELIVERIES_KEPT = timedelta(days=2)

OUTAGES_KEPT = timedelta(days=365)

#: What was erased must not come back by a late answer or from SharePoint's recycle bin, which keeps rows for 93 days (Microsoft 365 "recycle bin").
ERASED_KEPT = timedelta(days=100)

_ONLY = 1


class BeatRows(Rows):
    """The store's part for the heartbeat."""

    async def beat(self, now: datetime) -> None:
        """Note that the service is running; a gap of more than five minutes before `now` is noted as an outage."""

        def note(write: Write) -> None:
            last = write.execute(select(beats.c.at)).scalar()
            put = write.insert(beats).values(id=_ONLY, at=now)
            write.execute(put.on_conflict_do_update(index_elements=[beats.c.id], set_={"at": now}))
            if last is not None and now - last > LONGEST_GAP:
                write.execute(write.insert(outages).values(started=last, ended=now).on_conflict_do_nothing())

        await self._database.write(note)
        await self._database.scrub()  # where a reader was in the way when a check-in closed

    async def outage_over(self, moment: datetime) -> Outage | None:
        """The outage that `moment` lies in, or None."""
        over = select(outages).where(outages.c.started <= moment, outages.c.ended > moment)
        first = over.order_by(outages.c.started).limit(1)
        row = await self._database.read(lambda connection: connection.execute(first).first())
        return Outage(row.started, row.ended) if row else None

    async def prune(self, now: datetime) -> None:
        """Forget deliveries older than two days, outages older than a year, and what was erased over three months ago."""

        def prune(write: Write) -> None:
            write.execute(delete(deliveries).where(deliveries.c.day < (now - DELIVERIES_KEPT).date()))
            write.execute(delete(outages).where(outages.c.ended < now - OUTAGES_KEPT))
            write.execute(delete(filed_rows).where(filed_rows.c.erased_on < (now - ERASED_KEPT).date()))

        await self._database.write(prune)
