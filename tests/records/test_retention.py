"""What is past its date goes, from the store and from SharePoint, on both databases; what is not stays."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.checkins import Feeling, Missed, State
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import GRACE, LOOK_BACK
from bot.records.audit_side import Audited, note
from bot.records.filed_rows import Noted, Sent, note_came, note_sent
from bot.records.outbox import delete_entry, enqueue
from bot.records.retention import A_STEP, Days, Retention
from bot.records.schema import audit, check_ins, filed_rows, replies
from bot.settings import Settings
from tests.records.office import Office, office_on
from tests.records.store_fixtures import AMINA, NOON, House, a_check_in, a_ward, picked, wrote

OLD, NEW = NOON - timedelta(days=100), NOON - timedelta(days=20)


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    """Rowan with a closed check-in of a hundred days ago, one of twenty days ago and an open one, all with three replies, and all filed."""
    async with office_on(house) as made:
        await house.store.add_ward(a_ward(), [Entry(Kind.FILE_WARD, "ward-1", "ward-1")])
        now = house.clock.moment
        for number, ends in enumerate((OLD, NEW, NOON + timedelta(days=3)), start=1):
            house.clock.moment = ends - timedelta(days=7)
            opened = a_check_in(number, opened_at=house.clock.moment, closes_at=ends, remind_at=None)
            await house.store.add_check_in(opened, [Entry(Kind.FILE_CHECK_IN, opened.id, "ward-1")])
            await made.answers(*range(3), check_in=opened.id)
            if ends < now:
                house.clock.moment = ends
                await made.closes(opened.id)
        house.clock.moment = now
        await made.record.reader.read_what_is_due()
        await made.calm(3)
        yield made


def removing(office: Office, **days: int) -> Retention:
    """What removes, by these settings."""
    return Retention(office.house.database, Days(**days))


async def removed(office: Office, **days: int) -> int:
    """Remove all that is past its date by these settings, with SharePoint done in between; how many steps that took."""
    steps, retention = 1, removing(office, **days)
    while not await retention.remove_what_is_past(office.house.clock.now()):
        await office.file()
        office.house.clock.move(60)
        steps += 1
    await office.calm(2)
    return steps


async def kept(house: House) -> tuple[set[str], int]:
    """The check-ins that are there, and how many replies."""
    return await house.database.read(
        lambda connection: (
            set(connection.execute(select(check_ins.c.id)).scalars()),
            connection.execute(select(func.count()).select_from(replies)).scalar_one(),
        )
    )


def there(office: Office) -> tuple[set[str], int]:
    """The same in SharePoint; of an open check-in no reply is filed yet."""
    return set(office.rows("CheckIns")), len(office.rows("Replies"))


def told(office: Office) -> list[tuple[str, str]]:
    """What the audit log there says."""
    rows = [row for row in office.rows("AuditLog").values() if row["Action"] == "retention"]
    return sorted((row["AboutList"], row["Detail"]) for row in rows)


async def test_nothing_goes_by_itself(office: Office) -> None:
    """Without a setting nothing is removed, however old it is."""
    before = await kept(office.house), there(office)
    steps = await removed(office)

    assert (await kept(office.house), there(office)) == before
    assert (steps, told(office)) == (1, [])


async def test_replies(office: Office) -> None:
    """Replies whose check-in closed before that go, here and there; the check-in with its figures stays, and so do younger replies."""
    await removed(office, replies=30)

    assert await kept(office.house) == ({"check-in-1", "check-in-2", "check-in-3"}, 6)
    assert there(office) == ({"check-in-1", "check-in-2", "check-in-3"}, 3)
    check_in = await office.house.store.check_in("check-in-1")
    assert check_in is not None
    assert check_in.figures is not None
    assert check_in.figures.answers == 3
    assert told(office) == [("Replies", "3 rows, up to 2026-10-18")]


async def test_check_ins_take_their_replies_along(office: Office) -> None:
    """A check-in that goes leaves no reply behind, whatever is set for replies; each list has its line in the audit log."""
    await removed(office, check_ins=90, replies=1000)

    assert await kept(office.house) == ({"check-in-2", "check-in-3"}, 6)
    assert there(office) == ({"check-in-2", "check-in-3"}, 3)
    assert told(office) == [("CheckIns", "1 row, up to 2026-08-19"), ("Replies", "3 rows, up to 2026-08-19")]


async def test_a_day_is_whole(house: House) -> None:
    """What closed on the first day that is kept stays, at whatever hour; a minute before that day is past."""
    await house.store.add_ward(a_ward(), [])
    start = datetime(2026, 10, 19, tzinfo=UTC)
    for number, ends in enumerate((start - timedelta(minutes=1), start), start=1):
        await house.store.add_check_in(
            a_check_in(number, state=State.MISSED, missed=Missed.DOWN, opened_at=ends, closes_at=ends), []
        )
    await Retention(house.database, Days(check_ins=30)).remove_what_is_past(NOON)

    assert await kept(house) == ({"check-in-2"}, 0)


async def test_an_open_one_never_goes(office: Office) -> None:
    """However long it is past its end: it closes first."""
    office.house.clock.move(400 * 24 * 3600)
    await removed(office, check_ins=90, replies=30)

    assert await kept(office.house) == ({"check-in-3"}, 3)


async def test_the_audit_log(office: Office) -> None:
    """Its rows go by their own time, and that is written into it."""
    house = office.house
    seen = Audited("edit put back", "ward-1", "Wards", "ward-1", "Time of day")
    for moment in (OLD, NEW):
        await house.database.write(partial(note, what=seen, now=moment))
    await office.calm(1)
    filed = len(office.rows("AuditLog"))
    await removed(office, audit_log=90)
    left = await house.database.read(lambda connection: connection.execute(select(audit.c.at)).scalars().all())

    assert filed == 2
    assert [moment for moment in left if moment < NOON] == [NEW]
    assert told(office) == [("AuditLog", "1 row, up to 2026-08-19")]
    assert len(office.rows("AuditLog")) == 2


async def test_what_is_not_filed_yet(house: House) -> None:
    """It goes all the same, and is not filed first."""
    async with office_on(house) as office:
        await house.store.add_ward(a_ward(), [])
        house.clock.moment = OLD - timedelta(days=7)
        entries = [Entry(Kind.FILE_CHECK_IN, "check-in-1", "ward-1")]
        await house.store.add_check_in(a_check_in(opened_at=house.clock.moment, closes_at=OLD), entries)
        await office.answers(1, 2)
        house.clock.moment = OLD
        await office.closes()
        house.clock.moment = NOON
        await removed(office, check_ins=90)

        assert await kept(house) == (set(), 0)
        assert there(office) == (set(), 0)
        assert office.stand_in.requests["insert"] == 2  # the two lines of the audit log
        assert await office.waiting() == set()


async def test_what_is_taken_out_of_the_recycle_bin(office: Office) -> None:
    """A row that somebody restores is taken away again, and its words stand nowhere in the store."""
    key = min(key for key, row in office.rows("Replies").items() if row["CheckInKey"] == "check-in-1")
    number = office.item("Replies", key)
    await removed(office, replies=30)
    office.stand_in.restore("Replies", number)
    back = key in office.rows("Replies")
    await office.calm(3)
    known = select(filed_rows.c.fields, filed_rows.c.sent).where(filed_rows.c.key == key)
    row = await office.house.database.read(lambda connection: connection.execute(known).one())

    assert back
    assert key not in office.rows("Replies")
    assert tuple(row) == (None, None)
    assert (await kept(office.house))[1] == 6


async def test_a_filing_that_was_under_way(office: Office) -> None:
    """Of a row that went while its filing was about to leave, nothing is written down again; the row is taken away when it is read."""
    key = min(office.rows("Replies"))
    fields = dict(office.rows("Replies")[key])
    await removed(office, replies=10)
    sent = [Sent("Replies", key, "write", 1, fields), Sent("Replies", "new", "write", 1, {})]
    await office.house.database.write(lambda write: note_sent(write, sent))
    office.stand_in.add("Replies", fields)
    landed = [Noted("Replies", one.key, "write", "99", '"etag,1"') for one in sent]
    await office.house.database.write(lambda write: note_came(write, landed))
    known = select(filed_rows.c.item_id, filed_rows.c.fields, filed_rows.c.sent).where(filed_rows.c.key == key)
    row = await office.house.database.read(lambda connection: connection.execute(known).one())
    await office.calm(3)

    assert tuple(row) == (None, None, None)
    assert key not in office.rows("Replies")


async def test_no_word_stays_in_the_file(sqlite_house: House) -> None:
    """On SQLite, what somebody wrote is gone from the file and from its log after the next heartbeat."""
    house = sqlite_house
    async with office_on(house) as office:
        await house.store.add_ward(a_ward(), [])
        house.clock.moment = OLD - timedelta(days=7)
        await house.store.add_check_in(a_check_in(opened_at=house.clock.moment, closes_at=OLD), [])
        await house.store.keep_reply("check-in-1", AMINA, picked(Feeling.GOOD), "one")
        await house.store.keep_reply("check-in-1", AMINA, wrote("kettle broken since June", named=True), "two")
        house.clock.moment = OLD
        await office.closes()
        await office.calm(2)
        before = on_disk(house)
        house.clock.moment = NOON
        await removed(office, replies=30)
        await house.store.beat(NOON)

        assert b"kettle" in before
        assert b"kettle" not in on_disk(house)


def on_disk(house: House) -> bytes:
    """All that the store's files hold."""
    file = Path(house.url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


async def many(house: House, count: int) -> None:
    """A check-in of long ago with so many replies."""
    await house.store.add_ward(a_ward(), [])
    long_ago = a_check_in(state=State.CLOSED, opened_at=OLD - timedelta(days=7), closes_at=OLD)
    await house.store.add_check_in(long_ago, [])
    row = {
        "check_in_id": "check-in-1",
        "feeling": "good",
        "went_well": "",
        "in_the_way": "",
        "try_next": "",
        "version": 1,
    }
    rows = [{"id": f"reply-{number}", **row} for number in range(count)]
    await house.database.write(lambda write: write.execute(replies.insert(), rows))


async def test_a_first_run_over_very_many(house: House) -> None:
    """Each step takes at most two hundred rows, and none while so many deletions wait; the day has one line a list, with the sum."""
    async with office_on(house) as office:
        await many(house, 1100)
        retention = Retention(house.database, Days(check_ins=90))
        counts = [(await kept(house))[1]]
        steps = 0
        while not await retention.remove_what_is_past(house.clock.now()):
            counts.append((await kept(house))[1])
            held = await retention.remove_what_is_past(house.clock.now())
            counts.append((await kept(house))[1])
            assert not held
            house.clock.move(15)
            for _ in range(20):
                await office.file()
                house.clock.move(2)
            steps += 1
        await office.calm(2)

        assert max(before - after for before, after in pairwise(counts)) == A_STEP
        assert steps == 5
        assert await kept(house) == (set(), 0)
        assert told(office) == [("CheckIns", "1 row, up to 2026-08-19"), ("Replies", "1100 rows, up to 2026-08-19")]


async def test_it_waits_while_deletions_wait(house: House) -> None:
    """While SharePoint is away nothing piles up: as many deletions as a step has wait, and no more."""
    await many(house, 500)
    waiting = [delete_entry("Replies", f"other-{number}", None) for number in range(A_STEP - 50)]
    await house.database.write(lambda write: enqueue(write, waiting, NOON))
    retention = Retention(house.database, Days(replies=30))
    done = [await retention.remove_what_is_past(NOON) for _ in range(3)]

    assert done == [False, False, False]
    assert (await kept(house))[1] == 450
    assert len([key for kind, key in await house.waiting() if kind is Kind.DELETE_ROW]) == A_STEP


def test_no_setting_lets_a_period_come_again() -> None:
    """What is looked for as missing is younger than anything that a setting can have removed."""
    (least,) = [one.ge for one in Settings.model_fields["keep_check_ins_days"].metadata if hasattr(one, "ge")]

    assert timedelta(days=least) > LOOK_BACK + GRACE
