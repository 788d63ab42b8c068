"""Read a site back and name each difference from what `bot.records.lists` says: what would keep rows from being filed or found."""

from dataclasses import dataclass, field
from typing import Any

from bot.records.columns import TITLE, Column, ListDefinition
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.site_lists import Progress, SiteLists

NO_LIST = "{list}: the list is missing. Run provision."
LIST_RENAMED = "{list}: this list is now called “{called}”, so that the bot does not find it. Name it “{list}” again."
NO_COLUMN = "{list}: the column “{column}” is missing. Run provision."
OTHER_KIND = (
    "{list}: “{column}” is no {kind} column. Change its type by hand. Where SharePoint does not offer that: keep what it holds elsewhere,"
    " delete it, then run provision."
)
OTHER_LINES = "{list}: “{column}” holds {there} and should hold {wanted}. Change its type by hand."
OTHER_DAY = "{list}: “{column}” holds {there} and should hold {wanted}. Change its format by hand."
NO_CHOICE = "{list}: “{column}” lacks the choices {choices}. Add them by hand."
OTHER_CHOICE = "{list}: “{column}” offers {choices}, which the bot cannot take. Take them out by hand."
OWN_WORDS = "{list}: “{column}” lets people add choices of their own, which the bot cannot take. Switch that off."
NOT_INDEXED = "{list}: “{column}” is not indexed. Index it by hand in the list’s settings."
NOT_UNIQUE = "{list}: “{column}” does not enforce unique values. Set that by hand in the list’s settings."
NOT_HIDDEN = "{list}: “{column}” is not hidden. It holds what is the bot’s alone."
BLOCKS = "{list}: “{column}” is not ours and has to be filled in. The bot leaves it empty: make it optional."
TOO_MANY = "{list}: {count} columns are indexed. SharePoint takes 20 at the most."
NOT_OURS = "{list}: “{column}” is not ours. The bot leaves it alone."
COLUMN_RENAMED = "{list}: “{column}” is now called “{called}”. That is all right."
NONE_SHOW = "None of the lists shows. Either they were never made, or whoever is signed in may not see them, as a person who signed in with az login."
ALL_WELL = "All {count} lists are as they should be."

#: A list takes at most so many indexes (Microsoft 365 community, "large lists").
MOST_INDEXES = 20
KINDS = {"text": "text", "choice": "choice", "number": "number", "boolean": "yes-or-no", "dateTime": "date"}
LINE, LINES = "one line", "several lines"
DAY, MOMENT = "a day", "a day and time"

Json = dict[str, Any]


@dataclass(slots=True)
class Found:
    """`wrong`: each difference that somebody has to put right; `hints`: what is worth knowing. A sentence each."""

    wrong: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


class Checking:
    """Compares a site with the lists as they should be. `progress` says what it is about. Changes nothing."""

    def __init__(self, graph: Graph, site_url: str) -> None:
        self._site = SiteLists(graph, site_url)

    @property
    def progress(self) -> Progress:
        """What it is about."""
        return self._site.progress

    async def run(self) -> Found:
        """Every list is read and compared.

        Raises:
            TryAgain, WakeSomebody, Final: as `what_to_do`.
        """
        lists = await self._site.read(LISTS)
        # Without a permission for SharePoint a site shows, and its lists do not: that is no refusal.
        found = Found(hints=[] if lists else [NONE_SHOW])
        for definition in LISTS:
            self.progress.of = definition.name
            there = lists.get(definition.name)
            if there is None:
                found.wrong.append(NO_LIST.format(list=definition.name))
                continue
            if there.called != definition.name:
                found.wrong.append(LIST_RENAMED.format(list=definition.name, called=there.called))
            _compare(definition, await self._site.columns(there.id), found)
        return found


def _compare(definition: ListDefinition, there: dict[str, Json], found: Found) -> None:
    for column in definition.columns:
        row = there.get(column.name)
        if row is None:
            found.wrong.append(NO_COLUMN.format(list=definition.name, column=column.display_name))
            continue
        called = str(row.get("displayName"))
        if called != column.display_name:
            found.hints.append(COLUMN_RENAMED.format(list=definition.name, column=column.display_name, called=called))
        # By the name that people see there, so that they find it.
        words = {"list": definition.name, "column": called}
        found.wrong += [sentence.format(**words, **more) for sentence, more in _differences(column, row)]
    ours = {TITLE, *(column.name for column in definition.columns)}
    for row in there.values():
        # What SharePoint brings itself is read-only or hidden; what people added is neither.
        if row.get("name") in ours or row.get("readOnly") or row.get("hidden"):
            continue
        blocks, words = bool(row.get("required")), {"list": definition.name, "column": str(row.get("displayName"))}
        (found.wrong if blocks else found.hints).append((BLOCKS if blocks else NOT_OURS).format(**words))
    indexed = sum(bool(row.get("indexed")) for row in there.values())
    if indexed > MOST_INDEXES:
        found.wrong.append(TOO_MANY.format(list=definition.name, count=indexed))


#: A sentence that still wants its list and column, with what else goes into it.
Difference = tuple[str, dict[str, str]]


def _differences(column: Column, there: Json) -> list[Difference]:
    facet = there.get(column.facet.kind)
    if not isinstance(facet, dict):
        return [(OTHER_KIND, {"kind": KINDS[column.facet.kind]})]
    wrong = {
        NOT_INDEXED: column.indexed and not there.get("indexed"),
        NOT_UNIQUE: column.unique and not there.get("enforceUniqueValues"),
        NOT_HIDDEN: column.hidden and not there.get("hidden"),
    }
    return _settings(column, facet) + [(sentence, {}) for sentence, is_so in wrong.items() if is_so]


def _settings(column: Column, there: Json) -> list[Difference]:
    wanted: Json = column.facet.settings
    match column.facet.kind:
        case "text":
            several, should = bool(there.get("allowMultipleLines")), bool(wanted["allowMultipleLines"])
            return _unless_same(OTHER_LINES, LINES if several else LINE, LINES if should else LINE)
        case "dateTime":
            day, should = there.get("format") == "dateOnly", wanted["format"] == "dateOnly"
            return _unless_same(OTHER_DAY, DAY if day else MOMENT, DAY if should else MOMENT)
        case "choice":
            return _choices(there, wanted)
        case _:
            return []


def _unless_same(sentence: str, there: str, wanted: str) -> list[Difference]:
    return [] if there == wanted else [(sentence, {"there": there, "wanted": wanted})]


def _choices(there: Json, wanted: Json) -> list[Difference]:
    offered = [str(choice) for choice in there.get("choices", [])]
    lacking = [choice for choice in wanted["choices"] if choice not in offered]
    odd = [choice for choice in offered if choice not in wanted["choices"]]
    said = [(NO_CHOICE, {"choices": ", ".join(lacking)})] if lacking else []
    said += [(OTHER_CHOICE, {"choices": ", ".join(f"“{choice}”" for choice in odd)})] if odd else []
    return said + ([(OWN_WORDS, {})] if there.get("allowTextEntry") else [])
