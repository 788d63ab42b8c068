"""The Wards list and the wards of the store, each as the other has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import ClassVar

from pydantic import JsonValue
from sqlalchemy import Connection, select

from bot.domain.corrections import correct_ward
from bot.domain.outbox import Entry, Kind
from bot.domain.rhythms import WEEKDAYS, Rhythm, closes_at
from bot.domain.wards import Links, Person, Place, Quiet, Ward
from bot.records.columns import Row
from bot.records.database import Write
from bot.records.filed_rows import known
from bot.records.lists import WardRow
from bot.records.outbox import enqueue
from bot.records.schema import check_ins, wards
from bot.records.sides import Ours, Unfiled
from bot.records.store import Store

#: The field of the ward's form that each column stands for.
FIELD_OF = {
    "Title": "name",
    "ProjectTitle": "project",
    "Aim": "aim",
    "Weekday": "weekday",
    "TimeOfDay": "at",
    "TimeZone": "zone",
    "EveryWeeks": "every_weeks",
    "PausedUntil": "until",
    "ReadBy": "reader",
    "IncidentLink": "incident",
    "SpeakUpLink": "speak_up",
    "SustainabilityLink": "sustainability",
    "CoProductionLink": "co_production",
}
_COLUMN_OF = {field: column for column, field in FIELD_OF.items()}


class WardSide:
    """Wards. A ward whose row somebody deletes goes on, and so does its row: only in Teams can a ward be stopped."""

    row: ClassVar[type[Row]] = WardRow
    kind: ClassVar[Kind] = Kind.FILE_WARD

    def __init__(self, store: Store) -> None:
        self._store = store

    def unfiled(self, connection: Connection, entry_key: str) -> Sequence[Unfiled]:
        ours, filed = self.ours(connection, entry_key), known(connection, WardRow.LIST, entry_key)
        return [Unfiled(ours, filed)] if ours and (filed is None or filed.version != ours.version) else []

    def ours(self, connection: Connection, key: str) -> Ours | None:
        row = connection.execute(select(wards.c.details, wards.c.version).where(wards.c.id == key)).first()
        return Ours(row.version, ward_row(Ward.model_validate_json(row.details))) if row else None

    def entry(self, connection: Connection, key: str) -> Entry:
        return Entry(Kind.FILE_WARD, key, key)

    def entries(self, connection: Connection) -> list[Entry]:
        return [Entry(Kind.FILE_WARD, key, key) for key in connection.execute(select(wards.c.id)).scalars()]

    def correct(self, write: Write, key: str, edits: Mapping[str, JsonValue], now: datetime) -> Mapping[str, str]:
        """A rhythm that is changed here takes effect: an open check-in closes when its card then says."""
        before = self._store.ward_for_change(write, key)
        if before is None:
            return {}
        typed = {FIELD_OF[column]: "" if value is None else str(value) for column, value in edits.items()}
        ward, problems = correct_ward(before, typed, now)
        if ward != before:
            self._store.rewrite_ward(write, before, ward)
            self._refresh(write, ward, now)
        return {_COLUMN_OF[problem.field]: problem.sentence for problem in problems}

    def taken_away(self, write: Write, key: str, now: datetime) -> bool:
        return False

    def adopt(self, write: Write, fields: Mapping[str, JsonValue], now: datetime) -> bool:
        """For a rebuild only: a ward that the store does not know is not run beside one that it may not know of either."""
        return False

    def _refresh(self, write: Write, ward: Ward, now: datetime) -> None:
        found = select(check_ins).where(check_ins.c.ward_id == ward.id, check_ins.c.state == "open")
        for row in write.execute(found).all():
            entries = [Entry(Kind.REFRESH_CHECK_IN, row.id, ward.id)]
            closes = closes_at(ward.rhythm, row.opened_at, row.period)
            self._store.change_end(write, row.id, closes, [Entry(Kind.FILE_CHECK_IN, row.id, ward.id)], now)
            enqueue(write, entries, now)


def ward_row(ward: Ward) -> WardRow:
    """A ward as people read it in SharePoint, and what the bot needs to carry on from there."""
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
        lead_accounts="\n".join(f"{lead.id} {lead.name}" for lead in ward.leads),
        team_id=ward.place.team_id,
        group_id=ward.place.group_id,
        channel_id=ward.place.channel_id,
        service_url=ward.place.service_url,
        anchor=rhythm.anchor,
        since=rhythm.since,
        skipped=" ".join(rhythm.skipped),
        quiet=ward.quiet.value if ward.quiet else "",
    )


#: Stands in for what is looked at by itself in `unfit_ward`.
_SURE = {"time_of_day": "14:00", "time_zone": "UTC", "every_weeks": 1, "quiet": ""}


def unfit_ward(row: WardRow, tenant_id: str, now: datetime) -> set[str]:
    """The columns that hold what no ward of ours could: what people may change is held to the same rules as in reading back."""
    sure = ward_of(row.model_copy(update=_SURE), tenant_id)
    fields = row.fields()
    typed = {field: str(fields[column] or "") for column, field in FIELD_OF.items() if field != "until"}
    _, problems = correct_ward(sure, typed, now)
    wrong = {_COLUMN_OF[problem.field] for problem in problems}
    return wrong if row.quiet in {"", *Quiet} else {*wrong, "Quiet"}


def ward_of(row: WardRow, tenant_id: str) -> Ward:
    """The ward that a row holds.

    Raises:
        ValueError: something in it is no weekday, time, zone or reason.
    """
    rhythm = Rhythm(
        weekday=WEEKDAYS.index(row.weekday),
        at=time.fromisoformat(row.time_of_day),
        zone=row.time_zone,
        every_weeks=row.every_weeks,
        anchor=row.anchor,
        since=row.since,
        paused_until=row.paused_until,
        skipped=tuple(row.skipped.split()),
    )
    leads = [line.partition(" ") for line in row.lead_accounts.splitlines() if line.strip()]
    return Ward(
        id=row.entry_key,
        name=row.title,
        project=row.project_title,
        aim=row.aim,
        leads=tuple(Person(id=account, name=name) for account, _, name in leads),
        reader=row.read_by,
        links=Links(
            incident=row.incident_link,
            speak_up=row.speak_up_link,
            sustainability=row.sustainability_link,
            co_production=row.co_production_link,
        ),
        rhythm=rhythm,
        place=Place(
            tenant_id=tenant_id,
            team_id=row.team_id,
            group_id=row.group_id,
            channel_id=row.channel_id,
            service_url=row.service_url,
            team_name=row.team_name,
            channel_name=row.channel_name,
        ),
        quiet=Quiet(row.quiet) if row.quiet else None,
    )
