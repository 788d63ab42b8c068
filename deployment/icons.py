"""The app's two icons: seven days in a ring, one of them the day the ward is asked.

Teams: the colour icon is 192 × 192 with its mark inside the middle 120 × 120; the outline icon is 32 × 32, white on
nothing (Teams documentation, "Design your app's icon"). Drawn here so that no binary file and no image library is kept.
"""

import math
import struct
import zlib
from dataclasses import dataclass

from deployment.manifest import ACCENT

DAYS = 7
WHITE = (255, 255, 255)
WARM = (255, 196, 87)

COLOUR_SIZE = 192
OUTLINE_SIZE = 32


@dataclass(frozen=True, slots=True)
class Circle:
    """A disc, or a ring where `line` (its line's width) is given; `strength`, 0 to 1, is how much it hides.

    Lengths in pixels from the top left.
    """

    x: float
    y: float
    radius: float
    colour: tuple[int, int, int]
    strength: float = 1.0
    line: float | None = None

    def covers(self, x: float, y: float) -> float:
        """How much of the pixel centred on (x, y) this shape covers, 0 to 1: the anti-aliasing."""
        away = math.hypot(x - self.x, y - self.y) - self.radius
        if self.line is not None:
            away = abs(away) - self.line / 2
        return self.strength * min(1.0, max(0.0, 0.5 - away))


def colour_icon() -> bytes:
    """The 192 × 192 PNG: white days and one warm one, on the accent colour."""
    accent = bytes.fromhex(ACCENT.removeprefix("#"))
    centre, ring = (
        (COLOUR_SIZE / 2, COLOUR_SIZE / 2 + 6),
        45.0,
    )  # a little low, since the large day makes the mark top-heavy
    path = Circle(*centre, ring, WHITE, strength=0.3, line=3.5)
    gap = Circle(centre[0], centre[1] - ring, 22, (accent[0], accent[1], accent[2]))
    today = Circle(centre[0], centre[1] - ring, 16, WARM)
    return _png(COLOUR_SIZE, [path, gap, *_other_days(centre, ring, 8.5), today], background=(*accent, 255))


def outline_icon() -> bytes:
    """The 32 × 32 PNG: white on transparent, one day drawn as a ring."""
    centre, ring = (OUTLINE_SIZE / 2, OUTLINE_SIZE / 2 + 1.5), 11.0
    today = Circle(centre[0], centre[1] - ring, 3.6, WHITE, line=1.8)
    return _png(OUTLINE_SIZE, [*_other_days(centre, ring, 2.3), today], background=(*WHITE, 0))


def _other_days(centre: tuple[float, float], ring: float, radius: float) -> list[Circle]:
    """Six dots clockwise on a ring of that radius, leaving the top free."""
    angles = (2 * math.pi * day / DAYS for day in range(1, DAYS))
    return [
        Circle(centre[0] + ring * math.sin(angle), centre[1] - ring * math.cos(angle), radius, WHITE)
        for angle in angles
    ]


def _png(size: int, shapes: list[Circle], background: tuple[int, ...]) -> bytes:
    """A square RGBA PNG of `shapes` laid over `background` in their order (PNG specification, third edition, 2025)."""
    rows = bytearray()
    for row in range(size):
        rows.append(0)  # each line of pixels begins with its filter: none
        for column in range(size):
            rows += bytes(_pixel(column + 0.5, row + 0.5, shapes, background))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits a channel; colour type 6 is RGBA
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _pixel(x: float, y: float, shapes: list[Circle], background: tuple[int, ...]) -> tuple[int, ...]:
    red, green, blue, alpha = background[0], background[1], background[2], background[3] / 255
    colour: tuple[float, ...] = (red, green, blue)
    for shape in shapes:
        part = shape.covers(x, y)
        if part:
            whole = part + alpha * (1 - part)
            colour = tuple(
                (new * part + old * alpha * (1 - part)) / whole for new, old in zip(shape.colour, colour, strict=True)
            )
            alpha = whole
    return (*(round(value) for value in colour), round(alpha * 255))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
