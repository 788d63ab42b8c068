"""Graph with SharePoint's lists at its fastest: it takes every row, and shows what it took as changes. It checks nothing and costs little.

Its answers are as long as Graph's own (Graph "create listItem").
"""

from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bot.records.columns import TITLE
from bot.records.lists import LISTS
from tests.bench.microsoft import TOKEN, listen

PAGE = 200
NOTHING_YET, OURS, THEIRS = "nothing-yet", "ours", "theirs"
#: So many rows people change, and all are shown as they were taken.
CHANGED = 1_000
STAMP = "2026-11-25T14:00:00Z"
APP = {"application": {"id": "11111111-1111-4111-8111-111111111111", "displayName": "Ward Rhythms"}}
PERSON = {"user": {"id": "33333333-3333-4333-8333-333333333333", "displayName": "Priya Nair"}}


class SharePoint:
    """One site. `rows` holds the fields of all that was taken, `asked` how many requests there were of each kind.

    Who asks for changes gets the rows as they were taken, and at the next reading some of them as somebody has changed them since.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.asked: Counter[str] = Counter()
        self._base = ""

    async def start(self) -> str:
        """Graph's address, and where a bearer is asked for: the same with "/token" behind."""
        self._base = f"{await listen(self)}/v1.0"
        return self._base

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Any, float]:
        """Status, body, and the seconds to wait before they go out."""
        address = urlsplit(target)
        kind = address.path.rpartition("/")[2]
        self.asked[kind] += 1
        match kind:
            case "token":
                return 200, TOKEN, 0.0
            case "$batch":
                return 200, {"responses": [self._taken(asked) for asked in orjson.loads(body)["requests"]]}, 0.0
            case "lists":
                return 200, {"value": [{"id": of.name, "displayName": of.name} for of in LISTS]}, 0.0
            case "columns":
                of = next(one for one in LISTS if one.name == address.path.split("/")[-2])
                return 200, {"value": [{"name": TITLE}, *({"name": column.name} for column in of.columns)]}, 0.0
            case "delta":
                return 200, self._changes(address.path, parse_qs(address.query).get("token", [""])[0]), 0.0
        return 200, {"id": "site"}, 0.0

    def _taken(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.rows.append(asked["body"]["fields"])
        row = _row(len(self.rows), self.rows[-1], 1, APP)
        return {"id": asked["id"], "status": 201, "headers": {"Content-Type": "application/json"}, "body": row}

    def _changes(self, path: str, token: str) -> dict[str, Any]:
        link = f"{self._base.removesuffix('/v1.0')}{path}?token="
        whose, _, first = token.partition(".")
        if whose not in {OURS, THEIRS} or "Replies" not in path:
            return {"value": [], "@odata.deltaLink": f"{link}{OURS}.0"}
        end = len(self.rows) if whose == OURS else CHANGED
        numbers = range(int(first), min(int(first) + PAGE, end))
        shown = [self._shown(number, whose) for number in numbers]
        if numbers.stop < end:
            return {"value": shown, "@odata.nextLink": f"{link}{whose}.{numbers.stop}"}
        return {"value": shown, "@odata.deltaLink": f"{link}{THEIRS if whose == OURS else NOTHING_YET}.0"}

    def _shown(self, number: int, whose: str) -> dict[str, Any]:
        fields = self.rows[number]
        if whose == OURS:
            return _row(number + 1, fields, 1, APP)
        return _row(number + 1, {**fields, "TryNext": f"Talk about it on ward round {number}."}, 2, PERSON)


def _row(number: int, fields: dict[str, Any], version: int, changed_by: dict[str, Any]) -> dict[str, Any]:
    etag = f'"7f1c0000-0000-4000-8000-{number:012x},{version}"'
    return {
        "@odata.etag": etag,
        "createdDateTime": STAMP,
        "eTag": etag,
        "id": str(number),
        "lastModifiedDateTime": STAMP,
        "webUrl": f"https://trust.sharepoint.com/sites/culture-of-care/Lists/Replies/{number}_.000",
        "createdBy": APP,
        "lastModifiedBy": changed_by,
        "parentReference": {"id": "7f1c0000-0000-4000-8000-000000000000", "siteId": "trust.sharepoint.com,1,2"},
        "contentType": {"id": "0x0100", "name": "Item"},
        "fields": {**fields, "@odata.etag": etag, "id": str(number)},
    }
