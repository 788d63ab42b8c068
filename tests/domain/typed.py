"""Forms as people type them, and as nobody should."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from hypothesis import strategies as st

from bot.domain.ward_forms import read_details
from bot.errors import TellPerson

T = TypeVar("T")

GOOD = {
    "name": "Rowan",
    "project": "Coffee before handover",
    "aim": "Five minutes with someone from another role each shift, by June",
    "leads": "priya,tomasz",
    "weekday": "2",
    "at": "14:00",
    "every_weeks": "1",
    "reader": "Priya, ward manager",
    "incident": "https://datix.example.nhs.uk/report",
    "speak_up": "",
    "sustainability": "",
    "co_production": "",
}

#: What JSON can carry, where a form should carry text.
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def read_or_told(read: Callable[[Mapping[str, object]], T], form: Mapping[str, object]) -> T | list[tuple[str, str]]:
    """What a form is read as, or the field and sentence of everything to put right. Anything else raised goes up."""
    try:
        return read(form)
    except TellPerson as error:
        return [(problem.field, problem.sentence) for problem in error.problems]


def told(**typed: object) -> list[tuple[str, str]]:
    """What is told when a good form is typed with these fields otherwise; nothing where it is taken."""
    answer = read_or_told(read_details, {**GOOD, **typed})
    return answer if isinstance(answer, list) else []
