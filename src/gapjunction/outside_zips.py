"""Open zip files that others made: whatever is damaged in one is an error that names it."""

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gapjunction.outside_files import ErrorKind, require_plain

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # an encrypted file and, by its kind NotImplementedError, a rare compression
    ValueError,  # names that are no text, and places before the file's beginning
    LookupError,  # a member without a name
    ArithmeticError,
    MemoryError,  # what the header of a compressed member can ask for
    struct.error,
)


@contextmanager
def opened_zip(path: Path, kind: ErrorKind) -> Iterator[zipfile.ZipFile]:
    """Open a zip file, whose members can be read inside the block.

    Raises:
        GapJunctionError: of the kind `kind`, also for what is found to be damaged in the block.
        OSError: if the file is not there, may not be read, or the block cannot write.
    """
    require_plain(path, kind)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        # EINVAL is what seeking to where a damaged zip points to gives, and bz2 gives no number.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _damaged(path, error, kind) from None
    except ZIP_ERRORS as error:
        raise _damaged(path, error, kind) from None


def _damaged(path: Path, error: Exception, kind: ErrorKind) -> Exception:
    found = f"a damaged one ({str(error)[:100] or type(error).__name__})"
    return kind(path, expected="a zip file", found=found, fix="make or download the zip again")
