"""Holds exchanges with Graph against Microsoft's contract, where the contract describes them, by the checker that comes with it."""

import re
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from bot.rehearsal.sharepoint import SharePointStandIn
from tests.conftest import REPOSITORY

#: One exchange: method, address, request body, status, response body.
Exchange = tuple[str, str, Any, int, Any]

BAD_GATEWAY = 502
LONGEST_BATCH = 20
#: What differs from one address to the next and means nothing to the contract: ids, numbers and ports.
_ONE_OF_MANY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_WORD = re.compile(r"[A-Za-z]{1,20}")


class Contract:
    """Microsoft's OpenAPI description of the part of Graph that the bot uses, and its `validate.py`."""

    def __init__(self, folder: Path) -> None:
        spec = spec_from_file_location("contract_checker", folder / "validate.py")
        assert spec
        assert spec.loader
        self._checker = module_from_spec(spec)
        spec.loader.exec_module(self._checker)

    def describes(self, address: str) -> str | None:
        """The path template for an address, or None where the contract has none."""
        found: str | None = self._checker.path_of(address)
        return found

    def departures(self, method: str, address: str, request: Any, status: int, response: Any) -> list[str]:
        """Each way in which an exchange departs from the contract, as a sentence."""
        told: list[str] = self._checker.problems(method, address, request, status, response)
        # What Graph refused is refused for its request, or before it was read: that need not fit, or be known.
        unread = status >= 400 and request is None
        return [one for one in told if not ((status == 400 or unread) and one.startswith("request:"))]


@cache
def contract_at_hand() -> Contract | None:
    """Microsoft's contract for lists, where it is at hand (`test_graph_contract.py` says so where it is not)."""
    folder = REPOSITORY.parent / "shared" / "contracts"
    return Contract(folder) if folder.is_dir() else None


@contextmanager
def held(stand_in: SharePointStandIn) -> Iterator[list[Exchange]]:
    """Collects every exchange with the stand-in from here on, and at the end fails the test if one departs from the contract."""
    exchanges: list[Exchange] = []
    before = stand_in.on_exchange

    def heard(*exchange: Any) -> None:
        exchanges.append(exchange)
        if before is not None:
            before(*exchange)

    stand_in.on_exchange = heard
    try:
        yield exchanges
    finally:
        stand_in.on_exchange = before
    found = departures(exchanges)
    assert found == [], found


#: What was found of each kind of exchange: a check takes a millisecond, so exchanges that differ in nothing that the contract looks at
#: are checked once in a run.
_FOUND: dict[Hashable, list[str]] = {}


def departures(exchanges: Iterable[Exchange]) -> list[tuple[Exchange, list[str]]]:
    """The kinds of exchange that depart from the contract, each with how; none where it is not at hand."""
    known, found, seen = contract_at_hand(), [], set()
    for method, address, request, status, response in exchanges if known else ():
        # Who is in a team is not in the contract, which is for lists; a gateway's page in HTML is not Graph speaking.
        if known is None or "/teams/" in address:
            continue
        came = (BAD_GATEWAY, None) if isinstance(response, str) else (status, response)
        path = _ONE_OF_MANY.sub("1", address.partition("?")[0])
        alike = (method, path, outline(request), status, outline(response))
        if alike in seen:
            continue
        seen.add(alike)
        if alike not in _FOUND:
            _FOUND[alike] = known.departures(method, address, request, *came)
        found += [((method, address, request, status, response), _FOUND[alike])] if _FOUND[alike] else []
    return found


def outline(value: Any, *, free: bool = False) -> Hashable:
    """What the contract looks at: names, kinds, and words that it may list; of long texts, numbers and (`free`) a row's fields the kind only."""
    if isinstance(value, dict):
        return tuple((name, outline(value[name], free=free or name == "fields")) for name in sorted(value))
    if isinstance(value, list):
        return min(len(value), LONGEST_BATCH + 1), frozenset(outline(one, free=free) for one in value)
    if isinstance(value, str) and not free and _WORD.fullmatch(value):
        return value
    return f"a {type(value).__name__}"
