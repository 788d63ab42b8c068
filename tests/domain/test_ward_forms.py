"""What people type about a ward: every problem at once, each with its sentence, and nothing else ever raised."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ward_forms
from bot.domain.ward_forms import read_details, read_pause
from bot.domain.wards import Details, Links
from tests.domain.times import LONDON
from tests.domain.typed import GOOD, JSON_LIKE, read_or_told, told

NOW = datetime(2026, 11, 18, 15, tzinfo=LONDON)


def test_good_form() -> None:
    """A form that is filled in is read whole, and what is optional may be empty."""
    assert read_details(GOOD) == Details(
        name="Rowan",
        project="Coffee before handover",
        aim="Five minutes with someone from another role each shift, by June",
        lead_ids=("priya", "tomasz"),
        weekday=2,
        at=time(14),
        every_weeks=1,
        reader="Priya, ward manager",
        links=Links(incident="https://datix.example.nhs.uk/report"),
    )
    assert told(aim="", incident="") == []
    assert told(aim=None, incident=None) == []


def test_white_space() -> None:
    """White space around what is typed is not part of it."""
    details = read_details({**GOOD, "name": "  Rowan\u00a0\n", "at": " 09:30 ", "weekday": " 4", "every_weeks": "2 "})

    assert (details.name, details.at, details.weekday, details.every_weeks) == ("Rowan", time(9, 30), 4, 2)


def test_everything_at_once() -> None:
    """An empty form is told everything that is needed at once, in the order of the form."""
    assert read_or_told(read_details, {}) == [
        ("name", ward_forms.NEEDED),
        ("project", ward_forms.NEEDED),
        ("leads", ward_forms.PICK_A_LEAD),
        ("weekday", ward_forms.PICK_A_DAY),
        ("at", ward_forms.PICK_A_TIME),
        ("every_weeks", ward_forms.PICK_A_PACE),
        ("reader", ward_forms.NEEDED),
    ]


@pytest.mark.parametrize(
    ("field", "limit"), [("name", 80), ("project", 120), ("aim", 400), ("reader", 120), ("incident", 255)]
)
def test_limits(field: str, limit: int) -> None:
    """Text up to its limit is taken; one character more is told with both numbers."""
    start = "https://a.uk/" if field == "incident" else ""
    text = start + "x" * (limit - len(start))

    assert told(**{field: text}) == []
    assert told(**{field: text + "x"}) == [
        (field, f"Please use {limit} characters or fewer. You have used {limit + 1}.")
    ]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("08:00", time(8)),
        ("17:59", time(17, 59)),
        ("14:00:30", time(14)),
        ("17:59:59", time(17, 59)),
        ("09", time(9)),
        ("0930", time(9, 30)),
    ],
)
def test_times(typed: str, at: time) -> None:
    """A time by day is taken to the minute."""
    assert read_details({**GOOD, "at": typed}).at == at


@pytest.mark.parametrize(
    "typed",
    ["07:59", "07:59:59", "18:00", "00:00", "24:00", "25:00", "14:60", "14:00+01:00", "14:00Z", "2pm", "", "-1:00", 14],
)
def test_wrong_times(typed: object) -> None:
    """A time at night, with a zone, or that is none is told what a time looks like."""
    assert told(at=typed) == [("at", ward_forms.PICK_A_TIME)]


@pytest.mark.parametrize("typed", ["7", "-1", "Wednesday", "", "02", "²", "2.0", 2, None, ["2"]])
def test_wrong_weekdays(typed: object) -> None:
    """A day that is not on the list is refused."""
    assert told(weekday=typed) == [("weekday", ward_forms.PICK_A_DAY)]


@pytest.mark.parametrize("typed", ["0", "3", "", "52", "1,2", 1, True])
def test_wrong_paces(typed: object) -> None:
    """A pace that is not on the list is refused."""
    assert told(every_weeks=typed) == [("every_weeks", ward_forms.PICK_A_PACE)]


def test_leads() -> None:
    """Leads are read in the order given, once each, blanks left out."""
    details = read_details({**GOOD, "leads": " priya, tomasz ,, priya,grace, "})

    assert details.lead_ids == ("priya", "tomasz", "grace")


def test_number_of_leads() -> None:
    """One to ten leads are taken; the same lead ten times over is one."""
    ten = [f"lead{number}" for number in range(10)]

    assert told(leads=",".join(ten)) == []
    assert told(leads=",".join([*ten, *ten])) == []
    assert told(leads=",".join([*ten, "one more"])) == [("leads", ward_forms.TOO_MANY_LEADS)]
    assert told(leads=" , ,") == [("leads", ward_forms.PICK_A_LEAD)]
    assert told(leads=["priya"]) == [("leads", ward_forms.PICK_A_LEAD)]


@given(st.dictionaries(st.sampled_from([*GOOD, "more"]), JSON_LIKE | st.sampled_from([*GOOD.values()])))
def test_any_form(form: dict[str, object]) -> None:
    """Whatever a form holds, it is read or told what to put right, one thing for each field."""
    answer = read_or_told(read_details, form)

    if isinstance(answer, list):
        assert len({field for field, _ in answer}) == len(answer) > 0
    else:
        assert {"name", "project", "leads", "weekday", "at", "every_weeks", "reader"} <= form.keys()


@given(st.fixed_dictionaries({field: JSON_LIKE | st.just(good) for field, good in GOOD.items()}))
def test_any_full_form(form: dict[str, object]) -> None:
    """A form that is taken is within its limits, whatever it holds."""
    answer = read_or_told(read_details, form)

    if not isinstance(answer, list):
        assert 1 <= len(answer.name) <= ward_forms.NAME_LIMIT
        assert 1 <= len(answer.lead_ids) <= ward_forms.LEADS_LIMIT


@given(JSON_LIKE | st.dates().map(str))
def test_any_pause(until: object) -> None:
    """Whatever is given as the end of a pause, what is taken is after today and within a year or so."""
    answer = read_or_told(lambda form: read_pause(form, NOW), {"until": until})

    if isinstance(answer, list):
        assert [field for field, _ in answer] == ["until"]
    else:
        assert date(2026, 11, 19) <= answer <= date(2027, 11, 19)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-19", date(2026, 11, 19)),
        (" 2026-12-01 ", date(2026, 12, 1)),
        ("2027-11-19", date(2027, 11, 19)),
        ("2026-12-01T09:00", date(2026, 12, 1)),
        ("12 December", date(2026, 12, 12)),
        ("12 december 2026", date(2026, 12, 12)),
        ("1st Dec", date(2026, 12, 1)),
        ("01/12/2026", date(2026, 12, 1)),
        ("5/12", date(2026, 12, 5)),
        ("3 March", date(2027, 3, 3)),
        ("18 November", date(2027, 11, 18)),
    ],
)
def test_pauses(typed: str, day: date) -> None:
    """A pause ends on a day after today, up to a year from now, however people here write it; without a year it is the next such day."""
    assert read_pause({"until": typed}, NOW) == day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", ward_forms.NEEDED),
        (None, ward_forms.NEEDED),
        ("next week", ward_forms.BAD_DATE),
        ("12", ward_forms.BAD_DATE),
        ("December", ward_forms.BAD_DATE),
        ("Friday", ward_forms.BAD_DATE),
        ("29 February", ward_forms.BAD_DATE),
        ("9" * 5000, ward_forms.BAD_DATE),
        ("2026-02-30", ward_forms.BAD_DATE),
        ("2026-11-18", ward_forms.DATE_PAST),
        ("2025-12-01", ward_forms.DATE_PAST),
        ("0001-01-01", ward_forms.DATE_PAST),
        ("2027-11-20", ward_forms.DATE_FAR),
        ("9999-12-31", ward_forms.DATE_FAR),
    ],
)
def test_wrong_pauses(typed: object, sentence: str) -> None:
    """A pause without a date, or with one that is past or far, is told which."""
    assert read_or_told(lambda form: read_pause(form, NOW), {"until": typed}) == [("until", sentence)]
