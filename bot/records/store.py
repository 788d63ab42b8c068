"""The store: the local database as the use cases and the couriers see it. One file a duty; here they are one."""

from collections.abc import Sequence

from bot.domain.outbox import Entry
from bot.records.beat_rows import BeatRows
from bot.records.checkin_rows import CheckInRows
from bot.records.outbox import enqueue
from bot.records.person_rows import PersonRows
from bot.records.reply_rows import ReplyRows


class Store(PersonRows, CheckInRows, ReplyRows, BeatRows):
    """The whole local database. Built from a started `Database` and a `Clock`; there is one for each database in a process.

    Everything raises `TryAgain` where the database is not there, locked or full. What is written is durable when the call returns.
    """

    async def enqueue(self, entries: Sequence[Entry]) -> None:
        """Write outbox entries that belong to no other change."""
        now = self._clock.now()
        await self._database.write(lambda write: enqueue(write, entries, now))
