"""Creating what is missing in SharePoint, and nothing else."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.provisioning import LIST_RENAMED, NOTHING_TO_DO, WHICH, Provisioning, provision
from bot.rehearsal.sharepoint import SITE_URL
from tests.rehearsal.sharepoint_fixtures import Credential, Says, StillClock, World, world

WANTED = {definition.name: {"Title", *(column.name for column in definition.columns)} for definition in LISTS}


@pytest.fixture
async def w() -> AsyncIterator[World]:
    """A site without lists."""
    async with world(provisioned=False) as made:
        yield made


def there(w: World) -> dict[str, set[str]]:
    """The columns of each list."""
    return {name: {column["name"] for column in table["columns"]} for name, table in w.stand_in.tables().items()}


async def test_an_empty_site_gets_every_list_and_column(w: World) -> None:
    """Each list and column is made, and each list is said as it goes, with how far that is: made, how many columns, and which."""
    said: list[str] = []
    told = await provision(w.graph, SITE_URL, said.append)

    assert there(w) == WANTED
    assert told == said
    assert told[:2] == ["Wards (1 of 10): the list is made.", f"Wards (1 of 10): {len(WANTED['Wards']) - 1} columns…"]
    assert told[2].startswith("Wards (1 of 10): made Entry key, Write key, Project, ")
    assert len(told) == 3 * len(LISTS)
    assert [sentence.partition(" ")[0] for sentence in told[::3]] == [definition.name for definition in LISTS]


async def test_a_second_run_does_nothing(w: World) -> None:
    """Safe to run twice, and it says that all is there."""
    await provision(w.graph, SITE_URL, lambda _: None)
    said: list[str] = []
    before = w.stand_in.requests["create list"], w.stand_in.requests["create column"]

    assert await provision(w.graph, SITE_URL, said.append) == []
    assert said == [NOTHING_TO_DO]
    assert (w.stand_in.requests["create list"], w.stand_in.requests["create column"]) == before


async def test_a_dry_run_only_says(w: World) -> None:
    """Nothing is made; lists and single columns that are missing are said."""
    everything = await provision(w.graph, SITE_URL, lambda _: None, dry_run=True)
    empty = there(w)
    await provision(w.graph, SITE_URL, lambda _: None)
    del w.stand_in.api.lists.find("Replies").columns["TryNext"]
    one = await provision(w.graph, SITE_URL, lambda _: None, dry_run=True)

    assert (len(everything), empty) == (len(LISTS), {})
    assert everything[2] == "Replies (3 of 10): the list is missing, to be made with 11 columns."
    assert one == ["Replies (3 of 10): missing, to be made: What we try next."]


async def test_an_interrupted_run_is_taken_up_again(w: World) -> None:
    """After a failure half-way, the next run makes the rest."""
    w.stand_in.faults.next("503-before", where="/columns")
    with pytest.raises(TryAgain):
        await provision(w.graph, SITE_URL, lambda _: None)
    await provision(w.graph, SITE_URL, lambda _: None)

    assert there(w) == WANTED


async def test_a_new_version_brings_columns(w: World) -> None:
    """What an older version made is kept as it is, and gets the columns that are new."""
    await provision(w.graph, SITE_URL, lambda _: None)
    of = w.stand_in.api.lists.find("Wards")
    before = {name: dict(column) for name, column in of.columns.items()}
    for name in ("WriteKey", "Anchor"):
        del of.columns[name]
    told = await provision(w.graph, SITE_URL, lambda _: None)

    assert told == ["Wards (1 of 10): 2 columns…", "Wards (1 of 10): made Write key, Anchor."]
    assert {name: column | {"id": ""} for name, column in of.columns.items()} == {
        name: column | {"id": ""} for name, column in before.items()
    }


async def test_a_dry_run_sees_hidden_columns(w: World) -> None:
    """Nothing is missing where all is there, and a hidden column that is missing is named."""
    await provision(w.graph, SITE_URL, lambda _: None)
    whole = await provision(w.graph, SITE_URL, lambda _: None, dry_run=True)
    w.stand_in.remove_column("CheckIns", "EntryKey")
    told = await provision(w.graph, SITE_URL, lambda _: None, dry_run=True)

    assert whole == []
    assert told == ["CheckIns (2 of 10): missing, to be made: Entry key."]


async def test_what_people_renamed_is_left_alone(w: World) -> None:
    """What a column is called is theirs: it is neither made again nor named back."""
    await provision(w.graph, SITE_URL, lambda _: None)
    w.stand_in.rename_column("Wards", "Aim", "Goal")

    assert await provision(w.graph, SITE_URL, lambda _: None) == []
    assert w.stand_in.api.lists.find("Wards").columns["Aim"]["displayName"] == "Goal"


async def test_nothing_is_dropped_or_retyped(w: World) -> None:
    """A column of people's own, one of ours with another type, and one without its index stay as they are."""
    await provision(w.graph, SITE_URL, lambda _: None)
    columns = w.stand_in.api.lists.find("Replies").columns
    w.stand_in.add_column("Replies", {"name": "Own", "text": {}})
    columns["Feeling"]["text"] = {}
    del columns["Feeling"]["choice"]
    columns["Period"]["indexed"] = False
    before = {name: dict(column) for name, column in columns.items()}

    assert await provision(w.graph, SITE_URL, lambda _: None) == []
    assert columns == before


