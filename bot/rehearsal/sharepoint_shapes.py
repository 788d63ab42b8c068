"""The shapes in which the SharePoint stand-in shows its site, lists, rows and versions (observed in Graph, and in its documentation's examples)."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bot.rehearsal.sharepoint_columns import Json
from bot.rehearsal.sharepoint_rows import Item, ListOf, State

PAGE = 200

_APPLICATION = "5f0f2f5c-4a3b-4d0e-9a0e-3f4d8f5d7a11"
_CONTENT_TYPE = {"id": "0x0100A3D887BE30452F4A9CBA7E684C523E21", "name": "Item"}
_MOMENTS = frozenset({"Created", "Modified"})


@dataclass
class Habits:
    """What Graph is known to do now and then, and does here when told to.

    `lag`: reads show what was there so many seconds ago. `post_dates_off`: dates in the answer to a POST are wrong by so much, as by the
    site's time zone (microsoft-graph-docs issues 13168 and 5293). `floats`: whole numbers come back as 3.0.
    """

    lag: float = 0.0
    post_dates_off: timedelta = timedelta()
    floats: bool = False


@dataclass
class Place:
    """The one site: `url` as people see it, `base` is the version root of the addresses that are handed out, `page` a page's usual rows."""

    url: str
    id: str
    base: str = ""
    page: int = PAGE
    habits: Habits = field(default_factory=Habits)

    def context(self, of: ListOf, rest: str) -> str:
        """The address of what describes an answer, as Graph hands it out."""
        return f"{self.base}/$metadata#sites('{quote(self.id)}')/lists('{of.id}')/items{rest}"


def identity(by: str | None) -> Json:
    """Who made a row or changed it: a person by name, or (None) the application."""
    if by is not None:
        return {"user": {"displayName": by}}
    return {
        "application": {"id": _APPLICATION, "displayName": "Ward Rhythms"},
        "user": {"displayName": "SharePoint App"},
    }


def list_body(one: ListOf, place: Place) -> Json:
    """A list. Only the application makes lists here."""
    return {
        "@odata.etag": f'"{one.id},0"',
        "id": one.id,
        "name": one.made_as or one.name,
        "displayName": one.name,
        "description": one.description,
        "createdDateTime": one.created,
        "lastModifiedDateTime": one.created,
        "webUrl": f"{place.url}/Lists/{one.made_as or one.name}",
        "createdBy": identity(None),
        "lastModifiedBy": identity(None),
        "parentReference": {"siteId": place.id},
        "list": {"contentTypesEnabled": False, "hidden": False, "template": "genericList"},
    }


def item_body(of: ListOf, item: Item, place: Place, fields: Json | None) -> Json:
    """A row, with these of its fields where they are asked for."""
    body: Json = {
        "@odata.etag": item.etag,
        "createdDateTime": item.created,
        "eTag": item.etag,
        "id": str(item.id),
        "lastModifiedDateTime": item.modified,
        "webUrl": f"{place.url}/Lists/{of.made_as or of.name}/{item.id}_.000",
        "createdBy": identity(item.author),
        "lastModifiedBy": identity(item.now.by),
        "parentReference": {"id": of.id, "siteId": place.id},
        "contentType": dict(_CONTENT_TYPE),
    }
    if fields is None:
        return body
    return {**body, "fields@odata.context": place.context(of, f"('{item.id}')/fields/$entity"), "fields": fields}


def deleted_body(item_id: int, place: Place) -> Json:
    """A deleted row in a delta: that it is gone, and little else."""
    return {
        "id": str(item_id),
        "parentReference": {"siteId": place.id},
        "contentType": dict(_CONTENT_TYPE),
        "deleted": {"state": "deleted"},
    }


def version_body(state: State, fields: Json | None) -> Json:
    """One version of a row."""
    body: Json = {
        "id": f"{state.version}.0",
        "lastModifiedBy": identity(state.by),
        "lastModifiedDateTime": state.modified,
    }
    return body if fields is None else {**body, "fields": fields}


def member_body(team_id: str, person: Json) -> Json:
    """Somebody in a team; the membership has an id of its own."""
    membership = base64.b64encode(f"MCMjMSMj##{team_id}##{person['userId']}".encode()).decode()
    return {"@odata.type": "#microsoft.graph.aadUserConversationMember", "id": membership, **person}


def as_floats(fields: Json, columns: dict[str, Json]) -> Json:
    """The same fields, whole numbers written as 3.0."""
    numbers = {name for name, column in columns.items() if "number" in column}
    return {name: float(value) if name in numbers else value for name, value in fields.items()}


def dates_off(body: Json, columns: dict[str, Json], off: timedelta) -> Json:
    """The same row with all its dates wrong by so much."""
    moments = _MOMENTS | {name for name, column in columns.items() if "dateTime" in column}
    fields = {name: _later(value, off) if name in moments else value for name, value in body["fields"].items()}
    outer = {name: _later(body[name], off) for name in ("createdDateTime", "lastModifiedDateTime")}
    return {**body, **outer, "fields": fields}


def _later(moment: str, off: timedelta) -> str:
    return (datetime.fromisoformat(moment) + off).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
