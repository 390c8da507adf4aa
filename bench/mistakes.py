"""Tells what was given to a benchmark wrongly, as `gapjunction` does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gapjunction.errors import GapJunctionError

WRONG = 2  # exit code


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End with one line and exit code 2 where what was given cannot be used."""
    try:
        yield
    except GapJunctionError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(WRONG)
