"""What Microsoft recorded, asked of the SharePoint stand-in: its answers hold all that the recorded ones hold, of the same kinds."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.sharepoint_replies import Reply
from tests.rehearsal.sharepoint_caller import BEARER
from tests.rehearsal.sharepoint_fixtures import direct_world

#: The list that the examples are about.
COLUMNS = [
    {"name": "Name", "text": {}, "description": "Customer-facing name of the SKU"},
    {"name": "Color", "text": {}},
    {"name": "Quantity", "number": {}, "indexed": True},
    {"name": "Weight", "number": {}},
    {"name": "EntryKey", "text": {}, "indexed": True, "enforceUniqueValues": True},
]
#: What the examples hold and the stand-in does not, each for its reason.
NOT_PLAYED = {
    "createdBy.user.id": "the application acts by itself, and people are known by name only",
    "lastModifiedBy.user.id": "the same",
    "parentReference.path": "rows have no folder; the example is of a library",
    "value[].lastModifiedBy.user.id": "the same as above",
    "value[].parentReference.path": "the same as above",
    "error.innerError.message": "a copy of what stands outside",
    "error.innerError.status": "the same",
}
#: Names that every list has already: Microsoft's examples use them for columns of their own, and the stand-in is stricter.
TAKEN = {"Author": "Writer", "Title": "Heading"}


@dataclass
class Scene:
    """Where an example is played: its row, a delta token, and names that it uses for what is there already."""

    stand_in: SharePointStandIn
    row: str = ""
    token: str = "latest"
    taken: Mapping[str, str] = field(default_factory=dict)

    def unique_title(self) -> None:
        """Titles are unique, and one is there."""
        of = self.stand_in.api.lists.find("Books")
        of.columns["Title"].update(indexed=True, enforceUniqueValues=True)
        self.stand_in.add("Books", {"Title": "Duplicate"})

    def no_title(self) -> None:
        """Somebody has deleted the column."""
        self.stand_in.remove_column("Books", "Title")

    def a_row_has_gone(self) -> None:
        """There is one row less than when the token was given, and another has been changed."""
        self.stand_in.remove("Books", "1")
        self.stand_in.edit("Books", "2", {"Color": "Blue"}, "John Doe")

    def versions(self) -> None:
        """The row has three."""
        for name in ("b", "c"):
            self.stand_in.edit("Books", self.row, {"Name": name}, "Ryan Gregg")

    def error_row(self) -> None:
        """The page is to hold an error."""
        self.stand_in.faults.next("delta-error-row")

    def no_list(self) -> None:
        """The list is not there yet, and what the example calls its columns is taken in every list."""
        self.stand_in.remove_list("Books")
        self.taken = TAKEN

    def fresh_names(self) -> None:
        """What the example calls its column is taken in every list."""
        self.taken = TAKEN

    def by_hand(self) -> None:
        """People made the rows, as in Microsoft's example."""
        for name in ("Widget", "Gizmo"):
            self.stand_in.add("Books", {"Name": name}, "John Doe")


PLAYED: dict[str, Callable[[Scene], None] | None] = {
    "site-get": None,
    "list-create": Scene.no_list,
    "list-get": None,
    "list-get-2": None,
    "list-list": None,
    "list-list-columns": None,
    "list-post-columns": Scene.fresh_names,
    "listitem-create": None,
    "listitem-get": None,
    "listitem-list": None,
    "listitem-list-filter": None,
    "listitem-update": None,
    "listitem-delete": None,
    "listitem-list-versions": Scene.versions,
    "listitem-delta-first": Scene.by_hand,
    "listitem-delta-last": Scene.a_row_has_gone,
    "delta-200-with-error-row": Scene.error_row,
    "observed-listitem-create-full": None,
    "error-400-list-name": None,
    "error-400-not-indexed": None,
    "error-400-unique-value": Scene.unique_title,
    "error-400-unknown-field": Scene.no_title,
}
#: Answers that were recorded without their request, and the fault that plays them.
FAULTS = {
    "error-409-resource-modified": "409",
    "error-429-toomanyrequests": "429-fractional",
    "throttle-ratelimit-429": "429-ratelimit",
    "throttle-other-limit-429": "429",
    "throttle-ratelimit-warning": "ratelimit-warning",
}


