"""A row that was deleted and is there again, or seems to be, takes back nothing that the bot changed since."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.outbox import Entry, Kind
from tests.records.office import Office, office_in


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan with an open check-in, filed."""
    async with office_in(tmp_path) as made:
        yield made


async def renamed(office: Office) -> None:
    """A lead renames the project in Teams."""
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"project": "Tea"}), [entry])


async def project(office: Office) -> tuple[str, str]:
    """What the project is called here and there."""
    ward = await office.house.store.ward("ward-1")
    assert ward is not None
    return ward.project, office.rows("Wards")["ward-1"]["ProjectTitle"]


async def test_a_row_from_the_recycle_bin(office: Office) -> None:
    """Who puts a ward's row back has changed none of its columns: what a lead changed since it was known to be gone gets through."""
    number = office.item("Wards", "ward-1")
    office.deletes("Wards", "ward-1")
    await office.read()
    await renamed(office)
    office.stand_in.restore("Wards", number)
    await office.read()
    await office.calm()

    assert await project(office) == ("Tea", "Tea")


async def test_a_reader_that_lags_behind_a_deletion(office: Office) -> None:
    """A row that was filed again is not taken for the one before it, which a slow answer still shows, changed and not yet deleted."""
    office.edits("Wards", "ward-1", Title="Elm")
    office.house.clock.move(100)
    office.deletes("Wards", "ward-1")
    await renamed(office)
    await office.file()
    office.stand_in.lag(office.every + 60)
    await office.read()
    meanwhile = await office.house.store.ward("ward-1")
    office.stand_in.lag(0)
    await office.calm()

    assert meanwhile is not None
    assert meanwhile.project == "Tea"
    assert await project(office) == ("Tea", "Tea")
    assert len(office.rows("Wards")) == 1
