"""Tests for `gapjunction.files`."""

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gapjunction.errors import ConfigError
from gapjunction.files import (
    folder_written_whole,
    recover_folder,
    remove_partial_files,
    require_new,
    sha256_of,
    write_json,
    write_text,
    written_whole,
)


class PowerCutError(Exception):
    """Stands for anything that stops a program half-way."""


def write_and_stop(path: Path) -> None:
    path.write_text("ne")
    raise PowerCutError


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_written_whole__interrupted__keeps_the_old_file_and_leaves_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(PowerCutError), written_whole(path) as partial:
        write_and_stop(partial)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def test_written_whole__partial_file__keeps_the_suffix_and_is_hidden(tmp_path: Path) -> None:
    with written_whole(tmp_path / "new" / "a.png") as partial:
        partial.write_text("x")
        assert partial.suffix == ".png"
        assert partial.name.startswith(".")
    assert names_in(tmp_path / "new") == ["a.png"]


def test_folder_written_whole__all_well__takes_the_place_of_the_old(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with folder_written_whole(folder) as partial:
        (partial / "new.txt").write_text("new")
        assert names_in(folder) == ["old.txt"]
    assert names_in(folder) == ["new.txt"]
    assert names_in(tmp_path) == ["out"]


def test_folder_written_whole__interrupted__keeps_the_old(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(PowerCutError), folder_written_whole(folder) as partial:
        write_and_stop(partial / "new.txt")
    assert names_in(folder) == ["old.txt"]
    assert names_in(tmp_path) == ["out"]


def test_folder_written_whole__new_folder_cannot_take_its_place__old_comes_back(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(FileNotFoundError), folder_written_whole(folder) as partial:
        partial.rmdir()
    assert names_in(folder) == ["old.txt"]
    assert names_in(tmp_path) == ["out"]


def test_remove_partial_files__after_a_kill__leaves_whole_files_alone(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".123-partial-a.json").write_text("{")
    for name in ("a.json", ".my-partial-draft.txt", f".{os.getppid()}-partial-b.json"):
        (tmp_path / "in" / name).write_text("{}")
    remove_partial_files(tmp_path)
    assert names_in(tmp_path / "in") == sorted(
        ["a.json", ".my-partial-draft.txt", f".{os.getppid()}-partial-b.json"]
    )


def test_write_text__any_system__has_unix_line_ends_in_utf8(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "µm\n試料\n")
    assert (tmp_path / "a.txt").read_bytes() == "µm\n試料\n".encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_write_json__no_number__is_refused_and_nothing_written(
    tmp_path: Path, value: float
) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"x": value})
    assert names_in(tmp_path) == []


def test_sha256_of__file__is_that_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"content").hexdigest()


@pytest.fixture
def killed_pid() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_folder_written_whole__working_directory__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    for path in (Path(), tmp_path / "in", Path("..")):
        with (
            pytest.raises(ConfigError, match="found the current working directory"),
            folder_written_whole(path),
        ):
            pytest.fail("nothing may be written")
    assert names_in(tmp_path) == ["in"]


def test_folder_written_whole__empty_folder_by_a_relative_name__is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    with folder_written_whole(Path("..", "out", ".")) as partial:
        (partial / "new.txt").write_text("new")
    assert names_in(tmp_path) == ["in", "out"]
    assert names_in(tmp_path / "out") == ["new.txt"]


