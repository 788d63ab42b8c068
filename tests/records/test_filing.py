"""Which rows an outbox entry stands for, when a reply may go, and what becomes of an entry whose rows fare differently."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from random import Random

import pytest

from bot.domain.checkins import Feeling, Figures, Missed, Reply, State
from bot.domain.outbox import Entry, Kind
from bot.domain.wards import Person, Quiet, Ward
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.filing import FilingDesk, check_in_row, reply_row, ward_row
from bot.records.sharepoint import Filed, Filing, Outcome, Parked, Retry, SharePoint, Wake
from tests.records.store_fixtures import NOON, House, a_check_in, a_ward, picked, with_open_check_in, wrote

RETRY, PARKED, WAKE = Retry("graph_503", 7.0, unsure=False), Parked("refused"), Wake("list_missing")


class Desk(SharePoint):
    """Takes every row, but for those it was told about, in order."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)
        self.filed: list[Filing] = []

    async def file(self, filings: Sequence[Filing]) -> list[Outcome]:
        came = [self._outcomes.pop(0) if self._outcomes else Filed(f"item-{one.entry_key}", '"1"') for one in filings]
        self.filed += [one for one, outcome in zip(filings, came, strict=True) if isinstance(outcome, Filed)]
        return came


async def file_replies(house: House, desk: Desk, check_in_id: str = "check-in-1") -> Exception | None:
    """Deliver the entry that asks for a check-in's replies."""
    await house.store.enqueue([Entry(Kind.FILE_REPLIES, check_in_id, "ward-1")])
    (entry,) = await house.outbox.claim([Kind.FILE_REPLIES], 1)
    (answer,) = await FilingDesk(house.store, desk, Random(7)).deliver([entry])
    await house.outbox.done(entry)
    return answer


async def answered(house: House, *people: int) -> None:
    """These people pick a word; one who has, picks another."""
    for number in people:
        person = Person(id=f"person-{number}", name=f"Person {number}")
        before = await house.store.reply_of("check-in-1", person.id)
        word = Feeling.GOOD if before is None else Feeling.SLOW
        await house.store.keep_reply("check-in-1", person, picked(word), f"{word} {number}")


async def test_ten_are_needed_while_it_is_open(sqlite_house: House) -> None:
    """While a check-in is open, new rows go five or more at a time, and five always stay behind for company."""
    await with_open_check_in(sqlite_house)
    desk, counts = Desk(), []
    for number in range(16):
        await answered(sqlite_house, number)
        await file_replies(sqlite_house, desk)
        counts.append(len(desk.filed))

    assert counts == [0] * 9 + [5] * 5 + [10] * 2


async def test_changes_do_not_make_a_group(sqlite_house: House) -> None:
    """Rows that changed after they were filed go along with a group of new ones, and do not count towards it."""
    await with_open_check_in(sqlite_house)
    first, second = Desk(), Desk()
    await answered(sqlite_house, *range(10))
    await file_replies(sqlite_house, first)
    await answered(sqlite_house, *range(11))
    await file_replies(sqlite_house, second)
    none = len(second.filed)
    await answered(sqlite_house, *range(11, 15))
    await file_replies(sqlite_house, second)

    assert none == 0
    assert len(second.filed) == 10
    assert sum(one.item_id is not None for one in second.filed) == 5


async def test_names_wait_for_the_close(sqlite_house: House) -> None:
    """A reply with a name stays here while it can still be taken off."""
    check_in = await with_open_check_in(sqlite_house)
    await answered(sqlite_house, *range(12))
    amina = Person(id="person-3", name="Person 3")
    await sqlite_house.store.keep_reply(check_in.id, amina, wrote("tea", named=True), "named")
    desk = Desk()
    await file_replies(sqlite_house, desk)
    open_now = [one.fields.get("GivenBy") for one in desk.filed]
    await sqlite_house.store.close_check_in(check_in.id, [])
    await file_replies(sqlite_house, desk)

    assert len(open_now) == 6
    assert set(open_now) == {None}
    assert [one.fields["GivenBy"] for one in desk.filed if one.fields.get("GivenBy")] == ["Person 3"]
    assert len({one.entry_key for one in desk.filed}) == 12


