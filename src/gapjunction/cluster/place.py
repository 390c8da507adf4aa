"""What `--cluster` can name: this machine, a running scheduler, or a queue of jobs."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from gapjunction.errors import ConfigError

MOST_HERE = 1024  # workers on this machine
_LOCAL = re.compile(r"local(?::(\d{1,9}))?")
_ADDRESS = re.compile(r"(?:tcp|tls|ucx|ws|wss)://\S+")


@dataclass(frozen=True, slots=True)
class Here:
    """Workers on this machine; None leaves their number to the machine."""

    num_workers: int | None


@dataclass(frozen=True, slots=True)
class Running:
    """A scheduler that runs already, with workers of its own."""

    address: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of a queueing system, which a YAML file describes."""

    path: Path


Place = Here | Running | Queue


def place_of(text: str) -> Place:
    """Return what a text names.

    Raises:
        ConfigError: if it is nothing of this kind.
    """
    local = _LOCAL.fullmatch(text)
    if local is not None and (local[1] is None or 1 <= int(local[1]) <= MOST_HERE):
        return Here(None if local[1] is None else int(local[1]))
    if _ADDRESS.fullmatch(text):
        return Running(text)
    if Path(text).suffix.lower() in (".yaml", ".yml"):
        return Queue(Path(text))
    raise ConfigError(
        "cluster",
        expected="local, local:4, tcp://HOST:8786 or a YAML file of a queue",
        found=text,
        fix="change it",
        settings=("cluster",),
    )


def num_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
