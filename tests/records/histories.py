"""What can happen to a record, as data: what people answer and lead, what they do in SharePoint, what the bot does, and what goes wrong."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from bot.domain.checkins import Change, Feeling, Lines

#: What cannot be used, and is put back.
REFUSED = object()

#: What people type into each column that is theirs, and what it then holds. Few, so that people and bot meet.
TYPED: dict[str, dict[str, dict[Any, Any]]] = {
    "Wards": {
        "Title": {"Rowan": "Rowan", "Elm": "Elm", None: REFUSED},
        "ProjectTitle": {"Tea": "Tea", "Cake": "Cake", "x" * 200: REFUSED, None: REFUSED},
        "Aim": {None: None, "Calm": "Calm", "More\ntea": "More\ntea"},
        "Weekday": {"Wednesday": "Wednesday", "monday": "Monday", "Someday": REFUSED},
        "TimeOfDay": {"14:00": "14:00", "9:30": "09:30", "03:00": REFUSED},
        "TimeZone": {"Europe/London": "Europe/London", "Europe/Dublin": "Europe/Dublin", "Mars/Base": REFUSED},
        "EveryWeeks": {1: 1, 2: 2, 3: REFUSED, 1.5: REFUSED},
        "PausedUntil": {None: None, "2027-11-15": "2027-11-15", "2020-01-01": REFUSED},
        "IncidentLink": {None: None, "https://trust.example/a": "https://trust.example/a", "javascript:x": REFUSED},
    },
    "Replies": {
        "Feeling": {"Good": "Good", "Stuck": "Stuck", "Meh": REFUSED, None: REFUSED},
        "WentWell": {None: None, "tea": "tea", "cake": "cake", "x" * 500: REFUSED},
        "TryNext": {None: None, "tea": "tea"},
        "GivenBy": {None: None, "Somebody": REFUSED},
    },
}
#: What people type into columns that are the bot's alone.
MEDDLED: dict[str, dict[str, list[Any]]] = {
    "Wards": {"State": ["quiet"], "Leads": ["Somebody", None], "ServiceUrl": ["https://evil.example/"]},
    "CheckIns": {"Answers": [99], "State": ["open", None], "Title": ["Mine"], "ClosesAt": ["2026-01-01T00:00:00Z"]},
    "Replies": {"Title": ["Mine", None], "PersonId": ["somebody"], "WardKey": ["ward-2"], "EntryKey": ["mine", None]},
    "AuditLog": {"Detail": ["Mine"], "At": ["2026-01-01T00:00:00Z"]},
}
#: What a lead gives each of a ward's columns.
LED: dict[str, list[Any]] = {
    column: [kept for kept in dict.fromkeys(typed.values()) if kept is not REFUSED]
    for column, typed in TYPED["Wards"].items()
}

FAULTS = (
    *("429", "429-fractional", "429-date", "429-ratelimit", "500", "500-after-commit", "502", "502-after-commit"),
    *("503-before", "503-after-commit", "504-before", "504-after-commit", "507", "html", "html-after-commit"),
    *("401", "403", "409", "412", "423", "ratelimit-warning", "drop", "drop-before", "slow"),
)
IN_A_BATCH = tuple(
    f"item-{kind}"
    for kind in (*FAULTS, "missing")
    if kind not in {"drop", "drop-before", "slow"} and "html" not in kind
)
TWISTS = ("delta-error-row", "delta-repeat", "delta-row-missing")
RESYNCS = ("resyncChangesApplyDifferences", "resyncChangesUploadDifferences")


@dataclass(frozen=True)
class Answer:
    """These people tap; numbers stand for whatever there is, counted round."""

    check_in: int
    people: tuple[int, ...]
    change: Change


@dataclass(frozen=True)
class Lead:
    """A lead changes a ward in Teams."""

    ward: int
    column: str
    value: Any


@dataclass(frozen=True)
class Open:
    ward: int


@dataclass(frozen=True)
class Close:
    check_in: int


@dataclass(frozen=True)
class Posted:
    """Teams took a card, or a summary."""

    check_in: int
    summary: bool


@dataclass(frozen=True)
class Forget:
    """Somebody asks to be forgotten: what they answered is taken away for good."""

    person: int


@dataclass(frozen=True)
class Retire:
    """What is past its date is taken away for good."""


@dataclass(frozen=True)
class Edit:
    """Somebody changes a row in the browser."""

    list_name: str
    row: int
    column: str
    value: Any


@dataclass(frozen=True)
class Delete:
    list_name: str
    row: int


@dataclass(frozen=True)
class Restore:
    """Somebody takes a row out of the recycle bin."""

    list_name: str
    row: int


@dataclass(frozen=True)
class Add:
    """Somebody adds a row by hand: `known`, one that could be a reply of ours."""

    list_name: str
    keyed: bool
    known: bool


@dataclass(frozen=True)
class Pass:
    seconds: int


@dataclass(frozen=True)
class Fault:
    kind: str
    times: int
    where: str = ""


@dataclass(frozen=True)
class Storm:
    seed: int
    share: float


@dataclass(frozen=True)
class Weather:
    """How far reads lag behind, whether the service is down, and whether it refuses the site, from now on."""

    lag: float = 0.0
    down: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Expire:
    """Delta tokens are useless from now on: 410."""

    list_name: str | None
    inner: str


@dataclass(frozen=True)
class Restart:
    pass


@dataclass(frozen=True)
class Run:
    """After `wait` seconds the bot files, reads, or does both at once. `meanwhile`: what happens at which request, before or after it is carried out.

    `dies_at`: the request that is carried out while the bot is killed, so that it never hears of it.
    """

    what: str
    meanwhile: tuple[tuple[int, bool, "Step"], ...] = ()
    dies_at: int | None = None
    wait: int = 0


Ours = Answer | Lead | Open | Close | Posted | Forget | Retire
Theirs = Edit | Delete | Restore | Add
Step = Ours | Theirs | Pass | Fault | Storm | Weather | Expire | Restart | Run

_LISTS = ("Wards", "CheckIns", "Replies", "AuditLog")
_SOON = (0, 11, 65, 1000)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Up to thirty steps. Each history has only some lists, columns, rows, kinds of steps and faults in it, so that they meet."""
    names = draw(st.lists(st.sampled_from(_LISTS), min_size=1, max_size=2, unique=True))
    rows = range(draw(st.sampled_from([1, 2, 8])))
    ours = [one for kind in _some(draw, _ours(draw, rows), 2) for one in kind]
    theirs = [one for kind in _some(draw, _theirs(draw, rows, names), 1) for one in kind]
    trouble = _some(draw, _trouble(draw, names), 1)
    what = st.sampled_from(["run", "run", "run", "ours", "ours", "theirs", "theirs", "trouble", "pass"])
    history: list[Step] = []
    for _ in range(draw(st.integers(4, 30))):
        match draw(what):
            case "run":
                history.append(_run(draw, ours, theirs))
            case "ours":
                history.append(draw(st.sampled_from(ours)))
            case "theirs":
                history.append(draw(st.sampled_from(theirs)))
            case "trouble":
                history.append(draw(st.sampled_from(draw(st.sampled_from(trouble)))))
            case _:
                history.append(Pass(90_000))
    return history


