"""Rowan ward with its whole bot in this process, and a look behind its doors: the store's file, `/readyz`, and time that passes."""

import sqlite3
from contextlib import closing
from typing import Any

import aiohttp

from tests.journeys.ward import Week

POSTED, CLOSED = "2026-11-25 14:00", "2026-12-02 14:00"
#: Seconds; a little over the longest that the outbox waits between two tries.
LONG_ENOUGH = 1000


class House(Week):
    """A ward's week, with the doors open."""

    def read(self, query: str) -> list[Any]:
        """Rows of the store's file."""
        path = str(self.rehearsal.tenant.settings["store"]).removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query).fetchall()

    def filed(self, name: str) -> list[str]:
        """The entry keys in a SharePoint list, sorted."""
        return sorted(row["EntryKey"] for row in self.rows(name))

    def kept(self, table: str) -> list[str]:
        """The keys of a table of the store, sorted."""
        return sorted(key for (key,) in self.read(f"SELECT id FROM {table}"))  # noqa: S608 -- the test names the table

    async def time_passes(self, times: int = 6) -> None:
        """Whatever is tried again is tried again, so many times."""
        for _ in range(times):
            self.rehearsal.clock.move_by(LONG_ENOUGH)
            await self.bot_has_worked()

    async def asked(self, path: str) -> tuple[int, Any]:
        """Status and body of a GET."""
        async with aiohttp.ClientSession() as session, session.get(self.rehearsal.bot.url + path) as response:
            return response.status, await response.json()

    async def reasons(self) -> list[str]:
        """Why it is not ready."""
        return list((await self.asked("/readyz"))[1]["reasons"])

    async def three_answer(self) -> None:
        """A check-in is posted, and three people answer it."""
        await self.clock_shows(POSTED)
        for name, feeling in (("Joe", "good"), ("Amina", "slow"), ("Tomasz", "flying")):
            await self.answers(name, feeling)
