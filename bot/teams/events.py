"""What Teams tells about the bot's own place: put in, taken out, upgraded; teams and channels renamed, deleted, back."""

from botbuilder.schema import Activity

from bot.domain.wards import Place, Quiet
from bot.teams.forms import place_of
from bot.usecases.wards import Wards

#: `installationUpdate` actions that end the bot's presence. "remove-upgrade" does not: it is the first half of an upgrade.
REMOVED = frozenset({"remove"})
ADDED = frozenset({"add", "add-upgrade"})


class Events:
    """Tells the wards. Source for the names: Teams "Conversation events in your Teams bot", "Installation update event"."""

    def __init__(self, wards: Wards) -> None:
        self._wards = wards

    async def installation(self, activity: Activity) -> None:
        """The app was added to, upgraded in or removed from a team. In personal chat there is nothing to do."""
        place = place_of(activity)
        if place is None:
            return
        if activity.action in REMOVED:
            await self._wards.left(place.team_id, Quiet.REMOVED)
        elif activity.action in ADDED:
            await self._wards.entered(_chosen(activity, place))

    async def conversation(self, activity: Activity) -> None:
        """People, channels and the team itself came, went or got other names."""
        place = place_of(activity)
        if place is None:
            return
        ours = activity.recipient.id
        if any(member.id == ours for member in activity.members_added or ()):
            await self._wards.entered(_chosen(activity, place))
        for member in activity.members_removed or ():
            if member.id == ours:
                await self._wards.left(place.team_id, Quiet.REMOVED)
            elif member.aad_object_id:
                await self._wards.member_left(place.team_id, member.aad_object_id)
        await self._changed((activity.channel_data or {}).get("eventType"), place)

    async def _changed(self, event: object, place: Place) -> None:
        match event:
            case "teamRenamed":
                await self._wards.renamed(place.model_copy(update={"channel_id": "", "channel_name": ""}))
            case "channelRenamed":
                await self._wards.renamed(place)
            case "channelDeleted":
                await self._wards.channel_gone(place.channel_id)
            case "channelRestored":
                await self._wards.channel_back(place)
            case "teamArchived" | "teamDeleted" | "teamHardDeleted":
                await self._wards.left(place.team_id, Quiet.TEAM_GONE)
            case "teamUnarchived" | "teamRestored":
                await self._wards.team_back(place)


def _chosen(activity: Activity, place: Place) -> Place:
    """The channel that was picked when the app was added, where Teams says which; else the one the event came from."""
    settings = (activity.channel_data or {}).get("settings")
    chosen = settings.get("selectedChannel") if isinstance(settings, dict) else None
    channel_id = chosen.get("id") if isinstance(chosen, dict) else None
    return place.model_copy(update={"channel_id": channel_id}) if isinstance(channel_id, str) and channel_id else place
