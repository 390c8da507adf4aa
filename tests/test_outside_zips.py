"""Tests for `gapjunction.outside_zips`."""

import os
import zipfile
from pathlib import Path

import pytest

from gapjunction.errors import ArchiveError, CheckpointError
from gapjunction.outside_zips import opened_zip

METHODS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
CONTENT = bytes(range(256)) * 40


def zipped(path: Path, method: int) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.json", CONTENT)
    return path


@pytest.mark.parametrize("method", METHODS)
def test_opened_zip__rare_compression__is_read(tmp_path: Path, method: int) -> None:
    with opened_zip(zipped(tmp_path / "a.zip", method), ArchiveError) as archive:
        assert archive.read("a.json") == CONTENT


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("first", [0, 9, 14])
def test_opened_zip__damage_in_a_member__names_the_zip(
    tmp_path: Path, method: int, first: int
) -> None:
    path = zipped(tmp_path / "a.zip", method)
    content = bytearray(path.read_bytes())
    start = 30 + len("a.json") + first
    content[start : start + 12] = bytes(255 - byte for byte in content[start : start + 12])
    path.write_bytes(content)
    message = r"a\.zip: expected a zip file, found a damaged one \(.+\); make"
    with (
        pytest.raises(CheckpointError, match=message),
        opened_zip(path, CheckpointError) as archive,
    ):
        archive.read("a.json")


@pytest.mark.parametrize("method", [93, 98])
def test_opened_zip__compression_that_python_lacks__names_the_zip(
    tmp_path: Path, method: int
) -> None:
    path = zipped(tmp_path / "a.zip", zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + offset] = method
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"), opened_zip(path, ArchiveError) as archive:
        archive.read("a.json")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no pipes in folders")
def test_opened_zip__pipe__is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.zip")
    with (
        pytest.raises(ArchiveError, match="a named pipe"),
        opened_zip(tmp_path / "a.zip", ArchiveError),
    ):
        pass


def test_opened_zip__full_disk_in_the_block__stays_what_it_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", zipfile.ZIP_STORED)
    with pytest.raises(OSError, match="No space"), opened_zip(path, ArchiveError):
        raise OSError(28, "No space left on device")
