"""Tests for `bench.dark_slices`."""

import numpy as np
import pytest
from bench.dark_slices import LOOKS, SIDE_PX, simulate_slice

from gapjunction.boxes import centers


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_simulate_slice__empty__is_mostly_black_and_darker_than_any_plaque(name: str) -> None:
    look = LOOKS[name]
    grey, truth = simulate_slice(look, 0, np.random.default_rng(0))
    assert grey.shape == (SIDE_PX, SIDE_PX)
    assert len(truth) == 0
    assert np.median(grey) <= look.gain
    assert np.percentile(grey, 99.9) < look.faintest


def test_simulate_slice__plaques__shine_in_the_middle_of_their_boxes() -> None:
    grey, truth = simulate_slice(LOOKS["clean"], 40, np.random.default_rng(0))
    assert len(truth) == 40
    columns, rows = np.clip(centers(truth.boxes), 0, SIDE_PX - 1).astype(int).T
    assert (grey[rows, columns] > 0.5 * LOOKS["clean"].faintest).mean() > 0.95


def test_simulate_slice__same_seed__is_the_same() -> None:
    first, second = (
        simulate_slice(LOOKS["noisy"], 3, np.random.default_rng(5))[0] for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
