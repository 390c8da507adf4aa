"""Tests for `gapjunction.temporary_folders`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gapjunction import temporary_folders
from gapjunction.temporary_folders import temporary_folder

KILL_ITSELF = """
import os, signal
from gapjunction.temporary_folders import temporary_folder
with temporary_folder() as folder:
    (folder / "a").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what is the system's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_temporary_folder__in_the_end__is_gone(parent: Path) -> None:
    with temporary_folder() as folder:
        (folder / "a").touch()
        assert list(parent.iterdir()) == [folder]
    assert list(parent.iterdir()) == []


def test_temporary_folder__of_a_killed_process__is_gone_at_the_next_start(parent: Path) -> None:
    subprocess.run([sys.executable, "-c", KILL_ITSELF], check=False)
    [left] = parent.iterdir()
    assert left.name.startswith("gapjunction-")
    with temporary_folder() as folder:
        assert list(parent.iterdir()) == [folder]


def test_temporary_folder__of_others__is_left_alone(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with temporary_folder() as own:
        at_work = own.rename(str(own).replace(f"-{os.getpid()}-", f"-{os.getppid()}-"))
        monkeypatch.setattr("socket.gethostname", lambda: "another-host")
        elsewhere = parent / f"{temporary_folders._prefix()}4194305-x"
        elsewhere.mkdir()
        monkeypatch.undo()
        monkeypatch.setattr(tempfile, "tempdir", str(parent))
        (parent / "gapjunction-notes").mkdir()
        with temporary_folder():
            assert {at_work, elsewhere, parent / "gapjunction-notes"} <= set(parent.iterdir())
