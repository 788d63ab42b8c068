"""The bot as a process of its own, with loopback addresses handed over in code. Production has no such door.

python -m tests.process.runner '<json of Orders>'    prints its URL once it listens; each line on standard input moves its clock.
"""

import asyncio
import sys
from datetime import datetime

from pydantic import BaseModel, JsonValue

import app
from bot import logs
from bot.addresses import Addresses
from bot.clock import SystemClock
from bot.collector import spare_the_collector
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.identity import RehearsalCredential
from bot.service import Service
from bot.settings import Settings


class Orders(BaseModel):
    """What to run. `start`: the moment its clock shows at first; without it, the machine's own time."""

    settings: dict[str, JsonValue]
    addresses: Addresses
    token_url: str
    client_secret: str
    start: datetime | None = None


async def run(orders: Orders) -> None:
    """Serve until told to stop."""
    system = SystemClock()
    clock = MovableClock(system, start=orders.start) if orders.start else system
    settings = Settings.model_validate(orders.settings)
    told_to_stop = app.signalled()
    async with RehearsalCredential(clock, orders.token_url, str(settings.app_id), orders.client_secret) as credential:
        service = await app.build(settings, credential, addresses=orders.addresses, clock=clock)
        async with service:
            spare_the_collector()
            say(service.url)
            moves = asyncio.create_task(_move(clock, service)) if isinstance(clock, MovableClock) else None
            await told_to_stop.wait()
        if moves is not None:
            moves.cancel()


async def _move(clock: MovableClock, service: Service) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).decode().strip():
        clock.move_to(datetime.fromisoformat(line))
        await service.catch_up()
        say("moved")


def say(line: str) -> None:
    """A line on standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logs.set_up()
    asyncio.run(run(Orders.model_validate_json(sys.argv[1])))
