"""Tests for `bench.region_intervals`."""

import numpy as np
import pytest
from bench.region_intervals import (
    SPLITS,
    ToldRegion,
    half_width,
    parts,
    region_table,
    stack_table,
    true_count,
)

from gapjunction.boxes import as_boxes


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (2, 2), (3, 4)])
def test_parts__any_number__cover_each_pixel_once(rows: int, columns: int) -> None:
    covered = sum(each.window(0, 0, 31, 45).astype(int) for each in parts(31, 45, rows, columns))
    assert (np.asarray(covered) == 1).all()


def test_true_count__boxes__lie_where_their_centers_do() -> None:
    left, right = parts(10, 20, 1, 2)
    boxes = as_boxes([(0, 0, 4, 4), (8, 0, 11, 4), (9, 0, 12, 4)])
    assert (true_count(left, boxes), true_count(right, boxes)) == (2, 1)


def test_half_width__stacks_that_are_alike__is_none() -> None:
    assert half_width(["a", "a", "b", "b"], [True, False, False, True]) == 0


def test_half_width__stacks_of_all_or_nothing__is_that_of_two_values() -> None:
    """Of 0 and 1 the mean has a standard error of 1/2, and t of one degree of freedom is 12.7."""
    assert half_width(["a", "a", "b", "b"], [True, True, False, False]) == pytest.approx(6.35, 0.01)


TOLD = [
    ToldRegion(split, stack, 4, 6, 5, true)
    for split in SPLITS
    for stack, true in (("a", 5), ("a", 5), ("b", 5), ("b", 9))
]


def test_region_table__truth_above_one_of_four__is_told() -> None:
    row = region_table(TOLD).splitlines()[2]
    assert row.startswith("| whole images | 4 | 6.0 | 2.0 | 75.0 | ")
    assert row.endswith(" | 25.0 |")


def test_stack_table__stacks__have_a_row_each() -> None:
    rows = stack_table(TOLD).splitlines()[2:]
    assert rows == ["| a | 5.0 | 5.0 | 2 | 0 |", "| b | 7.0 | 5.0 | 1 | 1 |"]
