"""What people do to the rows of SharePoint's lists in a browser: change, delete, put back and add; and how a row came to be what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.people import Person
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.sharepoint_columns import Json
from bot.rehearsal.sharepoint_rows import ListOf
from bot.rehearsal.site_columns import values_of
from bot.rehearsal.site_lists import describe_row, describe_versions, fields_of
from bot.rehearsal.teams_world import NotSent

UNKNOWN_ACT = "The rehearsal does not know how to do that with a row."
NO_SUCH_LIST = "There is no such list."


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of every list, for a person at the page. Raises NotSent, and Refused as SharePoint would."""

    sharepoint: SharePointStandIn

    def describe(self, list_name: str, row: str) -> Json:
        """One row with what its boxes hold, and its version history."""
        of = self._list(list_name)
        item = of.item(row)
        return {
            "row": describe_row(of, item),
            "fields": fields_of(of, item),
            "versions": describe_versions(of, item),
        }

    def do(self, person: Person, body: Mapping[str, Any]) -> str:
        """What `person` does to a row; its id."""
        of = self._list(body.get("list"))
        row = str(body.get("row", ""))
        match body.get("do"):
            case "add":
                return self.sharepoint.add(of.name, values_of(of.columns, body.get("fields")), by=person.name)
            case "edit":
                self.sharepoint.edit(of.name, row, values_of(of.columns, body.get("fields")), by=person.name)
            case "delete":
                self.sharepoint.remove(of.name, row, by=person.name)
            case "restore":
                self.sharepoint.restore(of.name, row, by=person.name)
            case _:
                raise NotSent({"": UNKNOWN_ACT})
        return row

    def _list(self, name: object) -> ListOf:
        of = self.sharepoint.api.lists.named(str(name))
        if of is None:
            raise NotSent({"": NO_SUCH_LIST})
        return of
