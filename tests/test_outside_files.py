"""Tests for `gapjunction.outside_files`."""

import os
import socket
import tempfile
from pathlib import Path

import pytest

from gapjunction.errors import DatasetError
from gapjunction.outside_files import opened_plain, read_limited, require_plain


def test_opened_plain__link_to_a_file__gives_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with opened_plain(tmp_path / "b", DatasetError) as stream:
        assert stream.read() == b"content"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no pipes in folders")
def test_require_plain__pipe__is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(DatasetError, match=r"a\.json: expected a plain file, found a named pipe"):
        require_plain(tmp_path / "a.json", DatasetError)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no sockets in folders")
def test_require_plain__socket__is_refused() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = Path(folder) / "a.png"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            with pytest.raises(DatasetError, match="found a socket"):
                require_plain(path, DatasetError)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no devices in folders")
def test_require_plain__device__is_refused() -> None:
    with pytest.raises(DatasetError, match="found a device"):
        require_plain(Path("/dev/zero"), DatasetError)


def test_read_limited__one_byte_more__is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcd")
    assert read_limited(tmp_path / "a", 4, DatasetError) == b"abcd"
    with pytest.raises(DatasetError, match="expected at most 3 bytes, found 4; check"):
        read_limited(tmp_path / "a", 3, DatasetError)
