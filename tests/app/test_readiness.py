"""`/healthz` and `/readyz`: alive, ready, and if not, why, in words that name nobody."""

import json
from pathlib import Path

from bot.domain.outbox import Entry, Kind
from bot.readiness import Readiness
from bot.scheduler import Scheduler
from tests.app.house import POSTED, House
from tests.records.office import office_on
from tests.records.store_fixtures import new_sqlite, opened


async def test_ready(house: House) -> None:
    """A bot that does its work is alive and ready."""
    await house.clock_shows(POSTED)

    assert await house.asked("/healthz") == (200, {"alive": True})
    status, report = await house.asked("/readyz")
    assert (status, report["ready"], report["reasons"], report["parked"]) == (200, True, [], {})
    assert report["lists"].keys() == {"read_at", "trouble", "unknown_rows"}


async def test_what_the_lists_say(house: House) -> None:
    """A list that cannot be read is named with its code, and so is, by its number, what nobody here knows."""
    await house.clock_shows(POSTED)
    stand_in = house.rehearsal.sharepoint
    stand_in.add("Wards", {"Title": "Elm", "EntryKey": "ward-of-another-bot"})
    stand_in.faults.next("403", where="/delta")
    await house.time_passes(1)
    unread = (await house.asked("/readyz"))[1]
    await house.time_passes(1)
    status, report = await house.asked("/readyz")

    assert (unread["reasons"], unread["lists"]["trouble"]) == (["graph_refused"], {"Wards": "graph_refused"})
    assert (status, report["reasons"]) == (200, ["unknown_rows"])
    assert report["lists"]["unknown_rows"] == {"Wards": 1}
    assert "Elm" not in str(report)


class NothingToDo:
    async def close_what_is_over(self) -> int:
        return 0

    async def remind_who_is_open(self) -> int:
        return 0

    async def post_what_is_due(self) -> int:
        return 0


async def test_the_scheduler_is_silent(tmp_path: Path) -> None:
    """A scheduler that has not looked yet, or not for two minutes, is a reason."""
    async with opened(new_sqlite(tmp_path)) as stored, office_on(stored) as office:
        scheduler = Scheduler(stored.store, NothingToDo(), stored.clock)
        readiness = Readiness(stored.clock, stored.outbox, scheduler, (), office.record.reader)
        before = await readiness.reasons()
        await scheduler.look()
        after = await readiness.reasons()
        stored.clock.move(121)
        later = await readiness.reasons()

    assert (before, after, later) == (["scheduler_silent"], [], ["scheduler_silent"])


async def test_the_store_is_away(tmp_path: Path) -> None:
    """A store that does not answer is the reason, and the only one."""
    async with opened(new_sqlite(tmp_path)) as stored, office_on(stored) as office:
        scheduler = Scheduler(stored.store, NothingToDo(), stored.clock)
        readiness = Readiness(stored.clock, stored.outbox, scheduler, (), office.record.reader)
    report = await readiness.report()

    assert report == (False, {"ready": False, "reasons": ["store_unreachable"]})


async def test_the_outbox_waits(house: House) -> None:
    """Something that nobody could deliver for a quarter of an hour is a reason, and counted; answers can be kept all the same."""
    house.teams.faults.next("503", times=1000)
    await house.clock_shows(POSTED)
    await house.time_passes(2)
    status, report = await house.asked("/readyz")

    assert (status, report["ready"], report["reasons"]) == (200, True, ["outbox_waiting"])
    assert report["waiting"]["post_check_in"] == 1


async def test_what_is_parked_is_named_by_kind_and_code(tmp_path: Path) -> None:
    """What finally failed is counted by what it was and why, so that an operator knows what to send again."""
    async with opened(new_sqlite(tmp_path)) as stored, office_on(stored) as office:
        await stored.store.enqueue([Entry(Kind.POST_SUMMARY, "one"), Entry(Kind.POST_SUMMARY, "two")])
        for claimed in await stored.outbox.claim((Kind.POST_SUMMARY,), 2):
            await stored.outbox.park(claimed, "too_large")
        scheduler = Scheduler(stored.store, NothingToDo(), stored.clock)
        await scheduler.look()
        reader = office.record.reader
        ready, report = await Readiness(stored.clock, stored.outbox, scheduler, (), reader).report()

    assert ready
    assert report["parked"] == {"post_summary: too_large": 2}


async def test_somebody_has_to_act(house: House) -> None:
    """What only an operator can mend is a reason by its code, until it is mended."""
    await house.clock_shows(POSTED)
    house.rehearsal.identity.refuses_bearers = True
    await house.answers("Joe", "good")
    await house.clock_shows("2026-12-02 14:00")
    refused = await house.reasons()
    house.rehearsal.identity.refuses_bearers = False
    await house.time_passes(3)

    assert {"graph_refused", "connector_refused_credential"} <= set(refused)
    assert await house.reasons() == []


async def test_the_site_is_missing(house: House) -> None:
    """A site that is not there (any more) is a reason, from a start on."""
    await house.rehearsal.stop_bot()
    house.rehearsal.tenant.settings["sharepoint_site"] = "https://trust.sharepoint.com/sites/moved"
    await house.rehearsal.start_bot()
    await house.clock_shows(POSTED)

    assert "site_missing" in await house.reasons()


async def test_it_names_nobody(house: House) -> None:
    """Whatever happened, neither answer holds a person, a ward or a word."""
    house.rehearsal.sharepoint.faults.down = True
    await house.three_answer()
    await house.adds("Joe", in_the_way="kettle broken since June")
    await house.time_passes(2)
    told = json.dumps([await house.asked("/readyz"), await house.asked("/healthz")])
    people = house.rehearsal.town.people.values()

    assert "outbox_waiting" in told
    assert not any(word in told for one in people for word in (one.id, one.teams_id, one.name))
    assert not any(
        word in told for word in ("kettle", "Rowan", house.channel.id, house.rehearsal.identity.client_secret)
    )
