"""What comes next in a ward, so that the rehearsal's clock can be moved to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.checkins import CheckIn
from bot.domain.rhythms import next_occurrence
from bot.domain.wards import Ward


class Diary(Protocol):
    """The part of the bot's store that knows."""

    async def wards_awake(self) -> Sequence[Ward]: ...
    async def ward_in(self, channel_id: str) -> Ward | None: ...
    async def open_check_in(self, ward_id: str) -> CheckIn | None: ...
    async def recent_check_ins(self, ward_id: str, limit: int) -> Sequence[CheckIn]: ...


async def moments_of(diary: Diary, channel_id: str, now: datetime) -> Mapping[str, datetime]:
    """The moments of the channel's ward that lie ahead: its next "check-in", and the "reminder" and "close" of an open one."""
    ward = await diary.ward_in(channel_id)
    if ward is None:
        return {}
    recent = await diary.recent_check_ins(ward.id, 8)
    turn = next_occurrence(ward.rhythm, now, known=frozenset(check_in.period for check_in in recent))
    found = {"check-in": turn.due} if turn and ward.quiet is None else {}
    check_in = await diary.open_check_in(ward.id)
    if check_in is not None:
        found["close"] = check_in.closes_at
        if check_in.remind_at is not None:
            found["reminder"] = check_in.remind_at
    return found


async def next_moment(diary: Diary, now: datetime, before: datetime) -> datetime | None:
    """The next moment after `now` and before `before` at which something falls due in any ward."""
    coming = [
        moment
        for ward in await diary.wards_awake()
        for moment in (await moments_of(diary, ward.place.channel_id, now)).values()
        if now < moment < before
    ]
    return min(coming, default=None)
