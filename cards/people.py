"""What somebody sees of their own data, in their own chat: what is kept about them, and what goes when they want to be forgotten."""

from collections.abc import Sequence
from itertools import accumulate

from bot.domain.people import Given, KnownOf
from cards.parts import Card, Part, button, buttons, finished, quietly, run, says, size, text_line, title
from cards.summaries import CARD_LIMIT
from cards.verbs import Verb
from cards.words import FEELINGS, listed, week

WHAT_I_KEEP = "What I keep about you"
NOTHING = "I keep nothing about you."
NOT_YOURS_ANY_MORE = (
    "Answers without your name in check-ins that have closed are not here."
    " Nobody can tell any more whose they are, not even I."
)
YOU_LEAD = "You lead {wards}. Your name and account stand in the SharePoint list Wards."
ANSWER = "{ward}, {week}: you said {word}."
NAMED = "Your name is on it."
OPEN = "The check-in is open, so I can still tell that it is yours."
BOTH_PLACES = "Kept in my own store and in the SharePoint list Replies."
HERE_ONLY = "Kept in my own store only, so far."
LABELS = {"went_well": "What went well", "in_the_way": "What is in the way", "try_next": "What we try next"}
SHOW_OLDER = "Show older"
FORGET_ME = "Forget me"
KEEP = "Keep my data"
KEPT = "Nothing was changed."

FORGET_TITLE = "Forget you?"
THIS_GOES = "This goes, here and in SharePoint:"
ANSWERS_GO = {1: "1 answer that is yours", 0: "{count} answers that are yours"}
PLACE_GOES = "your place as a lead of {wards}"
CANNOT_TAKE_BACK = (
    "I cannot take back what stands in SharePoint’s version history and recycle bin until your trust empties them,"
    " or what was said in Teams before."
)
COUNTS_STAY = "How many people answered a check-in that has closed stays as it was counted."
NOBODY_ELSE_LEADS = "Nobody else leads {wards}. An owner of the team can make somebody a lead."
FORGOTTEN = "Done. I keep nothing about you any more."
ANSWERS_GONE = {1: "1 answer is gone.", 0: "{count} answers are gone."}
LEAD_NO_MORE = "You do not lead {wards} any more."
SHAREPOINT_FOLLOWS = "SharePoint follows within a few minutes. If it is away just now, it follows when it is back."

#: What the answers on one card may take, in bytes of UTF-8 JSON, so that it stays under `CARD_LIMIT`. The longest answer takes some 5 KB.
ROOM_FOR_ANSWERS = CARD_LIMIT - 4_000


def my_data(known: KnownOf, first: int = 0) -> Card:
    """What is kept about somebody, newest answers first, from the one of this number on, as many as a card has room for."""
    if known.nothing:
        return finished([says(NOTHING), quietly(NOT_YOURS_ANY_MORE)], fallback=NOTHING)
    parts: list[Part] = [title(WHAT_I_KEEP)]
    first = first if first < len(known.given) else 0
    if known.leads and first == 0:
        parts.append(text_line(run(YOU_LEAD.format(wards=listed(known.leads)))))
    shown = _as_fit([_answer(given) for given in known.given[first:]])
    parts += [part for answer in shown for part in answer]
    acts = [button(FORGET_ME, Verb.FORGET_FORM)]
    if len(known.given) > first + len(shown):
        acts.insert(0, button(SHOW_OLDER, Verb.MY_DATA, {"first": str(first + len(shown))}))
    return finished([*parts, says(NOT_YOURS_ANY_MORE, spacing="Large"), buttons(*acts)], fallback=WHAT_I_KEEP)


def forget_form(known: KnownOf) -> Card:
    """What will go, and what cannot be taken back, before it is done."""
    if known.nothing:
        return my_data(known)
    goes = []
    if count := len(known.given):
        goes.append(ANSWERS_GO.get(count, ANSWERS_GO[0]).format(count=count))
    if known.leads:
        goes.append(PLACE_GOES.format(wards=listed(known.leads)))
    lines = [text_line(run(f"• {line}"), spacing="Small") for line in goes]
    if known.alone:
        lines.append(text_line(run(NOBODY_ELSE_LEADS.format(wards=listed(known.alone))), spacing="Small"))
    acts = buttons(button(FORGET_ME, Verb.FORGET), button(KEEP, Verb.KEEP))
    parts: Sequence[Part] = [
        title(FORGET_TITLE),
        says(THIS_GOES),
        *lines,
        quietly(COUNTS_STAY),
        quietly(CANNOT_TAKE_BACK),
        acts,
    ]
    return finished(parts, fallback=FORGET_TITLE)


def forgotten(known: KnownOf) -> Card:
    """It is done; where there was nothing (any more), that is said."""
    if known.nothing:
        return my_data(known)
    parts: list[Part] = [says(FORGOTTEN)]
    if count := len(known.given):
        parts.append(says(ANSWERS_GONE.get(count, ANSWERS_GONE[0]).format(count=count), spacing="Small"))
    if known.leads:
        parts.append(text_line(run(LEAD_NO_MORE.format(wards=listed(known.leads))), spacing="Small"))
    return finished([*parts, quietly(SHAREPOINT_FOLLOWS), quietly(CANNOT_TAKE_BACK)], fallback=FORGOTTEN)


def _as_fit(answers: Sequence[list[Part]]) -> Sequence[list[Part]]:
    sizes = accumulate(sum(map(size, answer)) for answer in answers)
    return answers[: sum(taken <= ROOM_FOR_ANSWERS for taken in sizes)]


def _answer(given: Given) -> list[Part]:
    word = FEELINGS[given.reply.feeling.value]
    said = [text_line(run(ANSWER.format(ward=given.ward, week=week(given.period), word=word), bold=True))]
    for field, label in LABELS.items():
        if text := getattr(given.reply, field):
            said.append(text_line(run(f"{label}: {text}"), spacing="Small"))
    where = BOTH_PLACES if given.in_sharepoint else HERE_ONLY
    notes = [NAMED if given.reply.named else OPEN, where]
    return [*said, quietly(" ".join(notes))]
