"""Tests for `gapjunction.dataset.text_tables`."""

from pathlib import Path

import pytest

from gapjunction.dataset.text_tables import IN_WINDOWS_1252, read_text_table
from gapjunction.errors import DatasetError


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "a.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "y,x\r\n20,10\r\n",
        "y;x\n20;10\n",
        "sep=;\r\ny;x\r\n20;10",
        "y\tx\n20\t10\n",
        "y x\n20  10\n",
    ],
)
def test_read_text_table__separators_that_occur__give_the_cells(tmp_path: Path, text: str) -> None:
    table = read_text_table(saved(tmp_path, text.encode()))
    assert [list(row) for row in table.rows] == [["y", "x"], ["20", "10"]]


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ()),
        ("utf-16-le", ()),
        ("utf-16-be", ()),
        ("cp1252", (IN_WINDOWS_1252,)),
    ],
)
def test_read_text_table__encodings_of_spreadsheets__give_the_text(
    tmp_path: Path, encoding: str, notes: tuple[str, ...]
) -> None:
    table = read_text_table(saved(tmp_path, "y;Größe\n1;ä\n".encode(encoding)))
    assert [list(row) for row in table.rows] == [["y", "Größe"], ["1", "ä"]]
    assert table.notes == notes


def test_read_text_table__quotes_and_empty_rows__are_understood(tmp_path: Path) -> None:
    table = read_text_table(saved(tmp_path, b'"a, b",1\n,\n\nc,2\n'))
    assert table.filled_rows == [(1, ["a, b", "1"]), (4, ["c", "2"])]


@pytest.mark.parametrize("content", [b'a,"b\n', b"\xff\xfea", b"y;\x81\n"])
def test_read_text_table__no_table__is_one_line(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DatasetError, match=r"a.csv: expected a readable table \(CSV\), found"):
        read_text_table(saved(tmp_path, content))


def test_with_decimal_points__decimal_commas__become_points(tmp_path: Path) -> None:
    table = read_text_table(saved(tmp_path, b"y;x;name\n20,5;-,5e3;a,b\n"))
    assert list(table.with_decimal_points().rows[1]) == ["20.5", "-.5e3", "a,b"]


def test_with_decimal_points__commas_between_cells__are_none(tmp_path: Path) -> None:
    table = read_text_table(saved(tmp_path, b'y,x\n"20,5",3\n'))
    assert list(table.with_decimal_points().rows[1]) == ["20,5", "3"]


def test_with_decimal_points__both_marks__are_refused(tmp_path: Path) -> None:
    table = read_text_table(saved(tmp_path, b"y;x\n1.234,5;3\n1.234;5,5\n"))
    with pytest.raises(DatasetError, match=r"row 3: expected decimal commas or decimal points"):
        table.with_decimal_points()
