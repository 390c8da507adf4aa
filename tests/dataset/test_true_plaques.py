"""Tests for `gapjunction.dataset.true_plaques`."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.dataset.true_plaques import (
    TABLE,
    TRUE_PLAQUES_NAME,
    TruePlaque,
    read_true_plaques,
    write_true_plaques,
)
from gapjunction.errors import DatasetError

HEADER = ",".join(TABLE.columns)
GOOD = "0,gap_junction,4,1,2,5,6,0.3,0.4,2.1"


def plaque(numbers: list[int], x0: float, center_um: tuple[float, float, float]) -> TruePlaque:
    boxes = as_boxes([(x0, 2, x0 + 4 + n, 8.25) for n in range(len(numbers))])
    return TruePlaque("gap_junction", np.array(numbers), boxes, center_um)


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / TRUE_PLAQUES_NAME
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def test_read_true_plaques__what_was_written__comes_back(tmp_path: Path) -> None:
    path = tmp_path / TRUE_PLAQUES_NAME
    written = [plaque([3, 4], 1.5, (0.125, 0.5, 1.75)), plaque([9], 20, (2.5, 0.5, 4.5))]
    write_true_plaques(path, written)
    read = read_true_plaques(path)
    assert [each.numbers.tolist() for each in read] == [[3, 4], [9]]
    assert [each.boxes.tolist() for each in read] == [each.boxes.tolist() for each in written]
    assert [each.center_um for each in read] == [each.center_um for each in written]
    assert {each.class_name for each in read} == {"gap_junction"}


def test_read_true_plaques__of_an_empty_stack__are_none(tmp_path: Path) -> None:
    write_true_plaques(tmp_path / TRUE_PLAQUES_NAME, [])
    assert read_true_plaques(tmp_path / TRUE_PLAQUES_NAME) == []


def test_read_true_plaques__rows_in_any_order__are_sorted(tmp_path: Path) -> None:
    first, second = GOOD, GOOD.replace(",4,", ",3,", 1)
    path = file_of(tmp_path, GOOD.replace("0,", "1,", 1), first, second)
    assert [each.numbers.tolist() for each in read_true_plaques(path)] == [[3, 4], [4]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0,gap_junction,4,1,2,5,6", "line 2: expected 10 values, found 7 values"),
        (GOOD.replace("2.1", "deep"), "line 2: expected whole numbers"),
        (GOOD.replace("2.1", "nan"), "line 2: expected a class.*finite"),
        (GOOD.replace(",1,2,5,", ",5,2,1,"), "line 2: .* x0 <= x1"),
        ("-1" + GOOD[1:], "line 2: .* a plaque from 0 on"),
        (f"{GOOD}\n{GOOD}", "line 3: .* two boxes of plaque 0 in slice 4"),
        (
            f"{GOOD}\n{GOOD.replace(',4,', ',5,', 1)}1",
            "line 3: .* another class, x_um, y_um, z_um of plaque 0",
        ),
    ],
)
def test_read_true_plaques__a_damaged_line__is_named(
    tmp_path: Path, line: str, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        read_true_plaques(file_of(tmp_path, line))


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_read_true_plaques__another_file__is_refused_in_one_line(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / TRUE_PLAQUES_NAME
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="simulate the stack again") as refusal:
        read_true_plaques(path)
    assert "\n" not in str(refusal.value)
