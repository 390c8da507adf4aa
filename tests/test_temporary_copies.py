"""Tests for `gapjunction.temporary_copies`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gapjunction.errors import GapJunctionError
from gapjunction.temporary_copies import temporary_copy, with_originals


def writer(text: str) -> Callable[[Path], None]:
    """Return a function that writes this text to a file in a folder."""

    def write(folder: Path) -> None:
        (folder / "a.txt").write_text(text)

    return write


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "set.zip"
    path.write_text("original")
    return path


def test_temporary_copy__file__is_a_folder_of_its_name(original: Path) -> None:
    folder = temporary_copy(original, writer("copy"))
    assert folder.name == "set"
    assert (folder / "a.txt").read_text() == "copy"


def test_temporary_copy__twice__is_made_once_unless_the_original_changed(original: Path) -> None:
    first = temporary_copy(original, writer("1"))
    assert temporary_copy(original, writer("2")) == first
    original.write_text("a longer original")
    assert (temporary_copy(original, writer("3")) / "a.txt").read_text() == "3"


@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt])
def test_temporary_copy__interrupted__leaves_nothing_behind(
    original: Path, failure: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = original.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def write(folder: Path) -> None:
        writer("half")(folder)
        raise failure

    with pytest.raises(failure):
        temporary_copy(original, write)
    assert list(temporary.iterdir()) == []


def run_program(code: str, original: Path) -> list[Path]:
    """Run code in a Python of its own; return what it leaves in its temporary folder."""
    temporary = original.parent / "temporary"
    temporary.mkdir()
    begin = (
        "import os; from pathlib import Path; "
        "from gapjunction.temporary_copies import temporary_copy; "
        f"copy = temporary_copy(Path({str(original)!r}), lambda folder: None)\n"
    )
    subprocess.run(
        [sys.executable, "-c", begin + code],
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=False,
    )
    return list(temporary.iterdir())


@pytest.mark.parametrize("code", ["raise SystemExit(2)", "1 / 0", "raise KeyboardInterrupt"])
def test_temporary_copy__program_ends__is_deleted(original: Path, code: str) -> None:
    assert run_program(code, original) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no processes")
def test_temporary_copy__forked_process_ends__stays_for_the_other(original: Path) -> None:
    code = (
        "if os.fork() == 0:\n"
        "    raise SystemExit\n"
        "os.wait()\n"
        "(copy.parent.parent / 'is_there' if copy.is_dir() else copy).touch()"
    )
    assert [path.name for path in run_program(code, original)] == ["is_there"]


def test_with_originals__path_in_a_copy__is_that_of_the_original(original: Path) -> None:
    folder = temporary_copy(original, writer("copy"))
    assert with_originals(f"{folder}/a.txt and {folder}") == f"{original}/a.txt and {original}"


def test_with_originals__other_path__stays(original: Path) -> None:
    folder = temporary_copy(original, writer("copy"))
    assert with_originals(f"{folder.parent}/other") == f"{folder.parent}/other"


def test_error__of_a_file_in_a_copy__names_the_original_in_each_part(original: Path) -> None:
    folder = temporary_copy(original, writer("copy"))
    error = GapJunctionError(
        folder / "a.txt", expected=f"{folder}/b", found=f"{folder}/c", fix=f"read {folder}"
    )
    assert str(error) == (
        f"{original}/a.txt: expected {original}/b, found {original}/c; read {original}"
    )
    assert (error.where, error.expected) == (f"{original}/a.txt", f"{original}/b")
    assert (error.found, error.fix) == (f"{original}/c", f"read {original}")
