"""What is written down to be done later, in the same transaction as the change that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an outbox entry asks for. Entries with the same kind and key are one entry."""

    WELCOME = "welcome"
    ANNOUNCE_WARD = "announce_ward"
    POST_CHECK_IN = "post_check_in"
    REFRESH_CHECK_IN = "refresh_check_in"
    POST_REMINDER = "post_reminder"
    POST_SUMMARY = "post_summary"
    REFRESH_SUMMARY = "refresh_summary"
    REMOVE_STRAY = "remove_stray"
    TELL_LEADS = "tell_leads"
    FILE_WARD = "file_ward"
    FILE_CHECK_IN = "file_check_in"
    FILE_REPLIES = "file_replies"
    FILE_AUDIT = "file_audit"
    DELETE_ROW = "delete_row"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be done after the transaction it was written in: `kind` and `key` say what, once; `due` when (None: at once)."""

    kind: Kind
    key: str
    ward_id: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None
