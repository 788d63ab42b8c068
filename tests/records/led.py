"""What a lead changes of a ward in Teams, by the column that shows it."""

from datetime import date, time
from typing import Any

from bot.domain.rhythms import WEEKDAYS, changed
from bot.domain.wards import Ward


def led(ward: Ward, column: str, value: Any, now: Any) -> Ward:
    """The ward with this value in this column."""
    rhythm = ward.rhythm
    rhythms = {"Weekday": "weekday", "TimeOfDay": "at", "TimeZone": "zone", "EveryWeeks": "every_weeks"}
    if column in rhythms:
        read = value
        if column == "Weekday":
            read = WEEKDAYS.index(value)
        elif column == "TimeOfDay":
            read = time.fromisoformat(value)
        form = {name: getattr(rhythm, name) for name in rhythms.values()} | {rhythms[column]: read}
        return ward.model_copy(update={"rhythm": changed(rhythm, **form, now=now)})
    if column == "PausedUntil":
        until = value and date.fromisoformat(value)
        return ward.model_copy(update={"rhythm": rhythm.model_copy(update={"paused_until": until})})
    if column == "IncidentLink":
        return ward.model_copy(update={"links": ward.links.model_copy(update={"incident": value or ""})})
    name = {"Title": "name", "ProjectTitle": "project", "Aim": "aim"}[column]
    return ward.model_copy(update={name: value or ""})
