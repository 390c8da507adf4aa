"""Tests for `gapjunction.metrics.permutation`."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics import permutation
from gapjunction.metrics.group_effects import Pairs
from gapjunction.metrics.permutation import correlation_test, holm

SEEDS = range(5)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_correlation_test__one_stratum__counts_all_orders(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 5, (2, 6)).astype(np.float64)
    rho = abs(stats.spearmanr(x, y).statistic)
    others = [abs(stats.spearmanr(x, order).statistic) for order in permutations(y)]
    test = correlation_test([Pairs(x, y)], 1000, generator())
    assert test.num_arrangements == 720
    assert test.p_value == pytest.approx(np.mean(np.array(others) >= rho - 1e-9))


def test_correlation_test__many_assets__agrees_with_spearmans_t_test() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=40)
    y = 0.3 * x + rng.normal(size=40)
    test = correlation_test([Pairs(x, y)], 20_000, generator())
    assert not test.is_exact
    assert test.p_value == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_holm__is_the_closed_test_by_bonferroni(seed: int) -> None:
    """A hypothesis falls if every set of hypotheses with it falls by Bonferroni."""
    p_values = np.random.default_rng(seed).uniform(0, 0.3, 5).tolist()
    for index, adjusted in enumerate(holm(p_values)):
        sets = [
            chosen
            for size in range(1, 6)
            for chosen in combinations(range(5), size)
            if index in chosen
        ]
        closed = max(min(1, len(each) * min(p_values[i] for i in each)) for each in sets)
        assert adjusted == pytest.approx(closed)


def test_correlation_test__too_many_orders__draws_some(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Pairs(np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 1, 3, 5, 4]))]
    exact = correlation_test(both, 1000, generator())
    monkeypatch.setattr(permutation, "MAX_EXACT", 1)
    drawn = correlation_test(both, 20_000, generator())
    assert (drawn.is_exact, drawn.num_arrangements) == (False, 20_001)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.01)


def test_holm__textbook_values__in_their_order() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == []
