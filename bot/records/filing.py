"""From the store to SharePoint: which rows an outbox entry stands for, and what becomes of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot.domain.checkins import CheckIn, Feeling, Missed, Reply, State
from bot.domain.outbox import Kind
from bot.domain.privacy import FILING_GROUP
from bot.domain.rhythms import WEEKDAYS
from bot.domain.wards import Ward
from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.filing_rows import FiledTable, FilingNote, FilingState
from bot.records.lists import CheckInRow, ReplyRow, WardRow
from bot.records.outbox import Claimed
from bot.records.sharepoint import Filed, Filing, Parked, Retry, SharePoint, Wake
from bot.records.store import Store

WHY_MISSED = {
    None: "",
    Missed.DOWN: "The service was not running when the check-in was due.",
    Missed.REFUSED: "Teams refused the post.",
}


#: A reply to file: its entry key, itself, its version, and what is known of its row.
Unfiled = tuple[str, Reply, int, FilingState]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row to file: which outbox entry wants it (by its place in the delivery), which row of the store it is, and which version."""

    entry: int
    table: FiledTable
    version: int
    filing: Filing


class FilingDesk:
    """Files what outbox entries ask for, up to 20 rows a request, each row handled alone."""

    kinds = (Kind.FILE_WARD, Kind.FILE_CHECK_IN, Kind.FILE_REPLIES)

    def __init__(self, store: Store, sharepoint: SharePoint, dice: Random) -> None:
        self._store = store
        self._sharepoint = sharepoint
        self._dice = dice

    async def deliver(self, entries: Sequence[Claimed]) -> Sequence[Exception | None]:
        """File the rows of each entry. One answer an entry: the worst that came of its rows."""
        answers: list[Exception | None] = [None] * len(entries)
        waiting: list[_Waiting] = []
        for number, entry in enumerate(entries):
            try:
                waiting += await self._rows(number, entry)
            except ValueError:
                # One row that cannot be read or written as a row of its list must not hold up the others.
                answers[number] = Final("unfit_row")
        outcomes = await self._sharepoint.file([row.filing for row in waiting])
        filed: dict[FiledTable, list[FilingNote]] = {}
        for row, outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, Filed):
                note = FilingNote(row.filing.entry_key, row.version, outcome.item_id, outcome.etag)
                filed.setdefault(row.table, []).append(note)
            else:
                answers[row.entry] = _worse(answers[row.entry], await self._trouble(row, outcome))
        for table, notes in filed.items():
            await self._store.note_filed(table, notes)
        return answers

    async def _rows(self, number: int, entry: Claimed) -> list[_Waiting]:
        match entry.kind:
            case Kind.FILE_WARD:
                found = await self._store.ward_to_file(entry.key)
                if found is None:
                    return []
                ward, version, state = found
                return [_Waiting(number, FiledTable.WARDS, version, _filing(ward_row(ward), state))]
            case Kind.FILE_CHECK_IN:
                return await self._check_in(number, entry.key)
            case _:
                return await self._replies(number, entry.key)

    async def _check_in(self, number: int, key: str) -> list[_Waiting]:
        found = await self._store.check_in_to_file(key)
        ward = await self._store.ward(found[0].ward_id) if found else None
        if found is None or ward is None:
            return []
        check_in, version, state = found
        return [_Waiting(number, FiledTable.CHECK_INS, version, _filing(check_in_row(check_in, ward), state))]

    async def _replies(self, number: int, key: str) -> list[_Waiting]:
        """All that is left, shuffled, once the check-in is closed; before that, only what `_while_open` lets go."""
        check_in = await self._store.check_in(key)
        if check_in is None:
            return []
        dirty = list(await self._store.replies_to_file(key))
        self._dice.shuffle(dirty)
        if check_in.state is State.OPEN:
            dirty = _while_open(dirty)
        return [
            _Waiting(number, FiledTable.REPLIES, version, _filing(reply_row(entry_key, reply, check_in), state))
            for entry_key, reply, version, state in dirty
        ]

    async def _trouble(self, row: _Waiting, outcome: Retry | Parked | Wake) -> Exception:
        match outcome:
            case Retry(code=code, after=after, unsure=unsure):
                if unsure:
                    await self._store.note_unsure(row.table, row.filing.entry_key)
                return TryAgain(code, after)
            case Wake(code=code):
                return WakeSomebody(code)
            case Parked(code=code):
                return Final(code)


def _while_open(dirty: Sequence[Unfiled]) -> list[Unfiled]:
    """What may be filed before the close: five new rows or more at a time, and changes of filed ones along with them.

    Five new ones always stay behind: who answers last would otherwise be alone at the close, and SharePoint's Created time would tell their row.
    A reply with a name waits for the close: lists keep versions, and a name that is taken off again must not stand in one.
    """
    nameless = [row for row in dirty if row[1].named is None]
    spare = [row for row in nameless if row[3].item_id is None][FILING_GROUP:]
    if len(spare) < FILING_GROUP:
        return []
    return [*spare, *(row for row in nameless if row[3].item_id is not None)]


def _worse(one: Exception | None, other: Exception | None) -> Exception | None:
    """Of two rows' troubles, the one that keeps the entry alive: what may still be filed must not be parked with what cannot."""
    order = (TryAgain, WakeSomebody, Final, type(None))
    return min((one, other), key=lambda trouble: order.index(type(trouble)))


def _filing(row: WardRow | CheckInRow | ReplyRow, state: FilingState) -> Filing:
    fields = row.fields()
    return Filing(row.LIST, row.entry_key, fields, state.item_id, state.etag, unsure=state.unsure)


def ward_row(ward: Ward) -> WardRow:
    """A ward as people read it in SharePoint."""
    rhythm = ward.rhythm
    return WardRow(
        entry_key=ward.id,
        title=ward.name,
        project_title=ward.project,
        aim=ward.aim,
        leads="; ".join(lead.name for lead in ward.leads),
        weekday=WEEKDAYS[rhythm.weekday],
        time_of_day=f"{rhythm.at:%H:%M}",
        time_zone=rhythm.zone,
        every_weeks=rhythm.every_weeks,
        state="quiet" if ward.quiet else "paused" if rhythm.paused_until else "active",
        paused_until=rhythm.paused_until,
        team_name=ward.place.team_name,
        channel_name=ward.place.channel_name,
        read_by=ward.reader,
        incident_link=ward.links.incident,
        speak_up_link=ward.links.speak_up,
        sustainability_link=ward.links.sustainability,
        co_production_link=ward.links.co_production,
    )


def check_in_row(check_in: CheckIn, ward: Ward) -> CheckInRow:
    """A check-in as people read it in SharePoint. Counts of the five words only where the domain shows them."""
    figures = check_in.figures
    feelings = figures.feelings if figures else None
    counts = {feeling.value: feelings[feeling] for feeling in Feeling} if feelings else {}
    return CheckInRow(
        entry_key=check_in.id,
        title=f"{ward.name} {check_in.period}",
        ward_key=ward.id,
        ward=ward.name,
        period=check_in.period,
        state=check_in.state.value,
        opens_at=check_in.opened_at,
        closes_at=check_in.closes_at,
        missed_reason=WHY_MISSED[check_in.missed],
        answers=figures.answers if figures else None,
        **counts,
    )


def reply_row(entry_key: str, reply: Reply, check_in: CheckIn) -> ReplyRow:
    """A reply as people read it in SharePoint: a person only where they put their name to it."""
    return ReplyRow(
        entry_key=entry_key,
        title=check_in.period,
        check_in_key=check_in.id,
        ward_key=check_in.ward_id,
        period=check_in.period,
        feeling=reply.feeling.value.title(),
        went_well=reply.went_well,
        in_the_way=reply.in_the_way,
        try_next=reply.try_next,
        given_by=reply.named.name if reply.named else None,
        person_id=reply.named.id if reply.named else None,
    )
