"""Which rows an outbox entry stands for, when a reply may go, and what becomes of an entry whose rows fare differently."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain.checkins import Feeling
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person
from bot.records.filing_steps import Filed, Filing, Outcome, Parked, Removal, Retry, Wake
from bot.records.sharepoint import SharePoint
from tests.records.office import Office, office_in
from tests.records.store_fixtures import a_ward, wrote

BATCH = "$batch"
RETRY, PARKED, WAKE = Retry("graph_503", 7.0, unsure=False), Parked("refused"), Wake("list_missing")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rowan with an open check-in, filed."""
    async with office_in(tmp_path) as made:
        yield made


async def look(office: Office) -> int:
    """Let the replies be looked at for filing; how many are there then."""
    office.house.clock.move(60)
    await office.file()
    return len(office.rows("Replies"))


async def test_ten_are_needed_while_it_is_open(office: Office) -> None:
    """While a check-in is open, new rows go five or more at a time, and five always stay behind for company."""
    counts = []
    for number in range(16):
        await office.answers(number)
        counts.append(await look(office))

    assert counts == [0] * 9 + [5] * 5 + [10] * 2


async def test_changes_do_not_make_a_group(office: Office) -> None:
    """Rows that changed after they were filed go along with a group of new ones, and do not count towards it."""
    await office.answers(*range(10))
    first = await look(office)
    await office.answers(*range(10), feeling=Feeling.SLOW)
    await office.answers(10)
    await look(office)
    unchanged = sum(row["Feeling"] == "Good" for row in office.rows("Replies").values())
    await office.answers(*range(11, 15))
    second = await look(office)

    assert (first, unchanged, second) == (5, 5, 10)
    # Whoever is among the five that were filed first said Slow by now.
    assert sum(row["Feeling"] == "Slow" for row in office.rows("Replies").values()) >= 5


async def test_a_group_that_is_half_there_is_not_left_so(office: Office) -> None:
    """Where SharePoint's answer to a group got lost, the very same rows go out again, and no other in their place."""
    await office.answers(*range(10))
    office.house.clock.move(60)
    office.stand_in.faults.next("drop", where=BATCH)
    await office.file()
    there = set(office.rows("Replies"))
    await office.calm()

    assert len(there) == 5
    assert set(office.rows("Replies")) == there


async def test_names_wait_for_the_close(office: Office) -> None:
    """A reply with a name stays here while it can still be taken off."""
    await office.answers(*range(12))
    named = Person(id="person-3", name="Person 3")
    await office.house.store.keep_reply("check-in-1", named, wrote("tea", named=True), "named")
    open_now = await look(office)
    names = [row.get("GivenBy") for row in office.rows("Replies").values()]
    await office.closes()
    await office.file()
    rows = office.rows("Replies").values()

    assert (open_now, set(names)) == (6, {None})
    assert [row["GivenBy"] for row in rows if "GivenBy" in row] == ["Person 3"]
    assert len(rows) == 12


async def test_all_go_at_the_close(office: Office) -> None:
    """When it has closed all are filed, however few, and once."""
    await office.answers(1, 2)
    await office.closes()
    await office.file()
    await office.calm()

    assert len(office.rows("Replies")) == 2
    assert {row["_UIVersionString"] for row in office.rows("Replies").values() if "_UIVersionString" in row} <= {"1.0"}


class Desk(SharePoint):
    """Takes every row, but for those it was told about, in order."""

    def __init__(self, office: Office, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)
        self.budget = office.record.desk.sharepoint.budget

    async def write(self, filings: Sequence[tuple[str, Filing | Removal]]) -> list[Outcome]:
        return [self._outcomes.pop(0) if self._outcomes else Filed("1", '"1"') for _ in filings]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((RETRY, PARKED), "graph_503"),
        ((PARKED, RETRY), "graph_503"),
        ((WAKE, PARKED), "list_missing"),
        ((WAKE, RETRY), "graph_503"),
        ((PARKED, PARKED), "refused"),
        ((PARKED,), "refused"),
        ((), None),
    ],
)
async def test_an_entry_lives_while_a_row_does(office: Office, outcomes: tuple[Outcome, ...], code: str | None) -> None:
    """Of what becomes of an entry's rows, what may still be filed decides."""
    await office.answers(1, 2)
    await office.closes()
    office.record.desk.sharepoint = Desk(office, *outcomes)
    (entry,) = await office.house.outbox.claim([Kind.FILE_REPLIES], 9)
    (answer,) = await office.record.desk.deliver([entry])

    assert getattr(answer, "code", None) == code


async def test_what_is_gone_is_done(office: Office) -> None:
    """An entry for something that is not there, or is filed as it is, is done."""
    kinds = (Kind.FILE_WARD, Kind.FILE_CHECK_IN, Kind.FILE_REPLIES, Kind.FILE_AUDIT)
    await office.house.store.enqueue([Entry(kind, "no-such", "ward-1") for kind in kinds])
    await office.house.store.enqueue([Entry(Kind.FILE_WARD, "ward-1", "ward-1")])
    before = office.stand_in.requests["batch"]
    await office.file()

    assert await office.waiting() == set()
    assert await office.parked() == []
    assert office.stand_in.requests["batch"] == before


