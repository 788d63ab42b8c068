"""Whatever Graph is known to do wrong, after calm each row is in SharePoint once."""

from pathlib import Path

import pytest

from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Ward
from bot.records.filed_rows import known
from tests.records.office import KEYS, Office, office_in

BATCH = (
    *("429", "429-fractional", "429-date", "429-ratelimit", "ratelimit-warning", "401", "409", "412", "423"),
    *("500", "500-after-commit", "502", "502-after-commit", "503-before", "503-after-commit", "504-before"),
    *("504-after-commit", "507", "html", "html-after-commit", "drop", "drop-before"),
)
ONE_ROW = (
    *("item-409", "item-412", "item-423", "item-429", "item-429-ratelimit", "item-500", "item-502-after-commit"),
    *("item-503-after-commit", "item-504-after-commit", "item-507", "item-missing"),
)
READING = ("delta-error-row", "delta-repeat", "delta-row-missing")
#: So often the same, one after another.
TIMES = 4


async def kept(office: Office, list_name: str) -> list[str]:
    """The keys that the store has for a list."""
    found = await office.house.database.read(lambda connection: connection.execute(KEYS[list_name]).scalars().all())
    return sorted(found)


def renamed(ward: Ward) -> Ward:
    """Another project."""
    return ward.model_copy(update={"project": "Quiet hour"})


@pytest.mark.parametrize("fault", BATCH + ONE_ROW + READING)
async def test_every_fault(tmp_path: Path, fault: str) -> None:
    """A ward is changed and its check-in closes while one thing goes wrong again and again."""
    async with office_in(tmp_path) as office:
        office.stand_in.faults.next(fault, times=TIMES, where="$batch" if fault in BATCH else "")
        await office.answers(1, 2, 3)
        await office.closes()
        await office.house.store.change_ward("ward-1", renamed, [Entry(Kind.FILE_WARD, "ward-1", "ward-1")])
        await office.calm()

        for name in KEYS:
            assert sorted(office.rows(name)) == await kept(office, name)
        assert len(office.rows("Replies")) == 3
        assert office.rows("CheckIns")["check-in-1"]["State"] == "closed"
        assert office.rows("Wards")["ward-1"]["ProjectTitle"] == "Quiet hour"
        assert await office.waiting() == set()
        assert await office.parked() == []


async def test_refused_when_it_goes_out_again(tmp_path: Path) -> None:
    """A row whose first answer got lost and whose repeat is refused for good is parked; sent once more, what is true by then is there once."""
    async with office_in(tmp_path) as office:
        await office.answers(1)
        await office.closes()
        office.stand_in.faults.next("item-504-before", where="POST")
        await office.file()
        (key,) = await kept(office, "Replies")
        sent = await office.house.database.read(lambda connection: known(connection, "Replies", key))
        office.stand_in.faults.next("item-400", where="POST")
        await office.calm(2)
        parked = [(one.kind, one.code) for one in await office.parked()]
        refused = await office.house.database.read(lambda connection: known(connection, "Replies", key))
        await office.house.outbox.resend()
        await office.calm(2)

        assert sent is not None
        assert sent.sent_key is not None
        assert parked == [(Kind.FILE_REPLIES, "refused")]
        assert refused is not None
        assert refused.sent_key is None
        assert list(office.rows("Replies")) == [key]
        assert await office.waiting() == set()
