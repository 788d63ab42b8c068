"""Graph over msgraph-sdk's transport: token, timeouts, batches, team members. The only file that imports msgraph and kiota.

The SDK's models, retries and batches are left aside: its row models hold the loop for 1.5 s for 200 rows, its retries send a POST twice, and
its batches drop the answers (measured with msgraph-sdk 1.65.0). What is used is the request adapter and the bearer provider.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import orjson
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.observability_options import ObservabilityOptions
from msgraph.graph_request_adapter import GraphRequestAdapter

from bot.addresses import GRAPH_SCOPE
from bot.clock import Clock
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.exchanges import JSON_TYPE, Answer, GraphRequest, answer, dicts, understand, what_to_do
from bot.records.transport import Transport

#: Graph "JSON batching": at most 20 requests in one.
BATCH_LIMIT = 20

TIMEOUT = 10.0
WHOLE_REQUEST = 30.0
MEMBERS_KEPT = timedelta(minutes=15)
#: Whoever may have joined since is looked for afresh, but a team is not asked for more often than this.
MEMBERS_ASKED = timedelta(seconds=30)
MEMBERS_A_PAGE = 500
#: 25,000 people are the most that a team can hold (Teams "limits and specifications").
MEMBER_PAGES = 60

_MISSING = 503
_UNAUTHORIZED = 401

# httpx logs each address at INFO, and addresses carry keys and paging tokens.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team. `id` is the person's Entra object id."""

    id: str
    name: str
    owner: bool
    guest: bool


