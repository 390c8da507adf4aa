"""Tests for `gapjunction.metrics.permutation`."""

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.group_effects import Pairs
from gapjunction.metrics.permutation import correlation_test

SEEDS = range(5)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_correlation_test__one_stratum__counts_all_orders(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 5, (2, 6)).astype(np.float64)
    ranks_x, ranks_y = stats.rankdata(x), stats.rankdata(y)
    orders = np.array(list(permutations(ranks_y)))
    # Of Spearman's rho only this depends on the order: the mean and spread of ranks do not.
    others = np.abs((orders - ranks_y.mean()) @ (ranks_x - ranks_x.mean()))
    test = correlation_test([Pairs(x, y)], 1000, generator())
    assert test.num_arrangements == 720
    assert test.p_value == pytest.approx(np.mean(others >= others[0] - 1e-9))


def test_correlation_test__seven_in_nearly_one_order__has_the_exact_p_of_r() -> None:
    """Three neighbors swapped, rho 0.892857142857: cor.test gives p 0.0123016."""
    order, swapped = np.arange(7.0), np.array([1.0, 0, 3, 2, 5, 4, 6])
    test = correlation_test([Pairs(order, swapped)], 1000, generator())
    assert stats.spearmanr(order, swapped).statistic == pytest.approx(0.892857142857)
    assert test.p_value == pytest.approx(0.0123016, abs=5e-8)


def test_correlation_test__many_assets__agrees_with_spearmans_t_test() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=40)
    y = 0.3 * x + rng.normal(size=40)
    test = correlation_test([Pairs(x, y)], 20_000, generator())
    assert not test.is_exact
    assert test.p_value == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.01)
