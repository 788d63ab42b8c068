"""The form that sets up a ward or changes it. Its fields are those that `bot.domain.ward_forms.read_details` reads."""

from collections.abc import Mapping, Sequence

from microsoft_teams.cards import (
    Choice,
    ChoiceSetInput,
    Container,
    QueryData,
    TargetElement,
    TimeInput,
    ToggleVisibilityAction,
)

from bot.domain.rhythms import WEEKDAYS
from bot.domain.ward_forms import (
    AIM_LIMIT,
    LINK_FIELDS,
    LINK_LIMIT,
    NAME_LIMIT,
    PICK_A_DAY,
    PICK_A_LEAD,
    PICK_A_PACE,
    PICK_A_TIME,
    PROJECT_LIMIT,
    READER_LIMIT,
    tidy,
)
from bot.domain.wards import Person
from bot.errors import Problem
from cards.footer import footer_before_set_up
from cards.parts import (
    Card,
    Part,
    button,
    buttons,
    finished,
    pick_one,
    quietly,
    says,
    section,
    summary_of,
    text_box,
    title,
    with_problems,
)
from cards.verbs import Verb
from cards.words import plain

SET_UP = "Set up this ward"
CHANGE = "Change this ward"
WHAT_HAPPENS = "Each check-in is open for 7 days. A bank holiday in England moves it to the next working day. By myself I post nothing at night."
WARD_NAME = "Ward name"
PROJECT = "What is your project called?"
AIM = "What is its aim? (optional)"
LEADS = "Who leads it? Leads can start, pause and skip check-ins."
RHYTHM = "When to ask"
WEEKDAY = "Day of the week"
AT = "Time, from 08:00 to 17:59"
PACE = "How often"
READER = "Who reads what people write, and when? For example: Priya reads these on working days."
LINKS = "Links (optional)"
LINKS_SAY = "Your trust’s own pages. Each address starts with https://"
LINK_LABELS = {
    "incident": "Where to report an incident",
    "speak_up": "Where to speak up",
    "sustainability": "Sustainability pack",
    "co_production": "Help with co-production",
}
SAVE = "Save"

NEED_NAME = "Please give the ward’s name."
NEED_PROJECT = "Please give the project’s name."
NEED_READER = "Please say who reads this, and when."

PACES = {"1": "Every week", "2": "Every 2 weeks", "4": "Every 4 weeks"}
DAYS = {str(number): name for number, name in enumerate(WEEKDAYS)}

EARLIEST = "08:00"
LATEST = "17:59"
DEFAULTS = {"weekday": "2", "at": "14:00", "every_weeks": "1"}
FIELDS = ("name", "project", "aim", "leads", "weekday", "at", "every_weeks", "reader", *LINK_FIELDS)

#: Everybody in the trust's directory; works on web and desktop, phones show the people listed as choices (Microsoft, people-picker.md).
PEOPLE = "graph.microsoft.com/users"


def set_up_form(
    values: Mapping[str, object],
    people: Sequence[Person],
    problems: Sequence[Problem] = (),
    ward_id: str | None = None,
) -> Card:
    """The form, holding `values` by field name; what they lack stands at its default.

    `people` are the leads chosen so far, so that their names show; they are picked where `values` has no "leads". `ward_id` is the ward to change,
    None for a new one.
    """
    given = {field: tidy(values[field]) for field in FIELDS if field in values}
    held = {**DEFAULTS, "leads": ",".join(person.id for person in people), **given}
    heading = CHANGE if ward_id else SET_UP
    boxes: list[tuple[str, Part]] = [
        ("name", text_box("name", WARD_NAME, held.get("name", ""), NAME_LIMIT, needed=NEED_NAME)),
        ("project", text_box("project", PROJECT, held.get("project", ""), PROJECT_LIMIT, needed=NEED_PROJECT)),
        ("aim", text_box("aim", AIM, held.get("aim", ""), AIM_LIMIT, lines=True)),
        ("leads", _leads(held["leads"], people)),
        ("reader", text_box("reader", READER, held.get("reader", ""), READER_LIMIT, needed=NEED_READER)),
    ]
    rhythm: list[tuple[str, Part]] = [
        ("weekday", pick_one("weekday", WEEKDAY, DAYS, held["weekday"], needed=PICK_A_DAY, compact=True)),
        ("at", _time(held["at"])),
        ("every_weeks", pick_one("every_weeks", PACE, PACES, held["every_weeks"], needed=PICK_A_PACE, compact=True)),
    ]
    return finished(
        [
            *summary_of(problems, FIELDS, held),
            title(heading),
            *(part for field, box in boxes for part in with_problems(box, field, problems)),
            section(RHYTHM),
            *(part for field, box in rhythm for part in with_problems(box, field, problems)),
            says(WHAT_HAPPENS),
            *_links(held, problems),
            buttons(button(SAVE, Verb.SAVE_WARD, {"ward": ward_id} if ward_id else None)),
            *footer_before_set_up(),
        ],
        fallback=heading,
        wide=True,
    )


def _leads(picked: str, people: Sequence[Person]) -> ChoiceSetInput:
    return ChoiceSetInput(
        id="leads",
        label=LEADS,
        is_multi_select=True,
        choices=[Choice(title=plain(person.name), value=person.id) for person in people],
        choices_data=QueryData(dataset=PEOPLE),
        value=picked or None,
        is_required=True,
        error_message=PICK_A_LEAD,
        wrap=True,
    )


def _time(value: str) -> TimeInput:
    return TimeInput(
        id="at",
        label=AT,
        value=value or None,
        min=EARLIEST,
        max=LATEST,
        is_required=True,
        error_message=PICK_A_TIME,
    )


def _links(held: Mapping[str, str], problems: Sequence[Problem]) -> list[Part]:
    """The links, folded away while there is nothing in them: a folded box is not sure to be sent back by every client."""
    inside: list[Part] = [quietly(LINKS_SAY)]
    for field in LINK_FIELDS:
        box = text_box(field, LINK_LABELS[field], held.get(field, ""), LINK_LIMIT, style="Url")
        inside += with_problems(box, field, problems)
    shown = any(held.get(field) for field in LINK_FIELDS) or any(problem.field in LINK_FIELDS for problem in problems)
    fold = ToggleVisibilityAction(title=LINKS, target_elements=[TargetElement(element_id="links")])
    return [buttons(fold), Container(id="links", is_visible=shown, items=inside)]
