"""Told to stop (SIGTERM), the bot ends what it has begun and is gone in time."""

import asyncio
import contextlib
import json
from pathlib import Path

from tests.process.bot_process import Died, Ward, a_ward

#: Seconds that a container's runtime waits before it kills (Kubernetes waits 30, Docker 10).
GONE_WITHIN = 10.0


async def stopped(ward: Ward) -> int:
    """Tell it to stop; its exit code."""
    ward.bot.terminate()
    async with asyncio.timeout(GONE_WITHIN):
        return await ward.bot.ended()


async def test_stopped_while_answering(tmp_path: Path) -> None:
    """Told to stop while answers wait to be written, the bot keeps exactly those that it thanks for, and exits 0."""
    async with a_ward(tmp_path) as ward:
        await ward.clock_shows("2026-11-25 14:00")
        people = [ward.rehearsal.town.add_person(f"p{n}", f"Person {n}", "nurse") for n in range(60)]
        for person in people:
            ward.rehearsal.town.add_member(ward.team, person)
        post = ward.post.id
        with ward.held_up():
            answers = [
                asyncio.create_task(ward.teams.execute(person, post, "check_in.send", {"feeling": "good"}))
                for person in people
            ]
            await asyncio.sleep(0.3)
            ward.bot.terminate()
            await asyncio.sleep(0.3)
        code = await stopped(ward)
        statuses = [answer.status for answer in await asyncio.gather(*answers)]
        kept = ward.read("SELECT count(*) FROM replies")
        said = [json.loads(line)["event"] for line in ward.log.read_text(encoding="utf-8").splitlines()]

        assert code == 0
        assert 200 in statuses
        assert set(statuses) <= {200, 502}
        assert kept == [(statuses.count(200),)]
        assert said[-1] == "stopped"


async def test_stopped_while_teams_hangs(tmp_path: Path) -> None:
    """Told to stop while Teams does not answer, the bot is gone in time all the same, and posts the check-in after its return."""
    async with a_ward(tmp_path) as ward:
        ward.teams.faults.next("slow", seconds=36_000)
        posting = asyncio.create_task(ward.clock_shows("2026-11-25 14:00"))
        async with asyncio.timeout(10):
            while ward.teams.world.requests["create"] < 3:
                await asyncio.sleep(0.01)
        code = await stopped(ward)
        with contextlib.suppress(Died):
            await posting
        none = len(ward.check_ins)
        await ward.again()
        await ward.clock_shows("2026-11-25 14:02")

        assert code == 0
        assert none == 0
        assert len(ward.check_ins) == 1
