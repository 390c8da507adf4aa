"""Tests for `gapjunction.metrics.swap_test`."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.swap_test import (
    MAX_ALL,
    draw_swaps,
    equivalence_p,
    smallest_p,
    swap_p,
)

# Differences of six assets.
DIFFERENCES = np.array([1.5, 0.5, -0.25, 2.0, 0.75, 1.0])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_draw_swaps__few_assets__are_all_but_mirror_images() -> None:
    swaps = draw_swaps(3, num_drawn=9, rng=rng())
    assert swaps.tolist() == [[False, *each] for each in product([False, True], repeat=2)]


def test_draw_swaps__many_assets__are_drawn_behind_the_observed_ones() -> None:
    swaps = draw_swaps(MAX_ALL + 1, num_drawn=4000, rng=rng())
    assert swaps.shape == (4001, MAX_ALL + 1)
    assert not swaps[0].any()
    assert swaps[1:].mean(axis=0) == pytest.approx(np.full(MAX_ALL + 1, 0.5), abs=0.03)


def test_swap_p__mean_of_six__is_scipys_exact_test_of_paired_samples() -> None:
    signs = np.where(draw_swaps(6, 0, rng()), -1, 1)
    reference = stats.permutation_test(
        (DIFFERENCES, np.zeros(6)),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=10_000,
        vectorized=True,
    )
    assert swap_p(signs @ DIFFERENCES / 6) == pytest.approx(reference.pvalue)


def test_swap_p__all_on_one_side__is_the_smallest() -> None:
    signs = np.where(draw_swaps(6, 0, rng()), -1, 1)
    assert swap_p(signs @ np.abs(DIFFERENCES)) == smallest_p(6) == 2 / 64


def test_swap_p__no_difference__is_one() -> None:
    assert swap_p(np.zeros(8)) == 1


def test_smallest_p__is_that_of_a_sign_test() -> None:
    assert [smallest_p(num_assets) for num_assets in (1, 3, 6)] == [1, 0.25, 2 / 64]


def test_equivalence_p__mean_of_six__is_the_larger_of_two_t_tests() -> None:
    without = np.array([np.delete(DIFFERENCES, asset).mean() for asset in range(6)])
    lower = stats.ttest_1samp(DIFFERENCES, -2.0, alternative="greater").pvalue
    upper = stats.ttest_1samp(DIFFERENCES, 2.0, alternative="less").pvalue
    assert equivalence_p(DIFFERENCES.mean(), without, 2.0) == pytest.approx(max(lower, upper))


@pytest.mark.parametrize("without", [[0.1], [0.1, 0.1]], ids=["one asset", "no spread"])
def test_equivalence_p__nothing_to_tell_it_from__is_none(without: list[float]) -> None:
    assert equivalence_p(0.1, np.array(without), 0.5) is None
