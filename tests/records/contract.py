"""Holds exchanges with Graph against Microsoft's contract, where the contract describes them."""

import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_NAME = "graph.yaml"


class Contract:
    """Microsoft's OpenAPI description of the part of Graph that the bot uses."""

    def __init__(self, folder: Path) -> None:
        with (folder / "graph-lists-openapi.yaml").open(encoding="utf-8") as file:
            self._document: dict[str, Any] = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
        self._registry: Registry[Any] = Registry().with_resource(_NAME, DRAFT202012.create_resource(self._document))
        # The most literal template first: /items/delta before /items/{id}.
        templates = sorted(self._document["paths"], key=lambda path: path.count("{"))
        self._paths = [(re.compile(re.sub(r"\\{[^/]*?\\}", "[^/]+", re.escape(path))), path) for path in templates]

    def describes(self, address: str) -> str | None:
        """The path template for an address, or None where the contract has none."""
        path = address.partition("?")[0].partition("/v1.0")[2]
        return next((template for pattern, template in self._paths if pattern.fullmatch(path)), None)

    def departures(self, method: str, address: str, request: Any, status: int, response: Any) -> list[str]:
        """Each way in which an exchange departs from the contract, as a sentence."""
        path = self.describes(address)
        operation = self._document["paths"].get(path, {}).get(method.lower())
        if path is None or operation is None:
            return [f"{method} {address}: not described"]
        at = ("paths", path, method.lower())
        told = []
        # What Graph refused is refused for its request, which then need not fit.
        if request is not None and status != 400:
            told += self._errors((*at, "requestBody"), request)
        key = next((key for key in (str(status), f"{status // 100}XX") if key in operation["responses"]), None)
        if key is None:
            return [*told, f"{method} {address}: status {status} is not described"]
        referred = operation["responses"][key].get("$ref")
        where = tuple(referred.split("/")[1:]) if referred else (*at, "responses", key)
        return [*told, *(self._errors(where, response) if response is not None else [])]

    def _errors(self, where: tuple[str, ...], body: Any) -> list[str]:
        steps = (*where, "content", "application/json", "schema")
        pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
        escaped = pointer.replace("{", "%7B").replace("}", "%7D").replace("$", "%24")
        validator = Draft202012Validator({"$ref": f"{_NAME}#/{escaped}"}, registry=self._registry)
        return [
            f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in validator.iter_errors(body)
        ]
