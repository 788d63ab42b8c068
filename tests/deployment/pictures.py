"""Reads the PNGs that we write, by the PNG specification and nothing of ours, so that a test sees what Teams would."""

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A square picture; `pixels` are (red, green, blue, alpha), row after row."""

    size: int
    pixels: list[tuple[int, ...]]

    def at(self, x: int, y: int) -> tuple[int, ...]:
        """The pixel in column x of row y, from the top left."""
        return self.pixels[y * self.size + x]


def read_png(png: bytes) -> Picture:
    """The picture in an RGBA PNG of 8 bits a channel and unfiltered rows; each chunk's checksum is checked."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (width, form) == (height, [8, 6, 0, 0, 0])
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + 4 * width
    rows = [raw[start : start + stride] for start in range(0, len(raw), stride)]
    assert len(rows) == height
    assert all(row[0] == 0 for row in rows)
    return Picture(width, [tuple(row[i : i + 4]) for row in rows for i in range(1, stride, 4)])
