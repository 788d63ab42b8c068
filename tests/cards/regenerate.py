"""Writes the golden files of the cards anew (`python -m tests.cards.regenerate`): read the difference before keeping it."""

import json
from pathlib import Path

from cards.parts import Card
from tests.cards.samples import CARDS

FOLDER = Path(__file__).parent / "golden"


def as_text(card: Card) -> str:
    """A card as its golden file has it."""
    return json.dumps(card, ensure_ascii=False, indent=2) + "\n"


def write() -> None:
    """Write every golden file and remove those of cards that are gone."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.json"):
        file.unlink()
    for name, card in CARDS.items():
        (FOLDER / f"{name}.json").write_text(as_text(card), encoding="utf-8")


if __name__ == "__main__":
    write()
