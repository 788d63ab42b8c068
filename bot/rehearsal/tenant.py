"""The rehearsed tenant as a bot needs to know it, and what the rehearsal needs to know of a bot."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from azure.core.credentials_async import AsyncTokenCredential

from bot.addresses import Addresses
from bot.clock import Clock
from bot.rehearsal.diary import Diary
from bot.rehearsal.identity import CHANNEL_ISSUER
from bot.rehearsal.people import invented_uuid
from bot.rehearsal.teams import TeamsStandIn

APP_ID = invented_uuid("app")
TENANT_ID = invented_uuid("tenant")
SITE_URL = "https://trust.sharepoint.com/sites/culture-of-care"
LOOPBACK = "127.0.0.1"
#: Seconds between two readings of the lists: whoever edits a row on the page waits for it.
READ_EVERY = 60


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a bot needs to work for the rehearsed tenant."""

    settings: dict[str, Any]
    credential: AsyncTokenCredential
    addresses: Addresses
    clock: Clock


class Bot(Protocol):
    """A bot that listens."""

    @property
    def url(self) -> str: ...
    @property
    def store(self) -> Diary: ...

    async def catch_up(self) -> None:
        """Do at once what is due."""
        ...


#: Starts the bot; what it gives back listens from `__aenter__` to `__aexit__`.
StartBot = Callable[[Tenant], Awaitable[AbstractAsyncContextManager[Bot]]]


def tenant_of(
    teams: TeamsStandIn, graph_url: str, store: Path, credential: AsyncTokenCredential, clock: Clock
) -> Tenant:
    """The tenant of these stand-ins, with the bot's database in the file `store`."""
    return Tenant(
        settings={
            "app_id": APP_ID,
            "tenant_id": TENANT_ID,
            "sharepoint_site": SITE_URL,
            "store": f"sqlite:///{store}",
            "host": LOOPBACK,
            "port": 0,
            "read_every": READ_EVERY,
        },
        credential=credential,
        addresses=Addresses(
            openid_metadata=teams.openid_metadata,
            token_issuer=CHANNEL_ISSUER,
            graph=graph_url,
            service_hosts=(teams.service_host,),
            service_schemes=("http",),
        ),
        clock=clock,
    )
