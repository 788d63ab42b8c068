"""SharePoint as the record: where its lists are, rows written in batches, and what changed in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.errors import Final, TryAgain, WakeSomebody, WardRhythmsError
from bot.records.budget import QUERY, Budget, units
from bot.records.columns import TITLE
from bot.records.exchanges import Answer, GraphRequest, dicts, id_of, what_to_do
from bot.records.filing_steps import LIST_GONE, Filing, Outcome, Removal, Retry, Steps, Wake, sort, steps_for
from bot.records.graph import BATCH_LIMIT, Graph
from bot.records.lists import LISTS
from bot.records.merging import RemoteRow, read_remote

#: Rows on a page of changes. Neither the most nor the usual is documented; 200 is what list items come in.
PAGE = 200
ODD_PAGE = "graph_odd_page"
NOT_READ_YET = "list_not_read_yet"

_COLUMNS = {definition.name: ",".join([TITLE, *(column.name for column in definition.columns)]) for definition in LISTS}

_HIDDEN = {
    definition.name: frozenset(column.name for column in definition.columns if column.hidden) for definition in LISTS
}

Heard = Answer | WardRhythmsError


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list's changes. `link` leads on: to the next page, or where `last`, to the changes after these.

    `gone`: the numbers of rows that were deleted. `expired`: the link that was asked with is no good any more, so all has to be read anew.
    """

    rows: Sequence[RemoteRow] = ()
    gone: Sequence[str] = ()
    link: str | None = None
    last: bool = False
    expired: bool = False


async def find_site(graph: Graph, site_url: str) -> str:
    """The id of a site by its address, as https://trust.sharepoint.com/sites/culture (Graph "get site by path").

    Raises:
        WakeSomebody: "site_missing", or as `what_to_do`.
        TryAgain: as `what_to_do`.
    """
    place = urlsplit(site_url)
    path = place.path.strip("/")
    found = await graph.request("GET", f"/sites/{place.hostname}" + (f":/{quote(path)}" if path else ""))
    try:
        what_to_do(found)
    except Final as error:
        raise WakeSomebody("site_missing") from error
    return id_of(found)


async def find_lists(graph: Graph, site_id: str) -> dict[str, str]:
    """The ids of a site's lists by display name (Graph "list lists"). Raises as `Graph.collect`."""
    rows = await graph.collect(f"/sites/{site_id}/lists?$select=id,displayName")
    return {str(row.get("displayName")): str(row.get("id")) for row in rows}


