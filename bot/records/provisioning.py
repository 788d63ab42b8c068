"""Create the lists and columns that are missing in SharePoint. Safe to run twice: nothing is ever dropped or given another type."""

from collections.abc import Callable
from typing import Any

from bot.errors import Final
from bot.records.columns import Column, ListDefinition
from bot.records.exchanges import id_of, what_to_do
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.site_lists import Progress, SiteLists, Step, There

WHICH = "{list} ({number} of {all}): "
MADE_LIST = "the list is made."
MAKING = "{count}…"
MADE_COLUMNS = "made {columns}."
WOULD_MAKE_LIST = "the list is missing, to be made with {count}."
WOULD_MAKE_COLUMNS = "missing, to be made: {columns}."
COLUMN, COLUMNS = "1 column", "{count} columns"
NOTHING_TO_DO = "All lists and columns are there."

LIST_RENAMED = (
    "this list is now called “{called}”, so that the bot does not find it. Name it “{list}” again, then run this again."
)
NAME_TAKEN = "“{column}” could not be made: another column has that name. Rename that one, then run this again."

_CONFLICT = 409


class Provisioning:
    """Brings a site's lists up to `bot.records.lists`. `progress` says what it is about, `site_id` which site that is, once known.

    Needs an identity that may create lists (Sites.Manage.All, or `manage` on the site; Graph "create list"): the bot's own `write` may not.
    """

    def __init__(self, graph: Graph, site_url: str, say: Callable[[str], None], *, dry_run: bool = False) -> None:
        self._graph = graph
        self._site = SiteLists(graph, site_url)
        self._say = say
        self._dry_run = dry_run
        self._told: list[str] = []
        #: Sentences about what people have to put right first.
        self.in_the_way: list[str] = []

    @property
    def progress(self) -> Progress:
        """What it is about."""
        return self._site.progress

    @property
    def site_id(self) -> str:
        """The site's id in Graph."""
        return self._site.site_id

    async def run(self) -> list[str]:
        """Each sentence is said as it happens; all are given back, none if all is there.

        What only people can put right is `in_the_way` as well; all else is made nevertheless.

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`; run it again, it goes on from there. Final("column_renamed") where SharePoint
                gave a new column another internal name.
        """
        lists = await self._site.read(LISTS)
        for number, definition in enumerate(LISTS, start=1):
            self.progress.of = definition.name
            which = WHICH.format(list=definition.name, number=number, all=len(LISTS))
            await self._list(definition, lists.get(definition.name), which)
        if not self._told:
            self._say(NOTHING_TO_DO)
        return self._told

    async def _list(self, definition: ListDefinition, there: There | None, which: str) -> None:
        if there is None and self._dry_run:
            self._tell(which + WOULD_MAKE_LIST.format(count=_columns(len(definition.columns))))
            return
        if there is None:
            there = There(await self._make_list(definition), definition.name)
            self._tell(which + MADE_LIST)
        if there.called != definition.name:
            self._object(which + LIST_RENAMED.format(called=there.called, list=definition.name))
        columns = await self._site.columns(there.id)
        missing = [column for column in definition.columns if column.name not in columns]
        if missing and self._dry_run:
            self._tell(which + WOULD_MAKE_COLUMNS.format(columns=_names(missing)))
        elif missing:
            self._tell(which + MAKING.format(count=_columns(len(missing))))
            made = [column for column in missing if await self._make_column(there.id, column)]
            await self._say_made(which, made, [column for column in missing if column not in made], there.id)

    async def _say_made(self, which: str, made: list[Column], refused: list[Column], list_id: str) -> None:
        if made:
            self._tell(which + MADE_COLUMNS.format(columns=_names(made)))
        if refused:
            # Somebody else may have made it meanwhile: then it is there, and all is well.
            columns = await self._site.columns(list_id)
            for column in refused:
                if column.name not in columns:
                    self._object(which + NAME_TAKEN.format(column=column.display_name))

    async def _make_list(self, definition: ListDefinition) -> str:
        self.progress.step = Step.MAKE_LIST
        # `displayName`, never `name`: the server assigns that one (microsoft-graph-docs issue 1484).
        body = {
            "displayName": definition.name,
            "description": definition.description,
            "list": {"template": "genericList"},
        }
        made = await self._graph.request("POST", f"/sites/{self.site_id}/lists", body)
        what_to_do(made)
        return id_of(made)

    async def _make_column(self, list_id: str, column: Column) -> bool:
        """Whether it was made, and not refused because its name is taken."""
        self.progress.step, self.progress.column = Step.MAKE_COLUMN, column.display_name
        made = await self._graph.request("POST", self._site.columns_path(list_id), column.definition())
        if made.status == _CONFLICT:
            return False
        what_to_do(made)
        if made.body.get("name") != column.name:
            raise Final("column_renamed")
        return True

    def _tell(self, sentence: str) -> None:
        self._told.append(sentence)
        self._say(sentence)

    def _object(self, sentence: str) -> None:
        self.in_the_way.append(sentence)
        self._tell(sentence)


def _names(columns: list[Column]) -> str:
    return ", ".join(column.display_name for column in columns)


def _columns(count: int) -> str:
    return COLUMN if count == 1 else COLUMNS.format(count=count)


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
