"""Microsoft Teams on loopback: the Connector, the keys, the token endpoint, and the people who talk to the bot."""

from collections.abc import Callable

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.rehearsal.identity import HOUR, Identity
from bot.rehearsal.people import Channel, Person, Town
from bot.rehearsal.teams_connector import LARGEST_BODY, Connector
from bot.rehearsal.teams_deliveries import PATIENCE
from bot.rehearsal.teams_events import Events
from bot.rehearsal.teams_faults import Faults
from bot.rehearsal.teams_limits import Limits
from bot.rehearsal.teams_talk import Card, Changes, Message, Talk, Thread
from bot.rehearsal.teams_world import World

LOOPBACK = "127.0.0.1"
METADATA = "/v1/.well-known/openidconfiguration"
KEYS = "/v1/.well-known/keys"
APP_NAME = "Ward Rhythms"
HOLD_OPEN = 0.2  # seconds that stopping waits for requests still under way

BAD_CREDENTIAL = "AADSTS7000215: Invalid client secret provided."
BAD_CLIENT = "AADSTS700016: Application was not found in the directory."
BAD_GRANT = "AADSTS70003: The app requested an unsupported grant type."
BAD_SCOPE = "AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope ending in /.default."


class TeamsStandIn(Events):
    """One tenant's Teams. What people do are methods that deliver to `bot_url`; what was said is looked at through `talk`.

    `patience`: real seconds until a delivery counts as timed out.
    """

    def __init__(
        self,
        clock: Clock,
        identity: Identity,
        town: Town,
        app_id: str,
        tenant_id: str,
        *,
        app_name: str = APP_NAME,
        patience: float = PATIENCE,
    ) -> None:
        world = World(clock, identity, town, app_id, tenant_id, app_name, Limits(clock))
        super().__init__(world, patience)
        self._runner: web.AppRunner | None = None
        self.service_host = ""

    @property
    def service_url(self) -> str:
        """Where the Connector is."""
        return self.world.service_url

    @property
    def openid_metadata(self) -> str:
        """Where the OpenID metadata is."""
        return f"http://{self.service_host}{METADATA}"

    @property
    def token_url(self) -> str:
        """Where bearer tokens are asked for."""
        return f"http://{self.service_host}{self._token_path}"

    @property
    def faults(self) -> Faults:
        """What goes wrong next."""
        return self.world.faults

    @property
    def limits(self) -> Limits:
        """How fast the bot may speak."""
        return self.world.limits

    @property
    def changes(self) -> Changes:
        """Moves on with each change of what is to be seen."""
        return self.world.changes

    @property
    def talk(self) -> Talk:
        """All that was said. May be replaced, before `start`, by what `Talk.load` gives back."""
        return self.world.talk

    @talk.setter
    def talk(self, talk: Talk) -> None:
        self.world.talk = talk

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; the URLs are known from here on. A port of 0 takes a free one."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(Connector(self.world).routes())
        app.add_routes(
            [web.get(METADATA, self._metadata), web.get(KEYS, self._keys), web.post(self._token_path, self._token)]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=HOLD_OPEN)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, port)
        await site.start()
        self.service_host = f"{LOOPBACK}:{self._runner.addresses[0][1]}"
        self.world.service_url = f"http://{self.service_host}/teams/"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        """Stop listening and let go of the connections. Does nothing when it was not started."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def threads(self, channel: Channel) -> list[Thread]:
        """What stands in a channel: each first message with its replies."""
        return self.talk.threads(channel.id)

    def chat(self, person: Person) -> list[Message]:
        """What stands in the personal chat of `person` with the bot."""
        return self.talk.conversation(self.talk.open_chat(person))

    def view(self, person: Person, message_id: str) -> Card | None:
        """The card that `person` sees on a message. Raises KeyError for a message that never was."""
        return self.talk.view(person, message_id)

    async def wait_for(self, condition: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until `condition` holds, asking after each change. Raises TimeoutError after `within` real seconds."""
        await self.changes.wait_for(condition, within)

    @property
    def _token_path(self) -> str:
        return f"/{self.world.tenant_id}/oauth2/v2.0/token"

    async def _metadata(self, request: web.Request) -> web.Response:
        self.world.requests["metadata"] += 1
        return web.json_response(self.world.identity.metadata(f"http://{self.service_host}{KEYS}"))

    async def _keys(self, request: web.Request) -> web.Response:
        self.world.requests["keys"] += 1
        return web.json_response(self.world.identity.jwks())

    async def _token(self, request: web.Request) -> web.Response:
        """Client credentials, as Entra answers them (Microsoft identity platform: "client credentials flow")."""
        self.world.requests["token"] += 1
        form = await request.post()
        identity = self.world.identity
        scope = str(form.get("scope", ""))
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", BAD_GRANT)
        if form.get("client_id") != self.world.app_id:
            return _refused(400, "unauthorized_client", BAD_CLIENT)
        if form.get("client_secret") != identity.client_secret or identity.refuses_secrets:
            return _refused(401, "invalid_client", BAD_CREDENTIAL)
        if not scope.endswith("/.default") or " " in scope:
            return _refused(400, "invalid_scope", BAD_SCOPE)
        token, _ = identity.issue(scope, self.world.app_id)
        return web.json_response(
            {"token_type": "Bearer", "expires_in": HOUR, "ext_expires_in": HOUR, "access_token": token}
        )


def _refused(status: int, error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=status)
