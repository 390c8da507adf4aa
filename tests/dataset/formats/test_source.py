"""Tests for `gapjunction.dataset.formats.source`."""

from pathlib import Path

from foreign_files import save_text
from gapjunction.dataset.formats.source import Source, with_numbers


def test_source__file_and_folder__are_called_without_the_suffix(tmp_path: Path) -> None:
    file = save_text(tmp_path / "set.1" / "boxes.v2.json", "[]")
    assert (Source(file).folder, Source(file).name) == (tmp_path / "set.1", "boxes.v2")
    assert (Source(file.parent).folder, Source(file.parent).name) == (file.parent, "set.1")


def test_counted__thousands__are_grouped() -> None:
    assert with_numbers(["points", "line", *["points"] * 1199]) == ("points: 1,200", "line: 1")