async def test_all_go_at_the_close(sqlite_house: House) -> None:
    """When it has closed all are filed, however few, and never in the order of their coming twice."""
    check_in = await with_open_check_in(sqlite_house)
    await answered(sqlite_house, 1, 2)
    await sqlite_house.store.close_check_in(check_in.id, [])
    desk = Desk()
    await file_replies(sqlite_house, desk)
    await file_replies(sqlite_house, desk)

    assert len(desk.filed) == 2


@pytest.mark.parametrize(
    ("outcomes", "kind"),
    [
        ((RETRY, PARKED), TryAgain),
        ((PARKED, RETRY), TryAgain),
        ((WAKE, PARKED), WakeSomebody),
        ((WAKE, RETRY), TryAgain),
        ((PARKED, PARKED), Final),
        ((PARKED,), Final),
    ],
)
async def test_an_entry_lives_while_a_row_does(
    sqlite_house: House, outcomes: tuple[Outcome, ...], kind: type[Exception]
) -> None:
    """Of what becomes of an entry's rows, what may still be filed decides."""
    check_in = await with_open_check_in(sqlite_house)
    await answered(sqlite_house, 1, 2, 3)
    await sqlite_house.store.close_check_in(check_in.id, [])

    assert type(await file_replies(sqlite_house, Desk(*outcomes))) is kind


async def test_what_is_gone_is_done(sqlite_house: House) -> None:
    """An entry for something that is not there, or is filed as it is, is done."""
    assert await file_replies(sqlite_house, Desk(), "no-such") is None


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "active"),
        ({"quiet": Quiet.REMOVED}, "quiet"),
        ({"rhythm": a_ward().rhythm.model_copy(update={"paused_until": date(2026, 12, 1)})}, "paused"),
    ],
)
def test_a_wards_state(changes: Mapping[str, object], state: str) -> None:
    """A ward's row says whether it is active, paused or quiet."""
    ward: Ward = a_ward(**changes)

    assert ward_row(ward).state == state


@pytest.mark.parametrize(
    ("missed", "words"), [(None, ""), (Missed.DOWN, "was not running"), (Missed.REFUSED, "Teams refused")]
)
def test_why_a_check_in_was_missed(missed: Missed | None, words: str) -> None:
    """A missed check-in's row says why."""
    assert words in check_in_row(a_check_in(state=State.MISSED, missed=missed), a_ward()).missed_reason


def test_figures() -> None:
    """A check-in's row has the five counts where there are enough answers, and else only how many answered."""
    few = check_in_row(a_check_in(state=State.CLOSED, figures=Figures(3, None)), a_ward()).fields()
    counts = {feeling: number for number, feeling in enumerate(Feeling)}
    enough = check_in_row(a_check_in(state=State.CLOSED, figures=Figures(10, counts)), a_ward()).fields()

    assert (few["Answers"], few.get("Good")) == (3, None)
    assert [enough[word.value.title()] for word in Feeling] == [0, 1, 2, 3, 4]


def test_who_gave_a_reply() -> None:
    """A reply's row has a person only where they put their name to it, and no time of day at all."""
    check_in = a_check_in(opened_at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    nameless = reply_row("k", Reply(Feeling.GOOD), check_in)
    named = reply_row("k", Reply(Feeling.GOOD, named=Person(id="p", name="Amina")), check_in)

    assert (nameless.given_by, nameless.person_id) == (None, None)
    assert (named.given_by, named.person_id) == ("Amina", "p")
    assert not any(
        isinstance(value, datetime) or str(NOON.year) + "-11" in str(value) for value in nameless.fields().values()
    )