def test_folder_written_whole__a_file_is_there__is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with (
        pytest.raises(NotADirectoryError) as caught,
        folder_written_whole(tmp_path / "out"),
    ):
        pytest.fail("nothing may be written")
    assert caught.value.filename == str(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "precious"


def test_recover_folder__killed_between_the_renames__brings_the_old_back(
    tmp_path: Path, killed_pid: int
) -> None:
    replaced = tmp_path / f".{killed_pid}-replaced-out"
    replaced.mkdir()
    (replaced / "old.txt").write_text("old")
    (tmp_path / f".{killed_pid}-partial-out").mkdir()
    recover_folder(tmp_path / "out")
    assert names_in(tmp_path) == ["out"]
    assert names_in(tmp_path / "out") == ["old.txt"]


def test_folder_written_whole__after_a_kill__removes_the_rest_of_this_name_only(
    tmp_path: Path, killed_pid: int
) -> None:
    alive = os.getppid()
    others = [f".{killed_pid}-partial-other", f".{alive}-partial-out", ".notes-partial-out"]
    for name in (f".{killed_pid}-partial-out", f".{killed_pid}-replaced-out", *others, "out"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "old.txt").write_text("old")
    with folder_written_whole(tmp_path / "out") as partial:
        (partial / "new.txt").write_text("new")
    assert names_in(tmp_path) == sorted([*others, "out"])
    assert names_in(tmp_path / "out") == ["new.txt"]


def test_folder_written_whole__same_process_id_as_the_killed_one__is_no_obstacle(
    tmp_path: Path,
) -> None:
    (tmp_path / f".{os.getpid()}-partial-out").mkdir()
    with folder_written_whole(tmp_path / "out") as partial:
        (partial / "new.txt").write_text("new")
    assert names_in(tmp_path) == ["out"]


def test_written_whole__after_a_kill__removes_the_rest(tmp_path: Path, killed_pid: int) -> None:
    (tmp_path / f".{killed_pid}-partial-a.txt").write_text("ne")
    write_text(tmp_path / "a.txt", "new")
    assert names_in(tmp_path) == ["a.txt"]


def test_written_whole__content__is_on_the_disk_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "a.txt", []

    def fsync(descriptor: int) -> None:
        assert not path.exists()
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr("gapjunction.files.os.fsync", fsync)
    write_text(path, "new")
    assert synced == [path.stat().st_ino]


def test_written_whole__target_is_a_folder__names_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        write_json(tmp_path / "a.json", {})
    assert caught.value.filename == str(tmp_path / "a.json")
    assert names_in(tmp_path) == ["a.json"]


def test_written_whole__writing_is_not_allowed__names_the_target(tmp_path: Path) -> None:
    with pytest.raises(PermissionError) as caught, written_whole(tmp_path / "a.txt") as partial:
        raise PermissionError(errno.EACCES, "Permission denied", str(partial))
    assert caught.value.filename == str(tmp_path / "a.txt")


def test_folder_written_whole__writing_is_not_allowed__names_the_file_in_the_target(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    with pytest.raises(PermissionError) as caught, folder_written_whole(out) as partial:
        raise PermissionError(errno.EACCES, "Permission denied", str(partial / "sub" / "a.txt"))
    assert caught.value.filename == str(out / "sub" / "a.txt")


def test_written_whole__error_about_another_file__keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, written_whole(tmp_path / "a.txt"):
        (tmp_path / "source.txt").read_text()
    assert caught.value.filename == str(tmp_path / "source.txt")


def test_remove_partial_files__partial_folder__is_removed(tmp_path: Path) -> None:
    (tmp_path / ".123-partial-out" / "in").mkdir(parents=True)
    (tmp_path / ".123-partial-out" / "in" / ".123-partial-a.json").write_text("{")
    remove_partial_files(tmp_path)
    assert names_in(tmp_path) == []


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


@pytest.mark.parametrize(
    "name", [None, ".DS_Store", "Thumbs.db", ".12-partial-model.safetensors", "splits.json"]
)
def test_require_new__folder_without_anything_to_lose__is_taken(
    tmp_path: Path, name: str | None
) -> None:
    out = tmp_path / "out"
    if name is not None:
        write(out / name)
    require_new(out, leftovers=("splits.json",))


@pytest.mark.parametrize(
    ("name", "shown"), [("thesis.docx", "thesis.docx"), (".git/HEAD", ".git"), ("a/b", "a")]
)
def test_require_new__folder_with_something_in_it__is_refused(
    tmp_path: Path, name: str, shown: str
) -> None:
    write(tmp_path / "out" / name)
    with pytest.raises(ConfigError, match=f"found a folder with {shown} in it") as caught:
        require_new(tmp_path / "out", settings=("out",))
    assert caught.value.settings == ("out",)


def test_require_new__file_and_link_to_nothing__are_refused(tmp_path: Path) -> None:
    write(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name, found in (("file", "a file"), ("link", "a link to nothing")):
        with pytest.raises(ConfigError, match=f"found {found};"):
            require_new(tmp_path / name)


NO_SPACE = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, NO_SPACE),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError("4096 requested and 0 written"),  # NumPy
        RuntimeError("PytorchStreamWriter failed writing file data/0"),
    ],
)
def test_written_whole__disk_is_full__names_the_file_and_leaves_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(OSError, match="No space left") as caught, written_whole(tmp_path / "a"):
        raise error
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "a"))
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EFBIG, "File too large"), "File too large"),
        (OSError("15 requested and 1 written"), "15 requested and 1 written"),
        (Exception("I/O error: File too large (os error 27)"), "File too large"),  # safetensors
        (RuntimeError("[enforce fail at inline_container.cc:672] ."), "Input/output error"),
    ],
)
def test_written_whole__write_that_ends_at_a_limit__names_the_file(
    tmp_path: Path, error: Exception, words: str
) -> None:
    with pytest.raises(OSError, match=words) as caught, written_whole(tmp_path / "a"):
        raise error
    assert caught.value.filename == str(tmp_path / "a")


def test_written_whole__error_of_another_kind__stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="a bug"), written_whole(tmp_path / "a"):
        raise RuntimeError("a bug")


def test_folder_written_whole__copy_fills_the_disk__names_the_new_file(tmp_path: Path) -> None:
    expected = pytest.raises(OSError, match="No space left")
    with expected as caught, folder_written_whole(tmp_path / "out") as partial:
        raise OSError(errno.ENOSPC, NO_SPACE, "original.webp", None, str(partial / "a.webp"))
    assert caught.value.filename == str(tmp_path / "out" / "a.webp")
