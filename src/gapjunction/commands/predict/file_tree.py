"""The image files of a folder, however many: divided into parts on a disk, not in memory.

A part is what is predicted at a time. Which one a file belongs to depends on its own place alone,
so that files which join a folder change no other part. Images of a folder come together, as a
stack may lie in it, unless they are very many.
"""

import json
import os
import stat
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, NamedTuple
from zlib import crc32

import numpy as np

from gapjunction.dataset.folders import is_stray, unreadable_folder
from gapjunction.errors import DatasetError
from gapjunction.images.locations import ZARR_SUFFIX, is_zarr
from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.temporary_folders import temporary_folder
from gapjunction.text import normalized

NUM_PARTS = 256
MOST_TOGETHER = 5_000  # files of a folder


class FoundFile(NamedTuple):
    """A file, by its place from the folder on; size and time are 0 where it is a broken link."""

    place: str
    num_bytes: int
    changed_ns: int

    @property
    def name(self) -> str:
        """What the image is called among all of them, without suffix."""
        stem, _ = os.path.splitext(self.place)  # noqa: PTH122 - paths take ten times as long
        return normalized(stem.replace("/", "__"))


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder in parts, which lie in a temporary folder.

    Attributes:
        doubled: hashes of names that several files have, also where case is of no account.
    """

    folder: Path
    num_files: int
    doubled: frozenset[int]

    @property
    def numbers(self) -> list[int]:
        """The numbers of the parts that have files."""
        return [number for number in range(NUM_PARTS) if (self.folder / str(number)).exists()]

    def parts(self) -> Iterator[tuple[int, list[FoundFile]]]:
        """Yield the number of each part that has files, and these in order."""
        for number in self.numbers:
            with (self.folder / str(number)).open(encoding="ascii") as lines:
                yield number, sorted(FoundFile(*json.loads(line)) for line in lines)

    def require_unique_names(self, source: Path) -> None:
        """Refuse files whose results would have one name.

        Raises:
            DatasetError: naming one of them.
        """
        if not self.doubled:
            return
        every = (file for _, own in self.parts() for file in own)
        first, second, *_ = (file for file in every if hash(_key(file)) in self.doubled)
        raise DatasetError(
            source / first.place,
            expected="a name of its own",
            found=f"{first.name}, as of {second.place}",
            fix="rename one of the files or folders",
        )


@contextmanager
def divided(source: Path, *, is_recursive: bool, left_out: Path) -> Iterator[Listing]:
    """Give the image files in a folder, with those of its sub-folders if `is_recursive`.

    Hidden folders and what is in `left_out` are no part of it.

    Raises:
        DatasetError: if a folder may not be listed.
    """
    with temporary_folder() as folder:
        keys = array("q")
        with ExitStack() as kept:
            opened: dict[int, IO[str]] = {}
            for own in _folders(source, left_out.resolve(), is_recursive=is_recursive):
                for number, file in _in_parts(own, source):
                    if number not in opened:
                        path = folder / str(number)
                        opened[number] = kept.enter_context(path.open("w", encoding="ascii"))
                    opened[number].write(json.dumps(file) + "\n")
                    keys.append(hash(_key(file)))
        yield Listing(folder, len(keys), _doubled(keys))


def _doubled(keys: "array[int]") -> frozenset[int]:
    values, counts = np.unique(np.frombuffer(keys, np.int64), return_counts=True)
    return frozenset(values[counts > 1].tolist())


def _folders(folder: Path, left_out: Path, *, is_recursive: bool) -> Iterator[Path]:
    """Yield a folder and, if asked for, those below it, in order; links are not followed."""
    yield folder
    if not is_recursive:
        return
    with _scanned(folder) as entries:
        names = sorted(
            each.name
            for each in entries
            if each.is_dir(follow_symlinks=False)
            and _is_meant(each)
            and not is_zarr(Path(each.path))
        )
    for name in names:
        if (folder / name).resolve() != left_out:
            yield from _folders(folder / name, left_out, is_recursive=True)


def _in_parts(folder: Path, source: Path) -> Iterator[tuple[int, FoundFile]]:
    """Yield the files of a folder, each with the number of its part."""
    with _scanned(folder) as entries:
        files = _files(entries, folder.relative_to(source).as_posix())
        first = list(islice(files, MOST_TOGETHER + 1))
        if len(first) <= MOST_TOGETHER:
            place = folder.relative_to(source).as_posix()
            yield from ((_part_of(normalized(place)), file) for file in first)
        else:
            yield from ((_part_of(_key(file)), file) for file in chain(first, files))


def _files(entries: Iterator["os.DirEntry[str]"], folder: str) -> Iterator[FoundFile]:
    prefix = "" if folder == "." else f"{folder}/"
    for entry in entries:
        suffixes = (*READABLE_SUFFIXES, ZARR_SUFFIX)
        if is_stray(entry.name) or not entry.name.lower().endswith(suffixes):
            continue
        try:
            status = entry.stat()
        except OSError:  # a link to what is gone: reading it will say so
            yield FoundFile(prefix + entry.name, 0, 0)
            continue
        if stat.S_ISREG(status.st_mode) or is_zarr(Path(entry.path)):
            yield FoundFile(prefix + entry.name, status.st_size, status.st_mtime_ns)


@contextmanager
def _scanned(folder: Path) -> Iterator[Iterator["os.DirEntry[str]"]]:
    try:
        with os.scandir(folder) as entries:
            yield entries
    except OSError as error:
        raise unreadable_folder(folder, error) from None


def _is_meant(entry: "os.DirEntry[str]") -> bool:
    """Tell whether a folder is one of images, not one that belongs to a file beside it."""
    return not is_stray(entry.name) and not entry.name.lower().endswith(".files")


def _key(file: FoundFile) -> str:
    return file.name.casefold()


def _part_of(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogateescape")) % NUM_PARTS