class Graph:
    """Microsoft Graph, as raw JSON.

    `credential` belongs to the caller, who closes it; it is asked for every request and is expected to cache. `base_url` ends in the
    version ("https://graph.microsoft.com/v1.0"); the token goes to that host only. `timeout` is in seconds, for each wait on the network;
    `transport` takes the network's place.
    """

    def __init__(
        self,
        base_url: str,
        credential: AsyncTokenCredential,
        clock: Clock,
        *,
        timeout: float = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._members: dict[str, tuple[datetime, tuple[Member, ...]]] = {}
        host = urlsplit(self._base).hostname
        if host is None:
            raise ValueError("Graph's address has no host")
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"NONISV|WardRhythms|WardRhythms/{_version()}", "Accept": JSON_TYPE},
            # A proxy from the environment is for the world outside, never for this machine.
            transport=transport or Transport(timeout, proxies=host not in {"127.0.0.1", "localhost"}),
            trust_env=False,
        )
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[GRAPH_SCOPE], allowed_hosts=[host], is_cae_enabled=False
        )
        # A client of our own has none of the SDK's middleware: nothing is retried, redirected or rewritten on its way.
        self._adapter = GraphRequestAdapter(provider, client=self._client)
        self._adapter.base_url = self._base
        self._adapter.observability_options = ObservabilityOptions(enabled=False, include_euii_attributes=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask once and give back what came, whatever its status; a 401 is asked once more, as the token may have run out on its way.

        Raises:
            TryAgain: no answer (connection, timeout), or no token for the moment. What was asked may still have been done.
            WakeSomebody: "graph_credential", the credential is refused.
        """
        content = None if body is None else orjson.dumps(body)
        first = await self._send(method, path, content, headers)
        return first if first.status != _UNAUTHORIZED else await self._send(method, path, content, headers)

    async def _send(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        asked = RequestInformation(Method(method))
        asked.url = self._base + path
        asked.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        for name, value in (headers or {}).items():
            asked.headers.add(name, value)
        if content is not None:
            asked.set_stream_content(content, JSON_TYPE)
        try:
            async with asyncio.timeout(WHOLE_REQUEST):
                response: Any = await self._adapter.send_primitive_async(asked, "bytes", {})
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryAgain("graph_timeout") from error
        except httpx.RequestError as error:
            raise TryAgain("graph_unreachable") from error
        except ClientAuthenticationError as error:
            raise WakeSomebody("graph_credential") from error
        except AzureError as error:
            raise TryAgain("graph_credential_unreachable") from error
        return understand(response.status_code, response.content, response.headers, self._clock.now())

    async def batch(self, requests: Sequence[GraphRequest]) -> list[Answer]:
        """Ask up to 20 things at once; the answers come in the order asked. They are carried out in any order (Graph "JSON batching").

        Where the batch itself is refused, each item has that answer; an item that was not answered counts as 503.

        Raises:
            TryAgain, WakeSomebody: as `request`. Any of the items may have been done.
            ValueError: more than 20 requests.
        """
        if len(requests) > BATCH_LIMIT:
            raise ValueError("a batch has at most 20 requests")
        whole = await self.request("POST", "/$batch", {"requests": [_item(*one) for one in enumerate(requests)]})
        if not whole.ok:
            return [whole] * len(requests)
        now = self._clock.now()
        came: dict[str, Answer] = {}
        for item in dicts(whole.body.get("responses")):
            status, headers = item.get("status"), item.get("headers")
            if isinstance(status, int):
                came[str(item.get("id"))] = answer(
                    status, item.get("body"), headers if isinstance(headers, dict) else {}, now
                )
        missing = Answer(_MISSING, {}, {})
        return [came.get(str(number), missing) for number in range(len(requests))]

    async def collect(self, path: str, pages: int = MEMBER_PAGES) -> list[dict[str, Any]]:
        """All rows of a paged collection, following its links on Graph's own host only.

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`; WakeSomebody("graph_foreign_link") for a link that leads elsewhere;
                TryAgain("graph_endless") after `pages` pages.
        """
        rows: list[dict[str, Any]] = []
        for _ in range(pages):
            page = await self.request("GET", path)
            what_to_do(page)
            rows += dicts(page.body.get("value"))
            link = page.body.get("@odata.nextLink")
            if link is None:
                return rows
            path = self.own(str(link))
        raise TryAgain("graph_endless")

    def own(self, link: str) -> str:
        """A link of Graph's as a path; it carries a token, and is never to be logged.

        Raises:
            WakeSomebody: "graph_foreign_link", it leads to another host.
        """
        if not link.startswith(self._base + "/"):
            raise WakeSomebody("graph_foreign_link")
        return link.removeprefix(self._base)

    async def team_members(self, team_id: str, *, afresh: bool = False) -> tuple[Member, ...]:
        """Who is in a team, at most 15 minutes old, or `afresh` at most 30 seconds. `team_id` is the Entra id of the team's group.

        Source: Graph "list members of team".

        Raises:
            TryAgain, WakeSomebody: nobody knows at the moment; let nobody in. A team that Graph does not know is a TryAgain too, as new
                teams take a while to be known.
        """
        now = self._clock.now()
        kept = self._members.get(team_id)
        if kept is not None and _fresh(kept[0], now, MEMBERS_ASKED if afresh else MEMBERS_KEPT):
            return kept[1]
        try:
            rows = await self.collect(f"/teams/{quote(team_id, safe='')}/members?$top={MEMBERS_A_PAGE}")
        except Final as error:
            raise TryAgain(f"members_{error.code}") from error
        members = tuple(_member(row) for row in rows if row.get("userId"))
        self._members = {team: known for team, known in self._members.items() if _fresh(known[0], now)}
        self._members[team_id] = (now, members)
        return members


def _fresh(asked: datetime, now: datetime, longest: timedelta = MEMBERS_KEPT) -> bool:
    return timedelta() <= now - asked < longest


def _version() -> str:
    try:
        return version("ward-rhythms")
    except PackageNotFoundError:
        return "dev"


def _item(number: int, request: GraphRequest) -> dict[str, Any]:
    item: dict[str, Any] = {"id": str(number), "method": request.method, "url": request.path}
    headers = dict(request.headers or {})
    if request.body is not None:
        item["body"] = request.body
        headers["Content-Type"] = JSON_TYPE
    return {**item, "headers": headers} if headers else item


def _member(row: dict[str, Any]) -> Member:
    roles = row.get("roles")
    held = {str(role).casefold() for role in roles} if isinstance(roles, list) else set()
    return Member(str(row["userId"]), str(row.get("displayName") or ""), "owner" in held, "guest" in held)
