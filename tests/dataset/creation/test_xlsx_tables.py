"""Tests for `gapjunction.dataset.creation.xlsx_tables`, by tables of assets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gapjunction.dataset.creation.asset_table import read_asset_table
from gapjunction.errors import DatasetError

Change = Callable[[Any], None]


def write_book(path: Path, *rows: list[Any], change: Change | None = None) -> Path:
    """Write a spreadsheet with these rows below the names of the columns."""
    book = openpyxl.Workbook()
    for row in (["asset", "diagnosis"], *rows):
        book.active.append(row)
    if change is not None:
        change(book.active)
    book.save(path)
    return path


@pytest.mark.parametrize("word", ["None", "NA", "nan", "null"])
def test_read_xlsx__words_that_mean_nothing_elsewhere__are_names(tmp_path: Path, word: str) -> None:
    path = write_book(tmp_path / "a.xlsx", ["rat_1", word])
    assert read_asset_table(path).metadata["rat_1"].diagnosis == word


def test_read_xlsx__empty_cell__is_not_known(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", ["rat_1", None])
    assert read_asset_table(path).metadata["rat_1"].diagnosis is None


def test_read_xlsx__number_for_a_name__has_no_decimal_point(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [7, "x"])
    assert list(read_asset_table(path).metadata) == ["7"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=A2", r"B2: expected a value, found a formula whose value was not saved"),
        ("#DIV/0!", r"B2: expected a value, found the error #DIV/0!"),
    ],
    ids=["formula", "error"],
)
def test_read_xlsx__cell_whose_value_is_lost__is_refused(
    tmp_path: Path, value: str, words: str
) -> None:
    with pytest.raises(DatasetError, match=words):
        read_asset_table(write_book(tmp_path / "a.xlsx", ["rat_1", value]))


def test_read_xlsx__merged_cells__are_refused(tmp_path: Path) -> None:
    rows = (["rat_1", "a"], ["rat_2", None])
    path = write_book(tmp_path / "a.xlsx", *rows, change=lambda sheet: sheet.merge_cells("B2:B3"))
    with pytest.raises(DatasetError, match="B2:B3: expected a value, found merged cells"):
        read_asset_table(path)


def test_read_asset_table__error_of_a_spreadsheet_in_text__is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("asset,diagnosis\nrat_1,#N/A\n")
    with pytest.raises(DatasetError, match="row 2: expected a value, found the error #N/A"):
        read_asset_table(tmp_path / "a.csv")
