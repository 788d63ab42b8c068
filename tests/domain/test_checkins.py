"""A reply as typed, changed and counted; and what a check-in comes to, without saying who."""

from collections import Counter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import (
    PICK_A_WORD,
    Change,
    Feeling,
    Figures,
    Line,
    Lines,
    Reply,
    figures,
    has_lines,
    read_feeling,
    read_lines,
    summarise,
)
from bot.domain.privacy import WARD_THRESHOLD
from bot.domain.wards import Person
from tests.domain.typed import JSON_LIKE, read_or_told

JOE = Person(id="joe", name="Joe")
AMINA = Person(id="amina", name="Amina")

line = st.text(max_size=20)
replies = st.lists(
    st.builds(Reply, st.sampled_from(Feeling), line, line, line, st.sampled_from([None, JOE, AMINA])), max_size=12
)


@pytest.mark.parametrize("word", ["stuck", "slow", "steady", "good", "flying", " good "])
def test_feelings(word: str) -> None:
    """Each of the five words is taken."""
    assert read_feeling({"feeling": word}) == word.strip()


@pytest.mark.parametrize(
    "word", ["", "great", "GOOD", "Feeling.GOOD", "3", 3, None, ["good"], {"good": True}, "\ud800"]
)
def test_wrong_feelings(word: object) -> None:
    """A word that is not one of the five is told so."""
    assert read_or_told(read_feeling, {"feeling": word}) == [("feeling", PICK_A_WORD)]


def test_lines() -> None:
    """The lines are read without the white space around them; what is missing is empty."""
    form = {"went_well": " Tomatoes\n", "in_the_way": "a\nkettle", "named": "true"}

    assert read_lines(form) == Lines("Tomatoes", "a\nkettle", "", named=True)
    assert read_lines({}) == Lines("", "", "", named=False)


@pytest.mark.parametrize(
    ("toggle", "named"),
    [
        *[("true", True), ("True", True), (True, True)],
        *[("false", False), (False, False), ("", False), ("yes", False), (1, False), (None, False), (["true"], False)],
    ],
)
def test_naming(toggle: object, named: bool) -> None:
    """A name is put to an answer only where the toggle plainly says so."""
    assert read_lines({"named": toggle}).named is named
    assert has_lines({"named": toggle}) is named


def test_lines_too_long() -> None:
    """Every line that is too long is told at once, with how long it is."""
    form = {"went_well": "x" * 401, "in_the_way": "x" * 400, "try_next": "x" * 201}

    assert read_or_told(read_lines, form) == [
        ("went_well", "Please use 400 characters or fewer. You have used 401."),
        ("try_next", "Please use 200 characters or fewer. You have used 201."),
    ]
    assert read_lines({"went_well": "x" * 400, "in_the_way": "x" * 400, "try_next": "x" * 200}).try_next == "x" * 200


def test_has_lines() -> None:
    """White space is no line."""
    assert has_lines({"try_next": "more"})
    assert not has_lines({"went_well": " \n", "feeling": "good", "named": "false"})


@given(st.dictionaries(st.sampled_from(["feeling", "went_well", "in_the_way", "try_next", "named"]), JSON_LIKE))
def test_any_form(form: dict[str, object]) -> None:
    """Whatever a form holds, it is read or told what to put right."""
    answers = [read_or_told(read_feeling, form), read_or_told(read_lines, form), has_lines(form)]

    assert [] not in answers


def test_first_word() -> None:
    """The first word makes a reply that says nothing of who."""
    assert Change(feeling=Feeling.GOOD).applied(None, JOE) == Reply(Feeling.GOOD)


def test_lines_need_a_word() -> None:
    """Lines without a word are no reply."""
    assert Change(lines=Lines("Tomatoes", "", "", named=True)).applied(None, JOE) is None
    assert Change().applied(None, JOE) is None


def test_word_keeps_lines() -> None:
    """Another word leaves lines and name as they were."""
    before = Reply(Feeling.SLOW, "Tomatoes", "kettle", "move it", JOE)

    assert Change(feeling=Feeling.GOOD).applied(before, JOE) == Reply(
        Feeling.GOOD, "Tomatoes", "kettle", "move it", JOE
    )


def test_lines_keep_the_word() -> None:
    """New lines take the place of all old ones, and a name that is no longer given is gone."""
    before = Reply(Feeling.SLOW, "Tomatoes", "kettle", "move it", JOE)

    assert Change(lines=Lines("", "estates", "", named=False)).applied(before, JOE) == Reply(
        Feeling.SLOW, "", "estates", ""
    )
    assert Change(Feeling.GOOD, Lines("", "", "", named=True)).applied(before, JOE) == Reply(Feeling.GOOD, named=JOE)


def test_threshold() -> None:
    """Four answers are a number; five are a distribution with all five words in it."""
    four = [Reply(Feeling.GOOD)] * 4
    five = [*four, Reply(Feeling.STUCK)]

    assert figures([]) == Figures(0, None)
    assert figures(four) == Figures(4, None)
    assert figures(five) == Figures(
        5, {Feeling.STUCK: 1, Feeling.SLOW: 0, Feeling.STEADY: 0, Feeling.GOOD: 4, Feeling.FLYING: 0}
    )


@given(replies)
def test_figures(given_replies: list[Reply]) -> None:
    """The words add up to the answers, and below five answers there are none whatever they were."""
    found = figures(given_replies)

    assert found.answers == len(given_replies)
    assert (found.feelings is None) is (len(given_replies) < WARD_THRESHOLD)
    if found.feelings is not None:
        assert sum(found.feelings.values()) == found.answers
        assert found.feelings == {word: [r.feeling for r in given_replies].count(word) for word in Feeling}


@given(replies, st.integers())
def test_summary(given_replies: list[Reply], seed: int) -> None:
    """A summary has each line that was written, no more and no fewer, with a name only where it was given."""
    summary = summarise(given_replies, Random(seed))

    for field, shown in (
        ("went_well", summary.went_well),
        ("in_the_way", summary.in_the_way),
        ("try_next", summary.try_next),
    ):
        written = [(getattr(reply, field), reply.named.name if reply.named else None) for reply in given_replies]
        assert Counter(shown) == Counter(Line(text, name) for text, name in written if text)
    assert summary.figures == figures(given_replies)


def test_every_order_comes() -> None:
    """Each kind of line is shuffled on its own: every pair of orders comes up, about equally often."""
    three = [Reply(Feeling.GOOD, word, word) for word in ("one", "two", "three")]
    dice = Random(7)
    summaries = [summarise(three, dice) for _ in range(3600)]
    orders = Counter(
        (tuple(line.text for line in summary.went_well), tuple(line.text for line in summary.in_the_way))
        for summary in summaries
    )

    assert len(orders) == len(list(permutations("abc"))) ** 2
    assert min(orders.values()) > 60
    assert max(orders.values()) < 150


def test_no_lines() -> None:
    """A check-in without answers comes to nothing, quietly."""
    summary = summarise([], Random(1))

    assert (summary.figures, summary.went_well, summary.in_the_way, summary.try_next) == (Figures(0, None), (), (), ())
