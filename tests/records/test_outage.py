"""SharePoint is away for a day, and two thousand answers come: each is kept at once, and each is filed afterwards, once and inside the budget."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bot.domain.checkins import Change, Feeling, Kept, Lines
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person
from bot.records.budget import SAVED_UP
from bot.rehearsal.sharepoint_direct import BASE
from bot.rehearsal.sharepoint_meter import units_of
from tests.records.station import SETTINGS, Station, quick_folder, station_in
from tests.records.store_fixtures import a_check_in, a_ward, new_store

WARDS, PEOPLE, ANSWERS, HOURS = 8, 120, 2000, 24
HOUR, A_STEP, DAY = 3600, 20, 86_400


@dataclass
class Day:
    """What was answered, and what was spent. An answer says whose it is and the how-many-th of theirs."""

    given: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    spent: list[tuple[datetime, int]] = field(default_factory=list)

    async def answers(self, station: Station, check_in: str, numbers: list[int]) -> None:
        """These people answer, or change their answer; each is told at once that it is kept."""
        taps = []
        for number in numbers:
            person = Person(id=f"person-{number}", name=f"Person {number}")
            who = f"{check_in} {person.id}"
            self.given[who] += 1
            said = f"{who} {self.given[who]}"
            change = Change(Feeling.GOOD, Lines(said, "", "", named=False))
            taps.append(station.store.keep_reply(check_in, person, change, said))
        assert all(isinstance(outcome, Kept) for outcome in await asyncio.gather(*taps))


def check_ins() -> Iterator[tuple[str, str, int]]:
    """Each ward's two check-ins: the first closes while SharePoint is away, the second after it is back."""
    for number in range(1, 2 * WARDS + 1):
        yield f"check-in-{number}", f"ward-{(number + 1) // 2}", number


async def begin(station: Station, day: Day) -> None:
    """All wards and check-ins, and a first dozen of answers to each of the first check-ins, some of which are filed."""
    for number in range(1, WARDS + 1):
        await station.store.add_ward(a_ward(number), [Entry(Kind.FILE_WARD, f"ward-{number}", f"ward-{number}")])
    for check_in, ward, number in check_ins():
        await station.store.add_check_in(a_check_in(number, ward), [Entry(Kind.FILE_CHECK_IN, check_in, ward)])
        if number % 2:
            await day.answers(station, check_in, list(range(12)))
    await goes_on(station, 60)


async def goes_on(station: Station, seconds: float) -> None:
    """Time passes, and the bot does what is due."""
    station.clock.move(seconds)
    await station.read()
    await station.file()


async def close(station: Station, check_in: str, ward: str) -> None:
    """A check-in closes, and its rows are to be filed."""
    kinds = (Kind.FILE_CHECK_IN, Kind.FILE_REPLIES)
    assert await station.store.close_check_in(check_in, [Entry(kind, check_in, ward) for kind in kinds])


async def away_for_a_day(station: Station, day: Day) -> None:
    """First nobody answers at all, then only to say that the service is down; half-way the bot is started anew."""
    dice = Random(7)
    left = ANSWERS - sum(day.given.values())
    station.line.connected = False
    for hour in range(HOURS):
        if hour == HOURS // 2:
            station.stand_in.faults.down = True
            await station.restart()
        is_open = [check_in for check_in, _, number in check_ins() if hour < HOURS // 2 or number % 2 == 0]
        for number in range(4):
            some = left // (4 * HOURS) + (1 if hour * 4 + number < left % (4 * HOURS) else 0)
            await day.answers(station, dice.choice(is_open), dice.sample(range(PEOPLE), some))
        if hour == HOURS // 2 - 1:
            for check_in, ward, number in check_ins():
                if number % 2:
                    await close(station, check_in, ward)
        await goes_on(station, HOUR)
    station.stand_in.faults.down = False


async def after(station: Station) -> None:
    """It is back: the rest closes, and time passes in small steps until nothing is left to be filed."""
    for check_in, ward, number in check_ins():
        if number % 2 == 0:
            await close(station, check_in, ward)
    for _ in range(DAY // A_STEP):
        await goes_on(station, A_STEP)
        if await station.outbox.next_due(station.record.desk.kinds) is None:
            return


def said(row: dict[str, Any]) -> tuple[str, int]:
    """Whose answer a row is, and the how-many-th."""
    who, _, number = row["WentWell"].rpartition(" ")
    return who, int(number)


def overdrawn(spent: list[tuple[datetime, int]]) -> float:
    """The most by which any stretch of time cost more than the pace times its length. A bucket that leaks at the pace says so in one go."""
    pace, level, highest = SETTINGS.graph_units, 0.0, 0.0
    before = spent[0][0]
    for moment, units in spent:
        level = max(level - pace * (moment - before).total_seconds(), 0.0) + units
        highest, before = max(highest, level), moment
    return highest


async def the_day(station: Station, day: Day) -> None:
    """The whole day and what follows it."""
    await begin(station, day)
    first = len(station.stand_in.api.lists.find("Replies").items)
    await away_for_a_day(station, day)
    there = len(station.stand_in.api.lists.find("Replies").items)
    back = station.clock.now()
    await after(station)

    assert 0 < first == there < len(day.given)
    assert sum(day.given.values()) == ANSWERS
    assert await station.outbox.next_due(station.record.desk.kinds) is None
    assert await station.outbox.parked() == []
    rows = list(station.stand_in.api.lists.find("Replies").items.values())
    assert sorted(said(row.fields) for row in rows) == sorted(day.given.items())
    for row in rows:
        states = [said(state.fields) for state in row.states]
        assert len({who for who, _ in states}) == 1
        assert [number for _, number in states] == sorted({number for _, number in states})
    assert overdrawn(day.spent) <= SETTINGS.graph_units * SAVED_UP
    needed = sum(units for moment, units in day.spent if moment >= back)
    soonest = (needed - SETTINGS.graph_units * SAVED_UP) / SETTINGS.graph_units
    assert (station.clock.now() - back).total_seconds() < 2 * soonest + HOUR


def test_a_day_away() -> None:
    """Every answer is kept at once though SharePoint is away for a day and the bot is started anew; every one is filed after it is back."""
    day, store = Day(), new_store()
    with quick_folder() as folder, asyncio.Runner() as runner:

        async def played() -> None:
            async with station_in(Path(folder) / "store", store) as station:

                def note(method: str, address: str, *_: object) -> None:
                    day.spent.append((station.clock.now(), units_of(method, address.removeprefix(BASE))))

                station.stand_in.on_exchange = note
                await the_day(station, day)

        runner.run(played())
