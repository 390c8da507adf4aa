"""Tests for `gapjunction.measurement.cells`."""

import numpy as np
import pytest

from gapjunction.measurement.cells import CellsOfPlaque, cells_of_plaques, list_cells

# Cell 7 left and cell 3 right of a gap of two columns (10 and 11), cell 5 below both.
LABELS = np.zeros((20, 24), np.int64)
LABELS[:10, :10], LABELS[:10, 12:], LABELS[14:] = 7, 3, 5


def place_of(x: float, y: float, reach_px: float = 2) -> CellsOfPlaque:
    (place,) = cells_of_plaques(LABELS, np.array([(x, y)], np.float32), reach_px)
    return place


def test_cells_of_plaques__deep_in_a_cell__is_that_cell_s_alone() -> None:
    assert place_of(5, 5) == CellsOfPlaque(7, 0, inside=True)


def test_cells_of_plaques__in_the_gap__is_on_the_border_of_both() -> None:
    place = place_of(10.5, 5)
    assert place == CellsOfPlaque(7, 3, inside=False)
    assert place.pair == (3, 7)


@pytest.mark.parametrize(("x", "other"), [(9.9, 0), (10.0, 3), (12.0, 7), (12.1, 0)])
def test_cells_of_plaques__reach__is_from_the_center_to_the_nearest_part_of_a_pixel(
    x: float, other: int
) -> None:
    assert place_of(x, 5, reach_px=2).other == other


def test_cells_of_plaques__beside_one_cell__is_of_it() -> None:
    assert place_of(5, 11) == CellsOfPlaque(7, 0, inside=False)


def test_cells_of_plaques__far_from_all__is_of_none() -> None:
    place = place_of(5, 12, reach_px=1)
    assert (place.cell, place.pair) == (0, None)


def test_cells_of_plaques__three_within_reach__the_nearest_two_count() -> None:
    assert place_of(10.2, 11, reach_px=5).pair == (3, 7)


def test_cells_of_plaques__own_cell__comes_before_one_as_near() -> None:
    touching = np.array([[1, 1, 2, 2]])
    (place,) = cells_of_plaques(touching, np.array([(2.0, 0.5)], np.float32), 1)
    assert place == CellsOfPlaque(2, 1, inside=True)


def test_list_cells__labels__have_area_and_middle() -> None:
    first, second, third = list_cells(LABELS)
    assert (first.label, second.label, third.label) == (3, 5, 7)
    assert (third.num_px, third.x, third.y, third.is_cut) == (100, 5, 5, True)
    assert (second.num_px, second.x, second.y) == (6 * 24, 12, 17)


def test_list_cells__away_from_the_border__is_not_cut() -> None:
    labels = np.zeros((5, 5), np.int64)
    labels[2, 2] = 2**50
    (cell,) = list_cells(labels)
    assert (cell.label, cell.is_cut) == (2**50, False)


def test_list_cells__none__is_empty() -> None:
    assert list_cells(np.zeros((4, 4), np.int64)) == []
