"""Tests for `gapjunction.csv_tables`."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.csv_tables import (
    FORMULA_STARTS,
    as_text_cell,
    csv_text,
    join_csv,
    text_of_cell,
    write_csv,
)

HOSTILE = st.text(alphabet="'=+-@\t\r\n,;\" 1.5eabü＝", max_size=8)  # noqa: RUF001


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_as_text_cell__text_that_begins_a_formula__begins_with_an_apostrophe(start: str) -> None:
    assert as_text_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("number", ["-1.5", "+0.046", "-.5", "-3", "+1e-05", "-2."])
def test_as_text_cell__signed_number__stays_a_number(number: str) -> None:
    assert as_text_cell(number) == number


@pytest.mark.parametrize("text", ["-1+1", "-1.5.2", "+49 40", "-", "-1-", "-\u0661"])
def test_as_text_cell__sign_before_no_number__begins_with_an_apostrophe(text: str) -> None:
    assert as_text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["rat_03", "a=b", "'quoted'", "1-2", ""])
def test_as_text_cell__other_text__stays(text: str) -> None:
    assert as_text_cell(text) == text


@given(HOSTILE)
def test_text_of_cell__any_cell_of_ours__is_the_text_again(text: str) -> None:
    assert text_of_cell(as_text_cell(text)) == text


@given(HOSTILE)
def test_as_text_cell__any_text__begins_no_formula(text: str) -> None:
    cell = as_text_cell(text)

    assert not cell.startswith(tuple(FORMULA_STARTS)) or float(cell) == float(text)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1))
def test_csv_text__any_texts__are_read_back(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(rows), newline=""), strict=True))

    assert [tuple(map(text_of_cell, row)) for row in read] == rows


def test_csv_text__numbers_and_none__are_numbers_and_nothing() -> None:
    assert csv_text([("a", "b"), (-1.5, None)]) == "a,b\n-1.5,\n"


def test_write_csv__rows__end_with_unix_line_ends(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [("a",), ("=b",)])

    assert (tmp_path / "a.csv").read_bytes() == b"a\n'=b\n"


def test_join_csv__sorted_tables__are_one_sorted_table_with_their_cells(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [("image", "count"), ("=a\nb", 1), ("c", 2)])
    write_csv(tmp_path / "b.csv", [("image", "count"), ("b", 3), ("d", -4)])
    join_csv(tmp_path / "all.csv", [tmp_path / "a.csv", tmp_path / "b.csv"], "image")
    write_csv(
        tmp_path / "expected.csv",
        [("image", "count"), ("=a\nb", 1), ("b", 3), ("c", 2), ("d", -4)],
    )
    assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()
