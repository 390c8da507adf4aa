"""Too little disk or memory, told from the many errors of other packages that mean it."""

import errno
import os
import shutil
from pathlib import Path

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_WORDS = ("No space left", "disk is full")  # the latter of SQLite
FAILED_WRITE_WORDS = ("I/O error", "PytorchStreamWriter", "inline_container")  # the last of torch
NEXT_TO_NOTHING = 64 * 1024  # bytes; free blocks that a cut-off write has left
# Of torch, its CUDA part, C++, the loader of libraries, and the operating system.
OUT_OF_MEMORY = (
    "allocate memory",
    "out of memory",
    "bad_alloc",
    "failed to map segment",
    "can't start new thread",
)


def is_disk_full(error: BaseException, path: Path) -> bool:
    """Tell whether an error while writing `path` means that its disk is full.

    NumPy, Pillow, torch and SQLite raise errors that do not say so: then the disk itself is asked.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in DISK_FULL
    if any(words in str(error) for words in DISK_FULL_WORDS):
        return True
    is_kind = isinstance(error, OSError | RuntimeError) or "disk I/O error" in str(error)
    is_vague = is_kind and not is_out_of_memory(error)
    return is_vague and shutil.disk_usage(nearest_folder(path)).free < NEXT_TO_NOTHING


def failed_write(error: BaseException) -> tuple[int, str] | None:
    """Return number and words of what cut a write off, told without a file's name; None of others.

    So are limits on the size of files, in writes by NumPy, torch and safetensors as well.
    """
    if isinstance(error, OSError):
        is_one = error.filename is None and error.errno in (None, errno.EFBIG)
        return (error.errno or errno.EIO, error.strerror or str(error)) if is_one else None
    if os.strerror(errno.EFBIG) in str(error):
        return errno.EFBIG, os.strerror(errno.EFBIG)
    is_one = any(words in str(error) for words in FAILED_WRITE_WORDS)
    return (errno.EIO, os.strerror(errno.EIO)) if is_one else None


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that memory could not be had."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    is_one = isinstance(error, RuntimeError | ImportError)
    return is_one and any(words in str(error) for words in OUT_OF_MEMORY)


def nearest_folder(path: Path) -> Path:
    """Return the innermost folder above `path` that is there."""
    return next(each for each in path.absolute().parents if each.is_dir())
