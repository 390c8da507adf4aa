"""Tests for `gapjunction.benchmark.pairing`."""

import json
from pathlib import Path
from typing import Any

import pytest

from gapjunction.benchmark.pairing import find_files
from gapjunction.errors import BenchmarkError


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_find_files__two_files_of_one_image__names_both(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"gap_junction": 1})
    write(tmp_path / "a_bbox.json", {"a": []})
    with pytest.raises(BenchmarkError, match=r"a: expected one file .* a\.json and a_bbox\.json"):
        find_files(tmp_path)


def test_find_files__manifest_hidden_and_other_files__are_left_out(tmp_path: Path) -> None:
    for name in ("manifest.json", "._a.json", "a.json"):
        write(tmp_path / name, {"gap_junction": 1})
    (tmp_path / "counts.csv").touch()
    (tmp_path / "folder.json").mkdir()
    assert list(find_files(tmp_path)) == ["a"]


def test_find_files__empty_folder__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"expected detection or count files .* found none"):
        find_files(tmp_path)


def test_find_files__missing_folder__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="no such folder"):
        find_files(tmp_path / "nowhere")
