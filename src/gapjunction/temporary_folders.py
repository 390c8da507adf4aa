"""Temporary folders that say whose they are, so that those of killed processes are removed."""

import os
import re
import shutil
import socket
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gapjunction.process_ids import is_running

NAMESPACE = Path("/proc/self/ns/pid")  # in which process ids count, as of a container


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is gone in the end, or when this is next called if the process is killed.

    It lies where the system keeps temporary files (`TMPDIR`).
    """
    folder = new_temporary_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_temporary_folder() -> Path:
    """Return a new folder, for the caller to delete, and delete those of processes that ended."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    return Path(tempfile.mkdtemp(prefix=f"{_prefix()}{os.getpid()}-")).resolve()


def _prefix() -> str:
    """Return how names begin of folders whose process ids this process can look up."""
    try:
        namespace = str(NAMESPACE.readlink())
    except OSError:
        namespace = ""
    place = f"{socket.gethostname()} {namespace}".encode()
    return f"gapjunction-{zlib.crc32(place):08x}-"


def _remove_abandoned(parent: Path) -> None:
    own = re.compile(rf"{_prefix()}(\d+)-.*")
    with suppress(OSError):  # it is not ours to list
        for folder in parent.iterdir():
            match = own.fullmatch(folder.name)
            is_another = match is not None and int(match[1]) != os.getpid()
            if match is not None and is_another and not is_running(int(match[1])):
                shutil.rmtree(folder, ignore_errors=True)
