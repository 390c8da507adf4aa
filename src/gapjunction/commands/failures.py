"""The line for what the machine lacks: room on a disk, memory, a file, a permission, a package."""

import errno
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from gapjunction.errors import LONGEST_PLACE
from gapjunction.optional_packages import missing_package
from gapjunction.shortage import DISK_FULL, is_out_of_memory, nearest_folder
from gapjunction.temporary_copies import with_originals
from gapjunction.text import cut, shortened

# Settings with which a command needs less memory, where it has them.
NEEDS_LESS = {
    "batch_size": "--batch_size 1",
    "num_workers": "--num_workers 0",
    "num_gpus": "--num_gpus 0 if it is the GPU's",
}


def shortage_or_system_line(error: Exception, settings: Collection[str]) -> str | None:
    """Return what is lacking and what to do; None if the error is a mistake of ours.

    `settings` are those of the command, of which some make it need less memory.
    """
    if is_out_of_memory(error):
        return _memory_line(settings)
    missing = missing_package(error)
    if missing is not None:
        return str(missing)
    if not isinstance(error, OSError):
        return None
    place = f"{_shown(error.filename)}: " if error.filename else ""
    if error.errno in DISK_FULL:
        return _full_disk_line(error, place)
    fix = "check the path, its permissions and the space on the disk"
    if error.errno == errno.EFBIG:
        place = place or f"here or in {_shown(tempfile.gettempdir())}: "
        fix = "raise the limit on the size of files (ulimit -f), or write to another disk"
    if error.errno == errno.ENAMETOOLONG:
        fix = "shorten the name of the image, asset or folder"
    return f"{place}{error.strerror or error}; {fix}"


def _shown(name: object) -> str:
    return cut(shortened(with_originals(str(name))), LONGEST_PLACE)


def _memory_line(settings: Collection[str]) -> str:
    ways = [way for name, way in NEEDS_LESS.items() if name in settings]
    less = f"; less is needed with {', '.join(ways)}" if ways else ""
    return (
        "expected more memory than there is, found no more to be had; close other programs, or "
        f"give fewer or smaller images{less}"
    )


def _full_disk_line(error: OSError, place: str) -> str:
    full = error.filename2 or error.filename
    if not full:
        folder = Path(tempfile.gettempdir())
        return f"{os.strerror(errno.ENOSPC)}, here or in {folder}; make room, and try again"
    place = f"{_shown(full)}: " if error.filename2 else place
    disk = _shown(nearest_folder(Path(os.fsdecode(full))))
    return (
        f"{place}{os.strerror(errno.ENOSPC)}: the disk of the folder {disk} is full; make room "
        "there, or write elsewhere, and give the command again"
    )
