"""How much memory an array may take before this machine, or its container, has no more."""

import os
from pathlib import Path

from gapjunction.errors import ImageError

_BYTES_PER_KB = 1024
_MEMINFO = Path("/proc/meminfo")
_CONTAINER = (  # limit and use, in version 2 and 1 of Linux' control groups
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def refuse_more_than_memory(path: Path, num_bytes: int) -> None:
    """Refuse an image whose header asks for more memory than there is, before it is taken.

    Raises:
        ImageError: naming both.
    """
    free = free_bytes()
    if free is not None and num_bytes > free:
        raise ImageError(
            path,
            expected=f"an image that fits into memory, of which {free / 1e9:.1f} GB are free",
            found=f"one of {num_bytes / 1e9:,.1f} GB, or a damaged header",
            fix="cut the image into parts, or export it again",
        )


def free_bytes() -> int | None:
    """Return how much memory can be taken; all that the machine has where more is not known.

    None where not even that is known.
    """
    known = [_free_in_machine(), *(_free_in_container(*files) for files in _CONTAINER)]
    return min((number for number in known if number is not None), default=None)


def _free_in_machine() -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        (line,) = (line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * _BYTES_PER_KB
    except (OSError, ValueError):
        return _all_of_machine()


def _all_of_machine() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def _free_in_container(limit: Path, used: Path) -> int | None:
    try:
        return max(int(limit.read_text("ascii")) - int(used.read_text("ascii")), 0)
    except (OSError, ValueError):  # no container, or the word "max"
        return None
