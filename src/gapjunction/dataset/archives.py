"""Datasets that come as a zip file, which are read from a temporary copy.

Nothing of a zip that can do harm is unpacked: it is refused by the name of the member.
"""

import errno
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from gapjunction.errors import ArchiveError
from gapjunction.outside_zips import opened_zip
from gapjunction.temporary_copies import temporary_copy
from gapjunction.text import normalized

MAX_MEMBERS = 1_000_000
MAX_TOTAL = 200 * 10**9  # bytes, unpacked
MAX_RATIO = 200  # unpacked to packed; detection files, the most repetitive, were seen to reach 25
RATIO_MATTERS_FROM = 10**7  # bytes; below, no ratio can do harm, and a blank image may have any
STRAY_FOLDER = "__MACOSX"

_NEEDS_FOLDER = "a file where another member needs a folder"
_REFUSED_PLACES = {
    errno.EEXIST: _NEEDS_FOLDER,
    errno.ENOTDIR: _NEEDS_FOLDER,
    errno.ENAMETOOLONG: "a name that is too long for the disk",
}
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_DRIVE = re.compile(r"[A-Za-z]:")


def is_archive(path: Path) -> bool:
    """Tell whether `path` is a zip file, going by its name."""
    return path.suffix.lower() == ".zip" and path.is_file()


def unpacked(path: Path) -> Path:
    """Return a folder, called like the zip file `path`, with everything in it.

    It is a temporary copy: errors name the zip, and it is deleted when the program ends.

    Raises:
        ArchiveError: if the zip is damaged, hostile, or larger than the space on the disk.
    """
    return temporary_copy(path, partial(_unpack, path))


def safe_members(
    archive: zipfile.ZipFile, path: Path
) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Return the files in a zip with their paths, relative and without "..".

    Raises:
        ArchiveError: naming the first member that must not be unpacked.
    """
    members = [(_name(member), member) for member in archive.infolist()]
    _refuse_large([member for _, member in members], path)
    seen: dict[str, str] = {}
    safe = []
    for name, member in members:
        found = _danger(name, member)
        place = PurePosixPath(*(part for part in name.split("/") if part not in ("", ".")))
        plain = normalized(str(place)).casefold()
        if not name:
            found = "a member without a name"
        elif plain in seen and not member.is_dir():
            found = found or f"one name twice ({seen[plain]})"
        seen[plain] = name
        if found:
            raise ArchiveError(
                path,
                item=repr(name),
                expected="plain files with different names, inside the zip's own folder",
                found=found,
                fix="do not use this zip, or make it again from a folder that you trust",
            )
        if not member.is_dir() and STRAY_FOLDER not in place.parts:
            safe.append((place, member))
    return safe


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name with "/" between folders.

    The zips of macOS hold UTF-8 without saying so, which `zipfile` takes for code page 437.
    """
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    return name.replace("\\", "/")


def _danger(name: str, member: zipfile.ZipInfo) -> str:
    """Return what is wrong with a member, or nothing."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    ratio = member.file_size / max(member.compress_size, 1)
    dangers = {
        "an absolute path": name.startswith("/") or _DRIVE.match(name),
        "a path out of the folder (..)": ".." in name.split("/"),
        "a link": kind == stat.S_IFLNK,
        "neither a file nor a folder": kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK),
        "an encrypted file": member.flag_bits & _ENCRYPTED,
        f"{member.file_size:,} bytes packed into {member.compress_size:,}": (
            member.file_size > RATIO_MATTERS_FROM and ratio > MAX_RATIO
        ),
    }
    return next((danger for danger, is_met in dangers.items() if is_met), "")


def _refuse_large(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or total > MAX_TOTAL:
        raise ArchiveError(
            path,
            expected=f"at most {MAX_MEMBERS:,} files and {MAX_TOTAL:,} bytes",
            found=f"{len(members):,} files and {total:,} bytes",
            fix="unpack it yourself, if you trust it, and name the folder",
        )


def _unpack(path: Path, folder: Path) -> None:
    with opened_zip(path, ArchiveError) as archive:
        _write_members(archive, path, folder)


def _write_members(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    members = safe_members(archive, path)
    needed = sum(member.file_size for _, member in members)
    free = shutil.disk_usage(folder).free
    changed_ns = path.stat().st_mtime_ns  # files look as old as their zip, each time anew
    if needed > free:
        raise ArchiveError(
            path,
            expected=f"{needed:,} free bytes for temporary files in {folder.parent.parent}",
            found=f"{free:,}",
            fix="make space, or set TMPDIR to a folder on another disk",
        )
    for place, member in members:
        target = folder / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed, target.open("xb") as out:
                shutil.copyfileobj(packed, out)
            os.utime(target, ns=(changed_ns, changed_ns))
        except OSError as error:
            found = _REFUSED_PLACES.get(error.errno or 0)
            if found is None:
                raise
            raise ArchiveError(
                path,
                item=repr(str(place)),
                expected="plain files with different names, inside the zip's own folder",
                found=found,
                fix="make the zip again",
            ) from None
