"""Create the lists and columns that are missing in SharePoint. Safe to run twice: nothing is ever dropped or given another type."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from bot.errors import Final
from bot.records.columns import Column, ListDefinition
from bot.records.exchanges import id_of, what_to_do
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.sharepoint import find_lists, find_site

WHICH = "{list} ({number} of {all}): "
MADE_LIST = "the list is made."
MADE_COLUMNS = "made {columns}."
WOULD_MAKE_LIST = "the list is missing, to be made with {count} columns."
WOULD_MAKE_COLUMNS = "missing, to be made: {columns}."
NOTHING_TO_DO = "All lists and columns are there."

_NAME_TAKEN = 409


class Step(StrEnum):
    """How far it came: what it was about to do when it was refused."""

    SITE = "find the site"
    LISTS = "look at the site’s lists"
    MAKE_LIST = "make a list"
    COLUMNS = "look at a list’s columns"
    MAKE_COLUMN = "make a column"


class Provisioning:
    """Brings a site's lists up to `bot.records.lists`. `step` says what it is about, `site_id` which site that is, once known.

    Needs an identity that may create lists (Sites.Manage.All, or `manage` on the site; Graph "create list"): the bot's own `write` may not.
    """

    def __init__(self, graph: Graph, site_url: str, say: Callable[[str], None], *, dry_run: bool = False) -> None:
        self._graph = graph
        self._site_url = site_url
        self._say = say
        self._dry_run = dry_run
        self._told: list[str] = []
        self.step = Step.SITE
        self.site_id = ""

    async def run(self) -> list[str]:
        """Each sentence is said as it happens; all are given back, none if all is there.

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`; run it again, it goes on from there. Final("column_renamed") where SharePoint
                gave a new column another internal name.
        """
        self.site_id = await find_site(self._graph, self._site_url)
        self.step = Step.LISTS
        lists = await find_lists(self._graph, self.site_id)
        for number, definition in enumerate(LISTS, start=1):
            which = WHICH.format(list=definition.name, number=number, all=len(LISTS))
            await self._list(definition, lists.get(definition.name), which)
        if not self._told:
            self._say(NOTHING_TO_DO)
        return self._told

    async def _list(self, definition: ListDefinition, list_id: str | None, which: str) -> None:
        if list_id is None and self._dry_run:
            self._tell(which + WOULD_MAKE_LIST.format(count=len(definition.columns)))
            return
        if list_id is None:
            list_id = await self._make_list(definition)
            self._tell(which + MADE_LIST)
        path = f"/sites/{self.site_id}/lists/{list_id}/columns"
        self.step = Step.COLUMNS
        there = {str(row.get("name")) for row in await self._graph.collect(path)}
        missing = [column for column in definition.columns if column.name not in there]
        if not self._dry_run:
            self.step = Step.MAKE_COLUMN
            missing = [column for column in missing if await self._make_column(path, column)]
        # Hidden columns need not be listed, so that a dry run cannot tell whether they are there.
        told = [column.display_name for column in missing if not (self._dry_run and column.hidden)]
        if told:
            sentence = WOULD_MAKE_COLUMNS if self._dry_run else MADE_COLUMNS
            self._tell(which + sentence.format(columns=", ".join(told)))

    async def _make_list(self, definition: ListDefinition) -> str:
        self.step = Step.MAKE_LIST
        # `displayName`, never `name`: the server assigns that one (microsoft-graph-docs issue 1484).
        body = {
            "displayName": definition.name,
            "description": definition.description,
            "list": {"template": "genericList"},
        }
        made = await self._graph.request("POST", f"/sites/{self.site_id}/lists", body)
        what_to_do(made)
        return id_of(made)

    async def _make_column(self, path: str, column: Column) -> bool:
        """Whether it was made; it was there all along where its name is taken, as a hidden column need not be listed."""
        made = await self._graph.request("POST", path, column.definition())
        if made.status == _NAME_TAKEN:
            return False
        what_to_do(made)
        if made.body.get("name") != column.name:
            raise Final("column_renamed")
        return True

    def _tell(self, sentence: str) -> None:
        self._told.append(sentence)
        self._say(sentence)


async def provision(graph: Graph, site_url: str, say: Callable[[str], None], *, dry_run: bool = False) -> list[str]:
    """Run a `Provisioning` through."""
    return await Provisioning(graph, site_url, say, dry_run=dry_run).run()


def grants(site_id: str, app_id: str) -> dict[str, Any]:
    """The request bodies that give the bot's own identity what it needs: `write` on this one site (Graph "create permission")."""
    application = {"id": app_id, "displayName": "Ward Rhythms"}
    return {
        "path": f"/sites/{site_id}/permissions",
        "body": {"roles": ["write"], "grantedToIdentities": [{"application": application}]},
    }
