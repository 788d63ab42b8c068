"""The house rules as functions: each reads one parsed file and answers with a sentence for every breach."""

import ast
import re
from collections.abc import Collection, Iterator

#: Ways to ask the machine for the time, or to wait on its clock.
CLOCK = {
    "asyncio": {"sleep"},
    "date": {"today"},
    "datetime": {"now", "today", "utcnow"},
    "time": {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep", "time", "time_ns"},
}
LOG_LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
#: Log fields that would carry what people wrote, who they are, or what opens doors.
NEVER_LOGGED = {
    *("activity", "answer", "authorization", "body", "comment", "display_name", "email", "feeling", "headers", "line"),
    *("lines", "member", "name", "object_id", "payload", "people", "person", "secret", "settings", "text", "title"),
    *("token", "user", "who", "words"),
}
#: A registry's host, or a folder that only one machine has.
NOWHERE = re.compile(
    r"(?:pypi|pythonhosted|npmjs|debian|crates)\.(?:org|com|net|io)"
    r"|(?:^|[\s\"'`=(\[])(?:/(?:home|Users|root|work|workspace)/|[A-Z]:\\Users)",
)


def mocks(tree: ast.AST) -> Iterator[str]:
    """Fakes and stand-ins only: a mock agrees with whatever the code does."""
    for node in ast.walk(tree):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            imported = [f"{node.module}.{alias.name}" for alias in node.names]
        # Looked for here, so that no test can bring it in.
        if any(name.split(".")[0] == "mock" or name.startswith("unittest.mock") for name in imported):
            yield f"line {_line(node)}: imports a mock"
        if isinstance(node, ast.arg) and node.arg == "mocker":
            yield f"line {node.lineno}: asks for mocker"
        if (
            isinstance(node, ast.Attribute)
            and _name(node.value) == "monkeypatch"
            and node.attr in {"setattr", "setitem"}
        ):
            yield f"line {node.lineno}: replaces code by monkeypatch.{node.attr}"


def clocks(tree: ast.AST) -> Iterator[str]:
    """Time comes from the Clock that is handed in. `asyncio.sleep(0)`, a mere pause for breath, is no waiting."""
    breaths = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == 0
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and id(node) not in breaths
            and node.attr in CLOCK.get(_name(node.value), ())
        ):
            yield f"line {node.lineno}: asks the machine by {_name(node.value)}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "asyncio"}:
            for alias in node.names:
                if alias.name in CLOCK[node.module]:
                    yield f"line {node.lineno}: asks the machine by {node.module}.{alias.name}"


def logs(tree: ast.AST) -> Iterator[str]:
    """A log line is one fixed sentence and named fields, none of which can carry a person or their words."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOG_LEVELS):
            continue
        if _name(node.func.value).lstrip("_") not in {"log", "logger"}:
            continue
        sentence = node.args[0] if len(node.args) == 1 else None
        if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
            yield f"line {node.lineno}: a log line is one fixed sentence, and fields"
        for field in node.keywords:
            if field.arg is None:
                yield f"line {node.lineno}: log fields are written out, not spread from a dictionary"
            elif field.arg in NEVER_LOGGED:
                yield f"line {node.lineno}: logs {field.arg}"


def waits(tree: ast.AST) -> Iterator[str]:
    """The domain neither waits nor throws dice of its own: it is handed a `Random`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"line {node.lineno}: waits"
        chance = isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module == "random":
            chance = any(alias.name != "Random" for alias in node.names)
        if chance:
            yield f"line {_line(node)}: throws its own dice"


def columns(tree: ast.AST, names: Collection[str]) -> Iterator[str]:
    """Only bot/records knows what a SharePoint column is called. Names of one word are words like any other, and are let be."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and value in names and sum(letter.isupper() for letter in value) > 1:
            yield f"line {_line(node)}: knows the column {value}"


def undocumented(tree: ast.Module) -> Iterator[str]:
    """A module says what it is for, unless it is empty; a test says in a sentence what it shows."""
    if tree.body and not ast.get_docstring(tree):
        yield "the file does not say what it is for"
    for node in ast.walk(tree):
        is_test = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if is_test and not ast.get_docstring(node):  # type: ignore[arg-type]  # is_test says which it is
            yield f"line {_line(node)}: a test without its sentence"


def _name(node: ast.expr) -> str:
    """The last word of a name: `time` for `time`, `_log` for `self._log`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))