async def test_what_changes_nothing_there_is_not_written(office: Office) -> None:
    """A change that SharePoint has no column for costs nothing, and is not left to be filed."""
    place = a_ward().place.model_copy(update={"tenant_id": "other"})
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"place": place}), [entry])
    before = office.stand_in.requests["batch"]
    await office.file()

    assert office.stand_in.requests["batch"] == before
    side_has = await office.house.database.read(
        lambda connection: office.record.desk.sides["Wards"].unfiled(connection, "ward-1")
    )
    assert side_has == []


async def test_only_what_changed_is_written(office: Office) -> None:
    """An update carries the columns that changed and its key, so that it touches nobody else's."""
    sent: list[object] = []
    heard = office.stand_in.on_exchange

    def hear(method: str, address: str, body: object, status: int, answer: object) -> None:
        sent.extend([body] if method == "PATCH" else [])
        assert heard is not None
        heard(method, address, body, status, answer)

    office.stand_in.on_exchange = hear
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"aim": "Tea"}), [entry])
    await office.file()
    (fields,) = sent

    assert isinstance(fields, dict)
    assert fields.keys() == {"Aim", "WriteKey"}
    assert fields["Aim"] == "Tea"


@pytest.mark.parametrize("fault", ["drop", "504-after-commit", "503-after-commit", "html-after-commit"])
async def test_a_change_after_a_lost_answer(office: Office, fault: str) -> None:
    """We wrote B and did not hear of it, then changed to C: B is known as our own, and C gets through."""
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")

    async def aims(aim: str) -> None:
        await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"aim": aim}), [entry])

    await aims("B")
    office.stand_in.faults.next(fault, 3, where=BATCH)
    await office.file()
    await aims("C")
    await office.calm()

    assert office.rows("Wards")["ward-1"]["Aim"] == "C"
    ward = await office.house.store.ward("ward-1")
    assert ward is not None
    assert ward.aim == "C"


async def test_a_person_takes_back_what_we_were_not_told_was_written(office: Office) -> None:
    """We wrote B and did not hear of it, then somebody put A back: A is theirs, and stands."""
    entry = Entry(Kind.FILE_WARD, "ward-1", "ward-1")
    await office.house.store.change_ward("ward-1", lambda ward: ward.model_copy(update={"project": "B"}), [entry])
    office.stand_in.faults.next("drop", where=BATCH)
    await office.file()
    written = office.rows("Wards")["ward-1"]["ProjectTitle"]
    office.edits("Wards", "ward-1", ProjectTitle="Coffee before handover")
    await office.calm()
    ward = await office.house.store.ward("ward-1")

    assert written == "B"
    assert ward is not None
    assert ward.project == office.rows("Wards")["ward-1"]["ProjectTitle"] == "Coffee before handover"


async def test_an_unknown_column_is_named_and_the_rest_goes_on(office: Office) -> None:
    """A column that somebody deleted parks the rows that need it, by name; put back and sent again, they are filed."""
    column = dict(office.stand_in.api.lists.find("Replies").columns["WentWell"])
    await office.answers(1, 2, 3)
    person = Person(id="person-1", name="Person 1")
    await office.house.store.keep_reply("check-in-1", person, wrote("tea"), "line")
    office.stand_in.remove_column("Replies", "WentWell")
    await office.closes()
    await office.file()
    (parked,) = await office.parked()
    there = len(office.rows("Replies"))
    office.stand_in.api.lists.find("Replies").columns["WentWell"] = column
    await office.house.outbox.resend()
    await office.calm()

    assert (parked.kind, parked.code) == (Kind.FILE_REPLIES, "unknown_column: WentWell")
    assert there == 2
    assert len(office.rows("Replies")) == 3


async def test_a_row_that_is_none(office: Office) -> None:
    """A ward whose name is no text of one line parks its own entry alone."""
    await office.house.store.add_ward(a_ward(2, id="ward 2"), [Entry(Kind.FILE_WARD, "ward 2", "ward 2")])
    await office.house.store.enqueue([Entry(Kind.FILE_CHECK_IN, "check-in-1", "ward-1")])
    await office.file()

    assert [(parked.key, parked.code) for parked in await office.parked()] == [("ward 2", "unfit_row")]
    assert await office.waiting() == set()


async def test_filing_keeps_inside_its_budget(office: Office) -> None:
    """Six hundred units are saved up; what is beyond waits until it can be paid for, and is no failure."""
    await office.answers(*range(400))
    await office.closes()
    office.house.clock.move(60)
    await office.file()
    first = len(office.rows("Replies"))
    paused_at = office.house.clock.moment
    waits = await office.house.outbox.next_due([Kind.FILE_REPLIES])
    spent = office.record.desk.sharepoint.budget.spent
    await office.calm(2)

    assert 260 <= first <= 300
    assert spent <= 2 * 600
    assert waits is not None
    assert waits > paused_at
    assert await office.parked() == []
    assert len(office.rows("Replies")) == 400
