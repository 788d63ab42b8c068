"""What the use cases ask of the edges. The store, Graph and the clock satisfy these by shape; nothing here knows their libraries."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.checkins import Change, CheckIn, Kept, Missed, NotOpen, NoWord, Outage, Reply
from bot.domain.outbox import Entry
from bot.domain.people import KnownOf
from bot.domain.wards import Person, Place, Ward


class WardStore(Protocol):
    """Wards and the teams they live in. A ward's channel is unique."""

    async def ward(self, ward_id: str) -> Ward | None: ...
    async def ward_in(self, channel_id: str) -> Ward | None: ...
    async def wards_of(self, team_id: str) -> Sequence[Ward]: ...
    async def wards_led_by(self, person_id: str) -> Sequence[Ward]: ...

    async def wards_awake(self) -> Sequence[Ward]:
        """Every ward that is not quiet."""
        ...

    async def add_ward(self, ward: Ward, entries: Sequence[Entry]) -> bool:
        """Keep a new ward and its entries in one transaction; False, and nothing kept, where its channel has a ward already."""
        ...

    async def change_ward(self, ward_id: str, change: Callable[[Ward], Ward], entries: Sequence[Entry]) -> Ward | None:
        """Apply `change` to the ward as it is now and keep it with the entries, in one transaction; write nothing where nothing changed."""
        ...

    async def enter_team(self, place: Place, welcome: Entry) -> bool:
        """Note that the bot is in this team. The welcome entry is written only the first time ever; True where it was."""
        ...

    async def in_team(self, team_id: str) -> bool:
        """Whether the bot is in this team."""
        ...

    async def forget_team(self, team_id: str) -> None:
        """As if the bot had never been there: its welcome could not be given, and is given when it is put in again."""
        ...

    async def leave_team(self, team_id: str) -> None:
        """Note that the bot is no longer in this team; entries that wait for its wards are dropped by whoever claims them."""
        ...


class CheckInStore(Protocol):
    """Check-ins. One per ward and period."""

    async def add_check_in(self, check_in: CheckIn, entries: Sequence[Entry]) -> bool:
        """Keep a new check-in and its entries in one transaction.

        False, and nothing kept, where the ward has one for this period already; but an open one takes the place of a missed one with the same id.
        """
        ...

    async def check_in(self, check_in_id: str) -> CheckIn | None: ...
    async def open_check_in(self, ward_id: str) -> CheckIn | None: ...
    async def recent_check_ins(self, ward_id: str, limit: int) -> Sequence[CheckIn]: ...

    async def periods_since(self, moment: datetime) -> Mapping[str, frozenset[str]]:
        """For every ward, the periods of its check-ins (open, closed or missed) that were opened after `moment`."""
        ...

    async def to_close(self, now: datetime) -> Sequence[CheckIn]: ...
    async def to_remind(self, now: datetime) -> Sequence[CheckIn]: ...

    async def note_posted(self, check_in_id: str, message_id: str) -> bool:
        """Remember Teams' id of the card; False where another id is noted already."""
        ...

    async def note_summarised(self, check_in_id: str, message_id: str) -> None:
        """Remember Teams' id of the summary."""
        ...

    async def note_reminded(self, check_in_id: str, entries: Sequence[Entry]) -> bool:
        """Take the reminder off the check-in and keep the entries, once."""
        ...

    async def move_end(self, check_in_id: str, closes_at: datetime, entries: Sequence[Entry]) -> None:
        """An open check-in closes at another moment; the entries are kept where that is new."""
        ...

    async def close_check_in(self, check_in_id: str, entries: Sequence[Entry]) -> CheckIn | None:
        """Freeze the figures, destroy the secret and every reply's mark, keep the entries; None where it was not open."""
        ...

    async def give_up(self, check_in_id: str, missed: Missed, entries: Sequence[Entry]) -> None:
        """An open check-in that Teams finally refused becomes a missed one."""
        ...


class ReplyStore(Protocol):
    """Replies. One per person and check-in, enforced here."""

    async def keep_reply(
        self, check_in_id: str, person: Person, change: Change, delivery: str
    ) -> Kept | NotOpen | NoWord | None:
        """Apply one tap, durably, before this returns. The same `delivery` twice changes nothing the second time. None: no such check-in."""
        ...

    async def reply_of(self, check_in_id: str, person_id: str) -> Reply | None:
        """What this person answered, while the check-in is open; None afterwards (nothing can tell any more)."""
        ...

    async def answers(self, check_in_id: str) -> int: ...
    async def replies(self, check_in_id: str) -> Sequence[Reply]: ...


class PersonStore(Protocol):
    """What people ask about themselves."""

    async def known_of(self, person_id: str) -> KnownOf:
        """All that is known to be this person's."""
        ...

    async def forget_person(self, person_id: str) -> KnownOf:
        """Take all of it away in one transaction, and say what it was."""
        ...


class BeatStore(Protocol):
    """The service's own heartbeat, so that silence can be said."""

    async def beat(self, now: datetime) -> None:
        """Note that the service is running; a gap of more than five minutes before `now` is noted as an outage."""
        ...

    async def outage_over(self, moment: datetime) -> Outage | None:
        """The outage that `moment` lies in, or None."""
        ...


class Store(WardStore, CheckInStore, ReplyStore, PersonStore, BeatStore, Protocol):
    """The whole local database."""

    async def enqueue(self, entries: Sequence[Entry]) -> None:
        """Write entries to the outbox in a transaction of their own."""
        ...


class Member(Protocol):
    """Somebody in a team, as Graph tells it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def owner(self) -> bool: ...
    @property
    def guest(self) -> bool: ...


class Roster(Protocol):
    """Who is in a place's team.

    Raises `TryAgain` or `WakeSomebody`; callers fail closed.
    """

    async def members(self, place: Place, *, afresh: bool = False) -> Sequence[Member]:
        """Everybody in the team, as known lately; `afresh`, as it is now."""
        ...

    async def named(self, place: Place) -> Place:
        """The place with its team's Entra group id and both names. What nobody can tell just now stays as it is; raises nothing for it."""
        ...
