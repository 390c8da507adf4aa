"""Tests for `gapjunction.metrics.permutation`."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics import permutation
from gapjunction.metrics.group_effects import Pairs, TwoGroups
from gapjunction.metrics.permutation import correlation_test, holm, permutation_test

SEEDS = range(5)


def random_groups(seed: int, sizes: tuple[int, int] = (3, 5)) -> TwoGroups:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(1, 20, sizes[0]), rng.integers(5, 30, sizes[1])
    return TwoGroups(first.astype(np.float64), second.astype(np.float64))


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_permutation_test__one_stratum__is_scipys_exact_test(seed: int) -> None:
    both = random_groups(seed)
    reference = stats.permutation_test(
        (both.first, both.second),
        lambda first, second: abs(second.mean() - first.mean()),
        alternative="greater",
        n_resamples=9999,
    )
    test = permutation_test([both], 1000, generator())
    assert test.p_value == pytest.approx(reference.pvalue)
    assert (test.num_arrangements, test.is_exact) == (56, True)


@pytest.mark.parametrize("seed", SEEDS)
def test_permutation_test__two_strata__counts_all_arrangements_within_them(seed: int) -> None:
    strata = [random_groups(seed, (2, 3)), random_groups(seed + 100, (3, 2))]
    relative = [
        np.concatenate([s.first, s.second]) / np.concatenate([s.first, s.second]).mean()
        for s in strata
    ]

    def statistic(chosen: tuple[int, ...], other: tuple[int, ...]) -> float:
        total = 0.0
        for values, rows in zip(relative, (chosen, other), strict=True):
            rest = np.delete(values, rows)
            weight = len(rows) * len(rest) / len(values)
            total += weight * (values[list(rows)].mean() - rest.mean())
        return abs(total)

    observed = statistic((2, 3, 4), (3, 4))
    sizes = [
        statistic(chosen, other)
        for chosen in combinations(range(5), 3)
        for other in combinations(range(5), 2)
    ]
    test = permutation_test(strata, 1000, generator())
    assert test.num_arrangements == 100
    assert test.p_value == pytest.approx(np.mean(np.array(sizes) >= observed - 1e-9))


def test_permutation_test__clearest_of_three_and_three__cannot_be_below_one_tenth() -> None:
    apart = TwoGroups(np.array([1.0, 2, 3]), np.array([100.0, 200, 300]))
    test = permutation_test([apart], 1000, generator())
    assert (test.p_value, test.smallest_p) == (0.1, 0.1)


def test_permutation_test__equal_values__is_one() -> None:
    test = permutation_test([TwoGroups(np.zeros(3), np.zeros(4))], 1000, generator())
    assert test.p_value == 1


def test_permutation_test__too_many_arrangements__is_near_the_exact_p(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strata = [random_groups(3, (5, 5)), random_groups(4, (4, 4))]
    exact = permutation_test(strata, 1000, generator())
    monkeypatch.setattr(permutation, "MAX_EXACT", 1)
    drawn = permutation_test(strata, 20_000, generator())
    assert (exact.is_exact, drawn.is_exact) == (True, False)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.01)
    assert drawn.smallest_p == 1 / 20_001
    assert drawn == permutation_test(strata, 20_000, generator())


def test_permutation_test__no_effect__is_at_most_5_percent_in_5_percent_of_studies() -> None:
    rng = np.random.default_rng(0)
    p_values = [
        permutation_test([TwoGroups(*rng.lognormal(0, 0.5, (2, 4)))], 1000, rng).p_value
        for _ in range(400)
    ]
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.03)


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


def test_holm__textbook_values__in_their_order() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == []
