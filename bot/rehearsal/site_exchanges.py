"""What the bot asked of SharePoint, as the rehearsal's page lists it: in words, and what was in a batch under it."""

import re
from collections import Counter
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.clock import Clock
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.sharepoint_batch import LIMIT
from bot.rehearsal.sharepoint_columns import Json
from bot.rehearsal.teams_talk import Changes

LAST_EXCHANGES = 30
LAST_READS = 10
REFUSED = 400
VERSION = "/v1.0/"
BATCH = "$batch"
#: The long ids in Graph's addresses, which say nothing to people.
_LONG_ID = re.compile(r"[^/,]*,[0-9a-f-]{36},[0-9a-f-]{36}|[0-9a-f]{8}-[0-9a-f-]{27}")

#: A batch that was refused at the door was not even read.
UNREAD, READ = "A batch", "A batch of {count}"
#: What is asked, by method and by the end of the path; what stands in brackets is the list and the row.
WORDS = (
    ("GET", r".*/lists/([^/]+)/items/delta", "What changed in {0}?"),
    ("GET", r".*/lists/([^/]+)/items", "Look for rows of {0}"),
    ("POST", r".*/lists/([^/]+)/items", "Add a row to {0}"),
    ("GET", r".*/lists/([^/]+)/items/(\d+)", "Look at row {1} of {0}"),
    ("PATCH", r".*/lists/([^/]+)/items/(\d+)/fields", "Change row {1} of {0}"),
    ("DELETE", r".*/lists/([^/]+)/items/(\d+)", "Delete row {1} of {0}"),
    ("GET", r".*/lists/([^/]+)/columns", "Which columns has {0}?"),
    ("POST", r".*/lists/([^/]+)/columns", "Add a column to {0}"),
    ("GET", r".*/lists/([^/]+)", "Look at {0}"),
    ("GET", r".*/lists", "Which lists are there?"),
    ("POST", r".*/lists", "Make a list"),
    ("GET", r"sites/[^/]+(/[^/]+)*", "Find the site"),
    ("GET", r"teams/[^/]+/members", "Who is in the team?"),
)


class Exchanges:
    """Listens to SharePoint's stand-in: the last requests and how they ended; `changes` moves on with each.

    Reads that went well are kept apart: the bot looks for changes all the time, and what it wrote would drown among them.
    """

    def __init__(self, clock: Clock, sharepoint: SharePointStandIn) -> None:
        self.changes = Changes()
        self._clock = clock
        self._told: list[Json] = []
        self._reads: list[Json] = []
        self._count = 0
        self._newest: Json = {}
        # Heard since the last batch: any of them may turn out to be a part of the next one.
        self._loose: list[tuple[str, Json]] = []
        self._before = sharepoint.on_exchange
        self._sharepoint = sharepoint
        sharepoint.on_exchange = self._heard
        sharepoint.on_drop = self._dropped

    def describe(self) -> list[Json]:
        """What was written, and what went wrong, newest first; what came in a batch stands in its `items`."""
        return self._told[: -LAST_EXCHANGES - 1 : -1]

    def describe_reads(self) -> Json:
        """How many reads went well, and the last of them, newest first."""
        return {"count": self._count, "last": self._reads[: -LAST_READS - 1 : -1]}

    def _heard(self, method: str, address: str, body: Any, status: int, answer: Any) -> None:
        if self._before is not None:
            self._before(method, address, body, status, answer)
        target = address.partition(VERSION)[2]
        one = self._told_of(method, target)
        one |= {"answers": [status], "well": status < REFUSED}
        if target == BATCH:
            asked = _requests_in(body)
            words = READ.format(count=len(asked)) if asked else UNREAD
            one |= {"words": words, "items": self._carried_out(asked)}
        else:
            self._loose = [*self._loose, (f"{method} {target}", one)][-LIMIT:]
        self._newest = one
        self._keep(one)
        self.changes.note()

    def _dropped(self, method: str, address: str, carried_out: bool) -> None:
        """The bot got no answer. What was carried out has been heard of just now."""
        if carried_out:
            one = self._newest
            self._forget(one)
        else:
            one = self._told_of(method, address.partition(VERSION)[2])
            self._loose = []
        one |= {"answers": [], "well": False}
        self._keep(one)
        self.changes.note()

    def _told_of(self, method: str, target: str) -> Json:
        path = self._short(unquote(urlsplit(target).path))
        at = self._clock.now().isoformat()
        return {"at": at, "what": f"{method} {path}", "words": words_for(method, path), "items": []}

    def _keep(self, one: Json) -> None:
        if _went_unnoticed(one):
            self._reads = [*self._reads, one][-LAST_READS - LIMIT :]
            self._count += 1
        else:
            self._told = [*self._told, one][-LAST_EXCHANGES - LIMIT :]

    def _forget(self, one: Json) -> None:
        """Take back what was told last of its kind."""
        if _went_unnoticed(one):
            self._reads.pop()
            self._count -= 1
        else:
            self._told.pop()

    def _carried_out(self, asked: list[Json]) -> list[Json]:
        """What was carried out of a batch: it was heard of just before the batch itself, and is told under it instead."""
        wanted = Counter(f"{one.get('method')} {str(one.get('url')).removeprefix('/')}" for one in asked)
        items: list[Json] = []
        while self._loose and wanted[self._loose[-1][0]] > 0:
            key, one = self._loose.pop()
            wanted[key] -= 1
            items.insert(0, one)
            self._forget(one)
        # What was heard before this batch stands in no later one.
        self._loose = []
        return items

    def _short(self, path: str) -> str:
        names = {of.id: of.name for of in self._sharepoint.api.lists.all.values()}
        return _LONG_ID.sub(lambda found: names.get(found[0], "…"), path)


def words_for(method: str, path: str) -> str:
    """A request in words; what there are none for stays as it is."""
    for wanted, pattern, words in WORDS:
        found = re.fullmatch(pattern, path)
        if found is not None and wanted == method:
            return words.format(*found.groups())
    return f"{method} {path}"


def _requests_in(body: Any) -> list[Json]:
    requests = body.get("requests") if isinstance(body, dict) else None
    return [one for one in requests if isinstance(one, dict)] if isinstance(requests, list) else []


def _went_unnoticed(one: Json) -> bool:
    """Whether nothing was written and nothing went wrong."""
    parts = [one, *one["items"]]
    return all(part["well"] and part["what"].startswith(("GET ", f"POST {BATCH}")) for part in parts)
