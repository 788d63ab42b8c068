"""The cards that set up a ward, keep its rhythm and answer what people say."""

from datetime import date

import pytest

from bot.domain.commands import COMMANDS, Where, Word
from bot.domain.ward_forms import read_details
from bot.domain.wards import Quiet
from bot.errors import Problem
from cards import pauses, rhythms, talking, wards
from cards.parts import PUT_RIGHT
from cards.verbs import VERBS, Verb
from tests.cards.samples import BARE, CARDS, CLOSES, FORM, JOE, OPENED, PAUSED, WARD, WHOLE_FORM
from tests.cards.walk import box, of_type, press, texts


def labels(name: str) -> list[str]:
    """The buttons on a card, in order."""
    return [node["title"] for node in of_type(CARDS[name]["body"], "Action.Execute")]


def test_form_starts_at_wednesday_two_o_clock() -> None:
    """A new ward starts with every Wednesday at 14:00 and no leads, and nothing else is filled in."""
    held = {node["id"]: node.get("value") for node in of_type(CARDS["ward-set-up"], "Input.")}

    assert {field: value for field, value in held.items() if value} == {
        "weekday": "2",
        "at": "14:00",
        "every_weeks": "1",
    }


def test_form_is_read_as_it_is_drawn() -> None:
    """What the form holds for a ward is what the domain reads back from it."""
    held = {node["id"]: node.get("value", "") for node in of_type(CARDS["ward-change"], "Input.")}
    details = read_details(held)

    assert details.name == WARD.name
    assert details.lead_ids == tuple(lead.id for lead in WARD.leads)
    assert (details.weekday, details.at, details.every_weeks) == (2, WARD.rhythm.at, 1)
    assert details.links == WARD.links
    assert press(CARDS["ward-change"], "Save")["data"]["ward"] == WARD.id


