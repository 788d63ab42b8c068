"""What the three wards of the demonstration are, and what their people write: all invented, unkind about kettles and never about people."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.rehearsal.people import BIRCH, ELM
from bot.rehearsal.rehearse import ROWAN

#: The five words, from worst to best, as a card sends them.
FEELINGS = ("stuck", "slow", "steady", "good", "flying")

#: The trust's links, which its wards share.
LINKS = {name: ROWAN[name] for name in ("incident", "speak_up", "sustainability", "co_production")}


@dataclass(frozen=True, slots=True)
class WardStory:
    """A ward of the demonstration: its team and channel, its form, its leads and staff by key, and what they write.

    `turnout` is how many answer, check-in after check-in, over and over; `mood` leans the words from 0 (all stuck) to 4 (all flying), from the first
    week to the last.
    """

    team: str
    channel: str
    form: Mapping[str, str]
    leads: tuple[str, ...]
    staff: tuple[str, ...]
    turnout: tuple[int, ...]
    mood: tuple[float, float]
    went_well: tuple[str, ...]
    in_the_way: tuple[str, ...]
    try_next: tuple[str, ...]


ROWAN_STORY = WardStory(
    team="rowan",
    channel="Coffee before handover",
    form=ROWAN,
    leads=("priya", "tomasz"),
    staff=("joe", "amina", "tomasz", "grace", "priya", "sam"),
    turnout=(5, 6, 3, 5, 6, 4, 5, 6, 6, 3, 5, 6, 2),
    mood=(1.2, 2.9),
    went_well=(
        "Domestic staff joined for the first time.",
        "Night staff stayed ten minutes longer, by choice.",
        "A new starter said it made her stay.",
        "Somebody brought cardamom buns. We talked about more than beds.",
        "Handover was shorter, because we had talked already.",
        "The pharmacist came up and sat down.",
    ),
    in_the_way=(
        "Kettle in the staff room broken since June. Estates say there is no budget.",
        "Two mugs for nine people.",
        "19:45 is when the medicines round runs late.",
        "The staff room is locked at weekends and nobody knows who has the key.",
        "Bank staff have not heard of it.",
        "The new kettle is slower than the old one.",
    ),
    try_next=(
        "Move it to 20:15, so nights get some.",
        "A sign on the door: come in, sit down.",
        "Ask estates once more, with a photo.",
        "Bring our own mugs.",
        "One person from days walks over and asks nights in.",
    ),
)

ELM_STORY = WardStory(
    team="elm",
    channel="Quiet hour",
    form={
        "name": "Elm",
        "project": "Quiet hour",
        "aim": "One hour each afternoon without alarms, bleeps or keys by Easter.",
        "weekday": "1",
        "at": "11:00",
        "every_weeks": "1",
        "reader": "Ellen reads these every morning.",
        **LINKS,
    },
    leads=("ellen", "kofi"),
    staff=("ellen", *ELM),
    turnout=(3, 5, 7, 8, 6, 3, 5, 8, 7, 4, 6, 5),
    mood=(2.6, 2.0),
    went_well=(
        "Forty minutes with no bleep. People slept.",
        "Somebody read aloud in the lounge and six people listened.",
        "Cleaning trolleys came at four and not at three. Thank you.",
        "I finished my notes in one go.",
        "Visitors asked what was different.",
    ),
    in_the_way=(
        "The washing machine spins through the walls.",
        "The door alarm cannot be turned down, only off.",
        "Deliveries ring the front bell at ten past three.",
        "The phone at the desk has one volume, and it is loud.",
        "We start late when ward round runs over.",
    ),
    try_next=(
        "Ask stores to deliver before two.",
        "Felt pads under the chairs.",
        "A lamp by the door that is green in the quiet hour.",
        "Try half past two for one week.",
    ),
)

BIRCH_STORY = WardStory(
    team="birch",
    channel="Garden before lunch",
    form={
        "name": "Birch",
        "project": "Garden before lunch",
        "aim": "Everybody who wants to has been outside by noon, every day, by summer.",
        "weekday": "3",
        "at": "15:00",
        "every_weeks": "1",
        "reader": "Yusuf and Gwen read these on Fridays.",
        **LINKS,
    },
    leads=("yusuf", "gwen"),
    staff=("yusuf", *BIRCH),
    turnout=(8, 6, 8, 5, 3, 7, 8, 6, 9, 5),
    mood=(2.2, 3.2),
    went_well=(
        "Eleven people outside on Monday, and the sun came too.",
        "The first tomatoes. Everybody got half of one.",
        "We had ward round on the bench.",
        "Football with a soft ball. The consultant kept goal.",
        "Someone who had not been out for weeks watered the beans.",
    ),
    in_the_way=(
        "One key for the garden door, and it goes home with people.",
        "No coats for anyone who came in without one.",
        "The bench has three legs.",
        "Rain, and the shelter leaks on the dry side.",
        "The hose was lent to Ash ward in August.",
    ),
    try_next=(
        "Six rain coats from the charity shop.",
        "A second key on a hook.",
        "Ask for our hose back, kindly.",
        "Herbs by the kitchen window for wet days.",
    ),
)

STORIES = (ROWAN_STORY, ELM_STORY, BIRCH_STORY)
