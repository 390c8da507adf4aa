"""Rows of a table on a disk, so that their number is not limited by memory."""

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gapjunction.measurement.object_columns import ObjectRow
from gapjunction.temporary_folders import temporary_folder


class SpooledRows:
    """Rows in a file, in the order in which they were added, as many at a time as came together."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file

    def extend(self, rows: Sequence[ObjectRow], /) -> None:
        """Add rows at the end."""
        pickle.dump(list(rows), self._file)

    def __iter__(self) -> Iterator[ObjectRow]:
        """Yield all rows."""
        self._file.flush()
        with self._path.open("rb") as file:
            while file.peek(1):
                yield from pickle.load(file)  # noqa: S301 - it was written here


@contextmanager
def spooled_rows() -> Iterator[SpooledRows]:
    """Give no rows yet; those that are added are gone in the end."""
    with temporary_folder() as folder:
        path = folder / "rows"
        with path.open("wb") as file:
            yield SpooledRows(path, file)