class SharePoint:
    """The lists of one site. `site_url` is the address that people see, resolved once. All that it asks is paid for from `budget`."""

    def __init__(self, graph: Graph, site_url: str, budget: Budget) -> None:
        self._graph = graph
        self._site_url = site_url
        self._site_id: str | None = None
        self._lists: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self.budget = budget

    async def write(self, filings: Sequence[tuple[str, Filing | Removal]]) -> list[Outcome]:
        """Write up to 20 rows, each told with its list; one outcome each, in the order given. Raises nothing that this program raises on purpose.

        Safe to repeat. Two filings of one row do not belong into one call, as a batch has no order.

        Raises:
            ValueError: more than 20.
        """
        if len(filings) > BATCH_LIMIT:
            raise ValueError("a batch has at most 20 requests")
        try:
            lists = await self._places({name for name, _ in filings})
        except WardRhythmsError as error:
            return [sort(error, unsure=False) for _ in filings]
        outcomes: dict[int, Outcome] = {}
        steps: dict[int, Steps] = {}
        asks: dict[int, GraphRequest] = {}
        for number, (name, filing) in enumerate(filings):
            if name not in lists:
                outcomes[number] = Wake("list_missing")
            elif filing.item_id is not None and self._read.get(name) != lists[name]:
                outcomes[number] = Retry(NOT_READ_YET, None, unsure=False)
            else:
                steps[number] = steps_for(filing, self._items(lists[name]), _COLUMNS[name])
                asks[number] = next(steps[number])
        return await self._walk(steps, asks, outcomes)

    async def _walk(
        self, steps: Mapping[int, Steps], asks: dict[int, GraphRequest], outcomes: dict[int, Outcome]
    ) -> list[Outcome]:
        """Step by step, all rows side by side, until each has its outcome."""
        while asks:
            came = await self._ask(asks)
            asks = {}
            for number, answer in came.items():
                try:
                    asks[number] = _step(steps[number], answer)
                except StopIteration as done:
                    outcomes[number] = done.value
                except WardRhythmsError as error:
                    outcomes[number] = sort(error, unsure=True)
        if any(isinstance(outcome, Retry) and outcome.code == LIST_GONE for outcome in outcomes.values()):
            self._lists = {}
        return [outcomes[number] for number in sorted(outcomes)]

    async def changes(self, list_name: str, link: str | None) -> Page:
        """A page of what changed in a list since `link` was given; without one, of all rows there are (Graph "listItem: delta").

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`; TryAgain("graph_odd_page") for a page with an error in it, whose link is not to be
                kept (msgraph-sdk-typescript issue 544); WakeSomebody("graph_foreign_link") for a link that leads elsewhere.
        """
        items = self._items(await self.list_id(list_name))
        path = link or f"{items}/delta?$expand=fields($select={_COLUMNS[list_name]})&$top={PAGE}"
        answer = await self._paid(GraphRequest("GET", path))
        if answer.status == 410:
            return Page(expired=True)
        if answer.status == 404:
            raise self._list_gone()
        what_to_do(answer)
        return self._page(answer)

    async def list_id(self, list_name: str) -> str:
        """Graph's id of a list.

        Raises:
            WakeSomebody: "list_missing", or as `what_to_do`. TryAgain: as `what_to_do`.
        """
        lists = await self._places({list_name})
        if list_name not in lists:
            raise WakeSomebody("list_missing")
        return lists[list_name]

    def note_read(self, list_name: str, list_id: str) -> None:
        """What the store knows of rows is about this very list: until then none is changed, as a list made anew would seem to have lost them all."""
        self._read[list_name] = list_id

    async def columns(self, list_name: str) -> frozenset[str]:
        """The columns that a list has, by internal name; our hidden ones too, which need not be shown.

        Raises:
            TryAgain, WakeSomebody, Final: as `Graph.collect`.
        """
        list_id = await self.list_id(list_name)
        self.budget.spend(QUERY)
        try:
            rows = await self._graph.collect(f"/sites/{self._site_id}/lists/{list_id}/columns?$select=name")
        except Final as error:
            if error.code != "not_found":
                raise
            raise self._list_gone() from error
        return frozenset(str(row.get("name")) for row in rows) | _HIDDEN[list_name]

    async def rows(self, list_name: str, item_ids: Sequence[str]) -> dict[str, RemoteRow | None]:
        """Up to 20 rows by their number; None for one that is not there.

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`, where any of them could not be read.
        """
        items = self._items(await self.list_id(list_name))
        expand = f"$expand=fields($select={_COLUMNS[list_name]})"
        asks = [GraphRequest("GET", f"{items}/{item_id}?{expand}") for item_id in item_ids]
        self.budget.spend(sum(units(ask) for ask in asks))
        found: dict[str, RemoteRow | None] = {}
        for item_id, answer in zip(item_ids, await self._graph.batch(asks), strict=True):
            self.budget.heed(answer)
            if answer.status != 404:
                what_to_do(answer)
            found[item_id] = read_remote(answer.body) if answer.ok else None
        if None in found.values():
            # Nothing is there either where the whole list is gone.
            what_to_do(await self._paid(GraphRequest("GET", items.removesuffix("/items"))))
        return found

    def _list_gone(self) -> TryAgain:
        """Its id is looked up anew at the next try."""
        self._lists = {}
        return TryAgain(LIST_GONE)

    def _items(self, list_id: str) -> str:
        return f"/sites/{self._site_id}/lists/{list_id}/items"

    async def _places(self, names: set[str]) -> dict[str, str]:
        if self._site_id is None:
            self.budget.spend(QUERY)
            self._site_id = await find_site(self._graph, self._site_url)
        if not names <= self._lists.keys():
            self.budget.spend(QUERY)
            try:
                self._lists = await find_lists(self._graph, self._site_id)
            except Final as error:
                # Rows must not be parked for the site's trouble.
                self._site_id = None
                raise WakeSomebody("site_missing") from error
        return self._lists

    async def _paid(self, request: GraphRequest) -> Answer:
        self.budget.spend(units(request))
        answer = await self._graph.request(request.method, request.path)
        self.budget.heed(answer)
        return answer

    async def _ask(self, asks: Mapping[int, GraphRequest]) -> dict[int, Heard]:
        """One answer, or the error in its place, for each request."""
        self.budget.spend(sum(units(ask) for ask in asks.values()))
        try:
            answers = await self._graph.batch(list(asks.values()))
        except (TryAgain, WakeSomebody) as error:
            return dict.fromkeys(asks, error)
        for answer in answers:
            self.budget.heed(answer)
        return dict(zip(asks, answers, strict=True))

    def _page(self, answer: Answer) -> Page:
        found = dicts(answer.body.get("value"))
        following, last = answer.body.get("@odata.nextLink"), answer.body.get("@odata.deltaLink")
        if any("error" in row for row in found) or not (following or last):
            raise TryAgain(ODD_PAGE)
        # The last that is said of a row counts, and a row that was deleted may be back (Graph "listItem: delta").
        latest = {str(row.get("id")): row for row in found}
        gone = [item_id for item_id, row in latest.items() if "deleted" in row]
        rows = [read_remote(row) for row in latest.values() if "deleted" not in row]
        return Page(rows, gone, self._graph.own(str(following or last)), last=not following)


def _step(steps: Steps, came: Heard) -> GraphRequest:
    return steps.throw(came) if isinstance(came, WardRhythmsError) else steps.send(came)
