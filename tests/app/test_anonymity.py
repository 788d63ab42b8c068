"""What can be seen of a week, in SharePoint, in the store and in the log, says nothing about who answered what."""

import json
from random import Random

import pytest
import structlog.testing

from bot.rehearsal.people import Person
from tests.app.house import CLOSED, POSTED, House

WORDS = "kettle broken since June"


def many(house: House, count: int) -> list[Person]:
    """So many more people on the ward."""
    town = house.rehearsal.town
    people = [town.add_person(f"n{number}", f"Nurse {number}", "nurse") for number in range(count)]
    for person in people:
        town.add_member(house.team, person)
    return people


async def send(house: House, person: Person, line: str = "") -> None:
    """Answer, and write one's own key, by which the test knows the row again."""
    house.some_seconds_pass()
    if person.id in house.post.views:
        await house.teams.execute(person, house.post.id, "check_in.mine")
    await house.teams.execute(person, house.post.id, "check_in.send", {"feeling": "good"})
    await house.teams.execute(person, house.post.id, "check_in.add", {"went_well": f"{line}{person.key}"})


async def look_for_filing(house: House) -> None:
    """Let the bot look whether there is enough to file."""
    house.rehearsal.clock.move_by(60)
    await house.bot_has_worked()


async def test_no_row_before_five_wait(house: House) -> None:
    """While a check-in is open, the first four answers stay here."""
    await house.clock_shows(POSTED)
    for person in many(house, 4):
        await send(house, person)
        await look_for_filing(house)

    assert house.filed("Replies") == []


async def test_groups_are_never_small(house: House) -> None:
    """At whatever moment rows reach SharePoint, at least five new ones do: no Created time belongs to fewer."""
    await house.clock_shows(POSTED)
    for person in many(house, 13):
        await send(house, person)
        await look_for_filing(house)
    await house.clock_shows(CLOSED)
    rows = house.rehearsal.sharepoint.tables()["Replies"]["rows"]
    moments = [row["created"] for row in rows]

    assert len(rows) == 13
    assert all(moments.count(moment) >= 5 for moment in moments)


async def test_a_changed_answer_alone(house: House) -> None:
    """Four who change their answers and one who is new are not five new ones: the new row waits."""
    await house.clock_shows(POSTED)
    people = many(house, 12)
    for person in people[:11]:
        await send(house, person)
    await look_for_filing(house)
    before = set(house.filed("Replies"))
    for person in (*people[:8], people[11]):
        await send(house, person, "changed ")
    await look_for_filing(house)

    assert len(before) >= 5
    assert set(house.filed("Replies")) == before


async def test_rows_are_shuffled(house: House) -> None:
    """Rows do not stand in SharePoint in the order in which people answered."""
    people = many(house, 15)
    Random(3).shuffle(people)
    await house.clock_shows(POSTED)
    for person in people:
        await send(house, person)
    await house.clock_shows(CLOSED)
    rows = sorted(house.rehearsal.sharepoint.tables()["Replies"]["rows"], key=lambda row: int(row["id"]))

    assert len(rows) == 15
    assert [row["fields"]["WentWell"] for row in rows] != [person.key for person in people]


async def test_nothing_ties_after_the_close(house: House) -> None:
    """After the close the store has neither the check-in's secret nor anybody's mark."""
    await house.three_answer()
    open_now = house.read("SELECT count(secret) FROM check_ins") + house.read("SELECT count(mark) FROM replies")
    await house.clock_shows("2026-12-02 13:59")
    await house.clock_shows(CLOSED)

    assert open_now == [(1,), (3,)]
    assert house.read("SELECT count(secret) FROM check_ins WHERE state = 'closed'") == [(0,)]
    assert house.read("SELECT count(mark), count(person_id), count(person_name) FROM replies") == [(0, 0, 0)]


@pytest.mark.parametrize("trouble", [False, True])
async def test_the_log_names_nobody(house: House, trouble: bool) -> None:
    """A week's log holds no person, no name, no word that anybody wrote, and no token."""
    with structlog.testing.capture_logs() as lines:
        if trouble:
            house.teams.faults.next("429", times=3)
            house.rehearsal.sharepoint.faults.next("400", times=3)
            house.rehearsal.sharepoint.faults.next("403", times=3)
        await house.clock_shows(POSTED)
        await house.time_passes(4)
        await house.answers("Joe", "good")
        await house.adds("Joe", in_the_way=WORDS, named="true")
        await house.taps("Amina", "check_in.send", {"feeling": "slow"}, deliver_times=5)
        await house.says("Sam", "what is this")
        await house.says_privately("Priya", "status")
        await house.clock_shows(CLOSED)
        await house.time_passes(3)
    log = json.dumps(lines)
    people = house.rehearsal.town.people.values()
    tokens = ("eyJ", house.rehearsal.identity.client_secret, "Bearer")
    secrets = {
        *(one.id for one in people),
        *(one.teams_id for one in people),
        *(one.name for one in people),
        WORDS,
        *tokens,
    }

    assert lines or not trouble
    assert {secret for secret in secrets if secret in log} == set()
