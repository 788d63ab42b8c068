"""The files that the house rules look at."""

import ast
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
PROGRAM = ("app.py", "bot", "cards", "deployment")
OTHERS = ("tests", ".ci", ".dockerignore", ".gitignore", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")
PICTURES = {".png", ".ico", ".woff2", ".zip"}


def files(*roots: str) -> list[Path]:
    """Every file at or below these places in the repository, in order, but for what machines leave behind."""
    found: list[Path] = []
    for root in roots:
        place = REPOSITORY / root
        found += sorted(place.rglob("*")) if place.is_dir() else [place]
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def python(*roots: str) -> list[Path]:
    """The Python files among them."""
    return [file for file in files(*roots) if file.suffix == ".py"]


def parsed(file: Path) -> ast.Module:
    """The file as Python reads it."""
    return ast.parse(file.read_text(encoding="utf-8"))


def where(file: Path) -> str:
    """The file's place in the repository, as people write it."""
    return file.relative_to(REPOSITORY).as_posix()
