"""What a command says while it works, and the bars that show how far it is."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from gapjunction.text import visible

Item = TypeVar("Item")


def process_index() -> int:
    """Return which of several training processes this is; 0 is the main one."""
    return int(os.environ.get("RANK", "0"))


def is_silent() -> bool:
    """Tell whether another process of the same training speaks for this one, but for errors."""
    return process_index() > 0


def show_messages() -> None:
    """Show messages of ours on standard error, plain; other packages only warn.

    Of several processes the main one alone speaks, but for errors: they all meet the same.
    """
    handler = _StandardError()
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # a damaged file is an error of ours
    logging.getLogger("gapjunction").setLevel(logging.ERROR if is_silent() else logging.INFO)


def progress_bar() -> Progress:
    """Return a bar that vanishes when it is done; use it as a context manager."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def tracked(items: Iterable[Item], description: str, total: int) -> Iterator[Item]:
    """Yield the items under a progress bar."""
    with progress_bar() as bar:
        yield from bar.track(items, total=total, description=description)


class _StandardError(logging.Handler):
    """Writes to standard error as it is now: a progress bar puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


class _Formatter(logging.Formatter):
    """Names the level where it is more than information."""

    def format(self, record: logging.LogRecord) -> str:
        text = visible(record.getMessage())
        return text if record.levelno <= logging.INFO else f"{record.levelname.lower()}: {text}"
