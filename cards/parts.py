"""The parts that cards are put together from, each with what every card owes its reader: wrapping, labels, headings, a fallback for each button.

Sources: Microsoft, cards-reference.md and universal-action-model.md (version 1.5, `Action.Execute` inside an ActionSet with an `Action.Submit`
fallback, at most six primary actions); NHS digital service manual (labels above boxes, error summary first, what was typed is kept).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from microsoft_teams.cards import (
    Action,
    ActionSet,
    AdaptiveCard,
    CardElement,
    Choice,
    ChoiceSetInput,
    ExecuteAction,
    RefreshDefinition,
    RichTextBlock,
    SubmitAction,
    TeamsCardProperties,
    TextBlock,
    TextInput,
    TextRun,
)

from bot.errors import Problem
from cards.verbs import Verb
from cards.words import plain

PUT_RIGHT = "Something needs putting right. Nothing was lost."
PUT_RIGHT_AND_CUT = "Something needs putting right. Only the first 4,000 characters of a text could be kept here."

#: The most of one answer that is put back into its box. Far above every limit: only a client that ignores `maxLength` can send as much.
KEPT = 4_000

Card = dict[str, Any]
Part = CardElement
Spacing = Literal["None", "Small", "Medium", "Large"]


def finished(
    parts: Sequence[Part],
    *,
    fallback: str,
    wide: bool = False,
    refresh: Mapping[str, str] | None = None,
) -> Card:
    """The card as JSON. `fallback` is said where a card cannot be shown, and is a fit notification text.

    `refresh` is the data of a card that Teams may ask to be drawn anew for whoever looks at it. No user ids go with it: a shared card
    never lists people.
    """
    view = ExecuteAction(title="Refresh", verb=Verb.VIEW.value, data=_data(Verb.VIEW, refresh)) if refresh else None
    return AdaptiveCard(
        version="1.5",
        lang="en-GB",
        fallback_text=plain(fallback),
        body=list(parts),
        refresh=RefreshDefinition(action=view) if view else None,
        msteams=TeamsCardProperties(width="full") if wide else None,
    ).model_dump(by_alias=True, exclude_none=True)


def title(text: str) -> TextBlock:
    """A card's own heading. Typed text in it has to be escaped."""
    return TextBlock(text=text, wrap=True, style="heading", size="Large", weight="Bolder")


def section(text: str) -> TextBlock:
    """A heading inside a card."""
    return TextBlock(text=text, wrap=True, style="heading", size="Medium", weight="Bolder", spacing="Medium")


def size(part: Part) -> int:
    """What a part takes on its card, in bytes of UTF-8 JSON."""
    return len(orjson.dumps(part.model_dump(by_alias=True, exclude_none=True))) + 1


def says(text: str, *, spacing: Spacing | None = None) -> TextBlock:
    """A sentence of ours. Typed text in it has to be escaped."""
    return TextBlock(text=text, wrap=True, spacing=spacing)


def quietly(text: str) -> TextBlock:
    """A sentence of ours that is not the main thing."""
    return TextBlock(text=text, wrap=True, is_subtle=True, size="Small", spacing="Small")


def run(text: str, *, bold: bool = False, italic: bool = False, subtle: bool = False) -> TextRun:
    """A stretch of text, typed or ours, in which nothing is markup. White space at its ends stays: runs follow one another."""
    before, after = " " * text.startswith(" "), " " * text.endswith(" ")
    return TextRun(
        text=f"{before}{plain(text)}{after}",
        weight="Bolder" if bold else None,
        italic=italic or None,
        is_subtle=subtle or None,
    )


def text_line(*runs: TextRun, spacing: Spacing | None = None) -> RichTextBlock:
    """A line with typed text in it."""
    return RichTextBlock(inlines=list(runs), spacing=spacing)


def button(
    label: str,
    verb: Verb,
    ids: Mapping[str, str] | None = None,
    *,
    inputs: bool = True,
    secondary: bool = False,
) -> ExecuteAction:
    """A button. With `inputs` False it neither checks nor sends what is in the card's boxes."""
    data = _data(verb, ids)
    mode: Literal["secondary"] | None = "secondary" if secondary else None
    associated: Literal["none"] | None = None if inputs else "none"
    submit = SubmitAction(title=label, data=data, mode=mode, associated_inputs=associated)
    return ExecuteAction(
        title=label,
        verb=verb.value,
        data=data,
        mode=mode,
        associated_inputs=associated,
        fallback=submit,
    )


def buttons(*actions: Action) -> ActionSet:
    """A row of buttons."""
    return ActionSet(actions=list(actions))


def summary_of(problems: Sequence[Problem], fields: Sequence[str], values: Mapping[str, str]) -> list[Part]:
    """What stands first on a card with problems: that there are some, and each one that belongs to no box on this card."""
    if not problems:
        return []
    cut = any(len(value) > KEPT for value in values.values())
    elsewhere = [problem for problem in problems if problem.field not in fields]
    return [_alarm(PUT_RIGHT_AND_CUT if cut else PUT_RIGHT), *(_alarm(problem.sentence) for problem in elsewhere)]


def with_problems(box: Part, field: str, problems: Sequence[Problem]) -> list[Part]:
    """A box below what is to be put right in it."""
    return [*(_alarm(problem.sentence) for problem in problems if problem.field == field), box]


def text_box(
    field: str,
    label: str,
    value: str,
    limit: int,
    *,
    lines: bool = False,
    needed: str | None = None,
    style: Literal["Url"] | None = None,
) -> TextInput:
    """A box to type in, holding `value`. `needed` is what is said where it must not stay empty."""
    box = TextInput(
        id=field,
        label=label,
        value=value[:KEPT] or None,
        is_multiline=lines or None,
        is_required=True if needed else None,
        error_message=needed,
        style=style,
    )
    # Set afterwards: the model's constructor turns whole numbers into 400.0, which older phones may not take for a length.
    box.max_length = limit
    return box


def pick_one(
    field: str,
    label: str,
    options: Mapping[str, str],
    value: str | None,
    *,
    needed: str,
    compact: bool = False,
) -> ChoiceSetInput:
    """One of a few options (value to title); none is picked where `value` is none of them."""
    return ChoiceSetInput(
        id=field,
        label=label,
        style="compact" if compact else "expanded",
        choices=[Choice(title=name, value=option) for option, name in options.items()],
        value=value if value in options else None,
        is_required=True,
        error_message=needed,
        wrap=True,
    )


def _alarm(sentence: str) -> RichTextBlock:
    return RichTextBlock(inlines=[TextRun(text=plain(sentence), color="Attention", weight="Bolder")])


def _data(verb: Verb, ids: Mapping[str, str] | None) -> dict[str, str]:
    return {"verb": verb.value, "action": verb.value, **(ids or {})}
