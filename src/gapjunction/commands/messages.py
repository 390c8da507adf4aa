"""What a command says while it works."""

import logging
import os
import sys


def process_index() -> int:
    """Return which of several training processes this is; 0 is the main one."""
    return int(os.environ.get("RANK", "0"))


def is_silent() -> bool:
    """Tell whether another process of the same training speaks for this one, but for errors."""
    return process_index() > 0


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "image"), counted(1200, "box")
    ('1 image', '1,200 boxes')
    """
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def show_messages() -> None:
    """Show messages of ours on standard error, plain; other packages only warn.

    Of several processes the main one alone speaks, but for errors: they all meet the same.
    """
    handler = _StandardError()
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # a damaged file is an error of ours
    logging.getLogger("gapjunction").setLevel(logging.ERROR if is_silent() else logging.INFO)


class _StandardError(logging.Handler):
    """Writes to standard error as it is now: a progress bar puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


class _Formatter(logging.Formatter):
    """Names the level where it is more than information."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        return text if record.levelno <= logging.INFO else f"{record.levelname.lower()}: {text}"
