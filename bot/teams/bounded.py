"""Reading what somebody else sends, no further than we are willing to hold."""

from aiohttp import StreamReader


async def read_within(content: StreamReader, limit: int) -> bytes | None:
    """Return the whole of `content`, or None where it is longer than `limit` bytes (about one chunk over is held)."""
    chunks: list[bytes] = []
    held = 0
    async for chunk in content.iter_any():
        held += len(chunk)
        if held > limit:
            return None
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
