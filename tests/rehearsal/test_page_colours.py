"""The rehearsal page's colours can be told apart, in light and in dark."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "bot" / "rehearsal" / "page" / "page.css"
TEXT = 4.5  # WCAG 2.2, 1.4.3 Contrast (Minimum), level AA
SHAPE = 3.0  # WCAG 2.2, 1.4.11 Non-text Contrast, level AA

#: What stands on what, and how far apart they have to be.
PAIRS = [
    *(
        (colour, ground, TEXT)
        for colour in ("ink", "soft", "pine", "rowan", "honey")
        for ground in ("paper", "sheet", "tint")
    ),
    ("on-pine", "pine", TEXT),
    ("rowan", "rowan-tint", TEXT),
    ("honey", "honey-tint", TEXT),
    ("paper", "ink", TEXT),
    *((colour, ground, SHAPE) for colour in ("edge", "focus", "pine") for ground in ("paper", "sheet", "tint")),
]


def themes() -> list[dict[str, str]]:
    """The light colours, and the dark ones."""
    found = re.findall(r":root \{(.*?)\}", STYLES.read_text(encoding="utf-8"), re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in found]


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definitions)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(theme: int) -> None:
    """Text stands out from its ground by 4.5 to 1, edges and the focus ring by 3 to 1."""
    colours = themes()[theme]
    poor = {}
    for colour, ground, least in PAIRS:
        light, dark = sorted((luminance(colours[colour]), luminance(colours[ground])), reverse=True)
        ratio = (light + 0.05) / (dark + 0.05)
        if ratio < least:
            poor[colour, ground] = round(ratio, 2)

    assert poor == {}
