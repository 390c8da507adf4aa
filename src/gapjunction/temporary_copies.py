"""Temporary copies of a user's files: made once, called by their originals, gone in the end.

Errors and problems are built with `with_originals`, so that none names a copy. What a notebook has
read from a copy may be needed until the program ends: that is why this module keeps a state.
"""

import atexit
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gapjunction.temporary_folders import new_temporary_folder, temporary_folder

_copies: dict[tuple[Path, int, int], tuple[Path, Path]] = {}  # originals, and copies of them


def temporary_copy(original: Path, write: Callable[[Path], None]) -> Path:
    """Return a folder, called like the file `original` without its suffix, that `write` filled.

    It lies in the system's folder for temporary files and is deleted when the program ends, or
    at once if `write` fails. A file that was copied before, and has not changed, is not again.
    """
    status = original.stat()
    key = original.resolve(), status.st_mtime_ns, status.st_size
    if key not in _copies:
        parent = new_temporary_folder()
        folder = parent / original.stem
        try:
            folder.mkdir()
            write(folder)
        except BaseException:  # also when interrupted
            shutil.rmtree(parent, ignore_errors=True)
            raise
        atexit.register(_remove, parent, os.getpid())
        _copies[key] = original, folder
    return _copies[key][1]


@contextmanager
def passing_copy(original: Path) -> Iterator[Path]:
    """Give an empty folder for a copy of the file `original`; it is deleted after the block."""
    with temporary_folder() as folder:
        key = folder, 0, 0
        _copies[key] = original, folder
        try:
            yield folder
        finally:
            del _copies[key]


def with_originals(text: str) -> str:
    """Return `text` with the paths of originals for those of their copies."""
    for original, folder in _copies.values():
        text = text.replace(str(folder), str(original))
    return text


def _remove(folder: Path, pid: int) -> None:
    """Delete a folder, but for processes that were forked from the one that made it."""
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
