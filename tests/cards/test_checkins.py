"""The cards of a check-in, from the shared post to the summary."""

import json

import orjson
import pytest

from bot.domain.checkins import Figures, Line, Reply, Summary
from bot.errors import Problem
from cards import checkins
from cards.parts import PUT_RIGHT
from tests.cards.samples import CARDS, CLOSED, FIGURES, JOE, OPEN, SHORT, TOO_LONG, WARD, WHOLE
from tests.cards.walk import box, of_type, press, texts


def test_shared_post() -> None:
    """The post asks in the ward's words, shows the 5 words, a count and when it closes, and picks nothing beforehand."""
    card = CARDS["check-in-shared"]
    words = box(card, "feeling")

    assert texts(card)[0] == "How is “Coffee before handover” going this week?"
    assert [choice["title"] for choice in words["choices"]] == ["Stuck", "Slow", "Steady", "Good", "Flying"]
    assert "value" not in words
    assert "4 people have answered · open until Wednesday 2 December, 14:00" in texts(card)
    assert "Priya reads these on working days." in texts(card)


def test_longer_rhythms_ask_about_longer() -> None:
    """A ward that is asked every 2 weeks is asked about the last 2 weeks."""
    assert texts(CARDS["check-in-shared-fortnightly"])[0].endswith("going in the last 2 weeks?")


def test_seeing_ones_answer_needs_no_word() -> None:
    """The button to see one's answer works while no word is picked."""
    mine = press(CARDS["check-in-shared"], "See or change my answer")

    assert mine["associatedInputs"] == mine["fallback"]["associatedInputs"] == "none"
    assert "associatedInputs" not in press(CARDS["check-in-shared"], "Send")


def test_saved_holds_what_is_kept() -> None:
    """After the first step the boxes hold what is kept, and the name is on only where the person put it."""
    card = CARDS["check-in-saved-named"]

    assert box(card, "in_the_way")["value"] == WHOLE.in_the_way
    assert box(card, "named")["value"] == "true"
    assert "Your name is with this answer." in texts(card)
    assert box(CARDS["check-in-saved"], "named")["value"] == "false"
    assert "Your name is not kept with this answer." in texts(CARDS["check-in-saved"])


def test_saved_is_not_refreshed() -> None:
    """A card that somebody may be typing in is never drawn anew."""
    assert "refresh" not in CARDS["check-in-saved"]


def test_limits_of_the_lines() -> None:
    """The boxes take as much as the domain does."""
    limits = [node["maxLength"] for node in of_type(CARDS["check-in-saved"], "Input.Text")]

    assert limits == [400, 400, 200]


def test_mistakes_keep_what_was_typed() -> None:
    """A mistake is said first and beside its box, and what was typed is still in it."""
    card = CARDS["check-in-saved-problem"]
    order = [node.get("id") or node.get("inlines", [{}])[0].get("text") for node in card["body"]]

    assert texts(card)[:2] == [PUT_RIGHT, "Your word is saved. The rest is not saved yet."]
    assert order.index("in_the_way") == order.index(TOO_LONG.sentence) + 1
    assert box(card, "in_the_way")["value"] == "k" * 412
    assert box(card, "named")["value"] == "true"


def test_typed_blanks_stay_blank() -> None:
    """A box that was emptied stays empty, though something is kept for it."""
    card = checkins.saved(WARD, OPEN, WHOLE, typed={"went_well": "", "named": "false"})

    assert "value" not in box(card, "went_well")
    assert box(card, "named")["value"] == "false"
    assert box(card, "in_the_way")["value"] == WHOLE.in_the_way


def test_changing_the_word_loses_no_line() -> None:
    """Lines that were typed but not added travel with Save, and no refresh wipes them."""
    card = checkins.mine(WARD, OPEN, SHORT, (), {"went_well": "We laughed", "named": "true", "verb": "check_in.mine"})
    data = press(card, "Save")["data"]

    assert data == {
        "verb": "check_in.send",
        "action": "check_in.send",
        "check_in": OPEN.id,
        "went_well": "We laughed",
        "named": "true",
    }
    assert "refresh" not in card


def test_mine_shows_ones_word() -> None:
    """One's own word is picked, and where there is none that is said."""
    assert box(CARDS["check-in-mine"], "feeling")["value"] == "good"
    assert "You can change it until Wednesday 2 December, 14:00." in texts(CARDS["check-in-mine"])
    assert "You have not answered yet." in texts(CARDS["check-in-mine-none"])
    assert "You can answer until Wednesday 2 December, 14:00." in texts(CARDS["check-in-mine-none"])
    assert "value" not in box(CARDS["check-in-mine-none"], "feeling")


