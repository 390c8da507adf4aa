"""Tests for `gapjunction.metrics.assignment`."""

from itertools import permutations

import numpy as np
import pytest

from gapjunction.metrics.assignment import best_pairs


def test_best_pairs__none__are_none() -> None:
    empty = np.zeros(0, np.int64)
    assert len(best_pairs(empty, empty, np.zeros(0))) == 0


def test_best_pairs__greatest_sum__goes_before_the_best_pair() -> None:
    i, j = np.array([0, 0, 1]), np.array([0, 1, 0])
    assert best_pairs(i, j, np.array([5.0, 3, 3])).tolist() == [1, 2]


def greatest_sum(worth: np.ndarray) -> float:
    """Try every way to give each row a column of its own, where 0 means that it has none."""
    rows = np.arange(len(worth))
    return max(float(worth[rows, list(order)].sum()) for order in permutations(rows.tolist()))


@pytest.mark.parametrize("seed", range(20))
def test_best_pairs__random_worths__have_the_greatest_sum_of_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    worth = np.where(rng.random((6, 6)) < 0.3, rng.random((6, 6)), 0.0)
    i, j = np.nonzero(worth)
    chosen = best_pairs(i, j, worth[i, j])
    assert len(set(i[chosen])) == len(set(j[chosen])) == len(chosen)
    assert worth[i, j][chosen].sum() == pytest.approx(greatest_sum(worth))