def _some(draw: st.DrawFn, of: list[list[Any]], least: int) -> list[list[Any]]:
    return draw(st.lists(st.sampled_from(of), min_size=least, max_size=len(of), unique_by=id))


def _run(draw: st.DrawFn, ours: list[Ours], theirs: list[Theirs]) -> Run:
    """While it does both, nobody could say which of the two saw first what the bot itself changes."""
    what = draw(st.sampled_from(["file", "file", "read", "both"]))
    happen: list[Any] = [*theirs, *([] if what == "both" else ours)]
    meanwhile = tuple(
        (draw(st.integers(1, 6)), draw(st.booleans()), draw(st.sampled_from(happen)))
        for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
    )
    return Run(what, meanwhile, draw(st.sampled_from([None, None, None, 1, 2, 3, 4])), draw(st.sampled_from(_SOON)))


def _ours(draw: st.DrawFn, rows: range) -> list[list[Any]]:
    columns = draw(st.lists(st.sampled_from(list(LED)), min_size=1, max_size=2, unique=True))
    lines = [None, None, Lines("tea", "", "", named=False), Lines("", "", "tea", named=True)]
    changes = [Change(feeling, more) for feeling in (Feeling.GOOD, Feeling.STUCK) for more in lines]
    people = [tuple(range(12)), tuple(range(6)), (0,), (1,)]
    return [
        [Lead(ward, column, value) for ward in rows[:2] for column in columns for value in LED[column]],
        [Answer(check_in, those, change) for check_in in rows for those in people for change in changes],
        [Close(check_in) for check_in in rows],
        [Open(ward) for ward in rows[:2]],
        [Posted(check_in, summary) for check_in in rows for summary in (False, True)],
        [Forget(person) for person in range(2)],
        [Retire()],
    ]


def _theirs(draw: st.DrawFn, rows: range, names: list[str]) -> list[list[Any]]:
    chosen = {
        name: draw(st.lists(st.sampled_from(list(TYPED.get(name, MEDDLED[name]))), min_size=1, max_size=2, unique=True))
        for name in names
    }
    edits = [
        Edit(name, row, column, value)
        for name, columns in chosen.items()
        for column in columns
        for value in TYPED.get(name, MEDDLED[name])[column]
        for row in rows
    ]
    return [
        edits,
        [*edits],
        [
            Edit(name, row, column, value)
            for name in names
            for column, typed in MEDDLED[name].items()
            for value in typed
            for row in rows
        ],
        [Delete(name, row) for name in names for row in rows],
        [Restore(name, row) for name in names for row in rows],
        [Add(name, keyed, known) for name in names for keyed in (False, True) for known in (False, True)],
    ]


def _trouble(draw: st.DrawFn, names: list[str]) -> list[list[Any]]:
    of_all = draw(st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3, unique=True))
    of_one = draw(st.lists(st.sampled_from(IN_A_BATCH), min_size=1, max_size=3, unique=True))
    return [
        [Fault(kind, times, where) for kind in of_all for times in (1, 3) for where in ("$batch", "$batch", "GET", "")],
        [Fault(kind, times, where) for kind in of_one for times in (1, 3) for where in ("", "POST", "PATCH", "GET")],
        [Fault(kind, times) for kind in TWISTS for times in (1, 2)],
        [Storm(seed, share) for seed in range(20) for share in (0.0, 0.2, 0.5)],
        [Weather(), *(Weather(lag, down, refused) for lag in (5.0, 120.0) for down, refused in _SKIES)],
        [Expire(name, inner) for name in (None, *names) for inner in RESYNCS],
        [Restart()],
    ]


_SKIES = ((False, False), (False, False), (True, False), (False, True))
