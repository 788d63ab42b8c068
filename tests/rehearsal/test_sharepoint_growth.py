"""A list of a hundred thousand rows costs the SharePoint stand-in no more steps than a short one."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest

from bot.rehearsal.sharepoint_api import Api
from tests.rehearsal.sharepoint_caller import COLUMNS, FIELDS, Json

FEW, MANY = 1_000, 100_000
KEY_700 = quote("fields/EntryKey eq 'k700'")


@dataclass
class Steps:
    """Counts the lines of Python that run while it watches."""

    lines: int = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what runs within."""
        before = sys.gettrace()
        sys.settrace(self._seen)
        try:
            yield
        finally:
            sys.settrace(before)

    def _seen(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.lines += event == "line"
        return self._seen


def a_list_of(rows: int) -> Api:
    """A site with one list of so many rows."""
    now = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
    api = Api("https://trust.sharepoint.com/sites/culture", lambda: now, lambda _: None)
    of = api.lists.create({"displayName": "Things", "list": {"template": "genericList"}, "columns": COLUMNS})
    for number in range(rows):
        api.lists.insert(of, {"fields": {"EntryKey": f"k{number}"}})
    return api


def asked(api: Api, method: str, rest: str, body: Json | None = None) -> Json:
    """What the site answers about the list's rows; `rest` is a link, or what follows the address of the rows."""
    target = rest if rest.startswith("/sites/") else f"/sites/{api.site_id}/lists/Things/items{rest}"
    reply = api.answer(method, target, {}, body)

    assert 200 <= reply.status < 300
    told: Json = reply.body or {}
    return told


def insert(api: Api) -> None:
    """A new row, whose key must be new."""
    asked(api, "POST", "", {"fields": {"EntryKey": "another"}})


def refused(api: Api) -> None:
    """A row whose key is there."""
    reply = api.answer("POST", f"/sites/{api.site_id}/lists/Things/items", {}, {"fields": {"EntryKey": "K500"}})

    assert reply.status == 400


def change(api: Api) -> None:
    """Another key for a row in the middle."""
    asked(api, "PATCH", "/500/fields", {"EntryKey": "changed", "Title": "x"})


def delete(api: Api) -> None:
    """A row in the middle goes."""
    asked(api, "DELETE", "/600")


def find(api: Api) -> None:
    """The row with a key."""
    told = asked(api, "GET", f"?$filter={KEY_700}&{FIELDS}")

    assert [row["id"] for row in told["value"]] == ["701"]


def delta(api: Api) -> None:
    """What has changed since a token: three rows."""
    link = asked(api, "GET", "/delta?token=latest")["@odata.deltaLink"]
    for number in (5, 50, 500):
        asked(api, "PATCH", f"/{number}/fields", {"Title": "x"})

    assert len(asked(api, "GET", link)["value"]) == 3


def next_page(api: Api) -> None:
    """The second page of the whole list."""
    link = asked(api, "GET", "?$top=10")["@odata.nextLink"]

    assert len(asked(api, "GET", link)["value"]) == 10


ACTS: list[Callable[[Api], None]] = [insert, refused, change, delete, find, delta, next_page]


@pytest.fixture(scope="module")
def lists() -> tuple[Api, Api]:
    """A short list and a long one."""
    return a_list_of(FEW), a_list_of(MANY)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: str(act.__name__))
def test_a_long_list_costs_no_more_steps(lists: tuple[Api, Api], act: Callable[[Api], None]) -> None:
    """Making, changing, deleting, finding by key and asking what has changed run as many lines over 100,000 rows as over 1,000."""
    short, long = Steps(), Steps()
    for api, steps in zip(lists, (short, long), strict=True):
        with steps.watching():
            act(api)

    assert short.lines > 10
    assert long.lines <= short.lines + 5


def test_the_steps_are_counted() -> None:
    """A loop over everything would be noticed, one inside a generator too."""
    steps = Steps()
    with steps.watching():
        any(number < 0 for number in range(1000))

    assert steps.lines > 1000