def lacking(recorded: Any, ours: Any, place: str = "") -> Iterator[str]:
    """Each place where our answer lacks what the recorded one holds, or holds it in another kind."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name, value in recorded.items():
            where = f"{place}.{name}".lstrip(".")
            if name in ours:
                yield from lacking(value, ours[name], where)
            elif where not in NOT_PLAYED:
                yield f"{where} is not there"
    elif isinstance(recorded, list) and isinstance(ours, list):
        for one in recorded:
            yield from min((list(lacking(one, other, f"{place}[]")) for other in ours), key=len, default=["nothing"])
    elif kind(recorded) != kind(ours):
        yield f"{place} is {kind(ours)} for {kind(recorded)}"


def kind(value: Any) -> str:
    """A value's kind in JSON; a moment and an eTag are kinds of their own."""
    if isinstance(value, str):
        shapes = {"moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "tag": r'"\{?[0-9A-Fa-f-]{36}\}?,\d+"'}
        return next((name for name, shape in shapes.items() if re.fullmatch(shape, value)), "text")
    kinds = {bool: "truth", int: "number", float: "number", type(None): "null"}
    return kinds.get(type(value), type(value).__name__)


def example(contracts: Path, name: str) -> tuple[Any, Any]:
    """A recorded request, or None, and its answer."""
    told = json.loads((contracts / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return told["request"], told["response"]


async def played(contracts: Path, name: str, prepare: Callable[[Scene], None] | None) -> tuple[Any, Reply]:
    """The recorded answer, and the stand-in's to the same request, with its own ids in place of the recorded ones."""
    asked, recorded = example(contracts, name)
    async with direct_world(provisioned=False, held=False) as w:
        api = w.stand_in.api
        of = api.lists.create({"displayName": "Books", "list": {"template": "genericList"}, "columns": COLUMNS})
        for colour, much in (("Red", 503), ("Green", 92)):
            api.lists.insert(of, {"fields": {"Name": "Gadget", "Color": colour, "Quantity": much}})
        first = await w.stand_in.exchange("GET", f"/sites/{api.site_id}/lists/{of.id}/items/delta", BEARER)
        scene = Scene(w.stand_in, "2", first.body["@odata.deltaLink"].partition("token=")[2])
        if "first" in name:
            api.page = 1
        if prepare:
            prepare(scene)
        path = re.sub(r"^https://graph.microsoft.com/v1.0", "", asked["url"])
        path = re.sub(r"/sites/(\{site-id\}|root|[^/]*,[^/]*)", f"/sites/{api.site_id}", path)
        path = re.sub(r"/lists/(\{list-id\}|\{list-title\}|[0-9a-f-]{36})", f"/lists/{of.id}", path)
        path = path.replace("{item-id}", scene.row)
        path = re.sub(r"token=.*", f"token={scene.token}", path)
        body = json.dumps(asked["body"]) if asked["body"] else ""
        for taken, fresh in scene.taken.items():
            body = body.replace(f'"name": "{taken}"', f'"name": "{fresh}"')
        headers = BEARER | {key: value for key, value in asked["headers"].items() if key != "Content-Type"}
        path = quote(path, safe="/?&=$(),{}'%")
        return recorded, await w.stand_in.exchange(asked["method"], path, headers, body.encode())


@pytest.mark.parametrize("name", PLAYED)
async def test_our_answer_holds_what_microsoft_recorded(contracts: Path, name: str) -> None:
    """To the same request: the same status, every property of the recorded answer, each of the same kind, and for an error the same words."""
    recorded, ours = await played(contracts, name, PLAYED[name])

    assert ours.status == recorded["status"]
    assert list(lacking(recorded["body"], ours.body)) == []
    if recorded["status"] >= 400:
        told, said = recorded["body"]["error"], ours.body["error"]
        assert (told["code"], told["message"].replace("CustomId", "Title")) == (said["code"], said["message"])


async def test_a_whole_row_is_as_it_was_observed(contracts: Path) -> None:
    """A new row has exactly the properties and fields that were seen in public, none more."""
    recorded, ours = await played(contracts, "observed-listitem-create-full", None)

    assert list(lacking(ours.body, recorded["body"])) == []
    assert ours.body.keys() == recorded["body"].keys()
    assert ours.body["fields"].keys() == recorded["body"]["fields"].keys()


@pytest.mark.parametrize("name", FAULTS)
async def test_a_recorded_failure_is_played(contracts: Path, name: str) -> None:
    """Status, headers and error of answers that were recorded without their request."""
    _, recorded = example(contracts, name)
    async with direct_world() as w:
        w.stand_in.faults.next(FAULTS[name])
        ours = await w.stand_in.exchange("GET", f"/sites/{w.stand_in.api.site_id}/lists/Replies/items", BEARER)

    assert ours.status == recorded["status"]
    assert recorded["headers"].keys() - {"Content-Type"} == ours.headers.keys()
    if recorded["body"]:
        assert list(lacking(recorded["body"], ours.body)) == []
        assert recorded["body"]["error"]["code"] == ours.body["error"]["code"]
        assert recorded["body"]["error"]["message"] == ours.body["error"]["message"]


async def test_a_token_that_has_run_out_is_played(contracts: Path) -> None:
    """410, with the way to begin again, word for word."""
    _, recorded = example(contracts, "error-410-resync")
    async with direct_world() as w:
        path = f"/sites/{w.stand_in.api.site_id}/lists/Replies/items/delta"
        first = await w.stand_in.exchange("GET", path, BEARER)
        w.stand_in.expire_delta("Replies")
        old = first.body["@odata.deltaLink"].removeprefix(w.base)
        ours = await w.stand_in.exchange("GET", old, BEARER)

    assert ours.status == recorded["status"]
    assert ours.headers["Location"] == f"{w.base}{path}?token="
    assert recorded["headers"]["Location"].endswith("/items/delta?token=")
    assert list(lacking(recorded["body"], ours.body)) == []
    assert ours.body["error"]["code"] == recorded["body"]["error"]["code"]
    assert ours.body["error"]["innerError"]["code"] == recorded["body"]["error"]["innerError"]["code"]


@pytest.mark.parametrize(
    ("recorded", "ours", "found"),
    [
        ({"a": 1}, {}, ["a is not there"]),
        ({"a": 1}, {"a": "1"}, ["a is text for number"]),
        ({"a": {"b": None}}, {"a": {"b": True}}, ["a.b is truth for null"]),
        ({"a": [{"b": 1}]}, {"a": []}, ["nothing"]),
        ({"a": [{"b": 1}]}, {"a": [{"c": 1}, {"b": "x"}]}, ["a[].b is not there"]),
        ({"a": "2026-01-05T10:00:00Z"}, {"a": "5 January"}, ["a is text for moment"]),
        ({"a": 1}, {"a": 1.5, "b": 2}, []),
    ],
)
def test_what_is_lacking_is_seen(recorded: Any, ours: Any, found: list[str]) -> None:
    """The comparison above finds what it is for."""
    assert list(lacking(recorded, ours)) == found
