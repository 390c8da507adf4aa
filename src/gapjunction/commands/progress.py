"""Progress bars on standard error, shown only where a person is watching."""

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

Item = TypeVar("Item")


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
