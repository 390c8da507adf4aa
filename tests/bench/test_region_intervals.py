"""Tests for `bench.region_intervals`."""

import numpy as np
import pytest
from bench.region_intervals import parts, true_count

from gapjunction.boxes import as_boxes


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (2, 2), (3, 4)])
def test_parts__any_number__cover_each_pixel_once(rows: int, columns: int) -> None:
    covered = sum(each.window(0, 0, 31, 45).astype(int) for each in parts(31, 45, rows, columns))
    assert (np.asarray(covered) == 1).all()


def test_true_count__boxes__lie_where_their_centers_do() -> None:
    left, right = parts(10, 20, 1, 2)
    boxes = as_boxes([(0, 0, 4, 4), (8, 0, 11, 4), (9, 0, 12, 4)])
    assert (true_count(left, boxes), true_count(right, boxes)) == (2, 1)
