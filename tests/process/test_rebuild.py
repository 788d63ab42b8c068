"""A rebuild that is killed half-way leaves nothing behind, and the next one makes the whole store."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.process.bot_process import REPOSITORY, Ward, a_ward, orders_for

WARDS = "SELECT count(*) FROM wards"


@asynccontextmanager
async def remaking(ward: Ward) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that makes the store anew; killed at the end, if it still runs."""
    rehearsal = ward.rehearsal
    orders = orders_for(rehearsal.tenant, rehearsal.teams.token_url, rehearsal.identity.client_secret)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.process.remaker", orders.model_dump_json()),
        stdout=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: asyncio.subprocess.Process, wanted: str) -> None:
    """Return once it has said this."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while wanted not in (await process.stdout.readline()).decode():
            assert process.returncode is None


async def test_killed_half_way(tmp_path: Path) -> None:
    """Killed when three of four lists are read, it has kept nothing; run again, the bot goes on with all of it."""
    async with a_ward(tmp_path) as ward:
        await ward.clock_shows("2026-11-25 14:00")
        for name in ("Joe", "Amina", "Tomasz"):
            await ward.answers(name, "good")
        await ward.clock_shows("2026-12-02 14:00")
        await ward.clock_shows("2026-12-02 14:01")
        replies = sorted(key for (key,) in ward.read("SELECT id FROM replies"))
        check_ins = sorted(ward.read("SELECT id, state, message_id, summary_id FROM check_ins"))
        await ward.rehearsal.stop_bot()
        ward.lose_store()

        faults, lists = ward.rehearsal.sharepoint.faults, ward.rehearsal.sharepoint.api.lists
        faults.slow_seconds = 3600
        faults.next("slow", where=f"{lists.find('AuditLog').id}/items/delta")
        async with remaking(ward) as process:
            await said(process, "Replies: 3 read")
            process.kill()
            killed = await process.wait()
        half_way = ward.read(WARDS)
        async with remaking(ward) as process:
            async with asyncio.timeout(30):
                code = await process.wait()
        await ward.rehearsal.start_bot()
        await ward.clock_shows("2026-12-02 14:10")

        assert (killed, half_way, code) == (-9, [(0,)], 0)
        assert sorted(key for (key,) in ward.read("SELECT id FROM replies")) == replies
        assert sorted(ward.read("SELECT id, state, message_id, summary_id FROM check_ins")) == check_ins
        assert len(ward.check_ins) == 2
