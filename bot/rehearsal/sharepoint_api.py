"""The Graph endpoints that the SharePoint stand-in plays, as functions from request to reply. No network."""

import base64
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from bot.rehearsal.sharepoint_columns import Json, Refused, invalid
from bot.rehearsal.sharepoint_lists import NO_SUCH, Item, ListOf, Lists
from bot.rehearsal.sharepoint_queries import condition, next_link, options_of, page_of, shown_fields
from bot.rehearsal.sharepoint_replies import Reply, error

PAGE = 200
MEMBERS_PAGE = 100
MOST_MEMBERS = 999

Members = Callable[[str], list[Json] | None]


class Api:
    """One site and the members of teams.

    `members` gives for a team's group id its people, each with `userId`, `displayName`, `roles` and `email`, or None for an unknown team.
    """

    def __init__(self, site_url: str, now: Callable[[], datetime], members: Members) -> None:
        self.lists = Lists(now)
        self.base = ""
        self.page = PAGE
        self.counts: Counter[str] = Counter()
        self._now = now
        self._members_of = members
        place = urlsplit(site_url)
        self._site_url = site_url.rstrip("/")
        self._path = place.path.strip("/")
        self._host = str(place.hostname)
        self.site_id = f"{self._host},{uuid5(NAMESPACE_URL, self._host)},{uuid5(NAMESPACE_URL, self._site_url)}"

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Reply:
        """The reply to one request; `target` is relative to the version root, `headers` are by lower-case name."""
        raw_path, _, query = target.partition("?")
        path = unquote(raw_path)
        for wanted, pattern, name, handler in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found is None or wanted != method:
                continue
            self.counts[name] += 1
            try:
                if method in {"POST", "PATCH"} and not isinstance(body, dict):
                    raise invalid("Invalid request")
                return handler(self, _Asked(found.groups(), raw_path, query, headers, body))
            except Refused as refused:
                return error(refused.status, refused.code, refused.message, self._now())
        self.counts["unknown"] += 1
        return error(400, "BadRequest", f"Resource not found for the segment '{path.rpartition('/')[2]}'.", self._now())

    def site_by_path(self, asked: "_Asked") -> Reply:
        host, path = asked.parts
        if (host, path) != (self._host, self._path):
            raise Refused(404, "itemNotFound", "Requested site could not be found")
        return Reply(200, self._site())

    def site(self, asked: "_Asked") -> Reply:
        if asked.parts[0] != (self.site_id if self._path else self._host):
            raise Refused(404, "itemNotFound", "Requested site could not be found")
        return Reply(200, self._site())

    def get_lists(self, asked: "_Asked") -> Reply:
        self._check_site(asked)
        options_of(asked.query)
        return Reply(200, {"value": [_list(one, self._site_url) for one in self.lists.all.values()]})

    def create_list(self, asked: "_Asked") -> Reply:
        self._check_site(asked)
        return Reply(201, _list(self.lists.create(asked.body), self._site_url))

    def get_list(self, asked: "_Asked") -> Reply:
        return Reply(200, _list(self._list_of(asked), self._site_url))

    def get_columns(self, asked: "_Asked") -> Reply:
        return Reply(200, {"value": list(self._list_of(asked).columns.values())})

    def create_column(self, asked: "_Asked") -> Reply:
        return Reply(201, self.lists.add_column(self._list_of(asked), asked.body))

    def get_items(self, asked: "_Asked") -> Reply:
        of = self._list_of(asked)
        options = options_of(asked.query)
        test = condition(options.get("$filter"), of)
        page, token = page_of([item for item in of.items.values() if test(item)], options, self.page)
        body: Json = {"value": [self._item(of, item, shown_fields(options.get("$expand"), of, item)) for item in page]}
        if token:
            body["@odata.nextLink"] = next_link(self.base + asked.path, options, token)
        return Reply(200, body)

    def create_item(self, asked: "_Asked") -> Reply:
        of = self._list_of(asked)
        item = self.lists.insert(of, asked.body)
        return Reply(201, self._item(of, item, shown_fields("fields", of, item)), {"ETag": item.etag})

    def get_item(self, asked: "_Asked") -> Reply:
        of = self._list_of(asked)
        item = of.item(asked.parts[2])
        return Reply(200, self._item(of, item, shown_fields(options_of(asked.query).get("$expand"), of, item)))

    def update_item(self, asked: "_Asked") -> Reply:
        of = self._list_of(asked)
        item = of.item(asked.parts[2])
        self.lists.update(of, item, asked.body, asked.headers.get("if-match"))
        return Reply(200, shown_fields("fields", of, item), {"ETag": item.etag})

    def delete_item(self, asked: "_Asked") -> Reply:
        of = self._list_of(asked)
        self.lists.delete(of, of.item(asked.parts[2]), asked.headers.get("if-match"))
        return Reply(204)

    def members(self, asked: "_Asked") -> Reply:
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
        body: Json = {"value": [_member(team_id, person) for person in people[start : start + size]]}
        if start + size < len(people):
            body["@odata.nextLink"] = next_link(self.base + asked.path, options, str(start + size))
        return Reply(200, body)

    def _check_site(self, asked: "_Asked") -> None:
        if asked.parts[0] != self.site_id:
            raise Refused(404, "itemNotFound", "Requested site could not be found")

    def _list_of(self, asked: "_Asked") -> ListOf:
        self._check_site(asked)
        return self.lists.find(asked.parts[1])

    def _site(self) -> Json:
        name = self._path.rpartition("/")[2]
        return {"id": self.site_id, "name": name, "displayName": name, "webUrl": self._site_url}

    def _item(self, of: ListOf, item: Item, fields: Json | None) -> Json:
        body: Json = {
            "@odata.etag": item.etag,
            "createdDateTime": item.created,
            "eTag": item.etag,
            "id": str(item.id),
            "lastModifiedDateTime": item.modified,
            "webUrl": f"{self._site_url}/Lists/{of.name}/{item.id}_.000",
            "createdBy": {"application": {"id": _APPLICATION, "displayName": "Ward Rhythms"}},
            "lastModifiedBy": {"application": {"id": _APPLICATION, "displayName": "Ward Rhythms"}},
            "parentReference": {"id": of.id, "siteId": self.site_id},
            "contentType": {"id": "0x0100", "name": "Item"},
        }
        return body if fields is None else {**body, "fields": fields}


