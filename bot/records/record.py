"""SharePoint as the record of this store: what files rows there, and what reads them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Self

from bot.clock import Clock
from bot.records.audit_side import AuditSide
from bot.records.budget import Budget
from bot.records.checkin_side import CheckInSide
from bot.records.database import Database
from bot.records.filing import FilingDesk
from bot.records.graph import Graph
from bot.records.reading import Reader
from bot.records.reply_side import ReplySide
from bot.records.retention import Days, Retention
from bot.records.sharepoint import SharePoint
from bot.records.sides import Side
from bot.records.store import Store
from bot.records.ward_side import WardSide
from bot.settings import Settings


def sides_of(store: Store) -> Mapping[str, Side]:
    """The lists that the store keeps, by name, in the order in which they are read: what a row points to comes before it."""
    sides: tuple[Side, ...] = (WardSide(store), CheckInSide(store), ReplySide(), AuditSide())
    return {side.row.LIST: side for side in sides}


@dataclass(frozen=True, slots=True)
class Record:
    """Both directions, which share what may be asked of SharePoint and what is known of its rows; and what is removed in time."""

    desk: FilingDesk
    reader: Reader
    retention: Retention

    @classmethod
    def of(cls, settings: Settings, database: Database, store: Store, graph: Graph, clock: Clock, dice: Random) -> Self:
        """The record that these settings name, for this store."""
        sides = sides_of(store)
        sharepoint = SharePoint(graph, settings.sharepoint_site, Budget(clock, settings.graph_units))
        days = Days(settings.keep_check_ins_days, settings.keep_replies_days, settings.keep_audit_log_days)
        every = timedelta(seconds=settings.read_every)
        return cls(
            FilingDesk(database, store, sides, sharepoint, clock, dice),
            Reader(database, store, sides, sharepoint, clock, every),
            Retention(database, days),
        )
