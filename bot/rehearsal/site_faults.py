"""What can be broken on the rehearsal's page: switches that stay, and faults that meet the next few requests."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.records.lists import LISTS
from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site_acts import Acts
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_world import NotSent

NO_SUCH_SWITCH = "There is no such switch."
NO_SUCH_LIST = "There is no such list yet."
TIMES = 5
#: Seconds on the rehearsal's clock.
LATE, BEHIND = 5, 60
#: How many requests of a bad day go wrong.
SHARE = 1 / 3
LOST_LIST, LOST_COLUMN = "Replies", "What we try next"

SHAREPOINT, TEAMS = "SharePoint", "Teams"

#: Key, whose it is, title, what it does, and whether it stays on until it is switched off.
SWITCHES = (
    (
        "graph-down",
        SHAREPOINT,
        "SharePoint is down",
        "Every request of the bot is refused until you switch it off. Answers wait, and are filed later.",
        True,
    ),
    (
        "graph-storm",
        SHAREPOINT,
        "SharePoint has a bad day",
        "1 request in 3 goes wrong, each in another way, until you switch it off.",
        True,
    ),
    (
        "graph-lag",
        SHAREPOINT,
        "SharePoint’s reads lag behind",
        f"Whoever reads sees what stood there {BEHIND} seconds ago, until you switch it off.",
        True,
    ),
    (
        "graph-column",
        SHAREPOINT,
        f"Somebody deletes the column “{LOST_COLUMN}”",
        f"It goes from {LOST_LIST} with all that stood in it. Switch it off, and the column is back, but empty.",
        True,
    ),
    (
        "graph-throttled",
        SHAREPOINT,
        "SharePoint is busy",
        f"The next {TIMES} requests are told to come back later.",
        False,
    ),
    (
        "graph-lost",
        SHAREPOINT,
        "SharePoint’s answers get lost",
        f"The next {TIMES} requests are carried out, but look as if they failed.",
        False,
    ),
    (
        "graph-dropped",
        SHAREPOINT,
        "SharePoint hangs up",
        f"The next {TIMES} requests are carried out, but the line drops before an answer comes.",
        False,
    ),
    (
        "graph-slow",
        SHAREPOINT,
        "SharePoint is slow",
        f"The next {TIMES} answers come {LATE} seconds late.",
        False,
    ),
    (
        "graph-token",
        SHAREPOINT,
        "SharePoint forgets where the bot was",
        "At its next look for changes, the bot has to read every list from the start.",
        False,
    ),
    (
        "five-times",
        TEAMS,
        "Each tap arrives 5 times",
        "Teams delivers everything 5 times at once. It still counts once.",
        True,
    ),
    ("teams-throttled", TEAMS, "Teams is busy", f"The next {TIMES} posts are told to come back in 2 seconds.", False),
)


@dataclass(slots=True)
class Switches:
    """The switches over both stand-ins."""

    teams: TeamsStandIn
    sharepoint: SharePointStandIn
    acts: Acts
    _stormy: bool = False
    # One known order, so that two rehearsals of a bad day are alike.
    _dice: Random = field(default_factory=lambda: Random(3))  # noqa: S311 - an order, not a secret

    def describe(self) -> list[dict[str, Any]]:
        """Each switch as the page draws it."""
        on = {
            "graph-down": self.sharepoint.faults.down,
            "graph-storm": self._stormy,
            "graph-lag": self.sharepoint.api.habits.lag > 0,
            "graph-column": self._column_is_gone(),
            "five-times": self.acts.five_times,
        }
        return [
            {"key": key, "of": of, "title": title, "says": says, "stays": stays, "on": on.get(key, False)}
            for key, of, title, says, stays in SWITCHES
        ]

    def set(self, key: str, *, on: bool) -> None:
        """Switch one on or off; one that does not stay on is sent out each time. Raises NotSent for one that there is not."""
        if key not in {known for known, *_ in SWITCHES}:
            raise NotSent({"": NO_SUCH_SWITCH})
        match key:
            case "graph-down":
                self.sharepoint.faults.down = on
            case "graph-storm":
                self._storm(on=on)
            case "graph-lag":
                self.sharepoint.lag(BEHIND if on else 0)
            case "graph-column":
                self._lose_column(on=on)
            case "graph-token":
                self.sharepoint.expire_delta()
            case "five-times":
                self.acts.five_times = on
            case "teams-throttled":
                self.teams.faults.next("429-retry-after", TIMES)
            case _:
                self.sharepoint.faults.slow_seconds = LATE
                self.sharepoint.faults.next(_NEXT[key], TIMES)

    def _storm(self, *, on: bool) -> None:
        self._stormy = on
        if on:
            self.sharepoint.faults.storm(self._dice, SHARE)
        else:
            self.sharepoint.faults.calm()

    def _column_is_gone(self) -> bool:
        of = self.sharepoint.api.lists.named(LOST_LIST)
        return of is not None and _LOST.name not in of.columns

    def _lose_column(self, *, on: bool) -> None:
        if self.sharepoint.api.lists.named(LOST_LIST) is None:
            raise NotSent({"": NO_SUCH_LIST})
        if on and not self._column_is_gone():
            self.sharepoint.remove_column(LOST_LIST, _LOST.name)
        elif not on and self._column_is_gone():
            self.sharepoint.add_column(LOST_LIST, _LOST.definition())


#: What goes wrong with the next few requests, by switch.
_NEXT = {
    "graph-throttled": "429-fractional",
    "graph-lost": "504-after-commit",
    "graph-dropped": "drop",
    "graph-slow": "slow",
}
_LOST = next(
    column for of in LISTS if of.name == LOST_LIST for column in of.columns if column.display_name == LOST_COLUMN
)
