"""Limits of time and memory for what runs inside a block."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

KILOBYTE = 1024


class TooLong(BaseException):
    """The time is over; no `except Exception` may take it for an error of its own."""


@contextmanager
def limited_time(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in the block after some seconds, once Python is at work and not C."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooLong(f"more than {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)  # again, if the first was swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def limited_memory(num_bytes: int) -> Iterator[None]:
    """Let the process have some bytes more than it has; beyond, Python says `MemoryError`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + num_bytes
    resource.setrlimit(
        resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def largest_memory() -> int:
    """Return the most bytes of memory that this process, or one that it started, has had."""
    ended = (
        resource.getrusage(who).ru_maxrss * KILOBYTE
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return max(*ended, *map(_largest_memory_of, _running_children()))


def _running_children() -> Iterator[str]:
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended
            yield from path.read_text(encoding="ascii").split()


def _largest_memory_of(pid: str) -> int:
    """Return the peak of another process; 0 if it has ended, and is counted with those."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        peak = next((line for line in lines.splitlines() if line.startswith("VmHWM:")), ": 0 kB")
        return int(peak.split()[1]) * KILOBYTE
    return 0


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
