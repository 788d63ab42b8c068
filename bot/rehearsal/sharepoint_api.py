"""The Graph endpoints that the SharePoint stand-in plays, as functions from request to reply. No network."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from bot.rehearsal.sharepoint_columns import Json, Refused, invalid
from bot.rehearsal.sharepoint_items import Items
from bot.rehearsal.sharepoint_lists import NO_SUCH, Lists
from bot.rehearsal.sharepoint_queries import chosen, next_link, options_of
from bot.rehearsal.sharepoint_replies import Asked, Reply, error, refusal
from bot.rehearsal.sharepoint_shapes import Habits, Place, list_body, member_body

MEMBERS_PAGE = 100
MOST_MEMBERS = 999

Members = Callable[[str], list[Json] | None]
Handler = Callable[[Asked], Reply]


class Api:
    """One site and the members of teams.

    `members` gives for a team's group id its people, each with `userId`, `displayName`, `roles` and `email`, or None for an unknown team.
    """

    def __init__(self, site_url: str, now: Callable[[], datetime], members: Members) -> None:
        self.lists = Lists(now)
        self.counts: Counter[str] = Counter()
        self._now = now
        self._members_of = members
        place = urlsplit(site_url)
        url = site_url.rstrip("/")
        self._path = place.path.strip("/")
        self._host = str(place.hostname)
        self.site_id = f"{self._host},{uuid5(NAMESPACE_URL, self._host)},{uuid5(NAMESPACE_URL, url)}"
        self._place = Place(url, self.site_id)
        self._created = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self._items = Items(self.lists, self._place, now)
        self._routes = self._all_routes()

    @property
    def base(self) -> str:
        """The version root of the addresses that are handed out."""
        return self._place.base

    @base.setter
    def base(self, base: str) -> None:
        self._place.base = base

    @property
    def page(self) -> int:
        """How many rows a page has where nobody says."""
        return self._place.page

    @page.setter
    def page(self, page: int) -> None:
        self._place.page = page

    @property
    def habits(self) -> Habits:
        """What Graph does now and then, to be switched on."""
        return self._place.habits

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any, twist: str = "") -> Reply:
        """The reply to one request; `target` is relative to the version root, `headers` are by lower-case name, `twist` as `Asked` says."""
        raw_path, _, query = target.partition("?")
        path = unquote(raw_path)
        for wanted, pattern, name, handler in self._routes:
            found = pattern.fullmatch(path) if wanted == method else None
            if found is None:
                continue
            self.counts[name] += 1
            try:
                if method in {"POST", "PATCH"} and not isinstance(body, dict):
                    raise invalid("Invalid request")
                return handler(Asked(found.groups(), raw_path, query, headers, body, twist))
            except Refused as refused:
                return refusal(refused, self._now())
        self.counts["unknown"] += 1
        return error(400, "BadRequest", f"Resource not found for the segment '{path.rpartition('/')[2]}'.", self._now())

    def _site_by_path(self, asked: Asked) -> Reply:
        host, path = asked.parts
        if (host, path) != (self._host, self._path):
            raise Refused(404, "itemNotFound", "Requested site could not be found")
        return Reply(200, self._site_body())

    def _site(self, asked: Asked) -> Reply:
        if asked.parts[0] != (self.site_id if self._path else self._host):
            raise Refused(404, "itemNotFound", "Requested site could not be found")
        return Reply(200, self._site_body())

    def _get_lists(self, asked: Asked) -> Reply:
        select = options_of(asked.query).get("$select")
        return Reply(200, {"value": [chosen(list_body(one, self._place), select) for one in self.lists.all.values()]})

    def _create_list(self, asked: Asked) -> Reply:
        return Reply(201, list_body(self.lists.create(asked.body), self._place))

    def _get_list(self, asked: Asked) -> Reply:
        body = list_body(self.lists.find(asked.parts[1]), self._place)
        return Reply(200, chosen(body, options_of(asked.query).get("$select")))

    def _get_columns(self, asked: Asked) -> Reply:
        columns, select = self.lists.find(asked.parts[1]).columns, options_of(asked.query).get("$select")
        # A hidden column is listed where $select names `hidden`, and nowhere else (Graph "columnDefinition").
        all_of_them = "hidden" in (select or "").split(",")
        listed = [column for column in columns.values() if all_of_them or not column["hidden"]]
        return Reply(200, {"value": [chosen(dict(column), select) for column in listed]})

    def _create_column(self, asked: Asked) -> Reply:
        return Reply(201, dict(self.lists.add_column(self.lists.find(asked.parts[1]), asked.body)))

    def _members(self, asked: Asked) -> Reply:
        team_id = asked.parts[0]
        people = self._members_of(team_id)
        if people is None:
            raise Refused(404, "NotFound", NO_SUCH)
        options = options_of(asked.query)
        top = options.get("$top", str(MEMBERS_PAGE))
        if not top.isdecimal() or not 0 < int(top) <= MOST_MEMBERS:
            raise Refused(400, "BadRequest", "Invalid page size specified.")
        size = min(int(top), self.page)
        start = int(options.get("$skiptoken", "0"))
        body: Json = {"value": [member_body(team_id, person) for person in people[start : start + size]]}
        if start + size < len(people):
            body["@odata.nextLink"] = next_link(self.base + asked.path, options, str(start + size))
        return Reply(200, body)

    def _here(self, handler: Handler) -> Handler:
        """The same, for our own site only."""

        def checked(asked: Asked) -> Reply:
            if asked.parts[0] != self.site_id:
                raise Refused(404, "itemNotFound", "Requested site could not be found")
            return handler(asked)

        return checked

    def _site_body(self) -> Json:
        name = self._path.rpartition("/")[2]
        return {
            "id": self.site_id,
            "name": name,
            "displayName": name,
            "createdDateTime": self._created,
            "lastModifiedDateTime": self._created,
            "webUrl": self._place.url,
        }

    def _all_routes(self) -> list[tuple[str, re.Pattern[str], str, Handler]]:
        site, one = r"/sites/([^/]+)/lists", r"/sites/([^/]+)/lists/([^/]+)"
        items = self._items
        within: list[tuple[str, str, str, Handler]] = [
            ("GET", site, "lists", self._get_lists),
            ("POST", site, "create list", self._create_list),
            ("GET", one, "list", self._get_list),
            ("GET", one + "/columns", "columns", self._get_columns),
            ("POST", one + "/columns", "create column", self._create_column),
            ("GET", one + "/items", "items", items.page),
            ("POST", one + "/items", "insert", items.create),
            ("GET", one + r"/items/delta(?:\(\)|\(token='([^']*)'\))?", "delta", items.delta),
            ("GET", one + "/items/([^/]+)", "item", items.one),
            ("GET", one + "/items/([^/]+)/versions", "versions", items.versions),
            ("PATCH", one + "/items/([^/]+)/fields", "update", items.update),
            ("DELETE", one + "/items/([^/]+)", "delete", items.delete),
        ]
        routes: list[tuple[str, str, str, Handler]] = [
            ("GET", r"/sites/([^/:,]+):/(.+)", "site", self._site_by_path),
            ("GET", r"/sites/([^/:]+)", "site", self._site),
            *((method, path, name, self._here(handler)) for method, path, name, handler in within),
            ("GET", r"/teams/([^/]+)/members", "members", self._members),
        ]
        return [(method, re.compile(path), name, handler) for method, path, name, handler in routes]
