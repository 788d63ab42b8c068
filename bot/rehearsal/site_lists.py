"""SharePoint as the rehearsal's page shows it: the lists as people would find them, and the requests that came for them."""

import re
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.clock import Clock
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.teams_talk import Changes

LAST_EXCHANGES = 30
#: Rows that are shown of a list until somebody asks for more.
SHOWN_ROWS = 50
REFUSED = 400
VERSION = "/v1.0/"
#: The long ids in Graph's addresses, which say nothing to people.
_LONG_ID = re.compile(r"[^/,]*,[0-9a-f-]{36},[0-9a-f-]{36}|[0-9a-f]{8}-[0-9a-f-]{27}")

Json = dict[str, Any]


class Exchanges:
    """Listens to SharePoint's stand-in: the last requests and how they ended; `changes` moves on with each."""

    def __init__(self, clock: Clock, sharepoint: SharePointStandIn) -> None:
        self.changes = Changes()
        self._clock = clock
        self._last: deque[Json] = deque(maxlen=LAST_EXCHANGES)
        self._before = sharepoint.on_exchange
        self._sharepoint = sharepoint
        sharepoint.on_exchange = self._heard

    def describe(self) -> list[Json]:
        """Newest first."""
        return list(self._last)[::-1]

    def _heard(self, method: str, address: str, body: Any, status: int, answer: Any) -> None:
        if self._before is not None:
            self._before(method, address, body, status, answer)
        what = f"{method} {self._short(address)}"
        self._last.append(
            {"at": self._clock.now().isoformat(), "what": what, "answers": [status], "well": status < REFUSED}
        )
        self.changes.note()

    def _short(self, address: str) -> str:
        path = unquote(urlsplit(address).path).partition(VERSION)[2]
        names = {of.id: of.name for of in self._sharepoint.api.lists.all.values()}
        return _LONG_ID.sub(lambda found: names.get(found[0], "…"), path)


def describe_lists(sharepoint: SharePointStandIn, most: int = SHOWN_ROWS) -> list[Json]:
    """Each list with the columns that people see, by the names they see, its newest rows, newest first, and how many there are in all."""
    return [_describe(name, table, most) for name, table in sharepoint.tables().items()]


def _describe(name: str, table: Json, most: int) -> Json:
    columns = [column for column in table["columns"] if not column["hidden"]]
    return {
        "name": name,
        "columns": [{"title": column["displayName"], "kind": column["kind"]} for column in columns],
        "rows": [
            {
                "id": row["id"],
                "version": f"{row['version']}.0",
                "values": [row["fields"].get(column["name"]) for column in columns],
            }
            for row in table["rows"][::-1][:most]
        ],
        "count": len(table["rows"]),
    }
