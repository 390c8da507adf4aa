"""Tests for `gapjunction.commands.failures`."""

import errno
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from gapjunction import cli
from gapjunction.commands.failures import shortage_or_system_line


def full(*names: str) -> OSError:
    first, second = (*names, None, None)[:2]
    return OSError(errno.ENOSPC, "No space left on device", first, None, second)


def test_line__full_disk__names_the_file_and_the_folder(tmp_path: Path) -> None:
    line = shortage_or_system_line(full(str(tmp_path / "new" / "a.png")), [])
    assert line is not None
    assert line.startswith(
        f"{tmp_path}/new/a.png: No space left on device: the disk of the folder {tmp_path} is full;"
    )


def test_line__full_disk_while_copying__names_the_copy(tmp_path: Path) -> None:
    line = shortage_or_system_line(full("original.png", str(tmp_path / "copy.png")), [])
    assert line is not None
    assert line.startswith(f"{tmp_path}/copy.png: No space left")


def test_line__full_disk_without_a_name__says_where_to_look() -> None:
    line = shortage_or_system_line(full(), [])
    assert line is not None
    assert line.startswith("No space left on device, here or in /")


@pytest.mark.parametrize(("name", "begin"), [("a.png", "a.png: "), (None, "here or in /")])
def test_line__file_larger_than_the_limit__says_how_to_raise_it(
    name: str | None, begin: str
) -> None:
    line = shortage_or_system_line(OSError(errno.EFBIG, "File too large", name), [])
    assert line is not None
    assert line.startswith(begin)
    assert "File too large; raise the limit on the size of files (ulimit -f)" in line


def test_line__place_of_many_short_names__is_cut_in_its_middle() -> None:
    line = shortage_or_system_line(PermissionError(13, "no", f"/data/{'a b/' * 500}c.json"), [])
    assert line is not None
    assert line.startswith("/data/a b/")
    assert "/c.json: no; check" in line
    assert len(line) < 500


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            ["batch_size", "num_workers"],
            "images; less is needed with --batch_size 1, --num_workers 0",
        ),
        (["output"], "give fewer or smaller images"),
    ],
)
def test_line__lack_of_memory__says_what_needs_less(settings: list[str], expected: str) -> None:
    line = shortage_or_system_line(MemoryError(), settings)
    assert line is not None
    assert line.endswith(expected)


def test_line__mistake_of_ours__is_none() -> None:
    assert shortage_or_system_line(RuntimeError("a bug"), []) is None


def test_run__command_that_finds_no_memory__is_one_line_and_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("gapjunction.commands.predict.command.run", fill)
    assert cli.run(["predict", str(tmp_path)]) == cli.USER_ERROR
    assert "--batch_size 1" in capsys.readouterr().err


@pytest.mark.parametrize("failing", ["config", "command"])
def test_run__no_memory_to_import_the_command__is_one_line_and_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: str,
) -> None:
    def import_or_fail(name: str) -> ModuleType:
        if name == f"gapjunction.commands.predict.{failing}":
            raise ImportError("libtorch.so: failed to map segment from shared object")
        return import_module(name)

    monkeypatch.setattr(cli, "import_module", import_or_fail)
    assert cli.run(["predict", str(tmp_path)]) == cli.USER_ERROR
    assert "expected more memory than there is" in capsys.readouterr().err
