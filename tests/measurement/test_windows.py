"""Tests for `gapjunction.measurement.windows`."""

import numpy as np

from gapjunction.measurement.windows import (
    grown_window,
    joined_window,
    touching_groups,
    within,
)


def window(y0: int, y1: int, x0: int, x1: int) -> tuple[slice, slice]:
    return slice(y0, y1), slice(x0, x1)


def test_grown_window__fractions__holds_every_pixel_that_is_touched() -> None:
    box = np.array([3.5, 4.0, 6.2, 8.0], np.float32)
    assert grown_window(box, 1, (20, 20)) == window(3, 9, 2, 8)


def test_grown_window__box_outside__is_a_pixel_at_the_border() -> None:
    box = np.array([50, -9, 60, -7], np.float32)
    assert grown_window(box, 1, (20, 30)) == window(0, 1, 29, 30)


def test_joined_window__two__holds_both() -> None:
    assert joined_window([window(1, 3, 5, 6), window(2, 9, 0, 2)]) == window(1, 9, 0, 6)


def test_within__window_in_another__counts_from_its_corner() -> None:
    assert within(window(5, 7, 8, 9), window(4, 9, 2, 10)) == window(1, 3, 6, 7)


def test_touching_groups__chain_and_one_apart__are_two_groups() -> None:
    chain = [window(0, 5, 0, 5), window(4, 9, 4, 9), window(8, 12, 8, 12)]
    assert touching_groups([chain[0], window(50, 55, 0, 5), *chain[1:]]) == [[0, 2, 3], [1]]


def test_touching_groups__none__is_none() -> None:
    assert touching_groups([]) == []
