"""A site is compared with what it should have."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.records.checking import check
from bot.records.provisioning import provision
from bot.rehearsal.sharepoint import SITE_URL
from tests.rehearsal.sharepoint_fixtures import World, direct_world

Columns = dict[str, dict[str, Any]]


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site that was provisioned; what people do to it is not Graph's to allow."""
    async with direct_world(provisioned=False, held=False) as made:
        await provision(made.graph, SITE_URL, lambda _: None)
        yield made


async def test_all_is_well(w: World) -> None:
    """What was provisioned is as it should be."""
    found = await check(w.graph, SITE_URL)

    assert (found.wrong, found.hints) == ([], [])


def as_text(columns: Columns) -> None:
    """The feeling is a line."""
    del columns["Feeling"]["choice"]
    columns["Feeling"]["text"] = {}


@pytest.mark.parametrize(
    ("name", "spoil", "sentence"),
    [
        ("Replies", lambda c: c.pop("TryNext"), "Replies: the column “What we try next” is missing. Run provision."),
        ("Replies", as_text, "Replies: “Feeling” is no choice column. Rename it by hand, then run provision."),
        (
            "Replies",
            lambda c: c["WentWell"].update(text={"allowMultipleLines": False}),
            "Replies: “What went well” holds one line and should hold several lines. Rename it by hand, then run provision.",
        ),
        (
            "Wards",
            lambda c: c["ReadBy"].update(text={"allowMultipleLines": True}),
            "Wards: “Read by” holds several lines and should hold one line. Rename it by hand, then run provision.",
        ),
        (
            "Wards",
            lambda c: c["PausedUntil"].update(dateTime={}),
            "Wards: “Paused until” holds a day and time and should hold a day. Change its format by hand.",
        ),
        (
            "CheckIns",
            lambda c: c["ClosesAt"].update(dateTime={"format": "dateOnly"}),
            "CheckIns: “Closes” holds a day and should hold a day and time. Change its format by hand.",
        ),
        (
            "Replies",
            lambda c: c["Feeling"].update(choice={"choices": ["Stuck", "Good", "Great"]}),
            "Replies: “Feeling” lacks the choices Slow, Steady, Flying. Add them by hand.",
        ),
        (
            "CheckIns",
            lambda c: c["State"].update(indexed=False),
            "CheckIns: “State” is not indexed. Index it by hand in the list’s settings.",
        ),
        (
            "Wards",
            lambda c: c["EntryKey"].update(enforceUniqueValues=False),
            "Wards: “Entry key” does not enforce unique values. Set that by hand in the list’s settings.",
        ),
        (
            "Wards",
            lambda c: c["WriteKey"].update(hidden=False),
            "Wards: “Write key” is not hidden. It holds what is the bot’s alone.",
        ),
        (
            "Replies",
            lambda c: c.update(Own={**c["Period"], "name": "Own", "displayName": "Our own", "required": True}),
            "Replies: “Our own” is not ours and has to be filled in. The bot leaves it empty: make it optional.",
        ),
        (
            "Replies",
            lambda c: c.update({f"Own{n}": {**c["Period"], "name": f"Own{n}", "required": True} for n in range(20)}),
            "Replies: 24 columns are indexed. SharePoint takes 20 at the most.",
        ),
    ],
)
async def test_what_is_wrong_is_said(w: World, name: str, spoil: Callable[[Columns], object], sentence: str) -> None:
    """Each difference is one sentence with what to do about it."""
    spoil(w.stand_in.api.lists.find(name).columns)
    found = await check(w.graph, SITE_URL)

    assert sentence in found.wrong
    assert len(found.wrong) == 1 or "24" in sentence


async def test_what_is_worth_knowing(w: World) -> None:
    """A column of people's own is theirs, one that is read-only is SharePoint's, and a hidden one that does not show may be there."""
    of = w.stand_in.api.lists.find("Replies")
    of.columns["Own"] = {**of.columns["Period"], "name": "Own", "displayName": "Our own"}
    of.columns["Editor"] = {**of.columns["Period"], "name": "Editor", "displayName": "Modified By", "readOnly": True}
    del of.columns["WriteKey"]
    w.stand_in.remove_list("Stories")
    found = await check(w.graph, SITE_URL)

    assert found.hints == [
        "Replies: the hidden column “Write key” does not show. Run provision: it is made if it is missing.",
        "Replies: “Our own” is not ours. The bot leaves it alone.",
    ]
    assert found.wrong == ["Stories: the list is missing. Run provision."]
