"""How and where a measurement was made, as a sentence for its page."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gapjunction.provenance import UNKNOWN, git_commit

LIBRARIES = ("numpy", "scipy", "torch", "scikit-image", "big-fish", "spotiflow")
COMMIT_DIGITS = 8


def describe_surroundings(num_images: int, num_threads: int) -> str:
    """Return date, commit, machine and versions; `num_threads` are those PyTorch may use."""
    commit = git_commit(Path(__file__).parent)
    short = commit if commit == UNKNOWN else commit[:COMMIT_DIGITS]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} at commit {short}, with {num_images} test "
        f"images a set, on {platform.machine()} with {os.cpu_count()} cores ({num_threads} threads "
        f"for PyTorch; the other methods use one), Python {platform.python_version()}, "
        f"{', '.join(filter(None, map(_named, LIBRARIES)))}."
    )


def _named(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return ""
