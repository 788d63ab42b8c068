"""A ward, a check-in and every card that can come of them: what the tests of this room look at."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from bot.domain.checkins import CheckIn, Feeling, Figures, Line, Missed, Reply, State, Summary
from bot.domain.commands import Where
from bot.domain.people import Given, KnownOf
from bot.domain.rhythms import Occurrence, Rhythm
from bot.domain.ward_forms import form_of
from bot.domain.wards import Links, Person, Place, Quiet, Ward
from bot.errors import Problem
from cards import checkins, corrections, people, rhythms, talking, wards
from cards.parts import Card
from cards.verbs import Verb

#: Wednesday 25 November 2026, 14:00, when clocks in England show Greenwich time.
OPENED = datetime(2026, 11, 25, 14, tzinfo=UTC)
CLOSES = OPENED + timedelta(days=7)

PRIYA = Person(id="5d1f0b3e-0000-4000-8000-000000000001", name="Priya Shah")
TOMASZ = Person(id="5d1f0b3e-0000-4000-8000-000000000002", name="Tomasz Nowak")
JOE = Person(id="5d1f0b3e-0000-4000-8000-000000000003", name="Joe Bright")

WARD = Ward(
    id="rowan",
    name="Rowan",
    project="Coffee before handover",
    aim="Everyone has 5 minutes with someone from another role each shift by June.",
    leads=(PRIYA, TOMASZ),
    reader="Priya reads these on working days.",
    links=Links(
        incident="https://datix.example.nhs.uk/report",
        speak_up="https://trust.example.nhs.uk/speak-up",
        sustainability="https://trust.example.nhs.uk/pack",
    ),
    rhythm=Rhythm(anchor=date(2026, 11, 25), since=OPENED - timedelta(days=1)),
    place=Place(tenant_id="tenant", team_id="team", channel_id="channel", service_url="https://service.example/"),
)
BARE = WARD.model_copy(update={"aim": "", "leads": (), "links": Links()})

OPEN = CheckIn("rowan/2026-W48", "rowan", "2026-W48", State.OPEN, OPENED, CLOSES)
CLOSED = CheckIn("rowan/2026-W48", "rowan", "2026-W48", State.CLOSED, OPENED, CLOSES, figures=Figures(9, None))
DOWN = CheckIn(
    "rowan/2026-W47",
    "rowan",
    "2026-W47",
    State.MISSED,
    OPENED - timedelta(days=7),
    OPENED,
    missed=Missed.DOWN,
    down_from=OPENED - timedelta(days=7, minutes=1),
    down_until=OPENED - timedelta(days=5, hours=5),
)
REFUSED = CheckIn(
    "rowan/2026-W46",
    "rowan",
    "2026-W46",
    State.MISSED,
    OPENED - timedelta(days=14),
    OPENED - timedelta(days=7),
    missed=Missed.REFUSED,
)
UNEXPLAINED = CheckIn(
    "rowan/2026-W45",
    "rowan",
    "2026-W45",
    State.MISSED,
    OPENED - timedelta(days=21),
    OPENED - timedelta(days=14),
    missed=Missed.DOWN,
)

SHORT = Reply(Feeling.STEADY)
KETTLE = "kettle in the staff room broken since June, estates say no budget"
WHOLE = Reply(Feeling.GOOD, "New starter said it made her stay", KETTLE, "Move it to 20:15", JOE)
TURN = Occurrence("2026-W49", CLOSES)

FIGURES = {Feeling.STUCK: 0, Feeling.SLOW: 1, Feeling.STEADY: 3, Feeling.GOOD: 4, Feeling.FLYING: 1}
NINE = Summary(
    Figures(9, FIGURES),
    (Line("Domestic staff joined for the first time", None), Line("New starter said it made her stay", "Joe Bright")),
    (Line(KETTLE, None),),
    (),
)
FEW = Summary(Figures(4, None), (), (), (Line("Move it to 20:15 so nights get some", None),))
NOBODY = Summary(Figures(0, None), (), (), ())

TOO_LONG = Problem("in_the_way", "Please use 400 characters or fewer. You have used 412.")
WHOLE_FORM = Problem("", "Only Rowan’s leads can change this ward.")
FORM = {
    "name": "Rowan",
    "project": "",
    "at": "23:00",
    "leads": JOE.id,
    "incident": "http://datix.example.nhs.uk",
}
FORM_PROBLEMS = (
    WHOLE_FORM,
    Problem("project", "Please fill this in."),
    Problem("at", "Please give a time from 08:00 to 17:59, like 14:00. By myself I post nothing at night."),
    Problem("incident", "Please give a full web address that starts with https://"),
)


def _paused(ward: Ward, until: date | None = date(2026, 12, 14), skip: tuple[str, ...] = ()) -> Ward:
    return ward.model_copy(update={"rhythm": ward.rhythm.model_copy(update={"paused_until": until, "skipped": skip})})


def _weekly(ward: Ward, weeks: int) -> Ward:
    return ward.model_copy(update={"rhythm": ward.rhythm.model_copy(update={"every_weeks": weeks})})


PAUSED = _paused(WARD)
SKIPPED = _paused(WARD, None, ("2026-W40", "2026-W49"))
GONE = WARD.model_copy(update={"quiet": Quiet.REMOVED})


def check_in_cards() -> Mapping[str, Card]:
    """Every card of a check-in, by the name of its golden file."""
    return {
        "check-in-shared": checkins.shared(WARD, OPEN, 4),
        "check-in-shared-fortnightly": checkins.shared(_weekly(BARE, 2), OPEN, 0),
        "check-in-saved": checkins.saved(WARD, OPEN, SHORT),
        "check-in-saved-named": checkins.saved(WARD, OPEN, WHOLE, note="Your answer has changed."),
        "check-in-saved-problem": checkins.saved(
            WARD, OPEN, SHORT, [TOO_LONG], {"in_the_way": "k" * 412, "named": "true"}
        ),
        "check-in-mine": checkins.mine(WARD, OPEN, WHOLE),
        "check-in-mine-none": checkins.mine(WARD, OPEN, None),
        "check-in-mine-problem": checkins.mine(
            WARD, OPEN, None, [Problem("feeling", "Please pick 1 of the 5 words.")], {"went_well": "Coffee"}
        ),
        "check-in-thanks": checkins.thanks(WARD, OPEN, WHOLE),
        "check-in-closed": checkins.closed_post(WARD, CLOSED),
        "check-in-late": checkins.late(WARD, CLOSED, CLOSES + timedelta(days=7), {"went_well": "We laughed"}),
        "check-in-late-last": checkins.late(WARD, CLOSED, None),
        "check-in-reminder": checkins.reminder(WARD, OPEN),
        "summary": checkins.summary(WARD, CLOSED, NINE),
        "summary-few": checkins.summary(WARD, CLOSED, FEW),
        "summary-nobody": checkins.summary(WARD, CLOSED, NOBODY),
    }


def ward_cards() -> Mapping[str, Card]:
    """Every card about a ward and its rhythm, by the name of its golden file."""
    missed = (DOWN, REFUSED, UNEXPLAINED)
    return {
        "ward-welcome": wards.welcome(),
        "ward-set-up": wards.set_up_form({}, []),
        "ward-change": wards.set_up_form(form_of(WARD), WARD.leads, (), WARD.id),
        "ward-set-up-problems": wards.set_up_form(FORM, [JOE], FORM_PROBLEMS),
        "ward-set-up-done": wards.set_up_done(WARD, CLOSES),
        "ward-announce": wards.announce(WARD, CLOSES),
        "ward-announce-bare": wards.announce(BARE, None),
        "ward-leads": wards.leads(WARD),
        "status": rhythms.status(WARD, OPEN, 4, CLOSES, (), OPENED),
        "status-missed": rhythms.status(WARD, None, 0, CLOSES, missed, OPENED - timedelta(days=5)),
        "status-missed-long-ago": rhythms.status(WARD, None, 0, CLOSES, missed, OPENED + timedelta(days=1)),
        "status-paused": rhythms.status(PAUSED, None, 0, None, (), OPENED),
        "status-skipped": rhythms.status(SKIPPED, None, 0, CLOSES, (), OPENED),
        "status-removed": rhythms.status(GONE, None, 0, None, (), OPENED),
        "pause": rhythms.pause_form(WARD),
        "pause-problem": rhythms.pause_form(
            WARD, [Problem("until", "Please give a date after today.")], {"until": "2026-11-01"}
        ),
        "paused": rhythms.paused(PAUSED, CLOSES + timedelta(days=14)),
        "resumed": rhythms.resumed(WARD, CLOSES),
        "skipped": rhythms.skipped(WARD, TURN, CLOSES + timedelta(days=7)),
        "put-back": rhythms.put_back(WARD, TURN, CLOSES),
        "which-ward": rhythms.which_ward([WARD, BARE.model_copy(update={"id": "elm", "name": "Elm"})], Verb.STATUS),
    }


def talking_cards() -> Mapping[str, Card]:
    """Every card that answers what people say, by the name of its golden file."""
    return {
        "help-channel": talking.help_card(Where.CHANNEL, WARD.links),
        "help-personal": talking.help_card(Where.PERSONAL),
        "unknown": talking.unknown(Where.PERSONAL),
        "sentence": talking.sentence("Priya Shah and Joe Bright now lead Rowan."),
        "refused": talking.refused("Only Rowan’s leads can start a check-in. Ask Priya Shah or Tomasz Nowak."),
    }


def correction_cards() -> Mapping[str, Card]:
    """Every card about what somebody changed in the record, by the name of its golden file."""
    changed = ["Time of day: Please give a time from 08:00 to 17:59, like 14:00.", "State: Only I write this column."]
    return {
        "correction-put-back": corrections.put_back(WARD, "Wards", changed),
        "correction-ward-back": corrections.put_back(WARD, "Wards", []),
        "correction-check-in-back": corrections.put_back(WARD, "CheckIns", []),
        "correction-rebuilt": corrections.rebuilt(WARD),
    }


def people_cards() -> Mapping[str, Card]:
    """Every card about somebody's own data, by the name of its golden file."""
    mine = (
        Given("Rowan", "2026-W48", SHORT, open=True, in_sharepoint=False),
        Given("Rowan", "2026-W47", WHOLE, open=False, in_sharepoint=True),
    )
    return {
        "my-data": people.my_data(KnownOf(("Elm", "Rowan"), mine)),
        "my-data-older": people.my_data(KnownOf(("Rowan",), mine * 60), 20),
        "my-data-nothing": people.my_data(KnownOf()),
        "forget-form": people.forget_form(KnownOf(("Elm", "Rowan"), mine, ("Elm",))),
        "forget-form-one": people.forget_form(KnownOf((), mine[:1])),
        "forgotten": people.forgotten(KnownOf(("Elm",), mine)),
    }


CARDS: Mapping[str, Card] = MappingProxyType(
    {**check_in_cards(), **ward_cards(), **talking_cards(), **correction_cards(), **people_cards()}
)
