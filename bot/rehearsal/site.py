"""The web site of a rehearsal: serves the page, and lets it look at the stand-ins and act in them. For loopback only."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.rehearsal.clock import MovableClock
from bot.rehearsal.people import Person
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site_acts import Acts
from bot.rehearsal.site_exchanges import Exchanges
from bot.rehearsal.site_faults import Switches
from bot.rehearsal.site_guard import add_headers, body_of, guard, speak_plainly
from bot.rehearsal.site_lists import SHOWN_ROWS, describe_lists
from bot.rehearsal.site_rows import Rows
from bot.rehearsal.site_view import (
    SHOWN_THREADS,
    describe_commands,
    describe_deliveries,
    describe_moments,
    describe_people,
    describe_place,
    describe_places,
    place_of,
    seen_from,
)
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_talk import Changes
from bot.rehearsal.teams_world import NotSent

#: What comes next in the ward of a channel (by its id; "chat" for none): any of "check-in", "reminder" and "close".
Moments = Callable[[str], Awaitable[Mapping[str, datetime]]]
#: Moves the clock to a moment and returns once the bot has had its turn.
Move = Callable[[datetime], Awaitable[None]]

PAGE = Path(__file__).parent / "page"
LONDON = ZoneInfo("Europe/London")
FIRST = "joe"  # who somebody is who has just opened the page: the first to answer, as the guide on it says
BREATH = 10.0  # seconds after which the page looks again, so that its clock runs on
LONGEST_STEP = 366 * 86400  # seconds
MANY_DIGITS = 7  # in a number that the page asks for

BAD_MOMENT = "Please give a day and time."
NOTHING_PLANNED = "Nothing is planned to move to."


async def nothing_planned(place: str) -> Mapping[str, datetime]:
    """No moments to move to."""
    del place
    return {}


def site(
    clock: MovableClock,
    teams: TeamsStandIn,
    sharepoint: SharePointStandIn,
    *,
    moments: Moments = nothing_planned,
    move: Move | None = None,
) -> web.Application:
    """The application. Whoever serves it binds it to loopback; it refuses other Host names, and acts only for its own page.

    `moments` says where the clock can jump to; `move` moves it (without one, the clock alone is moved, in one step).
    """
    return _Site(clock, teams, sharepoint, moments, move).app()


class _Site:
    def __init__(
        self,
        clock: MovableClock,
        teams: TeamsStandIn,
        sharepoint: SharePointStandIn,
        moments: Moments,
        move: Move | None,
    ) -> None:
        self._clock = clock
        self._teams = teams
        self._sharepoint = sharepoint
        self._moments = moments
        self._move = move or self._move_alone
        self._acts = Acts(teams, clock)
        self._switches = Switches(teams, sharepoint, self._acts)
        self._exchanges = Exchanges(clock, sharepoint)
        self._rows = Rows(sharepoint)
        self._changes = Changes()
        self._closing = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[guard, speak_plainly])
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/api/view", self._view),
                web.get("/api/events", self._events),
                web.get("/api/row", self._row),
                web.post("/api/act", self._act),
                web.post("/api/lists", self._change_row),
                web.post("/api/clock", self._set_clock),
                web.post("/api/faults", self._set_fault),
                *(web.get(f"/{one.name}", self._page) for one in PAGE.iterdir() if one.is_file()),
            ]
        )
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, app: web.Application) -> None:
        del app
        self._closing.set()

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / (request.path.removeprefix("/") or "index.html"))

    async def _view(self, request: web.Request) -> web.Response:
        person = self._person(request.query.get("person", ""))
        place = seen_from(self._teams, person, request.query.get("place", ""))
        rows = _number(request, "rows", SHOWN_ROWS)
        lists = describe_lists(self._sharepoint, rows, request.query.get("list", ""))
        return web.json_response(
            {
                "now": self._clock.now().isoformat(),
                "you": person.key,
                "people": describe_people(self._teams.world.town),
                "places": describe_places(self._teams, person),
                "place": describe_place(self._teams, person, place, _number(request, "threads", SHOWN_THREADS)),
                "commands": describe_commands(place),
                "moments": describe_moments(await self._moments(place.id)),
                "lists": lists,
                "faults": self._switches.describe(),
                "delivered": describe_deliveries(list(self._teams.delivered)),
                "exchanges": self._exchanges.describe(),
                "reads": self._exchanges.describe_reads(),
                "asked": self._asked(),
                "signs": self._acts.signs(lists),
            }
        )

    async def _act(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person = self._person(str(body.get("person", "")))
        place = place_of(self._teams, person, str(body.get("place", "")))
        closes = (await self._moments(place.id)).get("close")
        return web.json_response(await self._acts.do(person, place, body, closes))

    async def _row(self, request: web.Request) -> web.Response:
        return web.json_response(self._rows.describe(request.query.get("list", ""), request.query.get("row", "")))

    async def _change_row(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person = self._person(str(body.get("person", "")))
        row = self._rows.do(person, body)
        self._changes.note()
        return web.json_response({"row": row})

    async def _set_clock(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        await self._move(await self._wanted_moment(body))
        self._changes.note()
        return web.json_response({"now": self._clock.now().isoformat()})

    async def _wanted_moment(self, body: Mapping[str, Any]) -> datetime:
        match body:
            case {"by": int() | float() as seconds} if 0 <= seconds <= LONGEST_STEP:
                return self._clock.now() + timedelta(seconds=seconds)
            case {"jump": str(name)}:
                moment = (await self._moments(str(body.get("place", "")))).get(name)
                if moment is None:
                    raise NotSent({"": NOTHING_PLANNED})
                return moment
            case {"to": str(text)}:
                try:
                    moment = datetime.fromisoformat(text)
                except ValueError as error:
                    raise NotSent({"": BAD_MOMENT}) from error
                # What people type in the page is on the ward's own clock.
                return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)
            case _:
                raise NotSent({"": BAD_MOMENT})

    async def _set_fault(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self._switches.set(str(body.get("key")), on=body.get("on") is True)
        self._changes.note()
        return web.json_response({"faults": self._switches.describe()})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events (WHATWG HTML, 9.2): "changed" at once, after each change, and every ten seconds."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        count = 0
        while not self._closing.is_set():
            seen = self._counts()
            count += 1
            try:
                await response.write(f"event: changed\ndata: {count}\n\n".encode())
            except ConnectionResetError:
                break
            await self._wait_for_change(seen)
        return response

    async def _wait_for_change(self, seen: tuple[int, ...]) -> None:
        sources = (self._teams.changes, self._exchanges.changes, self._changes)
        waits = [asyncio.ensure_future(source.after(count)) for source, count in zip(sources, seen, strict=True)]
        waits.append(asyncio.ensure_future(self._closed()))
        try:
            await asyncio.wait(waits, timeout=BREATH, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _closed(self) -> int:
        await self._closing.wait()
        return 0

    def _counts(self) -> tuple[int, ...]:
        return self._teams.changes.count, self._exchanges.changes.count, self._changes.count

    def _asked(self) -> list[dict[str, Any]]:
        """How often the bot asked Teams for what."""
        return [{"what": what, "times": times} for what, times in self._teams.world.requests.items()]

    def _person(self, key: str) -> Person:
        people = self._teams.world.town.people
        return people.get(key) or people.get(FIRST) or next(iter(people.values()))

    async def _move_alone(self, moment: datetime) -> None:
        self._clock.move_to(moment)


def _number(request: web.Request, name: str, usual: int) -> int:
    given = request.query.get(name, "")
    return max(1, int(given)) if given.isdecimal() and len(given) < MANY_DIGITS else usual
