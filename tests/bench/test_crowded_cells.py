"""Tests for `bench.crowded_cells`."""

import numpy as np
import pytest
from bench.crowded_cells import RADIUS_PX, SPACINGS_PX, simulate_cell

from gapjunction.boxes import centers


@pytest.mark.long
@pytest.mark.parametrize("spacing", SPACINGS_PX)
def test_simulate_cell__spots__are_a_spacing_apart_and_the_brightest(spacing: float) -> None:
    pixels, truth = simulate_cell(spacing, 0.0, np.random.default_rng(0))
    places = centers(truth.boxes)
    between = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(between, np.inf)
    assert between.min() >= spacing - 0.01
    assert between.max(where=np.isfinite(between), initial=0) <= 2 * RADIUS_PX
    columns, rows = places.astype(int).T
    assert np.median(pixels[rows, columns]) > 2.5 * np.median(pixels)


@pytest.mark.long
def test_simulate_cell__nearer_spots__are_more() -> None:
    numbers = [
        len(simulate_cell(spacing, 0.0, np.random.default_rng(1))[1]) for spacing in SPACINGS_PX
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > 3 * numbers[-1]
