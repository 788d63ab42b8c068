"""What is kept about one person: what they gave under their name, or in a check-in that is still open, and the wards they lead."""

from dataclasses import dataclass

from bot.domain.checkins import Reply


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that can be told to be theirs. `open`: its check-in still is; `in_sharepoint`: it stands there too."""

    ward: str
    period: str
    reply: Reply
    open: bool
    in_sharepoint: bool


@dataclass(frozen=True, slots=True)
class KnownOf:
    """All that is known to be one person's: their answers, latest first, and the names of the wards they lead. `alone`: those nobody else leads."""

    leads: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing."""
        return not self.leads and not self.given
