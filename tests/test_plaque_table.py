"""Tests for `gapjunction.plaque_table`; the table of true plaques tests the rest of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.errors import BenchmarkError
from gapjunction.plaque_table import PlaqueTable, TabledPlaque

TABLE = PlaqueTable(("dataset", "asset"), ("score",), BenchmarkError, "write it again")


def plaque(asset: str, number: int, score: float) -> TabledPlaque:
    boxes = as_boxes([(1, 2, 5.25, 6), (1, 2, 5, 6)])
    return TabledPlaque(number, "a", np.array([3, 4]), boxes, ("rats", asset), (score,))


def test_read__plaques_of_two_stacks__are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "plaques.csv"
    TABLE.write(path, [plaque("second", 0, 0.5), plaque("first", 1, 0.75), plaque("first", 0, 1)])
    read = TABLE.read(path)
    assert path.read_text().splitlines()[1] == "rats,second,0,a,3,1.0,2.0,5.25,6.0,0.5"
    assert [(each.stack, each.number, each.values) for each in read] == [
        (("rats", "first"), 0, (1.0,)),
        (("rats", "first"), 1, (0.75,)),
        (("rats", "second"), 0, (0.5,)),
    ]
    assert read[0].numbers.tolist() == [3, 4]
    assert read[0].boxes.tolist() == [[1, 2, 5.25, 6], [1, 2, 5, 6]]


def test_read__names_with_line_ends_or_of_formulas__are_as_they_were(tmp_path: Path) -> None:
    name = "=a\n\u2028b\r'"
    TABLE.write(tmp_path / "plaques.csv", [replace(plaque(name, 0, -0.5), class_name="-b\n")])
    [read] = TABLE.read(tmp_path / "plaques.csv")
    assert (read.stack, read.class_name, read.values) == (("rats", name), "-b\n", (-0.5,))
    assert b"rats,\"'=a\n" in (tmp_path / "plaques.csv").read_bytes()


@pytest.mark.parametrize("row", ["9999999999999999999999,1,2,5,6", "3,1,2,1e39,6"])
def test_read__number_beyond_all_slices_or_images__is_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "plaques.csv"
    path.write_text(f"{','.join(TABLE.columns)}\nrats,first,0,a,{row},0.5\n")
    with pytest.raises(BenchmarkError, match=r"line 2: expected .* sides of at most 1e\+09"):
        TABLE.read(path)
