"""The Bot Connector as Teams serves it: how the bot speaks, in HTTP.

Paths and shapes: Azure Bot Service, "Bot Connector REST API reference"; refusals: Teams, "status codes from bot conversational APIs".
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from bot.rehearsal.people import Person, Team
from bot.rehearsal.teams_checks import bad, check_activity
from bot.rehearsal.teams_faults import Fault, Refusal
from bot.rehearsal.teams_limits import Traffic, retry_after
from bot.rehearsal.teams_talk import THREAD_MARK, Message, split_thread
from bot.rehearsal.teams_world import World

CONNECTOR_AUDIENCE = "https://api.botframework.com"
BEARER = "Bearer "
LEAST_PAGE, USUAL_PAGE, LARGEST_PAGE = 50, 200, 500  # members (Teams: get-teams-context.md, 06/2026)
LARGEST_BODY = 4 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """One request, parsed: the conversation without its thread, and the thread's first message."""

    request: web.Request
    body: Any
    conversation: str
    root: str | None


Act = Callable[[Call], web.Response]
Handler = Callable[[web.Request], Awaitable[web.Response]]


class Connector:
    """Answers the bot, and keeps what it says in the world's talk."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Where each request goes."""
        one = "/teams/v3/conversations/{conversation}"
        return [
            web.post("/teams/v3/conversations", self._served("create", self._create)),
            web.post(one + "/activities", self._served("send", self._send)),
            web.post(one + "/activities/{activity}", self._served("send", self._send)),
            web.put(one + "/activities/{activity}", self._served("send", self._update)),
            web.delete(one + "/activities/{activity}", self._served("send", self._delete)),
            web.get(one + "/pagedmembers", self._served("members", self._members)),
            web.get(one + "/members/{member}", self._served("members", self._member)),
            web.get("/teams/v3/teams/{conversation}", self._served("conversations", self._team)),
            web.get("/teams/v3/teams/{conversation}/conversations", self._served("conversations", self._channels)),
        ]

    def _served(self, traffic: Traffic, act: Act) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            self._world.requests[act.__name__.removeprefix("_")] += 1
            try:
                self._check_bearer(request)
                call = await self._read(request)
                fault = self._world.faults.take(call.conversation)
                await self._before(fault, traffic, call)
                response = act(call)
                self._after(fault, request)
            except Refusal as refusal:
                return refusal.response(bare=self._world.faults.bare)
            return response

        return serve

    def _check_bearer(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not given.startswith(BEARER):
            raise Refusal(401, "Unauthorized")
        if not self._world.identity.check_outbound(given.removeprefix(BEARER), CONNECTOR_AUDIENCE):
            raise Refusal(401, "Unauthorized")

    async def _read(self, request: web.Request) -> Call:
        body: Any = None
        if request.method in ("POST", "PUT"):
            try:
                body = orjson.loads(await request.read())
            except web.HTTPRequestEntityTooLarge as error:
                raise Refusal(413, "MessageSizeTooBig") from error
            except orjson.JSONDecodeError as error:
                raise bad("the body is not JSON") from error
        if "conversation" in request.match_info:
            return Call(request, body, *split_thread(request.match_info["conversation"]))
        return Call(request, body, self._new_conversation(body), None)

    async def _before(self, fault: Fault | None, traffic: Traffic, call: Call) -> None:
        if fault and fault.kind == "slow":
            await self._world.clock.sleep(fault.seconds)
        if fault and (refusal := fault.refusal()):
            raise refusal
        wait = self._world.limits.admit(traffic, call.conversation)
        if wait:
            raise Refusal(
                429, "Throttled", headers={"Retry-After": retry_after(wait)} if self._world.limits.tells_when else {}
            )
        if blocked := self._world.faults.blocked(call.conversation):
            raise blocked

    def _after(self, fault: Fault | None, request: web.Request) -> None:
        if fault and fault.kind == "504-after-commit":
            raise Refusal(504, "ServiceError")
        if fault and fault.kind == "drop" and request.transport:
            request.transport.abort()

    # What the bot may ask for.

    def _create(self, call: Call) -> web.Response:
        self._check_writable(call)
        if "activity" not in call.body:
            if call.body.get("isGroup"):
                raise bad("a new channel post needs its activity")
            return web.json_response({"id": call.conversation}, status=201)
        message_id = self._say(call, call.body["activity"])
        thread = f"{call.conversation}{THREAD_MARK}{message_id}" if call.body.get("isGroup") else call.conversation
        return web.json_response({"id": thread, "activityId": message_id}, status=201)

    def _send(self, call: Call) -> web.Response:
        # The thread is the conversation's suffix alone; an activity id in the path changes nothing.
        self._check_writable(call)
        root = self._world.talk.messages.get(call.root) if call.root else None
        if call.root and (
            root is None or root.deleted or root.conversation != call.conversation or root.root != root.id
        ):
            raise Refusal(404, "ConversationNotFound")
        return web.json_response({"id": self._say(call, call.body)}, status=201)

    def _update(self, call: Call) -> web.Response:
        message = self._own_message(call)
        message.versions.append(check_activity(call.body, self._world.town))
        # Everybody's client draws the new shared card; who had their own sees it again only after a refresh.
        message.views.clear()
        message.notices.clear()
        self._world.changes.note()
        return web.json_response({"id": message.id})

    def _delete(self, call: Call) -> web.Response:
        self._own_message(call).deleted = True
        self._world.changes.note()
        return web.Response()

    def _members(self, call: Call) -> web.Response:
        people = self._roster(call)
        query = call.request.query
        size, start = query.get("pageSize", str(USUAL_PAGE)), query.get("continuationToken", "0")
        if not size.isdecimal() or not LEAST_PAGE <= int(size) <= LARGEST_PAGE:
            raise bad(f"pageSize is not from {LEAST_PAGE} to {LARGEST_PAGE}")
        if not start.isdecimal():
            raise bad("continuationToken is not one that we gave")
        end = int(start) + int(size)
        page: dict[str, Any] = {"members": [self._roster_entry(person) for person in people[int(start) : end]]}
        if end < len(people):
            page["continuationToken"] = str(end)
        return web.json_response(page)

    def _member(self, call: Call) -> web.Response:
        wanted = self._world.town.find_person(call.request.match_info["member"])
        if wanted is None or wanted not in self._roster(call):
            raise Refusal(404, "ConversationNotFound", "The member is not in it.")
        return web.json_response(self._roster_entry(wanted))

    def _team(self, call: Call) -> web.Response:
        team = self._team_of(call.conversation)
        return web.json_response({"id": team.id, "name": team.name, "aadGroupId": team.group_id, "type": "standard"})

    def _channels(self, call: Call) -> web.Response:
        team = self._team_of(call.conversation)
        # Teams gives the General channel no name.
        shown = [
            {"id": channel.id, "name": None if channel is team.general else channel.name, "type": "standard"}
            for channel in team.channels
            if not channel.deleted
        ]
        return web.json_response({"conversations": shown})

    # What stands behind it.

    def _new_conversation(self, body: Any) -> str:
        """The conversation that a "create conversation" body means: a channel, or the chat with its one member."""
        try:
            if body.get("isGroup"):
                channel, tenant = body["channelData"]["channel"]["id"], body["channelData"]["tenant"]["id"]
                wanted = str(channel)
            else:
                tenant = body["tenantId"]
                (member,) = body["members"]
                person = self._world.town.find_person(str(member["id"]))
                wanted = self._world.talk.open_chat(person) if person else ""
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise bad(
                "a conversation needs isGroup with channelData (channel, tenant), or one member and tenantId"
            ) from error
        if tenant != self._world.tenant_id:
            raise bad("the tenant is not this one")
        return wanted

    def _team_of(self, conversation: str) -> Team:
        """The team of a channel that the app is in."""
        found = self._world.town.find_channel(conversation)
        if not found or found[1].deleted or found[0].deleted:
            raise Refusal(404, "ConversationNotFound")
        if found[0].id not in self._world.talk.app_in_teams:
            raise Refusal(403, "BotNotInConversationRoster")
        return found[0]

    def _people(self, conversation: str) -> list[Person]:
        """Who is in a channel or chat that the bot may use."""
        owner = self._world.talk.chats.get(conversation)
        if owner is None:
            return self._team_of(conversation).members
        if owner not in self._world.talk.app_with_people:
            raise Refusal(403, "ForbiddenOperationException")
        return [person for person in self._world.town.people.values() if person.id == owner]

    def _roster(self, call: Call) -> list[Person]:
        """Who may be asked after: a thread has no members, its channel has."""
        if call.root:
            raise Refusal(404, "ConversationNotFound", "A thread is no conversation with members.")
        return self._people(call.conversation)

    def _check_writable(self, call: Call) -> None:
        self._people(call.conversation)
        if call.conversation not in self._world.talk.chats and self._team_of(call.conversation).archived:
            raise Refusal(403, "MessageWritesBlocked")

    def _say(self, call: Call, activity: Any) -> str:
        kept = check_activity(activity, self._world.town)
        if kept["type"] == "typing":
            return ""
        now = self._world.clock.now()
        message_id = self._world.talk.new_id(now)
        self._world.talk.add(message_id, call.conversation, call.root, self._world.bot_id, kept, now)
        self._world.changes.note()
        return message_id

    def _own_message(self, call: Call) -> Message:
        self._check_writable(call)
        message = self._world.talk.messages.get(call.request.match_info["activity"])
        if message is None or message.deleted or message.conversation != call.conversation:
            raise Refusal(404, "ActivityNotFoundInConversation")
        if message.author != self._world.bot_id:
            raise Refusal(403, "NotEnoughPermissions")
        return message

    def _roster_entry(self, person: Person) -> dict[str, Any]:
        given_name, _, surname = person.name.partition(" ")
        return {
            "id": person.teams_id,
            "objectId": person.id,
            "aadObjectId": person.id,
            "name": person.name,
            "givenName": given_name,
            "surname": surname,
            "email": person.email,
            "userPrincipalName": person.email,
            "tenantId": self._world.tenant_id,
            "userRole": "guest" if person.guest else "user",
        }
