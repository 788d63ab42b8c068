"""What stands below every box that people can type into, always in the same place: where urgent things go, and who reads this."""

from collections.abc import Iterable
from functools import lru_cache

from microsoft_teams.cards import CardElement

from bot.domain.ward_forms import is_web_address
from bot.domain.wards import Links, Ward
from cards.parts import quietly, run, text_line

NOT_FOR_EMERGENCIES = "Not for emergencies or incidents."
DANGER = "Danger now: ward emergency procedure or 999."
REPORT = "Report an incident"
SPEAK_UP = "Speak up"
SUSTAINABILITY = "Sustainability pack"
CO_PRODUCTION = "Help with co-production"
OUR_LINKS = "Our links: {links}"

#: What a web address may hold that would end a Markdown link early, and how the address says the same (RFC 3986, 2.1).
_IN_A_LINK = str.maketrans({"(": "%28", ")": "%29", "[": "%5B", "]": "%5D"})


def footer(ward: Ward) -> tuple[CardElement, ...]:
    """The footer of a ward's cards, with the links and the reader that the ward gave."""
    return _footer(ward.reader, ward.links)


@lru_cache(maxsize=2_048)
def _footer(reader: str, links: Links) -> tuple[CardElement, ...]:
    given = ((REPORT, links.incident), (SPEAK_UP, links.speak_up))
    first = quietly(" · ".join([NOT_FOR_EMERGENCIES, *_linked(given)]))
    first.separator = True
    return (first, quietly(DANGER), text_line(run(reader, subtle=True), spacing="Small"))


def all_links(links: Links) -> list[CardElement]:
    """Every link that the ward gave, in one line; nothing where it gave none."""
    given = (
        (REPORT, links.incident),
        (SPEAK_UP, links.speak_up),
        (SUSTAINABILITY, links.sustainability),
        (CO_PRODUCTION, links.co_production),
    )
    linked = _linked(given)
    return [quietly(OUR_LINKS.format(links=" · ".join(linked)))] if linked else []


def _linked(given: Iterable[tuple[str, str]]) -> list[str]:
    # The record can be edited by hand, so an address is checked again where it becomes a link.
    return [f"[{label}]({url.translate(_IN_A_LINK)})" for label, url in given if is_web_address(url)]


def footer_before_set_up() -> list[CardElement]:
    """The footer where there is no ward yet."""
    return [quietly(f"{NOT_FOR_EMERGENCIES} {DANGER}")]
