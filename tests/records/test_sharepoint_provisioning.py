"""Creating what is missing in SharePoint, and nothing else."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.graph import Graph
from bot.records.lists import LISTS
from bot.records.provisioning import NOTHING_TO_DO, provision
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
    """Each list and column is made, and each list is said twice, with how far that is: once made, and with its columns."""
    said: list[str] = []
    told = await provision(w.graph, SITE_URL, said.append)

    assert there(w) == WANTED
    assert told == said
    assert told[:2] == ["Wards (1 of 10): the list is made.", told[1]]
    assert told[1].startswith("Wards (1 of 10): made Entry key, Write key, Project, ")
    assert len(told) == 2 * len(LISTS)


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

    assert told == ["Wards (1 of 10): made Write key, Anchor."]
    assert {name: column | {"id": ""} for name, column in of.columns.items()} == {
        name: column | {"id": ""} for name, column in before.items()
    }


async def test_a_hidden_column_that_is_not_listed_is_left_alone(w: World) -> None:
    """Where the name is taken, the column is there."""
    await provision(w.graph, SITE_URL, lambda _: None)
    columns = w.stand_in.api.lists.find("Replies").columns
    columns["Other"] = {**columns.pop("EntryKey"), "name": "Other"}
    told = await provision(w.graph, SITE_URL, lambda _: None)

    assert told == []


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
