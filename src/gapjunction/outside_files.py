"""Open files that others made: plain ones only, since a pipe may never say a word."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gapjunction.errors import GapJunctionError

ErrorKind = type[GapJunctionError]

_FIX = "copy its content into a file, and name that"


@contextmanager
def opened_plain(path: Path, kind: ErrorKind) -> Iterator[BinaryIO]:
    """Open a file to read its bytes.

    Raises:
        GapJunctionError: of the kind `kind`, if it is no plain file.
        OSError: if it is not there, or may not be read.
    """
    require_plain(path, kind)
    with path.open("rb") as stream:
        yield stream


def require_plain(path: Path, kind: ErrorKind) -> None:
    """Refuse pipes, sockets and devices, whose reading may never end; links are followed.

    Raises:
        GapJunctionError: of the kind `kind`, if it is one of them.
        OSError: if there is nothing, or it may not be seen.
    """
    mode = path.stat().st_mode
    others = {
        "a named pipe": stat.S_ISFIFO(mode),
        "a socket": stat.S_ISSOCK(mode),
        "a device": stat.S_ISCHR(mode) or stat.S_ISBLK(mode),
    }
    found = next((name for name, is_met in others.items() if is_met), None)
    if found is not None:
        raise kind(path, expected="a plain file", found=found, fix=_FIX)


def read_limited(path: Path, most_bytes: int, kind: ErrorKind) -> bytes:
    """Return the content of a plain file of at most `most_bytes`.

    Raises:
        GapJunctionError: of the kind `kind`, if it is larger, or no plain file.
        OSError: if it cannot be read.
    """
    with opened_plain(path, kind) as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise kind(
            path,
            expected=f"at most {most_bytes:,} bytes",
            found=f"{path.stat().st_size:,}",
            fix="check that it is the right file, or cut it into parts",
        )
    return content
