"""The minutes that a borrowed GPU is there for, and timing on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import torch

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds for a part of the work, counted from when it is made."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is to be begun."""
        return time.monotonic() - self.started >= self.seconds


def median_seconds(work: Callable[[], object], device: torch.device, num: int) -> float:
    """Return the median of `num` turns of `work` after two that do not count, done and waited for.

    On a GPU work is only ordered; waiting for it is part of the time.
    """
    times = []
    for _ in range(num + 2):
        synchronize(device)
        started = time.perf_counter()
        work()
        synchronize(device)
        times.append(time.perf_counter() - started)
    return median(times[2:])


def synchronize(device: torch.device) -> None:
    """Wait until a GPU has done all it was told to."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def peak_gib(work: Callable[[], object], device: torch.device) -> float | None:
    """Return the most memory that torch held on a GPU during `work`; None on a CPU."""
    if device.type != "cuda":
        work()
        return None
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    work()
    return torch.cuda.max_memory_reserved(device) / GIB
