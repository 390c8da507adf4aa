"""Tests for `gapjunction.measurement.cell_borders`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.measurement.cell_borders import border_lengths

SIDE = 400


def halves(degrees: float, gap_px: float = 0) -> NDArray[np.int64]:
    """Return cells 1 and 2 on both sides of a line through the middle, with a gap between."""
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2
    angle = np.radians(degrees)
    across = columns * np.cos(angle) + rows * np.sin(angle)
    along = rows * np.cos(angle) - columns * np.sin(angle)
    labels = np.where(across > gap_px / 2, 2, np.where(across <= -gap_px / 2, 1, 0))
    return np.where(np.abs(along) < 100, labels, 0)


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_border_lengths__straight_border__is_right_within_six_percent(degrees: int) -> None:
    assert border_lengths(halves(degrees), 0)[1, 2] == pytest.approx(200, rel=0.06)


def test_border_lengths__all_directions__are_right_on_average() -> None:
    lengths = [border_lengths(halves(degrees), 0)[1, 2] for degrees in np.arange(0, 90, 7.5)]
    assert np.mean(lengths) == pytest.approx(200, rel=0.01)


def test_border_lengths__gap_within_reach__is_closed() -> None:
    assert border_lengths(halves(30, gap_px=8), 5)[1, 2] == pytest.approx(200, rel=0.06)
    assert border_lengths(halves(30, gap_px=8), 3) == {}


def test_border_lengths__three_cells__have_the_pairs_that_touch() -> None:
    labels = np.repeat([[9, 4, 6]], 4, axis=0).repeat(5, axis=1)
    assert list(border_lengths(labels, 1)) == [(4, 6), (4, 9)]


@pytest.mark.parametrize("value", [0, 1])
def test_border_lengths__no_cell_or_one__has_none(value: int) -> None:
    assert border_lengths(np.full((6, 6), value, np.int64), 2) == {}


def test_border_lengths__corner_alone__is_no_border() -> None:
    labels = np.kron([[1, 2], [3, 4]], np.ones((5, 5), np.int64))
    assert list(border_lengths(labels, 0)) == [(1, 2), (1, 3), (2, 4), (3, 4)]


def test_border_lengths__staircase__is_a_border() -> None:
    labels = np.tri(100, dtype=np.int64) + 1
    assert border_lengths(labels, 0)[1, 2] == pytest.approx(100 * np.sqrt(2), rel=0.07)


@pytest.mark.parametrize(("gap_px", "reach_px"), [(3, 1.5), (3, 1.67), (4, 2.0), (5, 2.5)])
def test_border_lengths__gap_of_twice_the_reach__is_closed(gap_px: int, reach_px: float) -> None:
    labels = np.zeros((200, 41), np.int64)
    labels[:, :18], labels[:, 18 + gap_px :] = 1, 2
    assert border_lengths(labels, reach_px)[1, 2] == pytest.approx(200, rel=0.06)
    assert border_lengths(labels, gap_px / 2 - 0.51) == {}
