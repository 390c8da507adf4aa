"""Tells the pointer files that a clone without Git LFS holds in place of images and annotations."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from gapjunction.errors import DatasetError

POINTER_START = b"version https://git-lfs.github.com/spec/v1"
LARGEST_BYTES = 1024  # of a pointer, by the specification of Git LFS
CHUNKS = ".zarr"  # the end of names of folders with a file for each part of an image
MOST_FOLDERS_DEEP = 6  # below what was named: data/DATASET/Assets/ASSET/Processed/Detection


def is_pointer(path: Path) -> bool:
    """Tell whether a file is a Git LFS pointer; one that cannot be read is none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
            return False  # a pipe would never say what is in it
        with path.open("rb") as stream:
            return stream.read(len(POINTER_START)) == POINTER_START
    except OSError:
        return False


def require_pulled(source: Path) -> None:
    """Refuse a file, or a folder with files, that Git LFS has not brought yet.

    Raises:
        DatasetError: naming how many there are.
    """
    files = [source] if source.is_file() else list(_small_files(source, MOST_FOLDERS_DEEP))
    pointers = [path for path in files if is_pointer(path)]
    if pointers:
        place = "this file" if source.is_file() else f"{len(pointers):,} files"
        raise DatasetError(
            source,
            expected="images and annotations",
            found=f"Git LFS pointers in place of {place}",
            fix="install Git LFS, then 'git lfs pull' in the clone brings them",
        )


def _small_files(folder: Path, depth: int) -> Iterator[Path]:
    """Yield files that are small enough for a pointer; folders that may not be listed have none."""
    try:
        inside = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            if depth > 0 and not entry.name.startswith(".") and not entry.name.endswith(CHUNKS):
                yield from _small_files(Path(entry.path), depth - 1)
        elif _size(entry) <= LARGEST_BYTES:
            yield Path(entry.path)


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_size
    except OSError:  # such as a link to nothing
        return LARGEST_BYTES + 1