def test_people_are_picked_from_the_directory() -> None:
    """Leads come from the trust's directory, and those picked so far show by name."""
    leads = box(CARDS["ward-set-up-problems"], "leads")

    assert leads["choices.data"] == {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
    assert leads["choices"] == [{"title": "Joe Bright", "value": JOE.id}]
    assert leads["value"] == JOE.id


def test_form_keeps_what_was_typed() -> None:
    """A form with mistakes holds all that was typed, right or wrong."""
    card = CARDS["ward-set-up-problems"]

    assert texts(card)[:2] == [PUT_RIGHT, WHOLE_FORM.sentence]
    assert (box(card, "at")["value"], box(card, "incident")["value"]) == (FORM["at"], FORM["incident"])


def test_only_what_is_offered_is_picked() -> None:
    """A choice that is not on the list is left open rather than sent back unseen."""
    assert "value" not in box(wards.set_up_form({"weekday": "9"}, []), "weekday")


@pytest.mark.parametrize(
    ("values", "problems", "shown"),
    [
        ({}, [], False),
        ({"speak_up": "https://trust.example.nhs.uk"}, [], True),
        ({}, [Problem("incident", "Please give a full web address.")], True),
        ({}, [Problem("name", "Please fill this in.")], False),
    ],
)
def test_links_are_folded_away_while_empty(values: dict[str, str], problems: list[Problem], *, shown: bool) -> None:
    """The links are open where there is something in them or something wrong with them."""
    (links,) = of_type(wards.set_up_form(values, [], problems), "Container")

    assert links["isVisible"] is shown


def test_announcement() -> None:
    """The channel is told what will happen, when, who reads it, what becomes of names and who leads."""
    said = " ".join(texts(CARDS["ward-announce"]))

    for words in (
        "every Wednesday at 14:00",
        "Wednesday 2 December, 14:00",
        "Priya reads these",
        "name is not kept",
        "Priya Shah and Tomasz Nowak",
    ):
        assert words in said
    assert "Nobody leads this ward yet." in texts(CARDS["ward-announce-bare"])


def test_status_says_why_one_was_missed() -> None:
    """Each missed check-in has its reason; one of an earlier week has its date."""
    said = texts(CARDS["status-missed"])

    assert (
        "Wednesday’s check-in was missed: the service was down from Wednesday 18 November, 13:59 to Friday 20 November, 09:00."
        in said
    )
    assert "Wednesday 11 November’s check-in was missed: Teams did not let me post it." in said
    assert "Wednesday 4 November’s check-in was missed: the service was down." in said


def test_status_offers_what_can_be_done() -> None:
    """A lead sees only the buttons that make sense now."""
    assert labels("status") == ["Pause", "Skip the next one"]
    assert labels("status-missed") == ["Post it now", "Pause", "Skip the next one"]
    assert labels("status-paused") == ["Check in now", "Resume"]
    assert labels("status-skipped") == ["Check in now", "Pause", "Put it back"]
    assert press(CARDS["status-missed"], "Post it now")["data"].keys() == {"verb", "action", "ward"}
    assert labels("status-missed-long-ago") == ["Check in now", "Pause", "Skip the next one"]
    assert press(CARDS["status-skipped"], "Put it back")["data"]["period"] == "2026-W49"


def test_status_for_everybody_else() -> None:
    """Who does not lead the ward sees the same words and no buttons."""
    card = rhythms.status(WARD, None, 0, CLOSES, (), OPENED, lead=False)

    assert of_type(card, "ActionSet") == []
    assert texts(card) == texts(rhythms.status(WARD, None, 0, CLOSES, (), OPENED))


def test_status_says_what_is_paused_and_left_out() -> None:
    """A pause has its end, and only what is still to come is said to be left out."""
    assert "Check-ins are paused until Monday 14 December." in texts(CARDS["status-paused"])
    assert [text for text in texts(CARDS["status-skipped"]) if "Left out" in text] == [
        "Left out: the check-in of Wednesday 2 December."
    ]


@pytest.mark.parametrize("quiet", list(Quiet))
def test_status_says_why_a_ward_is_quiet(quiet: Quiet) -> None:
    """A ward that nothing can be sent to is told so, with nothing to tap."""
    card = rhythms.status(WARD.model_copy(update={"quiet": quiet}), None, 0, None, (), OPENED)

    assert rhythms.QUIET[quiet] in texts(card)
    assert of_type(card, "ActionSet") == []


def test_pause_form_keeps_the_day() -> None:
    """A day that cannot be is still in its box."""
    assert box(CARDS["pause-problem"], "until")["value"] == "2026-11-01"
    assert texts(CARDS["pause-problem"])[0] == PUT_RIGHT


def test_what_was_done_can_be_undone() -> None:
    """A skip can be put back and a pause ended from the card that confirms it."""
    assert press(CARDS["skipped"], "Put it back")["data"] == {
        "verb": "rhythm.unskip",
        "action": "rhythm.unskip",
        "ward": "rowan",
        "period": "2026-W49",
    }
    assert press(CARDS["paused"], "Resume")["data"]["ward"] == "rowan"
    assert texts(pauses.paused(WARD, None)) == ["Check-ins for Rowan are paused.", "No check-in is planned."]
    assert PAUSED.rhythm.paused_until == date(2026, 12, 14)


def test_which_ward_asks_with_the_same_verb() -> None:
    """The choice between wards goes on with what was asked for."""
    card = CARDS["which-ward"]

    assert [choice["value"] for choice in box(card, "ward")["choices"]] == ["rowan", "elm"]
    assert press(card, "Continue")["data"] == {"verb": "rhythm.status", "action": "rhythm.status"}


def test_help_is_the_table_of_commands() -> None:
    """Help names every command that can be said here, and no other."""
    for where, name in ((Where.CHANNEL, "help-channel"), (Where.PERSONAL, "help-personal")):
        said = texts(CARDS[name])

        assert [command.title in said for command in COMMANDS] == [where in command.where for command in COMMANDS]


def test_the_wards_links() -> None:
    """Help in the channel and status show every link that the ward gave, and no line where it gave none."""
    line = (
        "Our links: [Report an incident](https://datix.example.nhs.uk/report)"
        " · [Speak up](https://trust.example.nhs.uk/speak-up)"
        " · [Sustainability pack](https://trust.example.nhs.uk/pack)"
    )

    assert line in texts(CARDS["help-channel"])
    assert line in texts(CARDS["status"])
    assert not any("Our links" in text for text in texts(CARDS["help-personal"]))
    assert not any("Our links" in text for text in texts(rhythms.status(BARE, None, 0, None, (), OPENED)))


def test_every_word_has_a_button_that_does_the_same() -> None:
    """Whatever can be said can be tapped."""
    assert set(VERBS) == set(Word)
    assert set(VERBS.values()) <= set(Verb)
    assert labels("unknown") == [talking.BUTTONS[word] for word in talking.COMMONEST]
