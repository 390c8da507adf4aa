"""Tests for `gapjunction.dataset.formats.imagej_parts`."""

import math
import time
from pathlib import Path

import numpy as np
import pytest

from gapjunction.dataset.formats.imagej_parts import all_parts, outer_parts
from gapjunction.errors import DatasetError

FILE = Path("a.zip")


def square(x: float, y: float, side: float) -> list[float]:
    """Return the path around a square."""
    return [0, x, y, 1, x + side, y, 1, x + side, y + side, 1, x, y + side, 4]


def test_outer_parts__squares_side_by_side__are_a_part_each() -> None:
    parts = outer_parts(square(0, 0, 4) + square(10, 0, 4), FILE, "")
    assert parts == [[(0, 0), (4, 0), (4, 4), (0, 4)], [(10, 0), (14, 0), (14, 4), (10, 4)]]


def test_outer_parts__hole_and_island_in_it__leave_out_the_hole() -> None:
    parts = outer_parts(square(0, 0, 30) + square(5, 5, 20) + square(10, 10, 5), FILE, "")
    assert [part[0] for part in parts] == [(0, 0), (10, 10)]


def test_outer_parts__nested_in_any_order__leave_out_every_second() -> None:
    paths = [square(step, step, 60 - 2 * step) for step in (12, 0, 4, 16, 8)]
    parts = outer_parts([value for path in paths for value in path], FILE, "")
    assert [part[0][0] for part in parts] == [0, 16, 8]


def test_outer_parts__thousands__take_a_moment() -> None:
    rows, columns = np.divmod(np.arange(3000), 60)
    path = [value for x, y in zip(columns, rows, strict=True) for value in square(6 * x, 6 * y, 4)]
    begun = time.process_time()
    assert len(outer_parts(path, FILE, "")) == 3000
    assert time.process_time() - begun < 5


def test_all_parts__hole__is_a_part_as_well() -> None:
    parts = all_parts(square(0, 0, 30) + square(5, 5, 20), FILE, "")
    assert [part[0] for part in parts] == [(0, 0), (5, 5)]


def test_outer_parts__curves__count_the_points_they_are_pulled_to() -> None:
    [part] = outer_parts([0, 0, 0, 2, 5, 9, 10, 0, 3, 9, -2, 1, -2, 0, 0, 4], FILE, "")
    assert part == [(0, 0), (5, 9), (10, 0), (9, -2), (1, -2), (0, 0)]


@pytest.mark.parametrize("path", [[7, 1, 2], [0, 1], [1, 2, 3], [4], [math.nan, 1, 2]])
def test_outer_parts__no_path__is_refused(path: list[float]) -> None:
    with pytest.raises(DatasetError, match="a path of moves, lines and curves"):
        outer_parts(path, FILE, "0001.roi")
