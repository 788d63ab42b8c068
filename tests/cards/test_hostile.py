"""What people type is shown as they typed it and never does anything."""

import json
import re

import pytest

from bot.domain.checkins import Feeling, Figures, Line, Reply, Summary
from bot.domain.people import Given, KnownOf
from bot.domain.ward_forms import form_of
from bot.domain.wards import Links, Person
from cards import checkins, pauses, people, rhythms, talking, wards
from cards.parts import KEPT, PUT_RIGHT_AND_CUT, Card
from cards.verbs import Verb
from tests.cards.samples import CLOSED, CLOSES, DOWN, FIGURES, OPEN, OPENED, TOO_LONG, WARD
from tests.cards.test_every_card import BYTES
from tests.cards.walk import box, objects, of_type, texts

HOSTILE = "[x](http://e) <at>Joe</at> **bold** _it_ `c` \u202eevil\nSaved &lt;at&gt; {{DATE()}} \\[y](http://e)"
ON_ONE_LINE = HOSTILE.replace("\u202e", "").replace("\n", " ")
OURS = re.compile(r"\[(?:Report an incident|Speak up)\]\(https://[^()\[\]\s]+\)")
ESCAPED = re.compile(r"\\[\\`*_~\[\]<>&]")

NASTY = Person(id="5d1f0b3e-0000-4000-8000-000000000009", name=HOSTILE)
WARD_OF_NASTY = WARD.model_copy(
    update={
        "name": HOSTILE,
        "project": HOSTILE,
        "aim": HOSTILE,
        "reader": HOSTILE,
        "leads": (NASTY,),
        "links": Links(incident="https://e.nhs.uk/a)](http://evil", speak_up="javascript:alert(1)"),
    }
)
REPLY = Reply(Feeling.SLOW, HOSTILE, HOSTILE, HOSTILE, NASTY)
SAID = Summary(Figures(6, FIGURES), (Line(HOSTILE, HOSTILE),), (Line(HOSTILE, None),), (Line(HOSTILE, None),))
FORM = {"went_well": HOSTILE, "in_the_way": HOSTILE, "try_next": HOSTILE}


def nasty_cards() -> list[Card]:
    """Every card that shows something typed, with the worst of it."""
    ward = WARD_OF_NASTY
    known = KnownOf((HOSTILE,), (Given(HOSTILE, "2026-W48", REPLY, open=False, in_sharepoint=True),), (HOSTILE,))
    return [
        checkins.shared(ward, OPEN, 4),
        checkins.saved(ward, OPEN, REPLY, note=HOSTILE),
        checkins.mine(ward, OPEN, REPLY),
        checkins.thanks(ward, OPEN, REPLY),
        checkins.closed_post(ward, CLOSED),
        checkins.late(ward, CLOSED, CLOSES, FORM),
        checkins.reminder(ward, OPEN),
        checkins.summary(ward, CLOSED, SAID),
        wards.set_up_form(form_of(ward), ward.leads, (), ward.id),
        wards.set_up_done(ward, CLOSES),
        wards.announce(ward, CLOSES),
        wards.leads(ward),
        rhythms.status(ward, OPEN, 4, CLOSES, [DOWN], OPENED),
        pauses.pause_form(ward),
        pauses.paused(ward, CLOSES),
        pauses.which_ward([ward], Verb.STATUS),
        people.my_data(known),
        people.forget_form(known),
        people.forgotten(known),
        talking.sentence(HOSTILE),
        talking.refused(HOSTILE),
    ]


@pytest.mark.parametrize("card", nasty_cards())
def test_typed_text_is_never_markup(card: Card) -> None:
    """Where Markdown is read every typed mark is escaped, and no text breaks its line or turns direction."""
    read_as_markdown = [node["text"] for node in of_type(card, "TextBlock")]
    read_as_markdown += [
        choice["title"]
        for node in of_type(card, "Input.ChoiceSet")
        if node.get("style") == "expanded"
        for choice in node["choices"]
    ]
    bare = [ESCAPED.sub("", OURS.sub("", text)) for text in read_as_markdown]

    assert [text for text in bare if set(text) & set("\\`*_~[]<>") or "&lt;" in text] == []
    assert not any({"\n", "\u202e"} & set(text) for text in [*texts(card), card["fallbackText"]])


