"""What can go wrong, sorted by what to do next.

    WardRhythmsError
    ├── TryAgain       the same act may succeed later
    ├── NotYet         it is too early for the act: at its time, which is no failure
    ├── Final          the same act will never succeed: record it, do not repeat it
    ├── TellPerson     the person who asked can put it right
    └── WakeSomebody   an operator has to act

An edge translates what its library raises (`raise Final("not_found") from error`); nobody else looks inside a library's exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class WardRhythmsError(Exception):
    """Anything this program raises on purpose."""


class TryAgain(WardRhythmsError):
    """The same act may succeed later: `after` seconds from now where the other side said so, else by the caller's own back-off."""

    def __init__(self, code: str, after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


class NotYet(WardRhythmsError):
    """It is too early for the act (nobody is to be disturbed at night): again at `due`, an aware moment. No failure."""

    def __init__(self, due: datetime) -> None:
        super().__init__("not_yet")
        self.due = due


class Final(WardRhythmsError):
    """The same act will never succeed. `code` is a short word for records and logs (`not_in_roster`, `too_large`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the field it stands in (empty for the whole form) and a plain sentence."""

    field: str
    sentence: str


class TellPerson(WardRhythmsError):
    """The person who asked can put it right; what they typed is kept on their card beside these sentences."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.field for problem in problems))
        self.problems = tuple(problems)


class WakeSomebody(WardRhythmsError):
    """An operator has to act (a grant is missing, a credential is refused). Shown by `/readyz` under `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
