"""Each SharePoint list once: its columns, and what people read above them.

Everything else follows from here: what is made in SharePoint, filed there and read back, and the table in `deployment/sharepoint/lists.md`.
What each kind of column is and holds is in `columns.py`. The lists that the bot does not fill yet are in `lists_to_come.py`.
"""

from typing import Annotated, ClassVar, Literal

from bot.records.columns import (
    DAY,
    LINES,
    MOMENT,
    NUMBER,
    Count,
    Day,
    Key,
    Line,
    ListDefinition,
    Moment,
    Row,
    Says,
    Text,
    choice,
)
from bot.records.lists_to_come import BarrierRow, DigestRow, IdeaRow, MeasureRow, StoryRow, VoiceRow

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WardState = Literal["active", "paused", "quiet"]
CheckInState = Literal["open", "closed", "missed"]
Feeling = Literal["Stuck", "Slow", "Steady", "Good", "Flying"]
AuditAction = Literal["edit put back", "row put back", "retention", "person forgotten", "rebuilt"]


class WardRow(Row):
    """A ward and its rhythm. `title` is the ward's name."""

    LIST: ClassVar[str] = "Wards"
    DESCRIPTION: ClassVar[str] = "The wards that keep a rhythm: their project, their leads, and when they are asked."
    TITLE_IS_THEIRS: ClassVar[bool] = True

    project_title: Annotated[Line, Says("Project", "What the ward's improvement project is called.", theirs=True)]
    aim: Annotated[Text, Says("Aim", "What the project is for, in the ward's words.", LINES, theirs=True)] = ""
    leads: Annotated[Text, Says("Leads", "The people who lead the project, by name.", LINES)] = ""
    weekday: Annotated[Weekday, Says("Weekday", "The day of the check-in.", choice(Weekday), theirs=True)]
    time_of_day: Annotated[Line, Says("Time of day", "When the check-in is posted, local time, as 14:00.", theirs=True)]
    time_zone: Annotated[Line, Says("Time zone", "The zone of that time, as Europe/London.", theirs=True)]
    every_weeks: Annotated[
        Count, Says("Every … weeks", "How many weeks lie between two check-ins.", NUMBER, theirs=True)
    ]
    state: Annotated[WardState, Says("State", "Whether the ward is asked at present.", choice(WardState), indexed=True)]
    paused_until: Annotated[
        Day | None, Says("Paused until", "The day on which the rhythm begins again.", DAY, theirs=True)
    ] = None
    team_name: Annotated[Line, Says("Team", "The team in Teams.")] = ""
    channel_name: Annotated[Line, Says("Channel", "The channel in which the ward is asked.")] = ""
    read_by: Annotated[Line, Says("Read by", "The role that reads replies, and when.", theirs=True)] = ""
    incident_link: Annotated[
        Text, Says("Incident system", "The trust's link for reporting incidents.", LINES, theirs=True)
    ] = ""
    speak_up_link: Annotated[
        Text, Says("Speak up", "The trust's link to its Speak Up Guardian.", LINES, theirs=True)
    ] = ""
    sustainability_link: Annotated[
        Text, Says("Sustainability pack", "The trust's link to the pack.", LINES, theirs=True)
    ] = ""
    co_production_link: Annotated[
        Text, Says("Co-production", "The trust's link to its resources.", LINES, theirs=True)
    ] = ""
    lead_accounts: Annotated[Text, Says("Lead accounts", "The leads' accounts, one a line.", LINES, hidden=True)] = ""
    team_id: Annotated[Line, Says("Team id", "The team, as Teams knows it.", hidden=True)]
    group_id: Annotated[Line, Says("Group id", "The team, as Entra knows it.", hidden=True)] = ""
    channel_id: Annotated[Line, Says("Channel id", "The channel, as Teams knows it.", hidden=True)]
    service_url: Annotated[Line, Says("Service address", "Where Teams takes posts for it.", hidden=True)]
    anchor: Annotated[Day, Says("Anchor", "A day in the first week of its cycle.", DAY, hidden=True)]
    since: Annotated[Moment, Says("Since", "Turns before this do not count.", MOMENT, hidden=True)]
    skipped: Annotated[Line, Says("Skipped", "Periods that a lead has left out.", hidden=True)] = ""
    quiet: Annotated[Line, Says("Quiet", "Why nothing can be sent to it at present.", hidden=True)] = ""


