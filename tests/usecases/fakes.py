"""Small stand-ins for what the use cases ask of the edges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from random import Random

from bot.clock import Clock
from bot.domain.checkins import Change, CheckIn, NotOpen
from bot.domain.outbox import Entry
from bot.domain.wards import Person, Place, Ward
from bot.errors import TryAgain
from bot.records.store import Store
from bot.usecases.checkin_turns import CheckInTurns
from bot.usecases.checkins import CheckIns
from bot.usecases.permits import Permits
from tests.records.store_fixtures import House


@dataclass(frozen=True)
class Member:
    id: str
    name: str
    owner: bool = False
    guest: bool = False


class People:
    """A roster of these people."""

    def __init__(self, *members: Member) -> None:
        self.all = members

    async def members(self, place: Place, *, afresh: bool = False) -> Sequence[Member]:
        return self.all

    async def named(self, place: Place) -> Place:
        return place


class Late(Store):
    """A store that has just been overtaken: what it reads of periods is older than what was written, or it fails for one ward."""

    fails_for = ""

    async def periods_since(self, moment: datetime) -> Mapping[str, frozenset[str]]:
        return {}

    async def change_ward(self, ward_id: str, change: Callable[[Ward], Ward], entries: Sequence[Entry]) -> Ward | None:
        self._fail(ward_id)
        return await super().change_ward(ward_id, change, entries)

    async def add_check_in(self, check_in: CheckIn, entries: Sequence[Entry]) -> bool:
        self._fail(check_in.ward_id)
        return await super().add_check_in(check_in, entries)

    async def open_check_in(self, ward_id: str) -> CheckIn | None:
        self._fail(ward_id)
        return await super().open_check_in(ward_id)

    def _fail(self, ward_id: str) -> None:
        if ward_id == self.fails_for:
            raise TryAgain("store_locked")


class Closing(Store):
    """A store in which the check-in closes, or goes, in the moment between looking and keeping."""

    gone = False

    async def keep_reply(self, check_in_id: str, person: Person, change: Change, delivery: str) -> NotOpen | None:
        check_in = await self.check_in(check_in_id)
        assert check_in is not None
        return None if self.gone else NotOpen(check_in)


def turns(house: House, store: Store | None = None, *members: Member) -> CheckInTurns:
    """The duty of turns on this house's store."""
    numbers = count(1)
    return CheckInTurns(store or house.store, Permits(People(*members)), house.clock, lambda: f"new-{next(numbers)}")


def check_ins(store: Store, clock: Clock) -> CheckIns:
    """The duty of answers on this store."""
    return CheckIns(store, Permits(People()), clock, Random(7))
