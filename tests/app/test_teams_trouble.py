"""Teams fails in every way it is known for, and each check-in is one post in the end."""

from typing import get_args

import pytest

from bot.rehearsal.teams_faults import Kind
from tests.app.house import POSTED, House
from tests.journeys.ward import shows

NOT_DONE: tuple[Kind, ...] = ("412", "429", "429-retry-after", "502", "503", "504")
DONE_ALL_THE_SAME: tuple[Kind, ...] = ("504-after-commit", "drop")


def test_all_kinds() -> None:
    """Every fault that the stand-in knows is in one of these tests."""
    assert {*NOT_DONE, *DONE_ALL_THE_SAME, "403-roster", "slow"} == set(get_args(Kind))


@pytest.mark.parametrize("fault", NOT_DONE)
async def test_busy(house: House, fault: Kind) -> None:
    """Told to come back later, it does, and the check-in is posted once."""
    house.teams.faults.next(fault, times=2)
    await house.clock_shows(POSTED)
    none = len(house.check_ins)
    await house.time_passes(3)

    assert none == 0
    assert len(house.check_ins) == 1


@pytest.mark.parametrize("fault", DONE_ALL_THE_SAME)
async def test_an_answer_is_lost(house: House, fault: Kind) -> None:
    """A post whose answer got lost may stand there twice; the stray one goes when somebody uses it, and what they said counts."""
    house.teams.faults.next(fault)
    await house.clock_shows(POSTED)
    await house.time_passes(2)
    stray, known = house.check_ins
    await house.answers("Joe", "good", message=stray)
    await house.bot_has_worked()
    await house.answers("Amina", "slow", message=known)

    assert stray.deleted
    assert house.check_ins == [known]
    assert len(house.kept("replies")) == 2


async def test_out_of_the_roster(house: House) -> None:
    """Where the bot was taken out of the channel, the check-in is missed, the leads are told, and nothing more is sent."""
    house.teams.faults.next("403-roster")
    await house.clock_shows(POSTED)
    await house.time_passes(2)

    assert house.read("SELECT state, missed FROM check_ins") == [("missed", "refused")]
    assert any(shows(message.card, "did not let me post") for message in house.chat("Priya"))
    assert house.check_ins == []
    assert (await house.asked("/readyz"))[1]["parked"] == {}


async def test_new_signing_keys(house: House) -> None:
    """When Teams signs with a new key from one minute to the next, nobody notices."""
    await house.clock_shows(POSTED)
    house.rehearsal.clock.move_by(60)
    house.rehearsal.identity.rotate()
    answer = await house.answers("Joe", "good")

    assert answer.status == 200
    assert len(house.kept("replies")) == 1


async def test_no_token_for_us(house: House) -> None:
    """When Entra refuses our secret, answers are kept, `/readyz` says what to mend, and all goes out once it is mended."""
    await house.clock_shows(POSTED)
    house.rehearsal.identity.refuses_secrets = True
    house.rehearsal.clock.move_by(2 * 3600)
    answer = await house.answers("Joe", "good")
    await house.time_passes(3)
    await house.clock_shows("2026-12-02 14:00")
    reasons = await house.reasons()
    house.rehearsal.identity.refuses_secrets = False
    await house.time_passes()

    assert answer.status == 200
    assert {"credential_refused", "graph_credential"} <= set(reasons)
    assert len(house.check_ins) == 2
    assert house.filed("Replies") == house.kept("replies")
    assert await house.reasons() == []
