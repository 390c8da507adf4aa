"""Tests for `gapjunction.benchmark.chosen_images`."""

import unicodedata
from pathlib import Path

import pytest

from gapjunction.benchmark.chosen_images import ALL_IMAGES, ChosenImages, column_of
from gapjunction.errors import BenchmarkError


def test_named_in__no_file__takes_all_images() -> None:
    assert ChosenImages.named_in(None) == ALL_IMAGES
    assert ALL_IMAGES.among({"a": 1, "b": 2}, Path("folder")) == {"a": 1, "b": 2}


def test_named_in__lines_of_windows_and_empty_ones__are_stems(tmp_path: Path) -> None:
    path = tmp_path / "stems.txt"
    path.write_bytes(b"\xef\xbb\xbfa\r\n\r\n b \r\n")
    chosen = ChosenImages.named_in(path)
    assert chosen.among({"a": 1, "b": 2, "c": 3}, tmp_path) == {"a": 1, "b": 2}


def test_named_in__decomposed_letters__are_composed(tmp_path: Path) -> None:
    path = tmp_path / "stems.txt"
    path.write_text(unicodedata.normalize("NFD", "é"), encoding="utf-8")
    assert ChosenImages.named_in(path).stems == {unicodedata.normalize("NFC", "é")}


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_named_in__no_stem__is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "stems.txt"
    path.write_text(content)
    with pytest.raises(BenchmarkError, match=r"stems\.txt: expected .*, found an empty file"):
        ChosenImages.named_in(path)


def test_named_in__missing_file__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="found No such file"):
        ChosenImages.named_in(tmp_path / "stems.txt")


def test_among__unknown_stems__are_named(tmp_path: Path) -> None:
    chosen = ChosenImages(tmp_path / "stems.txt", frozenset({"a", "x", "y"}))
    with pytest.raises(BenchmarkError, match="images in folder, found unknown ones: x, y"):
        chosen.among({"a": 1}, Path("folder"))


def test_column_of__unknown_class__names_the_known_ones() -> None:
    assert column_of("b", ("a", "b"), Path("truth")) == 1
    with pytest.raises(BenchmarkError, match="truth: label: expected one of a, b, found 'c'"):
        column_of("c", ("a", "b"), Path("truth"))
