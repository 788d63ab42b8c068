"""The summary of a closed check-in, posted in its thread."""

from collections.abc import Mapping, Sequence

import orjson
from microsoft_teams.cards import CardElement, HorizontalBarChart, HorizontalBarChartDataValue

from bot.domain.checkins import CheckIn, Feeling, Line, Summary
from bot.domain.privacy import WARD_THRESHOLD
from bot.domain.wards import Ward
from cards.parts import Card, Part, finished, quietly, run, says, section, size, text_line, title
from cards.words import FEELINGS, answered, escaped

SAID = "What {ward} said"
BUSY_WEEKS = "Nobody answered this time. Busy weeks happen."
TOO_FEW = "How it is going is shown from {count} answers up, so that nobody’s can be guessed."
CHART = "How it is going"
CHART_IN_WORDS = "In numbers: {figures}."
AND_MORE = "And {count} more, in the ward’s SharePoint list."
QUOTED = "“{text}”"
BY = " {name}"

WENT_WELL = "What went well"
IN_THE_WAY = "What is in the way"
TRY_NEXT = "What we try next"

SAID_WENT_WELL = "Went well"
SAID_IN_THE_WAY = "In the way"
SAID_TRY_NEXT = "Trying next"

#: No card of ours is larger than this, in bytes of UTF-8 JSON: a fifth of what Teams takes (format-your-bot-messages.md, 08/2026: 100 KB).
CARD_LIMIT = 20_000
#: Kept free for the three headings and the three sentences that say how much more there is.
ROOM_FOR_THE_REST = 1_000


def summary(ward: Ward, check_in: CheckIn, said: Summary) -> Card:  # noqa: ARG001 -- every check-in card takes its check-in
    """What the ward said: how many answered, the words from five answers up, and as many of the lines as fit."""
    figures = said.figures
    heading = SAID.format(ward=escaped(ward.name))
    fallback = f"{SAID.format(ward=ward.name)}: {answered(figures.answers)}"
    if not figures.answers:
        return finished([title(heading), says(BUSY_WEEKS)], fallback=fallback)
    top: list[Part] = [title(heading), says(answered(figures.answers))]
    top += (
        [quietly(TOO_FEW.format(count=WARD_THRESHOLD))] if figures.feelings is None else _distribution(figures.feelings)
    )
    used = len(orjson.dumps(finished(top, fallback=fallback, wide=True)))
    groups = ((SAID_WENT_WELL, said.went_well), (SAID_IN_THE_WAY, said.in_the_way), (SAID_TRY_NEXT, said.try_next))
    shown = _that_fit([lines for _, lines in groups], CARD_LIMIT - ROOM_FOR_THE_REST - used)
    for (name, lines), parts in zip(groups, shown, strict=True):
        more = len(lines) - len(parts)
        top += [section(name)] if lines else []
        top += parts
        top += [quietly(AND_MORE.format(count=more))] if more else []
    return finished(top, fallback=fallback, wide=True)


def _distribution(feelings: Mapping[Feeling, int]) -> list[CardElement]:
    """The figures in words, always; and as bars where the client has them."""
    pairs = [(FEELINGS[feeling], feelings.get(feeling, 0)) for feeling in Feeling]
    chart = HorizontalBarChart(
        title=CHART,
        data=[HorizontalBarChartDataValue(x=word, y=count) for word, count in pairs],
        display_mode="AbsoluteWithAxis",
        fallback=says(CHART_IN_WORDS.format(figures=", ".join(f"{word} {count}" for word, count in pairs))),
    )
    return [says(" · ".join(f"{word} {count}" for word, count in pairs)), chart]


def _quoted(line: Line) -> CardElement:
    """One line as it was written, and a name only where the person gave it."""
    name = [run(BY.format(name=line.name), subtle=True)] if line.name else []
    return text_line(run(QUOTED.format(text=line.text)), *name, spacing="Small")


def _that_fit(groups: Sequence[Sequence[Line]], room: int) -> list[list[CardElement]]:
    """As many lines of each group as fit into `room` bytes, one of each group in turn, so that no group crowds out another."""
    shown: list[list[CardElement]] = [[] for _ in groups]
    full = False
    for turn in range(max(map(len, groups), default=0)):
        for lines, parts in zip(groups, shown, strict=True):
            if full or turn >= len(lines):
                continue
            part = _quoted(lines[turn])
            room -= size(part)
            full = room < 0
            if not full:
                parts.append(part)
    return shown
