"""SharePoint as the record: where its lists are, and rows filed in batches."""

from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import quote, urlsplit

import orjson

from bot.errors import Final, TryAgain, WakeSomebody, WardRhythmsError
from bot.records.exchanges import Answer, GraphRequest, id_of, what_to_do
from bot.records.filing_steps import (
    LIST_GONE,
    Filed,
    Filing,
    NotSent,
    Outcome,
    Parked,
    Retry,
    Steps,
    Wake,
    sort,
    steps_for,
)
from bot.records.graph import BATCH_LIMIT, Graph

__all__ = ["Filed", "Filing", "Outcome", "Parked", "Retry", "SharePoint", "Wake", "find_lists", "find_site"]

_BUSY = frozenset({429, 503})

Came = Answer | WardRhythmsError


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
    """The lists of one site. `site_url` is the address that people see, resolved once."""

    def __init__(self, graph: Graph, site_url: str) -> None:
        self._graph = graph
        self._site_url = site_url
        self._site_id: str | None = None
        self._lists: dict[str, str] = {}

    async def file(self, filings: Sequence[Filing]) -> list[Outcome]:
        """File rows, twenty to a request; one outcome each, in the order given. Raises nothing that this program raises on purpose.

        Safe to repeat: a row is found again by its entry key. Two filings of one row do not belong into one call, as a batch has no order.
        """
        try:
            lists = await self._places({filing.list_name for filing in filings})
        except WardRhythmsError as error:
            return [sort(error, filing.unsure) for filing in filings]
        outcomes: dict[int, Outcome] = {}
        steps: dict[int, Steps] = {}
        asks: dict[int, GraphRequest] = {}
        for number, filing in enumerate(filings):
            if filing.list_name not in lists:
                outcomes[number] = Wake("list_missing")
            elif not _is_json(filing.fields):
                outcomes[number] = Parked("not_json")
            else:
                steps[number] = steps_for(filing, f"/sites/{self._site_id}/lists/{lists[filing.list_name]}/items")
                asks[number] = next(steps[number])
        while asks:
            came = await self._round(asks)
            asks = {}
            for number, answer in came.items():
                try:
                    asks[number] = _step(steps[number], answer)
                except StopIteration as done:
                    outcomes[number] = done.value
                except WardRhythmsError as error:
                    outcomes[number] = sort(error, filings[number].unsure)
        if any(isinstance(outcome, Retry) and outcome.code == LIST_GONE for outcome in outcomes.values()):
            self._lists = {}
        return [outcomes[number] for number in range(len(filings))]

    async def _places(self, names: set[str]) -> dict[str, str]:
        if self._site_id is None:
            self._site_id = await find_site(self._graph, self._site_url)
        if not names <= self._lists.keys():
            try:
                self._lists = await find_lists(self._graph, self._site_id)
            except Final as error:
                # Rows must not be parked for the site's trouble.
                self._site_id = None
                raise WakeSomebody("site_missing") from error
        return self._lists

    async def _round(self, asks: Mapping[int, GraphRequest]) -> dict[int, Came]:
        """One answer, or the error in its place, for each request. Once SharePoint is busy or away, the rest is not sent."""
        came: dict[int, Came] = {}
        halt: WardRhythmsError | None = None
        waiting = iter(asks.items())
        while chunk := dict(islice(waiting, BATCH_LIMIT)):
            if halt is not None:
                came |= dict.fromkeys(chunk, halt)
                continue
            try:
                answers = await self._graph.batch(list(chunk.values()))
            except TryAgain as error:
                came |= dict.fromkeys(chunk, error)
                halt = NotSent(error.code, error.after)
            except WakeSomebody as error:
                came |= dict.fromkeys(chunk, error)
                halt = error
            else:
                came |= zip(chunk, answers, strict=True)
                if all(answer.status in _BUSY for answer in answers):
                    halt = NotSent(f"graph_{answers[0].status}", answers[0].after)
        return came


def _step(steps: Steps, came: Came) -> GraphRequest:
    return steps.throw(came) if isinstance(came, WardRhythmsError) else steps.send(came)


def _is_json(fields: Mapping[str, object]) -> bool:
    try:
        orjson.dumps(dict(fields))
    except TypeError:
        return False
    return True
