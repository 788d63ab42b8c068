"""How we speak to Teams: the Bot Connector's REST calls over one pooled session, JSON out as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from bot.addresses import Addresses
from bot.errors import Final, TryAgain, WakeSomebody
from bot.teams.bearer import Bearer
from bot.teams.bounded import read_within
from bot.teams.refusals import CREDENTIAL_REFUSED, UNREACHABLE, sort_refusal
from bot.teams.service_urls import is_known_service

TIMEOUT = aiohttp.ClientTimeout(total=15)
#: Bytes. Answers carry an id or an error; what is asked for may be a list, of up to 1,000 channels (Teams "Limits and specifications").
LARGEST_ANSWER = 64 * 1024
LARGEST_LIST = 1024 * 1024


class Place(Protocol):
    """A channel as we keep it: where its service is, whose it is, which it is."""

    @property
    def service_url(self) -> str: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def channel_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message stands: enough to update or answer it. In a channel the message id is the thread's root."""

    conversation_id: str
    message_id: str


class Connector:
    """The calls a bot may make (Azure Bot Service "Bot Connector REST API reference"; Teams "Send proactive messages").

    Activities are plain JSON objects. `bot_id` is the bot's id in Teams: "28:" and the app id.

    Every call raises:
        TryAgain: `unreachable`, `connector_412` and `connector_429`: it did not arrive or was not taken. Those in
            `MAY_HAVE_ARRIVED`: it may have arrived all the same, so whoever repeats it must have written down that it
            was tried. `credential_unreachable`: it was not sent.
        Final: `bot_not_in_roster`, `bot_disabled`, `blocked_by_user`, `forbidden`, `not_enough_permissions`,
            `writes_blocked`, `wrong_cloud`, `conversation_not_found`, `message_not_found`, `too_large`,
            `bad_argument`, `bot_not_registered`, `service_url_refused`, `unreadable_answer` (it was taken, but the
            answer holds no id) and `connector_<status>` for any other answer: `connector_403` and `connector_404` where
            Teams gives no code that we know, and `connector_500` among them.
        WakeSomebody: `credential_refused`, `connector_refused_credential`.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        bearer: Bearer,
        addresses: Addresses,
        *,
        bot_id: str,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._session = session
        self._bearer = bearer
        self._addresses = addresses
        self._bot = {"id": bot_id}
        self._timeout = timeout

    async def post_in_channel(self, place: Place, activity: Mapping[str, Any]) -> PostedMessage:
        """Start a new thread in a channel."""
        made = await self._create(
            place,
            {
                "isGroup": True,
                "channelData": {"channel": {"id": place.channel_id}, "tenant": {"id": place.tenant_id}},
                "activity": activity,
            },
        )
        return PostedMessage(_text(made, "id"), _text(made, "activityId"))

    async def reply(self, place: Place, thread_root_id: str, activity: Mapping[str, Any]) -> str:
        """Answer in a channel's thread and return the message's id. The conversation id alone names the thread."""
        return await self.send(place.service_url, f"{place.channel_id};messageid={thread_root_id}", activity)

    async def post_to_person(self, place: Place, person_id: str, activity: Mapping[str, Any]) -> PostedMessage:
        """Write to a person who has the app (else `forbidden` or `connector_403`). `person_id`: their id in Teams ("29:…") or in Entra ID.

        Asking again for the conversation gives the same one; a repetition after `timeout` can double the message only.
        """
        made = await self._create(
            place,
            {
                "isGroup": False,
                "members": [{"id": person_id}],
                "tenantId": place.tenant_id,
                "channelData": {"tenant": {"id": place.tenant_id}},
            },
        )
        conversation_id = _text(made, "id")
        return PostedMessage(conversation_id, await self.send(place.service_url, conversation_id, activity))

    async def send(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> str:
        """Send into a conversation and return the new message's id."""
        return _text(
            await self._call("POST", service_url, ("conversations", conversation_id, "activities"), activity), "id"
        )

    async def update(
        self, service_url: str, conversation_id: str, message_id: str, activity: Mapping[str, Any]
    ) -> None:
        """Replace one of our own messages."""
        path = ("conversations", conversation_id, "activities", message_id)
        await self._call("PUT", service_url, path, {**activity, "id": message_id})

    async def delete(self, service_url: str, conversation_id: str, message_id: str) -> None:
        """Take one of our own messages away."""
        await self._call("DELETE", service_url, ("conversations", conversation_id, "activities", message_id))

    async def team(self, service_url: str, team_id: str) -> Mapping[str, Any]:
        """Return what Teams tells of a team: `name`, and `aadGroupId`, under which Graph knows it (Teams "Get team details")."""
        return _object(await self._call("GET", service_url, ("teams", team_id)))

    async def channels(self, service_url: str, team_id: str) -> Mapping[str, str]:
        """Return the names of a team's channels by id; the General channel has none (Teams "Get the list of channels in a team")."""
        told = _object(await self._call("GET", service_url, ("teams", team_id, "conversations"))).get("conversations")
        found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return {str(one.get("id")): str(one.get("name") or "") for one in found}

    async def account_of(self, service_url: str, conversation_id: str, teams_id: str) -> str:
        """Return the Entra object id of somebody in a conversation, a team's by the team's id (Teams "Get single member details").

        The id of a thread (";messageid=…") is no conversation that has members.
        """
        member = await self._call("GET", service_url, ("conversations", conversation_id, "members", teams_id))
        # The documented name of the field is one, the SDKs read the other.
        if isinstance(member, dict) and "aadObjectId" not in member:
            return _text(member, "objectId")
        return _text(member, "aadObjectId")

    async def _create(self, place: Place, parameters: Mapping[str, Any]) -> Any:
        return await self._call("POST", place.service_url, ("conversations",), {"bot": self._bot, **parameters})

    async def _call(
        self, method: str, service_url: str, path: tuple[str, ...], content: Mapping[str, Any] | None = None
    ) -> Any:
        if not is_known_service(service_url, self._addresses):
            raise Final("service_url_refused")
        url = URL("/".join((service_url.rstrip("/"), "v3", *(quote(part, safe="") for part in path))), encoded=True)
        body = None if content is None else orjson.dumps(content)
        try:
            return await self._exchange(method, url, body)
        except WakeSomebody as refused:
            if refused.code != CREDENTIAL_REFUSED:
                raise
        # The token may have been taken back before its time: one new one is tried.
        self._bearer.forget()
        return await self._exchange(method, url, body)

    async def _exchange(self, method: str, url: URL, body: bytes | None) -> Any:
        headers = {"Authorization": await self._bearer.value()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            # A redirect would carry our bearer to another address.
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as response:
                answer = await read_within(response.content, LARGEST_LIST if method == "GET" else LARGEST_ANSWER)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TryAgain(UNREACHABLE) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryAgain("timeout") from error
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise sort_refusal(response.status, response.headers, answer)
        try:
            return orjson.loads(answer or b"")
        except orjson.JSONDecodeError:
            return None


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise Final("unreadable_answer")
    return answer


def _text(answer: Any, key: str) -> str:
    value = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise Final("unreadable_answer")
    return value
