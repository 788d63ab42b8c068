"""A site's lists and columns as they stand there, for those who make them and those who compare them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.records.columns import ListDefinition
from bot.records.graph import Graph
from bot.records.sharepoint import find_site

#: A hidden column is listed only where $select names `hidden` (Graph "columnDefinition"); what is named is all that comes.
_COLUMNS = (
    "?$select=name,displayName,hidden,indexed,enforceUniqueValues,required,readOnly,text,choice,number,boolean,dateTime"
)

Json = dict[str, Any]


class Step(StrEnum):
    """How far it came: what it was about to do when it was refused."""

    SITE = "find the site"
    LISTS = "look at the site’s lists"
    MAKE_LIST = "make a list"
    COLUMNS = "look at a list’s columns"
    MAKE_COLUMN = "make a column"


@dataclass(slots=True)
class Progress:
    """What it is about, for whoever has to explain a refusal: the step, the list ("" before the first), and the column to be made, if any."""

    step: Step = Step.SITE
    of: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class There:
    """A list that is there: `called` is what people see now, which they can change."""

    id: str
    called: str


class SiteLists:
    """One site's lists. `progress` says what is being asked for; all raise TryAgain, WakeSomebody and Final as `what_to_do`."""

    def __init__(self, graph: Graph, site_url: str) -> None:
        self._graph = graph
        self._site_url = site_url
        self.progress = Progress()
        self.site_id = ""

    async def read(self, definitions: tuple[ListDefinition, ...]) -> dict[str, There]:
        """Those of the lists that are there, by the name they should have.

        The bot finds a list by the name that people see. One that they have renamed is known by its `name`, which stays as it was made.
        """
        self.site_id = await find_site(self._graph, self._site_url)
        self.progress.step = Step.LISTS
        rows = await self._graph.collect(f"/sites/{self.site_id}/lists?$select=id,name,displayName")
        found = {
            str(row.get(which)): There(str(row.get("id")), str(row.get("displayName")))
            for which in ("name", "displayName")
            for row in rows
        }
        return {one.name: found[one.name] for one in definitions if one.name in found}

    def columns_path(self, list_id: str) -> str:
        """Where a list's columns are."""
        return f"/sites/{self.site_id}/lists/{list_id}/columns"

    async def columns(self, list_id: str) -> dict[str, Json]:
        """A list's columns as Graph describes them, hidden ones too, by internal name."""
        self.progress.step = Step.COLUMNS
        rows = await self._graph.collect(self.columns_path(list_id) + _COLUMNS)
        return {str(row.get("name")): row for row in rows}
