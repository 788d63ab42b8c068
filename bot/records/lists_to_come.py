"""The lists that the record has room for and the bot does not fill yet: what the ward says between and within check-ins, and what sponsors are sent.

Made with the others, so that a site needs its administrator once. People may use them by hand meanwhile; the bot leaves rows without its key alone.
"""

from typing import Annotated, ClassVar, Literal

from bot.records.columns import (
    DAY,
    DECIMAL,
    LINES,
    MOMENT,
    NUMBER,
    YES_NO,
    Count,
    Day,
    Key,
    Line,
    Moment,
    Row,
    Says,
    Text,
    choice,
)

#: The twelve core commitments of the Culture of Care standards (NHS England / NCCMH, 2024).
Commitment = Literal[
    "Lived experience",
    "Safety",
    "Relationships",
    "Staff support",
    "Equality",
    "Avoiding harm",
    "Needs led",
    "Choice",
    "Environment",
    "Things to do",
    "Therapeutic support",
    "Transparency",
]
StoryState = Literal["draft", "ward", "consent", "review", "shared", "withdrawn"]
Audience = Literal["ward", "trust", "programme"]
Credit = Literal["name", "role", "not at all"]
BarrierState = Literal["raised", "on the ward", "asked", "acknowledged", "handed on", "unblocked", "not for here"]
IdeaState = Literal["longlist", "nominated", "chosen", "parked", "adapted", "stopped", "done"]
VoiceFrom = Literal["wider team", "service users"]
Direction = Literal["up", "down", "neutral"]

WardKey = Annotated[Key, Says("Ward key", "The entry key of the ward.", indexed=True)]
Period = Annotated[Key, Says("Period", "The ISO week, as 2026-W47.", indexed=True)]


class StoryRow(Row):
    """A good-news story. `title` is its headline."""

    LIST: ClassVar[str] = "Stories"
    DESCRIPTION: ClassVar[str] = "Good-news stories, and how far each may go."

    ward_key: WardKey
    state: Annotated[StoryState, Says("State", "How far it has come.", choice(StoryState), indexed=True)]
    what_happened: Annotated[Text, Says("What happened", "In the teller's own words.", LINES)]
    why_it_mattered: Annotated[Text, Says("Why it mattered", "In the teller's own words.", LINES)] = ""
    others_could_copy: Annotated[Text, Says("What others could copy", "In the teller's own words.", LINES)] = ""
    commitment: Annotated[
        Commitment | None, Says("Commitment", "The Culture of Care commitment it is about.", choice(Commitment))
    ] = None
    audience: Annotated[Audience, Says("May go to", "How far the teller lets it go.", choice(Audience))]
    credit: Annotated[Credit, Says("Credit", "How the teller is named.", choice(Credit))]
    credited_to: Annotated[Line, Says("Told by", "The name or role to credit, if any.")] = ""
    patient_derived: Annotated[bool, Says("From a patient", "Whether it comes from a patient's experience.", YES_NO)]
    consent_reference: Annotated[Line, Says("Consent form", "The trust's reference, for a patient's story.")] = ""
    consent_until: Annotated[Day | None, Says("Consent until", "When consent has to be asked again.", DAY)] = None
    lifted: Annotated[Count, Says("Lifted us", "How many said that it lifted them.", NUMBER)] = 0


class BarrierRow(Row):
    """Something in a ward's way. `title` is its wording."""

    LIST: ClassVar[str] = "Barriers"
    DESCRIPTION: ClassVar[str] = "What is in a ward's way, who has it, and what came of it."

    ward_key: WardKey
    state: Annotated[BarrierState, Says("State", "Where it stands.", choice(BarrierState), indexed=True)]
    owner: Annotated[Line, Says("Owner", "The role that has it.")] = ""
    raised_at: Annotated[Moment, Says("Raised", "When it was raised.", MOMENT)]
    asked_at: Annotated[Moment | None, Says("Asked", "When a sponsor was asked.", MOMENT, indexed=True)] = None
    acknowledged_at: Annotated[Moment | None, Says("Acknowledged", "When a sponsor took it.", MOMENT)] = None
    due_on: Annotated[Day | None, Says("Due", "By when an answer was promised.", DAY)] = None
    answer: Annotated[Text, Says("Answer", "What the sponsor said.", LINES)] = ""


class IdeaRow(Row):
    """An idea on a ward's longlist, or a project that came of it. `title` is the idea."""

    LIST: ClassVar[str] = "Ideas"
    DESCRIPTION: ClassVar[str] = "Each ward's longlist, what was chosen and why, and what became of it."

    ward_key: WardKey
    state: Annotated[IdeaState, Says("State", "Where it stands.", choice(IdeaState), indexed=True)]
    group: Annotated[Line, Says("Group", "What it belongs together with.")] = ""
    votes: Annotated[Count | None, Says("Votes", "How many picked it, once the vote has closed.", NUMBER)] = None
    why: Annotated[Text, Says("Why", "Why the lead chose, adapted or stopped it.", LINES)] = ""
    decided_on: Annotated[Day | None, Says("Decided", "The day of that decision.", DAY)] = None


class VoiceRow(Row):
    """What the wider team or service users said, in staff's words. `title` is the theme. Never about one patient."""

    LIST: ClassVar[str] = "Voices"
    DESCRIPTION: ClassVar[str] = "What the wider team and service users said, as themes and counts."

    ward_key: WardKey
    period: Period
    voice_from: Annotated[VoiceFrom, Says("From", "Who said it.", choice(VoiceFrom))]
    said: Annotated[Text, Says("You said", "The theme, in staff's own words.", LINES)]
    times: Annotated[Count | None, Says("How many", "How many said so.", NUMBER)] = None
    we_did: Annotated[Text, Says("We did", "What came of it.", LINES)] = ""


class MeasureRow(Row):
    """One value of one measure. `title` is the measure's name."""

    LIST: ClassVar[str] = "Measures"
    DESCRIPTION: ClassVar[str] = "The values of each ward's own measures, a row each."

    ward_key: WardKey
    period: Period
    value: Annotated[float, Says("Value", "What was counted or measured.", DECIMAL)]
    unit: Annotated[Line, Says("Unit", "What the value is counted in.")] = ""
    direction: Annotated[Direction, Says("Better is", "Which way is better, if any.", choice(Direction))]
    note: Annotated[Text, Says("Note", "What was changed at the time.", LINES)] = ""


class DigestRow(Row):
    """A digest as it was sent. `title` is the sponsor channel and the period."""

    LIST: ClassVar[str] = "Digests"
    DESCRIPTION: ClassVar[str] = "Each digest as it was sent to a sponsor channel."

    channel_key: Annotated[Key, Says("Channel key", "The entry key of the sponsor channel.", indexed=True)]
    period: Period
    sent_at: Annotated[Moment, Says("Sent", "When it was sent.", MOMENT)]
    text: Annotated[Text, Says("Text", "What it said.", LINES)]
    correction: Annotated[Text, Says("Correction", "What was corrected afterwards, and why.", LINES)] = ""
