"""What people correct in the record: taken over where it makes sense."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import Feeling, Reply
from bot.domain.corrections import BAD_ZONE, NOT_YOUR_NAME, correct_reply, correct_ward
from bot.domain.rhythms import Rhythm
from bot.domain.ward_forms import BAD_LINK, DATE_PAST, NEEDED, PICK_A_DAY, PICK_A_PACE, PICK_A_TIME
from bot.domain.wards import Links, Person, Place, Ward

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WARD = Ward(
    id="ward-1",
    name="Rowan",
    project="Coffee",
    aim="Five minutes",
    reader="Priya",
    rhythm=Rhythm(anchor=date(2026, 11, 18), since=datetime(2026, 11, 1, tzinfo=UTC)),
    place=Place(tenant_id="t", team_id="t", channel_id="c", service_url="https://smba.example/"),
)
REPLY = Reply(Feeling.GOOD, "tea", "", "", Person(id="p", name="Amina"))


def test_nothing_typed_changes_nothing() -> None:
    """A ward without leads has nothing to put right either."""
    assert correct_ward(WARD, {}, NOW) == (WARD, [])


def test_all_that_can_be_corrected_in_a_ward() -> None:
    """Each field of the form, the zone, and the end of a pause."""
    link = "https://trust.example/speak-up"
    typed = {
        "name": "Rowan Ward",
        "project": "Tea",
        "aim": "",
        "weekday": " friday ",
        "at": "09:05",
        "zone": "Europe/Dublin",
        "every_weeks": "4",
        "until": "2026-12-24",
        "reader": "Tomasz",
        "speak_up": link,
    }
    ward, problems = correct_ward(WARD, typed, NOW)

    assert problems == []
    assert (ward.name, ward.project, ward.aim, ward.reader) == ("Rowan Ward", "Tea", "", "Tomasz")
    assert ward.links == Links(speak_up=link)
    rhythm = ward.rhythm
    assert (rhythm.weekday, rhythm.at.isoformat("minutes"), rhythm.zone, rhythm.every_weeks) == (
        4,
        "09:05",
        "Europe/Dublin",
        4,
    )
    assert (rhythm.paused_until, rhythm.since) == (date(2026, 12, 24), NOW)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", NEEDED),
        ("weekday", "Someday", PICK_A_DAY),
        ("at", "03:00", PICK_A_TIME),
        ("at", "", PICK_A_TIME),
        ("every_weeks", "3", PICK_A_PACE),
        ("every_weeks", "2.5", PICK_A_PACE),
        ("incident", "http://trust.example", BAD_LINK),
        ("zone", "Mars/Base", BAD_ZONE),
        ("zone", "", BAD_ZONE),
        ("zone", "../etc", BAD_ZONE),
        ("zone", "Europe", BAD_ZONE),
        ("until", "2026-11-25", DATE_PAST),
    ],
)
def test_what_cannot_be_used_is_left_and_named(field: str, text: str, sentence: str) -> None:
    """The rest of what was typed is taken over all the same."""
    ward, problems = correct_ward(WARD, {field: text, "aim": "More tea"}, NOW)

    assert [(problem.field, problem.sentence) for problem in problems] == [(field, sentence)]
    assert ward == WARD.model_copy(update={"aim": "More tea"})


def test_a_pause_that_is_ended() -> None:
    """From now on: what fell due in the pause stays unasked."""
    paused = WARD.model_copy(update={"rhythm": WARD.rhythm.model_copy(update={"paused_until": date(2026, 12, 24)})})
    ward, problems = correct_ward(paused, {"until": ""}, NOW)

    assert problems == []
    assert (ward.rhythm.paused_until, ward.rhythm.since) == (None, NOW)


def test_a_reply_corrected() -> None:
    """Its word, its lines; and a name can be taken off."""
    typed = {"feeling": "Flying", "went_well": " cake ", "in_the_way": "kettle", "try_next": "", "name": ""}

    assert correct_reply(REPLY, typed) == (Reply(Feeling.FLYING, "cake", "kettle", ""), [])


@pytest.mark.parametrize(
    ("field", "text"), [("feeling", "Brilliant"), ("feeling", ""), ("try_next", "x" * 201), ("name", "Joe")]
)
def test_what_a_reply_cannot_be_made_to_say(field: str, text: str) -> None:
    """A word that there is not, a line too long, a name that is not their own: left as it was, and named."""
    reply, problems = correct_reply(REPLY, {field: text, "went_well": "cake"})

    assert [problem.field for problem in problems] == [field]
    assert reply == Reply(Feeling.GOOD, "cake", "", "", REPLY.named)
    assert (problems[0].sentence == NOT_YOUR_NAME) == (field == "name")
