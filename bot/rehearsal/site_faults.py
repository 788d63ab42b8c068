"""What can be broken on the rehearsal's page: switches that stay, and faults that meet the next few requests."""

from dataclasses import dataclass
from typing import Any

from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site_acts import Acts
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_world import NotSent

NO_SUCH_SWITCH = "There is no such switch."
TIMES = 5

#: Key, title, what it does, and whether it stays on until it is switched off.
SWITCHES = (
    (
        "graph-down",
        "SharePoint is down",
        "Every request is refused until you switch it off. Answers wait, and are filed later.",
        True,
    ),
    (
        "five-times",
        "Each tap arrives 5 times",
        "Teams delivers everything 5 times at once. It still counts once.",
        True,
    ),
    ("graph-throttled", "SharePoint is busy", f"The next {TIMES} requests are told to come back later.", False),
    (
        "graph-lost",
        "SharePoint’s answers get lost",
        f"The next {TIMES} requests are carried out, but look as if they failed.",
        False,
    ),
    ("teams-throttled", "Teams is busy", f"The next {TIMES} posts are told to come back in 2 seconds.", False),
)


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches over both stand-ins."""

    teams: TeamsStandIn
    sharepoint: SharePointStandIn
    acts: Acts

    def describe(self) -> list[dict[str, Any]]:
        """Each switch as the page draws it."""
        on = {"graph-down": self.sharepoint.faults.down, "five-times": self.acts.five_times}
        return [
            {"key": key, "title": title, "says": says, "stays": stays, "on": on.get(key, False)}
            for key, title, says, stays in SWITCHES
        ]

    def set(self, key: str, *, on: bool) -> None:
        """Switch one on or off; one that does not stay on is sent out each time. Raises NotSent for one that there is not."""
        match key:
            case "graph-down":
                self.sharepoint.faults.down = on
            case "five-times":
                self.acts.five_times = on
            case "graph-throttled":
                self.sharepoint.faults.next("429-fractional", TIMES)
            case "graph-lost":
                self.sharepoint.faults.next("504-after-commit", TIMES)
            case "teams-throttled":
                self.teams.faults.next("429-retry-after", TIMES)
            case _:
                raise NotSent({"": NO_SUCH_SWITCH})
