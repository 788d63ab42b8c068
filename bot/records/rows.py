"""What every part of the store has: the database, the clock, and what was read lately."""

from bot.clock import Clock
from bot.domain.checkins import CheckIn
from bot.domain.wards import Ward
from bot.records.database import Database
from bot.records.remembered import Remembered


class Rows:
    """The ground that the parts of the store stand on."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # Wards are remembered by id and by channel. Both kinds of object are frozen, so that sharing them is safe.
        self._wards: Remembered[Ward] = Remembered(on=database.alone)
        self._wards_by_channel: Remembered[Ward] = Remembered(on=database.alone)
        self._open_check_ins: Remembered[CheckIn] = Remembered(on=database.alone)
