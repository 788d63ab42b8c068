"""Whatever happens, in the end SharePoint and the store hold the same, each answer once, and nobody's change is lost (rule: `record_model`)."""

import asyncio
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, given, seed, settings
from sqlalchemy import Connection, select

from bot.domain.checkins import State
from bot.records.columns import KEY_COLUMN
from bot.records.lists import ReplyRow
from bot.records.schema import outbox
from bot.records.sides import Side
from tests.records.histories import Run, Step, histories
from tests.records.office import KEYS
from tests.records.playing import Play
from tests.records.record_model import Fields, Model, Seen
from tests.records.station import quick_folder, station_in
from tests.records.store_fixtures import new_store

LONG_ENOUGH = 1000
PARTS = 4
#: How many histories together: a build plays more than a person waits for, and HISTORIES=4000 as many as you like.
_QUICKLY, _IN_A_BUILD = 24, 200
_HISTORIES = int(os.environ.get("HISTORIES", _IN_A_BUILD if os.environ.get("CI") == "true" else _QUICKLY))

#: Where the rows of check-ins and replies say what their ward was called at some time.
_NAMES = {"CheckIns": {"Title", "Ward"}, "Replies": {"Title"}}


async def rest(play: Play, times: int) -> None:
    """Time passes in which nothing goes wrong: all that waits is tried again, and the lists are read."""
    for _ in range(times):
        play.station.clock.move(LONG_ENOUGH)
        await play.play(Run("read"))
        await play.play(Run("file"))


async def compare(play: Play, *, closed: bool) -> None:
    """Each row there is one of ours and holds what ours does; until its check-in is `closed`, a reply may wait."""
    station, model, seen = play.station, play.model, await play.seen()
    for name, side in station.record.desk.sides.items():
        of = station.stand_in.api.lists.find(name)
        items = [item for number, item in of.items.items() if (name, number) not in model.strangers]
        there = {str(item.fields.get(KEY_COLUMN)): side.row.canonical(item.fields) for item in items}
        ours = await station.database.read(partial(_ours, side=side))
        waits = set() if closed or name != "Replies" else {key for key, row in ours.items() if _is_open(seen, row)}
        assert len(there) == len(items), f"{name}: a row twice"
        assert ours.keys() - there.keys() <= waits, f"{name}: not filed"
        assert all(_is_unfit(name, row, seen) for key, row in there.items() if key not in ours), f"{name}: whose is it?"
        loose = _NAMES.get(name, set())
        for key in ours.keys() & there.keys() - waits:
            differs = {column for column, value in ours[key].items() if there[key][column] != value} - loose
            assert not differs, f"{name}: {differs} of {key}"
            assert not loose or there[key]["Title"] in {f"{called} {there[key]['Period']}" for called in model.names}
        _nothing_came_back(name, model, {*ours, *there})
    assert model.strangers == {at: dict(model.item(*at).fields) for at in model.strangers}


def _ours(connection: Connection, side: Side) -> dict[str, Fields]:
    keys = connection.execute(KEYS[side.row.LIST]).scalars().all()
    return {key: found.fields for key in keys if (found := side.ours(connection, key))}


def _is_open(seen: Seen, row: Fields) -> bool:
    return seen.check_ins[row["CheckInKey"]][0] == State.OPEN


def _is_unfit(name: str, row: Fields, seen: Seen) -> bool:
    """A reply that was deleted, and came back from the recycle bin with something in it that no reply of ours has."""
    try:
        return name == "Replies" and ReplyRow.read(row).check_in_key not in seen.check_ins
    except ValueError:
        return True


def _nothing_came_back(name: str, model: Model, keys: set[str]) -> None:
    assert not keys & {key for of, key in model.erased if of == name}, f"{name}: what was taken away for good is back"
    assert not keys & {key for of, key in model.deleted if of == name}, f"{name}: what somebody deleted is back"


async def nothing_waits(play: Play) -> None:
    """Nothing is left to be filed, nothing was put aside, and nothing is written any more."""
    counts = play.station.stand_in.requests
    before = [counts[name] for name in ("insert", "update", "delete")]
    await rest(play, 1)
    found = select(outbox).where(outbox.c.kind.in_(play.station.record.desk.kinds))
    left = await play.station.database.read(lambda connection: connection.execute(found).all())
    assert [(row.kind, row.key, row.code) for row in left] == []
    assert [counts[name] for name in ("insert", "update", "delete")] == before
    assert play.station.record.reader.trouble == {}


async def hold(play: Play, history: list[Step]) -> None:
    """Play a history, let calm return, and compare; then end every check-in, and compare once more."""
    await play.begin()
    for step in history:
        await play.play(step)
    play.calm()
    await rest(play, 4)
    await compare(play, closed=False)
    for check_in in play.check_ins.values():
        await play.close(check_in)
    await rest(play, 2)
    await compare(play, closed=True)
    await nothing_waits(play)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_history_ends_well(part: int) -> None:
    """People and the bot change, delete and bring back whatever they like, SharePoint fails as it will, the bot is killed and started anew."""
    store = new_store()
    with quick_folder() as folder, asyncio.Runner() as runner:

        async def played(history: list[Step]) -> None:
            async with station_in(Path(folder) / "store", store) as station:
                await hold(Play(station), history)

        @seed(part)
        @settings(
            max_examples=max(1, _HISTORIES // PARTS),
            deadline=None,
            derandomize=False,
            database=None,
            phases=[Phase.generate],
        )
        @given(histories())
        def holds(history: list[Step]) -> None:
            runner.run(played(history))

        holds()