class CheckInRow(Row):
    """One ward asked once. `title` is the ward and the period, as "Rowan 2026-W47".

    The counts of the five feelings are given only when five or more answered (programme threshold, The PSC).
    """

    LIST: ClassVar[str] = "CheckIns"
    DESCRIPTION: ClassVar[str] = "Each time a ward was asked, and the figures frozen when the check-in closed."

    ward: Annotated[Line, Says("Ward", "The ward's name.")]
    period: Annotated[Key, Says("Period", "The ISO week, as 2026-W47.", indexed=True)]
    state: Annotated[CheckInState, Says("State", "Open, closed, or missed.", choice(CheckInState), indexed=True)]
    answers: Annotated[Count | None, Says("Answers", "How many people answered, once closed.", NUMBER)] = None
    stuck: Annotated[Count | None, Says("Stuck", "How many said Stuck; empty below five answers.", NUMBER)] = None
    slow: Annotated[Count | None, Says("Slow", "How many said Slow; empty below five answers.", NUMBER)] = None
    steady: Annotated[Count | None, Says("Steady", "How many said Steady; empty below five answers.", NUMBER)] = None
    good: Annotated[Count | None, Says("Good", "How many said Good; empty below five answers.", NUMBER)] = None
    flying: Annotated[Count | None, Says("Flying", "How many said Flying; empty below five answers.", NUMBER)] = None
    opens_at: Annotated[Moment, Says("Opens", "When the check-in was posted, or should have been.", MOMENT)]
    closes_at: Annotated[Moment, Says("Closes", "When answers stop being taken.", MOMENT, indexed=True)]
    missed_reason: Annotated[Line, Says("Why missed", "Why the check-in was not posted.")] = ""
    ward_key: Annotated[Key, Says("Ward key", "The entry key of the ward.", indexed=True)]
    post_id: Annotated[Line, Says("Post", "The card's message, as Teams knows it.", hidden=True)] = ""
    summary_id: Annotated[Line, Says("Summary", "The summary's message, as Teams knows it.", hidden=True)] = ""
    remind_at: Annotated[Moment | None, Says("Reminder", "When to remind.", MOMENT, hidden=True)] = None
    missed: Annotated[Line, Says("Missed", "Why it was missed, in a word.", hidden=True)] = ""
    down_from: Annotated[Moment | None, Says("Down from", "Since when the bot was down.", MOMENT, hidden=True)] = None
    down_until: Annotated[Moment | None, Says("Down until", "Until when it was down.", MOMENT, hidden=True)] = None


class ReplyRow(Row):
    """One person's answer, without the person: no time of day, and no name or id unless they put their name to it.

    `title` is the ward and the period, as "Rowan 2026-W47".
    """

    LIST: ClassVar[str] = "Replies"
    DESCRIPTION: ClassVar[str] = "What people answered. Without a name, unless the person put theirs to it."

    period: Annotated[Key, Says("Period", "The ISO week, as 2026-W47.", indexed=True)]
    feeling: Annotated[Feeling, Says("Feeling", "How the project is going.", choice(Feeling), theirs=True)]
    went_well: Annotated[Text, Says("What went well", "In the person's own words.", LINES, theirs=True)] = ""
    in_the_way: Annotated[Text, Says("What is in the way", "In the person's own words.", LINES, theirs=True)] = ""
    try_next: Annotated[Text, Says("What we try next", "In the person's own words.", LINES, theirs=True)] = ""
    given_by: Annotated[
        Line | None, Says("Given by", "The person's name, only if they put it to the reply.", theirs=True)
    ] = None
    check_in_key: Annotated[Key, Says("Check-in key", "The entry key of the check-in.", indexed=True)]
    ward_key: Annotated[Key, Says("Ward key", "The entry key of the ward.", indexed=True)]
    person_id: Annotated[
        Key | None, Says("Person", "Who gave it, only if they put their name to the reply.", hidden=True)
    ] = None


class AuditRow(Row):
    """Something that was decided or done to the record. `title` says what, in a few words. Nothing in it names a person."""

    LIST: ClassVar[str] = "AuditLog"
    DESCRIPTION: ClassVar[str] = "What was decided or done to the record, and when. It names nobody."

    at: Annotated[Moment, Says("When", "When it happened.", MOMENT, indexed=True)]
    action: Annotated[AuditAction, Says("What", "What happened.", choice(AuditAction), indexed=True)]
    ward_key: Annotated[Key | None, Says("Ward key", "The entry key of the ward it is about.", indexed=True)] = None
    about_list: Annotated[Line, Says("List", "The list it is about.")] = ""
    about_key: Annotated[Key | None, Says("Row", "The entry key of the row it is about.")] = None
    detail: Annotated[Line, Says("Detail", "Which columns, or how many rows.")] = ""


#: Every list, in the order in which they are made and read: what a row points to is there before it.
ROWS: tuple[type[Row], ...] = (
    WardRow,
    CheckInRow,
    ReplyRow,
    StoryRow,
    BarrierRow,
    IdeaRow,
    VoiceRow,
    MeasureRow,
    DigestRow,
    AuditRow,
)
LISTS: tuple[ListDefinition, ...] = tuple(row.definition() for row in ROWS)
