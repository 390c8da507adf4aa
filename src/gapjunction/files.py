"""Write a file or a folder whole or not at all, also when the process is killed half-way."""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from gapjunction.errors import ConfigError, DatasetError
from gapjunction.locks import LOCK_NAME
from gapjunction.process_ids import is_running
from gapjunction.shortage import failed_write, is_disk_full

PARTIAL = re.compile(r"\.(\d+)-partial-")
# Bytes of a name that `written_whole` can write: file systems take 255 with the longest prefix.
LONGEST_NAME = 255 - len(".4194304-partial-")
SHOWN_AROUND = 20  # letters on each side of one that is no UTF-8
# Written by looking at a folder, and by working in it.
OF_NO_ACCOUNT = (".DS_Store", "Thumbs.db", "desktop.ini", LOCK_NAME)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; rename it to `path` if all went well.

    Creates the parent folder, and deletes what killed processes left of `path`. The temporary
    name starts with a dot and keeps the suffix of `path`, so that writers which go by the suffix
    work. The content is on the disk before the rename, which a power cut may follow.

    Raises:
        OSError: naming `path`, also where the temporary file is what could not be written.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _delete(_leftovers(path, "partial"))
    partial = path.with_name(f".{os.getpid()}-partial-{path.name}")
    try:
        with _errors_naming(path, partial):
            yield partial
            _flush_to_disk(partial)
            partial.replace(path)
    finally:
        with suppress(OSError):  # such as a name that is too long, which was said already
            partial.unlink(missing_ok=True)


@contextmanager
def folder_written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path` to fill; it takes the place of `path` in the end.

    Raises:
        GapJunctionError: if `path` is the current working directory or a folder above it.
        OSError: naming `path` or a file in it, not the temporary folder.
    """
    path = path.resolve()
    _require_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(path)
    partial = path.with_name(f".{os.getpid()}-partial-{path.name}")
    replaced = path.with_name(f".{os.getpid()}-replaced-{path.name}")
    try:
        with _errors_naming(path, partial):
            partial.mkdir()
            yield partial
            _replace_folder(path, partial, replaced)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if path.exists():
            shutil.rmtree(replaced, ignore_errors=True)


def recover_folder(path: Path) -> None:
    """Mend what processes killed in `folder_written_whole` left of `path` and beside it.

    If one was killed between its two renames, the old folder comes back. The rest is deleted.
    """
    replaced = _leftovers(path, "replaced")
    if replaced and not path.exists():
        latest = max(replaced, key=lambda folder: folder.stat().st_ctime_ns)
        latest.rename(path)
        replaced.remove(latest)
    _delete([*replaced, *_leftovers(path, "partial")])


def remove_partial_files(folder: Path) -> None:
    """Delete what killed processes left of `written_whole` anywhere in `folder`."""
    named = ((path, PARTIAL.match(path.name)) for path in folder.rglob(".*-partial-*"))
    _delete([path for path, match in named if match and not is_running(int(match[1]))])


@contextmanager
def text_written_whole(path: Path) -> Iterator[IO[str]]:
    """Give a file to write UTF-8 text with Unix line ends to; it is there whole or not at all.

    Raises:
        DatasetError: if there is a name in it that is no UTF-8.
    """
    with (
        written_whole(path) as partial,
        _refusing_other_than_utf8(path),
        partial.open("w", encoding="utf-8", newline="\n") as file,
    ):
        yield file


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all.

    Raises:
        DatasetError: if there is a name in it that is no UTF-8.
    """
    with text_written_whole(path) as file:
        file.write(text)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all; NaN and infinity are refused.

    Raises:
        ValueError: if `value` holds NaN or infinity, which JSON cannot express.
        DatasetError: if there is a name in it that is no UTF-8.
    """
    with text_written_whole(path) as file:
        # Piece by piece: to be joined in memory, 100,000 boxes take 0.15 GB beside the text.
        json.dump(value, file, indent=2, ensure_ascii=False, allow_nan=False)
        file.write("\n")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require_new(
    folder: Path, *, settings: tuple[str, ...] = ("output",), leftovers: Collection[str] = ()
) -> None:
    """Refuse a file, or a folder in which there is more than `leftovers` of an earlier attempt.

    Raises:
        ConfigError: naming what is there; `settings` are what to change.
    """
    found = _what_is_in_the_way(folder, leftovers)
    if found is not None:
        raise ConfigError(
            folder,
            expected="a new or empty folder",
            found=found,
            fix="choose another folder; nothing is overwritten",
            settings=settings,
        )


def _require_replaceable(path: Path) -> None:
    working_directory = Path.cwd()
    if path in (working_directory, *working_directory.parents):
        raise ConfigError(
            path,
            expected="a folder that can be replaced",
            found="the current working directory" + ("" if path == working_directory else " in it"),
            fix="name a new folder",
        )
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def _replace_folder(path: Path, partial: Path, replaced: Path) -> None:
    if path.exists():
        path.rename(replaced)
    try:
        partial.rename(path)
    except OSError:
        if replaced.exists():
            replaced.rename(path)
        raise


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


@contextmanager
def _errors_naming(path: Path, partial: Path) -> Iterator[None]:
    """Name `path`, which the user knows, in errors about `partial` or something in it.

    Errors that mean a full disk become the one of the operating system, with a name. So do those
    of a write that ends at a limit of the file system or of the user, which have none.
    """
    try:
        yield
    except Exception as error:
        culprit = _culprit(error, partial)
        if is_disk_full(error, partial):
            full = path if culprit is None else path / culprit
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(full)) from error
        failed = failed_write(error) if culprit is None else None
        if failed is not None:
            raise OSError(*failed, str(path)) from error
        if culprit is None or not isinstance(error, OSError):
            raise
        raise OSError(error.errno, error.strerror, str(path / culprit)) from error


def _culprit(error: Exception, partial: Path) -> Path | None:
    """Return what of `partial` an error names: first what was written, then what was read."""
    for name in (getattr(error, "filename2", None), getattr(error, "filename", None)):
        if isinstance(name, str | Path) and Path(name).is_relative_to(partial):
            return Path(name).relative_to(partial)
    return None


@contextmanager
def _refusing_other_than_utf8(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        around = str(error.object)[max(error.start - SHOWN_AROUND, 0) : error.end + SHOWN_AROUND]
        raise DatasetError(
            path,
            expected="names in UTF-8 to be written there",
            found=ascii(around),
            fix="rename the file, folder or class that is called so",
        ) from None


def _leftovers(path: Path, kind: str) -> list[Path]:
    """Return the temporary files or folders of `path` whose process has ended.

    One with this process's id is of an earlier process, as in containers, where ids repeat.
    """
    if not path.parent.is_dir():
        return []
    name = re.compile(rf"\.(\d+)-{kind}-{re.escape(path.name)}")
    names = os.listdir(path.parent)  # noqa: PTH208 - iterdir takes twice the time for 10,000 files
    hidden = (other for other in names if other.startswith("."))
    found = [match for match in map(name.fullmatch, hidden) if match]
    return [path.with_name(match[0]) for match in found if not is_running(int(match[1]))]


def _delete(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _what_is_in_the_way(folder: Path, leftovers: Collection[str]) -> str | None:
    if not folder.is_dir():
        if folder.is_symlink():
            return "a link to nothing"
        return "a file" if folder.exists() else None
    for name in sorted(path.name for path in folder.iterdir()):
        if name not in leftovers and name not in OF_NO_ACCOUNT and not PARTIAL.match(name):
            return f"a folder with {name} in it"
    return None
