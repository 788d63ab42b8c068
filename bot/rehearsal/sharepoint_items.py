"""The endpoints for the rows of a list in the SharePoint stand-in, as functions from request to reply. No network."""

import re
from collections.abc import Callable
from datetime import datetime

from bot.rehearsal.sharepoint_columns import Json, Refused, invalid
from bot.rehearsal.sharepoint_delta import delta_page
from bot.rehearsal.sharepoint_lists import Lists
from bot.rehearsal.sharepoint_queries import NOT_VALID, chosen, next_link, options_of, page_of, shown_fields, top_of
from bot.rehearsal.sharepoint_replies import Asked, Reply, error_of
from bot.rehearsal.sharepoint_rows import NO_SUCH, Item, ListOf
from bot.rehearsal.sharepoint_shapes import Place, as_floats, dates_off, deleted_body, item_body, version_body

#: As msgraph-sdk-typescript issue 544 reports it, right after a row was deleted.
ERROR_IN_PAGE = (
    "Cannot write a deleted resource, link, deleted link, or nested delta resource set within a resource set; they must be "
    "written within a delta resource set."
)

#: The function call at the end of an address, brackets as they are or encoded.
_CALL = re.compile(r"\(|%28")


class Items:
    """The rows of all lists. Who asks for an unknown site is turned away before."""

    def __init__(self, lists: Lists, place: Place, now: Callable[[], datetime]) -> None:
        self._lists = lists
        self._place = place
        self._now = now

    def page(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        options = options_of(asked.query)
        page, token = page_of(of, self._order(of), options, self._place.page)
        body: Json = {
            "@odata.context": self._place.context(of, ""),
            "value": [self._shown(of, item, options) for item in page],
        }
        if token:
            body["@odata.nextLink"] = next_link(self._place.base + asked.path, options, token)
        return Reply(200, body)

    def create(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        item = self._lists.insert(of, asked.body)
        body = self._entity(of, item, {"$expand": "fields"})
        off = self._place.habits.post_dates_off
        return Reply(201, dates_off(body, of.columns, off) if off else body, {"ETag": item.etag})

    def one(self, asked: Asked) -> Reply:
        of, item_id = self._lists.find(asked.parts[1]), asked.parts[2]
        item = of.seen(int(item_id), self._order(of)) if item_id.isdecimal() else None
        if item is None:
            raise Refused(404, "itemNotFound", NO_SUCH)
        return Reply(200, self._entity(of, item, options_of(asked.query)))

    def update(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        item = of.item(asked.parts[2])
        self._lists.update(of, item, asked.body, asked.headers.get("if-match"))
        return Reply(200, self._fields(of, item, "fields"), {"ETag": item.etag})

    def delete(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        self._lists.delete(of, of.item(asked.parts[2]), asked.headers.get("if-match"))
        return Reply(204)

    def versions(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        item, options = of.item(asked.parts[2]), options_of(asked.query)
        kept = [state for state in reversed(item.states) if not state.gone]
        return Reply(
            200, {"value": [version_body(state, state.fields if "$expand" in options else None) for state in kept]}
        )

    def delta(self, asked: Asked) -> Reply:
        of = self._lists.find(asked.parts[1])
        options = options_of(asked.query, "token")
        if options.keys() - {"$expand", "$select", "$top", "token"}:
            raise invalid(NOT_VALID)
        token = asked.parts[2] or options.pop("token", "")
        address = self._place.base + _CALL.split(asked.path)[0]
        try:
            came = delta_page(of, token, top_of(options, self._place.page), self._order(of), asked.twist)
        except Refused as refused:
            if refused.status == 410:
                refused.headers = {"Location": next_link(address, options, "", "token")}
            raise
        body: Json = {"@odata.context": self._place.context(of, "/$delta")}
        if came.rows is None:
            body["value"] = [{"error": error_of("InternalServerError", ERROR_IN_PAGE, self._now())}]
        else:
            body["value"] = [
                deleted_body(item_id, self._place) if item is None else self._shown(of, item, options)
                for item_id, item in came.rows
            ]
        link = "@odata.nextLink" if came.more else "@odata.deltaLink"
        return Reply(200, {**body, link: next_link(address, options, came.token, "token")})

    def _order(self, of: ListOf) -> int:
        """The newest change that readers see."""
        lag = self._place.habits.lag
        return of.changes.until(self._now().timestamp() - lag) if lag else of.changes.last

    def _entity(self, of: ListOf, item: Item, options: Json) -> Json:
        return {"@odata.context": self._place.context(of, "/$entity"), **self._shown(of, item, options)}

    def _shown(self, of: ListOf, item: Item, options: Json) -> Json:
        return chosen(
            item_body(of, item, self._place, self._fields(of, item, options.get("$expand"))), options.get("$select")
        )

    def _fields(self, of: ListOf, item: Item, expand: str | None) -> Json | None:
        fields = shown_fields(expand, of, item)
        return as_floats(fields, of.columns) if fields is not None and self._place.habits.floats else fields
