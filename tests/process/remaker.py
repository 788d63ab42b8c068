"""`app.py rebuild` as a process of its own, with loopback addresses handed over in code. Production has no such door.

python -m tests.process.remaker '<json of Orders>'    says how it goes on standard output, and exits 0 once the store is made.
"""

import asyncio
import sys

from bot import chores, logs
from bot.clock import SystemClock
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.identity import RehearsalCredential
from bot.settings import Settings
from tests.process.runner import Orders, say


async def remake(orders: Orders) -> bool:
    """Make the store anew."""
    clock = MovableClock(SystemClock(), start=orders.start)
    settings = Settings.model_validate(orders.settings)
    async with RehearsalCredential(clock, orders.token_url, str(settings.app_id), orders.client_secret) as credential:
        return await chores.rebuild(settings, credential, addresses=orders.addresses, clock=clock, say=say)


if __name__ == "__main__":
    logs.set_up()
    sys.exit(0 if asyncio.run(remake(Orders.model_validate_json(sys.argv[1]))) else 1)
