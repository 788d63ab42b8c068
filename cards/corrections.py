"""What a ward's leads are told of the record: what somebody changed there and could not be used, and that it was made anew."""

from collections.abc import Sequence

from bot.domain.commands import Word
from bot.domain.wards import Ward
from cards.parts import Card, button, buttons, finished, run, text_line
from cards.talking import BUTTONS
from cards.verbs import VERBS

CHANGE_PUT_BACK = (
    "Somebody changed the SharePoint list {list} for {ward}. I could not use this, so I put back what was there before:"
)
ROWS_PUT_BACK = {
    "Wards": (
        "Somebody deleted {ward}’s row in the SharePoint list Wards. {ward} goes on, so I put the row back."
        " To stop check-ins, say “pause”."
    ),
    "CheckIns": (
        "Somebody deleted the row of {ward}’s check-in in the SharePoint list CheckIns. It is still open,"
        " so I put the row back."
    ),
}
REBUILT = (
    "My own store for {ward} was lost, and I made it anew from SharePoint. Answers that were not there yet are gone."
    " Who had answered the open check-in can answer again, and is counted again."
)


def put_back(ward: Ward, list_name: str, columns: Sequence[str]) -> Card:
    """What could not be used, a line for each column with the reason; without columns, a row that came back."""
    if not columns:
        sentence = ROWS_PUT_BACK[list_name].format(ward=ward.name)
        return _told(sentence, [])
    return _told(CHANGE_PUT_BACK.format(list=list_name, ward=ward.name), columns)


def rebuilt(ward: Ward) -> Card:
    """The store was made anew."""
    return _told(REBUILT.format(ward=ward.name), [])


def _told(sentence: str, lines: Sequence[str]) -> Card:
    said = [text_line(run(line), spacing="Small") for line in lines]
    row = buttons(*(button(BUTTONS[word], VERBS[word]) for word in (Word.STATUS, Word.SET_UP)))
    return finished([text_line(run(sentence)), *said, row], fallback=sentence)
