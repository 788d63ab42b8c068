"""A closed loop of keep-alive connections: each sends its next request when it has the answer to the last."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(slots=True)
class Figures:
    """What a run came to. `latencies` in seconds, in order of size; `refused` counts answers other than 2xx, by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency that this share of the answers stayed under."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000


class _Client(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], until: float, figures: Figures) -> None:
        self._requests = requests
        self._until = until
        self._figures = figures
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the bot hung up"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(LENGTH)
        length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + len(HEAD_END) + length:
            return
        self._buffer = b""
        self._figures.latencies.append(time.perf_counter() - self._sent)
        status = int(head[9:12])
        if not 200 <= status < 300:
            self._figures.refused[status] += 1
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None) if time.perf_counter() < self._until else None
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def drive(port: int, requests: Iterator[bytes], at_once: int, seconds: float = 3600.0) -> Figures:
    """Send until `seconds` are over or there are no more requests."""
    figures = Figures()
    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: _Client(requests, started + seconds, figures), "127.0.0.1", port))[1]
        for _ in range(at_once)
    ]
    await asyncio.gather(*(client.done for client in clients))
    figures.seconds = time.perf_counter() - started
    figures.latencies.sort()
    return figures