class _Asked:
    """One request, taken apart."""

    def __init__(self, parts: tuple[str, ...], path: str, query: str, headers: dict[str, str], body: Any) -> None:
        self.parts = parts
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body


def _list(one: ListOf, site_url: str) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "displayName": one.name,
        "description": one.description,
        "createdDateTime": one.created,
        "webUrl": f"{site_url}/Lists/{one.name}",
        "list": {"contentTypesEnabled": False, "hidden": False, "template": "genericList"},
    }


def _member(team_id: str, person: Json) -> Json:
    membership = base64.b64encode(f"MCMjMSMj##{team_id}##{person['userId']}".encode()).decode()
    return {"@odata.type": "#microsoft.graph.aadUserConversationMember", "id": membership, **person}


_APPLICATION = "5f0f2f5c-4a3b-4d0e-9a0e-3f4d8f5d7a11"
_LIST = r"/sites/([^/]+)/lists/([^/]+)"
_ROUTES: tuple[tuple[str, str, str, Callable[[Api, _Asked], Reply]], ...] = (
    ("GET", r"/sites/([^/:,]+):/(.+)", "site", Api.site_by_path),
    ("GET", r"/sites/([^/:]+)", "site", Api.site),
    ("GET", r"/sites/([^/]+)/lists", "lists", Api.get_lists),
    ("POST", r"/sites/([^/]+)/lists", "create list", Api.create_list),
    ("GET", _LIST, "list", Api.get_list),
    ("GET", _LIST + "/columns", "columns", Api.get_columns),
    ("POST", _LIST + "/columns", "create column", Api.create_column),
    ("GET", _LIST + "/items", "items", Api.get_items),
    ("POST", _LIST + "/items", "insert", Api.create_item),
    ("GET", _LIST + "/items/([^/]+)", "item", Api.get_item),
    ("PATCH", _LIST + "/items/([^/]+)/fields", "update", Api.update_item),
    ("DELETE", _LIST + "/items/([^/]+)", "delete", Api.delete_item),
    ("GET", r"/teams/([^/]+)/members", "members", Api.members),
)