def test_typed_text_is_shown_as_it_was() -> None:
    """What somebody wrote is read back to them sign by sign."""
    assert ON_ONE_LINE in texts(checkins.thanks(WARD, OPEN, REPLY))
    assert f"“{ON_ONE_LINE}”" in texts(checkins.summary(WARD, CLOSED, SAID))


def test_boxes_hold_exactly_what_was_typed() -> None:
    """In a box nothing is read as markup, so nothing is changed there."""
    card = checkins.saved(WARD, OPEN, REPLY, [TOO_LONG], FORM)

    assert box(card, "in_the_way")["value"] == HOSTILE


def test_links_lead_where_they_say() -> None:
    """A web address cannot break out of its link, and one that is not https is left out."""
    (line,) = [text for text in texts(checkins.shared(WARD_OF_NASTY, OPEN, 0)) if "emergencies" in text]

    assert "[Report an incident](https://e.nhs.uk/a%29%5D%28http://evil)" in line
    assert "Speak up" not in line
    assert "javascript" not in line


def test_longest_texts_fit() -> None:
    """The longest texts that a form takes, in the widest characters, fit into 20 KB on every card."""
    wide = "😀"
    leads = tuple(Person(id=f"5d1f0b3e-0000-4000-8000-0000000000{n:02d}", name=wide * 64) for n in range(10))
    link = "https://trust.example.nhs.uk/" + "a" * 226
    ward = WARD.model_copy(
        update={
            "name": wide * 80,
            "project": wide * 120,
            "aim": wide * 400,
            "reader": wide * 120,
            "leads": leads,
            "links": Links(incident=link, speak_up=link, sustainability=link, co_production=link),
        }
    )
    reply = Reply(Feeling.GOOD, wide * 400, wide * 400, wide * 200, leads[0])
    form = {"went_well": wide * 400, "in_the_way": wide * 400, "try_next": wide * 200, "named": "true"}
    lines = tuple(Line(wide * 400, wide * 64) for _ in range(60))
    theirs = tuple(Given(wide * 80, "2026-W48", reply, open=True, in_sharepoint=True) for _ in range(9))
    cards = [
        people.my_data(KnownOf(tuple(wide * 80 for _ in range(9)), theirs)),
        checkins.shared(ward, OPEN, 4000),
        checkins.saved(ward, OPEN, reply, note=wide * 80),
        checkins.mine(ward, OPEN, reply, (), form),
        checkins.thanks(ward, OPEN, reply),
        checkins.late(ward, CLOSED, CLOSES, form),
        checkins.summary(ward, CLOSED, Summary(Figures(60, FIGURES), lines, lines, lines)),
        wards.set_up_form(form_of(ward), leads, (), ward.id),
        wards.announce(ward, CLOSES),
        rhythms.status(ward, None, 0, CLOSES, [DOWN] * 8, OPENED),
    ]

    assert [size for card in cards if (size := len(json.dumps(card, ensure_ascii=False).encode())) > BYTES] == []


def test_cut_text_is_said() -> None:
    """A client that ignores every limit gets back what a box can hold, and is told that the rest is gone."""
    card = checkins.saved(WARD, OPEN, REPLY, [TOO_LONG], {"in_the_way": "k" * (KEPT + 1)})

    assert texts(card)[0] == PUT_RIGHT_AND_CUT
    assert len(box(card, "in_the_way")["value"]) == KEPT


def test_nothing_hides_in_a_card() -> None:
    """No card carries an element or entity that would mention somebody."""
    assert not any(node.get("type") == "mention" for card in nasty_cards() for node in objects(card))