def test_problems_without_a_box_stand_at_the_top() -> None:
    """What belongs to no box on the card is said above everything."""
    card = checkins.mine(WARD, OPEN, SHORT, [Problem("", "One thing."), Problem("gone", "Another.")])

    assert texts(card)[:3] == [PUT_RIGHT, "One thing.", "Another."]


def test_thanks_leaves_out_what_is_empty() -> None:
    """The last card repeats the lines that were written and no empty ones."""
    assert "What went well: " in texts(CARDS["check-in-thanks"])
    assert not any("What went well" in text for text in texts(checkins.thanks(WARD, OPEN, SHORT)))


def test_closed_cards_take_nothing() -> None:
    """Nothing can be tapped or typed after the close."""
    for name in ("check-in-closed", "check-in-late", "summary"):
        assert of_type(CARDS[name], "Input.") == of_type(CARDS[name], "Action.") == []


def test_late_taps_get_their_words_back() -> None:
    """Somebody who comes late is told so, when the next one is, and sees what they typed."""
    said = texts(CARDS["check-in-late"])

    assert "The next one is on Wednesday 9 December, 14:00. Your answer will be welcome then." in said
    assert "We laughed" in said
    assert not any("next one" in text for text in texts(CARDS["check-in-late-last"]))


def test_reminder_names_nobody() -> None:
    """The reminder is one sentence."""
    assert texts(CARDS["check-in-reminder"]) == ["Still open until Wednesday. Nights count too."]


def test_summary_from_five_answers_up() -> None:
    """With 5 answers or more the words are counted, in text and as bars with the same numbers."""
    card = CARDS["summary"]
    (chart,) = of_type(card, "Chart.")

    assert texts(card)[:3] == [
        "What Rowan said",
        "9 people answered",
        "Stuck 0 · Slow 1 · Steady 3 · Good 4 · Flying 1",
    ]
    assert [(bar["x"], bar["y"]) for bar in chart["data"]] == [
        ("Stuck", 0),
        ("Slow", 1),
        ("Steady", 3),
        ("Good", 4),
        ("Flying", 1),
    ]


def test_summary_below_five_answers() -> None:
    """With fewer answers there are lines, no count of words, and why; groups without a line are left out."""
    card = CARDS["summary-few"]

    assert of_type(card, "Chart.") == []
    assert not any("Steady" in text for text in texts(card))
    assert texts(card) == [
        "What Rowan said",
        "4 people answered",
        "How it is going is shown from 5 answers up, so that nobody’s can be guessed.",
        "Trying next",
        "“Move it to 20:15 so nights get some”",
    ]


def test_summary_names_only_who_asked_for_it() -> None:
    """A name follows a line only where the person gave it."""
    rich = [[run["text"] for run in node["inlines"]] for node in of_type(CARDS["summary"], "RichTextBlock")]

    assert ["“New starter said it made her stay”", " Joe Bright"] in rich
    assert ["“Domestic staff joined for the first time”"] in rich


def test_summary_of_nobody() -> None:
    """Nobody is blamed where nobody answered."""
    assert texts(CARDS["summary-nobody"])[1] == "Nobody answered this time. Busy weeks happen."


@pytest.mark.parametrize("letters", ["a", "é", "😀", '"'])
def test_long_summaries_say_how_much_more_there_is(letters: str) -> None:
    """What does not fit is counted and found in SharePoint; each group keeps some of its lines, and none is lost count of."""
    lines = tuple(Line(letters * 350, None) for _ in range(40))
    card = checkins.summary(WARD, CLOSED, Summary(Figures(40, FIGURES), lines, lines[:2], lines))
    size = len(orjson.dumps(card))
    shown = len([text for text in texts(card) if text.startswith("“")])
    more = [int(text.split()[1]) for text in texts(card) if text.startswith("And ")]

    assert 15_000 < size <= 20_000
    assert shown + sum(more) == 82
    assert len(more) == 2


def test_replies_never_leak_a_name() -> None:
    """Where a reply has no name, none is on any card about it."""
    reply = Reply(WHOLE.feeling, WHOLE.went_well)

    assert JOE.name not in json.dumps([checkins.saved(WARD, OPEN, reply), checkins.thanks(WARD, OPEN, reply)])
