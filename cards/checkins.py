"""A check-in as people meet it: the shared post, one's own answer, and what is left when it has closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from microsoft_teams.cards import CardElement, ToggleInput

from bot.domain.checkins import (
    IN_THE_WAY_LIMIT,
    PICK_A_WORD,
    TRY_NEXT_LIMIT,
    WENT_WELL_LIMIT,
    CheckIn,
    Reply,
)
from bot.domain.ward_forms import tidy
from bot.domain.wards import Ward
from bot.errors import Problem
from cards.footer import footer
from cards.parts import (
    KEPT,
    Card,
    Part,
    button,
    buttons,
    finished,
    pick_one,
    quietly,
    run,
    says,
    section,
    summary_of,
    text_box,
    text_line,
    title,
    with_problems,
)
from cards.summaries import IN_THE_WAY, TRY_NEXT, WENT_WELL, summary
from cards.verbs import Verb
from cards.words import FEELINGS, THIS_TIME, answered, escaped, have_answered, moment, plain, weekday

__all__ = ["closed_post", "late", "mine", "reminder", "saved", "shared", "summary", "thanks"]

QUESTION = "How is “{project}” going {time}?"
TWO_TAPS = "Two taps. Your name is not kept with your answer unless you say so."
HOW_IS_IT_GOING = "How is it going?"
SEND = "Send"
SEE_MINE = "See or change my answer"
COUNT = "{count} · open until {until}"

SAVED = "Saved. Thank you."
ONLY_THE_WORD = "Your word is saved. The rest is not saved yet."
YOU_SAID = "You said "
CHANGE = "Change"
ANYTHING = "Anything to add?"
OPTIONAL = "All optional."
YOUR_NAME = "Your name"
PUT_MY_NAME = "Put my name to this"
NAMED = "Your name is with this answer."
NOT_NAMED = "Your name is not kept with this answer."
ADD = "Add"
DONE = "Done"

YOUR_ANSWER = "Your answer"
NO_ANSWER_YET = "You have not answered yet."
OPEN_UNTIL = "You can answer until {until}."
CHANGES_ARE_FINE = "You can change it until {until}."
SAVE = "Save"
SAVED_SHORT = "Saved."

CLOSED = "This check-in is closed"
CLOSED_ON = "It closed on {when}."
CAME_AFTER = "This came in after the close, so it was not kept. Anything you sent before then counts."
NEXT_ONE = "The next one is on {when}. Your answer will be welcome then."
WHAT_YOU_WROTE = "What you wrote is still here, so that you can copy it:"
STILL_OPEN = "Still open until {weekday}. Nights count too."

LINES = (
    ("went_well", WENT_WELL, WENT_WELL_LIMIT),
    ("in_the_way", IN_THE_WAY, IN_THE_WAY_LIMIT),
    ("try_next", TRY_NEXT, TRY_NEXT_LIMIT),
)
LINE_FIELDS = tuple(field for field, _, _ in LINES)


def _question(ward: Ward) -> str:
    return QUESTION.format(project=escaped(ward.project), time=THIS_TIME[ward.rhythm.every_weeks])


def _plain_question(ward: Ward) -> str:
    return QUESTION.format(project=plain(ward.project), time=THIS_TIME[ward.rhythm.every_weeks])


def _ids(check_in: CheckIn) -> dict[str, str]:
    return {"check_in": check_in.id}


def shared(ward: Ward, check_in: CheckIn, answers: int) -> Card:
    """The post that everybody in the channel sees. It holds a count, and never who answered."""
    ids = _ids(check_in)
    return finished(
        [
            title(_question(ward)),
            says(TWO_TAPS),
            pick_one("feeling", HOW_IS_IT_GOING, FEELINGS, None, needed=PICK_A_WORD),
            buttons(
                button(SEND, Verb.SEND, ids),
                button(SEE_MINE, Verb.MINE, ids, inputs=False, secondary=True),
            ),
            quietly(COUNT.format(count=have_answered(answers), until=moment(ward, check_in.closes_at))),
            *footer(ward),
        ],
        fallback=_plain_question(ward),
        refresh=ids,
    )


def saved(
    ward: Ward,
    check_in: CheckIn,
    reply: Reply,
    problems: Sequence[Problem] = (),
    typed: Mapping[str, object] | None = None,
    note: str | None = None,
) -> Card:
    """The personal card after a word is kept, with three optional boxes.

    A box holds what `typed` (the form as it came) has for it, else what is kept. No refresh goes with this card: Teams may draw a card anew at any
    time, and that would empty the boxes under somebody's hands. The card is to be sent, and never changed.
    """
    only_a_word = reply == Reply(reply.feeling) and not any(field in (typed or {}) for field in (*LINE_FIELDS, "named"))
    if only_a_word and not problems and not note:
        return _just_saved(ward, check_in, reply)
    return _saved(ward, check_in, reply, problems, typed or {}, note)


@lru_cache(maxsize=256)
def _just_saved(ward: Ward, check_in: CheckIn, reply: Reply) -> Card:
    """Nearly every answer begins with this card, one of five for a check-in: making it was a quarter of the work of an answer.

    Nothing that anybody wrote is remembered here.
    """
    return _saved(ward, check_in, reply, (), {}, None)


def _saved(
    ward: Ward,
    check_in: CheckIn,
    reply: Reply,
    problems: Sequence[Problem],
    typed: Mapping[str, object],
    note: str | None,
) -> Card:
    held = {field: tidy(typed[field]) if field in typed else getattr(reply, field) for field in LINE_FIELDS}
    named = tidy(typed["named"]).lower() == "true" if "named" in typed else reply.named is not None
    ids = _ids(check_in)
    heading = ONLY_THE_WORD if problems else SAVED
    parts: list[Part] = [
        *summary_of(problems, LINE_FIELDS, held),
        title(heading),
        _you_said(reply),
        *([says(plain_note)] if (plain_note := escaped(note or "")) else []),
        says(NAMED if reply.named else NOT_NAMED, spacing="Small"),
        buttons(button(CHANGE, Verb.MINE, ids)),
        section(ANYTHING),
        says(OPTIONAL, spacing="None"),
    ]
    for field, label, limit in LINES:
        parts += with_problems(text_box(field, label, held[field], limit, lines=True), field, problems)
    parts += [
        ToggleInput(id="named", label=YOUR_NAME, title=PUT_MY_NAME, value="true" if named else "false", wrap=True),
        buttons(button(ADD, Verb.ADD, ids), button(DONE, Verb.DONE, ids)),
        *footer(ward),
    ]
    return finished(parts, fallback=heading)


def mine(
    ward: Ward,
    check_in: CheckIn,
    reply: Reply | None,
    problems: Sequence[Problem] = (),
    typed: Mapping[str, object] | None = None,
) -> Card:
    """One's own answer, to see or change.

    `typed` is the form that came with the tap: lines typed but not added yet travel with Save, so that changing the word does not lose them.
    """
    carried = {field: tidy(typed[field])[:KEPT] for field in (*LINE_FIELDS, "named") if typed and field in typed}
    ids = _ids(check_in)
    words = pick_one("feeling", HOW_IS_IT_GOING, FEELINGS, reply.feeling if reply else None, needed=PICK_A_WORD)
    return finished(
        [
            *summary_of(problems, ("feeling",), {}),
            title(YOUR_ANSWER),
            _question_line(ward),
            *([] if reply else [says(NO_ANSWER_YET)]),
            *with_problems(words, "feeling", problems),
            buttons(button(SAVE, Verb.SEND, {**carried, **ids})),
            quietly((CHANGES_ARE_FINE if reply else OPEN_UNTIL).format(until=moment(ward, check_in.closes_at))),
            *footer(ward),
        ],
        fallback=YOUR_ANSWER,
        # Lines on their way from one card to the next must not be wiped by a refresh.
        refresh=None if carried else ids,
    )


def thanks(ward: Ward, check_in: CheckIn, reply: Reply) -> Card:
    """The end of an answer: what is kept, whether with a name, and until when it can change."""
    return finished(
        [
            title(SAVED_SHORT),
            _you_said(reply),
            *_written(reply.went_well, reply.in_the_way, reply.try_next),
            says(NAMED if reply.named else NOT_NAMED),
            quietly(CHANGES_ARE_FINE.format(until=moment(ward, check_in.closes_at))),
            buttons(button(CHANGE, Verb.MINE, _ids(check_in))),
            *footer(ward),
        ],
        fallback=SAVED_SHORT,
        refresh=_ids(check_in),
    )


def closed_post(ward: Ward, check_in: CheckIn) -> Card:
    """What the shared post becomes when the check-in has closed: nothing to tap or type any more."""
    closed = CLOSED_ON.format(when=moment(ward, check_in.closes_at))
    count = f"{answered(check_in.figures.answers)}." if check_in.figures else ""
    return finished([title(CLOSED), _question_line(ward), says(f"{closed} {count}".strip())], fallback=CLOSED)


def late(
    ward: Ward,
    check_in: CheckIn,
    next_due: datetime | None,
    typed: Mapping[str, object] | None = None,
) -> Card:
    """The answer to an answer that came after the close. What was typed is shown, so that it is not lost to the person."""
    written = _written(*(tidy((typed or {}).get(field))[:KEPT] for field in LINE_FIELDS))
    return finished(
        [
            title(CLOSED),
            says(f"{CLOSED_ON.format(when=moment(ward, check_in.closes_at))} {CAME_AFTER}"),
            *([says(NEXT_ONE.format(when=moment(ward, next_due)))] if next_due else []),
            *([says(WHAT_YOU_WROTE), *written] if written else []),
        ],
        fallback=CLOSED,
    )


def reminder(ward: Ward, check_in: CheckIn) -> Card:
    """The one reminder in the thread. It names nobody."""
    sentence = STILL_OPEN.format(weekday=weekday(ward, check_in.closes_at))
    return finished([says(sentence)], fallback=sentence)


def _question_line(ward: Ward) -> CardElement:
    return text_line(run(_plain_question(ward)))


def _you_said(reply: Reply) -> CardElement:
    return text_line(run(YOU_SAID), run(FEELINGS[reply.feeling], italic=True), run("."))


def _written(*texts: str) -> list[CardElement]:
    """What a person wrote, each line under its name; empty ones are left out."""
    pairs = zip(LINES, texts, strict=True)
    return [text_line(run(f"{label}: ", bold=True), run(text)) for (_, label, _), text in pairs if text]
