"""What a stretch of work costs the process that it runs in."""

import contextlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path

FILING, MEMORY = "file", "memory once filed"
READING = ("read back 10,000 as written", "read back 1,000 changed")

#: By row and column.
Figures = dict[str, dict[str, float]]


@contextlib.contextmanager
def measured(into: Figures, row: str) -> Iterator[None]:
    """Note the processor time of all threads, how much of that was the kernel's, and the time on the clock; in seconds."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    yield
    after, ended = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    kernel = after.ru_stime - before.ru_stime
    into[row] = {"CPU s": after.ru_utime - before.ru_utime + kernel, "kernel CPU s": kernel, "s": ended - began}


def megabytes() -> float:
    """Resident memory."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
