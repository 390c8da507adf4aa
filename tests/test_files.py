"""Tests for `gapjunction.files`."""

import hashlib
from pathlib import Path

import pytest

from gapjunction.files import (
    folder_written_whole,
    parse_json,
    remove_partial_files,
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
    (tmp_path / "in" / "a.json").write_text("{}")
    remove_partial_files(tmp_path)
    assert names_in(tmp_path / "in") == ["a.json"]


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


def test_parse_json__key_twice__is_refused_instead_of_forgotten() -> None:
    with pytest.raises(ValueError, match="the key 'a' more than once"):
        parse_json('{"b": {"a": 1, "a": 2}}')


def test_sha256_of__file__is_that_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"content").hexdigest()
