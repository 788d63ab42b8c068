"""A site is compared with what it should have."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.records.checking import MOST_INDEXES, NO_COLUMN, NONE_SHOW, Checking, Found
from bot.records.lists import LISTS
from bot.records.provisioning import provision
from bot.rehearsal.sharepoint import SITE_URL
from tests.rehearsal.sharepoint_fixtures import World, direct_world

Columns = dict[str, dict[str, Any]]


async def check(w: World) -> Found:
    """What a check finds."""
    return await Checking(w.graph, SITE_URL).run()


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site that was provisioned; what people do to it is not Graph's to allow."""
    async with direct_world(provisioned=False, held=False) as made:
        await provision(made.graph, SITE_URL, lambda _: None)
        yield made


async def test_all_is_well(w: World) -> None:
    """What was provisioned is as it should be."""
    found = await check(w)

    assert (found.wrong, found.hints) == ([], [])


BY_HAND = " Change its type by hand. Where SharePoint does not offer that: keep what it holds elsewhere, delete it, then run provision."


def as_text(columns: Columns) -> None:
    """The feeling is a line."""
    del columns["Feeling"]["choice"]
    columns["Feeling"]["text"] = {}


def answers_as_text(columns: Columns) -> None:
    """How many answered is a line."""
    del columns["Answers"]["number"]
    columns["Answers"]["text"] = {"allowMultipleLines": False}


@pytest.mark.parametrize(
    ("name", "spoil", "sentence"),
    [
        ("Replies", lambda c: c.pop("TryNext"), "Replies: the column “What we try next” is missing. Run provision."),
        (
            "Replies",
            as_text,
            "Replies: “Feeling” is no choice column." + BY_HAND,
        ),
        (
            "Replies",
            lambda c: c["WentWell"].update(text={"allowMultipleLines": False}),
            "Replies: “What went well” holds one line and should hold several lines. Change its type by hand.",
        ),
        (
            "Wards",
            lambda c: c["ReadBy"].update(text={"allowMultipleLines": True}),
            "Wards: “Read by” holds several lines and should hold one line. Change its type by hand.",
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
            lambda c: c["Feeling"].update(choice={"choices": ["Stuck", "Good"]}),
            "Replies: “Feeling” lacks the choices Slow, Steady, Flying. Add them by hand.",
        ),
        (
            "Wards",
            lambda c: c["State"]["choice"].update(choices=["active", "paused", "quiet", "closed", "sleeping"]),
            "Wards: “State” offers “closed”, “sleeping”, which the bot cannot take. Take them out by hand.",
        ),
        (
            "Replies",
            lambda c: c["Feeling"]["choice"].update(allowTextEntry=True),
            "Replies: “Feeling” lets people add choices of their own, which the bot cannot take. Switch that off.",
        ),
        (
            "Wards",
            lambda c: c.pop("EntryKey"),
            "Wards: the column “Entry key” is missing. Run provision.",
        ),
        (
            "CheckIns",
            answers_as_text,
            "CheckIns: “Answers” is no number column." + BY_HAND,
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
    found = await check(w)

    assert sentence in found.wrong
    assert len(found.wrong) == 1 or "24" in sentence


async def test_twenty_indexes_are_not_too_many(w: World) -> None:
    """Only the twenty-first is one too many."""
    columns = w.stand_in.api.lists.find("Replies").columns
    own = {f"Own{n}": {**columns["Period"], "name": f"Own{n}"} for n in range(16)}
    columns.update(own)

    assert sum(bool(column["indexed"]) for column in columns.values()) == MOST_INDEXES
    assert (await check(w)).wrong == []


async def test_what_is_worth_knowing(w: World) -> None:
    """A column of people's own is theirs, one that is read-only or hidden is SharePoint's, and what a column is called is for people."""
    of = w.stand_in.api.lists.find("Replies")
    of.columns["Own"] = {**of.columns["Period"], "name": "Own", "displayName": "Our own"}
    of.columns["Editor"] = {**of.columns["Period"], "name": "Editor", "displayName": "Modified By", "readOnly": True}
    of.columns["Level"] = {**of.columns["Period"], "name": "Level", "displayName": "Item level", "hidden": True}
    w.stand_in.rename_column("Replies", "TryNext", "Next step")
    w.stand_in.remove_list("Stories")
    found = await check(w)

    assert found.hints == [
        "Replies: “What we try next” is now called “Next step”. That is all right.",
        "Replies: “Our own” is not ours. The bot leaves it alone.",
    ]
    assert found.wrong == ["Stories: the list is missing. Run provision."]


async def test_what_is_wrong_is_said_by_the_name_that_people_see(w: World) -> None:
    """A renamed column is found under its new name in the list's settings."""
    w.stand_in.rename_column("CheckIns", "State", "How it stands")
    w.stand_in.api.lists.find("CheckIns").columns["State"]["indexed"] = False
    found = await check(w)

    assert found.wrong == ["CheckIns: “How it stands” is not indexed. Index it by hand in the list’s settings."]


async def test_a_renamed_list_is_known(w: World) -> None:
    """The bot would not find it: it is to get its name back, and is compared all the same."""
    of = w.stand_in.api.lists.find("Wards")
    w.stand_in.rename_list("Wards", "Our wards")
    del of.columns["Aim"]
    found = await check(w)

    assert found.wrong == [
        "Wards: this list is now called “Our wards”, so that the bot does not find it. Name it “Wards” again.",
        "Wards: the column “Aim” is missing. Run provision.",
    ]


async def test_the_list_that_the_bot_finds_counts(w: World) -> None:
    """Where one was renamed and another has its name now, the bot writes to that one, whichever Graph names first."""
    w.stand_in.rename_list("Wards", "Our wards")
    w.stand_in.api.lists.create({"displayName": "Wards", "list": {"template": "genericList"}})
    first = await check(w)
    w.stand_in.remove_list("Our wards")
    w.stand_in.restore_list("Our wards")
    last = await check(w)

    (wards,) = [definition for definition in LISTS if definition.name == "Wards"]
    missing = [NO_COLUMN.format(list="Wards", column=column.display_name) for column in wards.columns]
    assert first.wrong == last.wrong == missing


async def test_a_site_without_lists_may_be_one_that_is_not_shown(w: World) -> None:
    """Where none shows, that may be for want of a permission."""
    for definition in LISTS:
        w.stand_in.remove_list(definition.name)
    found = await check(w)

    assert found.hints == [NONE_SHOW]
    assert len(found.wrong) == len(LISTS)


async def test_a_check_changes_nothing(w: World) -> None:
    """It only reads."""
    before = dict(w.stand_in.requests)
    await check(w)

    asked = {name for name, count in w.stand_in.requests.items() if count != before.get(name, 0)}
    assert asked == {"site", "lists", "columns"}
