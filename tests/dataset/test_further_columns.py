"""Tests for `gapjunction.dataset.further_columns`."""

from pathlib import Path

from builders import write_json_file
from gapjunction.dataset.further_columns import TABLE_FILE, constant_cells, kept_columns


def test_constant_cells__column_that_differs_between_rows__is_left_out() -> None:
    rows = [{"litter": "A", "field": 1, "dose": 2.0}, {"litter": " A ", "field": 2, "dose": ""}]
    assert constant_cells(rows) == {"litter": "A", "dose": "2"}


def test_constant_cells__lists_and_nothing__are_no_text() -> None:
    assert constant_cells([{"parts": [1, 2], "treatment": None}]) == {}


def test_kept_columns__table_of_create__is_read(tmp_path: Path) -> None:
    write_json_file(tmp_path / TABLE_FILE, {"table": "a.csv", "rows": [{"genotype": "wt"}]})
    assert kept_columns(tmp_path) == {"genotype": "wt"}


def test_kept_columns__something_else_or_nothing__says_nothing(tmp_path: Path) -> None:
    assert kept_columns(tmp_path) == {}
    for content in ([1], {"rows": 3}, {"rows": [3]}):
        write_json_file(tmp_path / TABLE_FILE, content)
        assert kept_columns(tmp_path) == {}