async def test_a_name_that_is_taken_is_for_people(w: World) -> None:
    """Where a column of their own has the name, that is said and what else is missing is made; with another name, so is this one."""
    await provision(w.graph, SITE_URL, lambda _: None)
    for name in ("TryNext", "WentWell"):
        w.stand_in.remove_column("Replies", name)
    w.stand_in.add_column("Replies", {"name": "Own", "displayName": "What we try next", "text": {}})
    work = Provisioning(w.graph, SITE_URL, lambda _: None)
    told = await work.run()
    w.stand_in.rename_column("Replies", "Own", "What we thought of")
    again = Provisioning(w.graph, SITE_URL, lambda _: None)
    await again.run()

    taken = "Replies (3 of 10): “What we try next” could not be made: another column has that name. Rename that one, then run this again."
    assert told == ["Replies (3 of 10): 2 columns…", "Replies (3 of 10): made What went well.", taken]
    assert work.in_the_way == [taken]
    assert again.in_the_way == []
    assert there(w)["Replies"] == WANTED["Replies"] | {"Own"}


async def test_what_somebody_else_made_meanwhile_is_there(w: World) -> None:
    """Two who provision at once do not get into each other's way."""
    await provision(w.graph, SITE_URL, lambda _: None)
    of = w.stand_in.api.lists.find("Replies")
    columns = {name: of.columns.pop(name) for name in ("TryNext", "WentWell")}
    # The other one makes them while this one says how many there are to be made.
    work = Provisioning(w.graph, SITE_URL, lambda _: of.columns.update(columns))
    told = await work.run()

    assert told == ["Replies (3 of 10): 2 columns…"]
    assert work.in_the_way == []


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_renamed_list_is_not_made_twice(w: World, dry_run: bool) -> None:
    """The bot would not find it: people are asked to name it back, and it is theirs to do."""
    await provision(w.graph, SITE_URL, lambda _: None)
    w.stand_in.rename_list("Wards", "Our wards")
    work = Provisioning(w.graph, SITE_URL, lambda _: None, dry_run=dry_run)
    told = await work.run()

    assert told == work.in_the_way
    assert told == [
        WHICH.format(list="Wards", number=1, all=10) + LIST_RENAMED.format(called="Our wards", list="Wards")
    ]
    assert len(there(w)) == len(LISTS)
    assert "Wards" not in there(w)


@pytest.mark.parametrize(("fault", "code"), [("403", "graph_refused"), ("404", "site_missing")])
async def test_what_stands_in_the_way_is_raised(w: World, fault: str, code: str) -> None:
    """An identity that may not, or a site that is not there, is for an operator."""
    w.stand_in.faults.next(fault)
    with pytest.raises(WakeSomebody) as caught:
        await provision(w.graph, SITE_URL, lambda _: None)

    assert caught.value.code == code


async def test_a_column_under_another_name_is_noticed() -> None:
    """SharePoint may give a column another internal name; rows would miss it, so it is said at once."""
    async with Says({"id": "made", "name": "Other0", "value": []}) as base:
        graph = Graph(base, Credential(), StillClock())
        with pytest.raises(Final) as caught:
            await provision(graph, SITE_URL, lambda _: None)
        await graph.close()

    assert caught.value.code == "column_renamed"
