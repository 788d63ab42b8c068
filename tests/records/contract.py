"""Holds exchanges with Graph against Microsoft's contract, where the contract describes them, by the checker that comes with it."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any


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
