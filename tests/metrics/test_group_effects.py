"""Tests for `gapjunction.metrics.group_effects`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.group_effects import (
    Pairs,
    TwoGroups,
    hedges_g,
    rank_correlation,
    ratio_of_means,
)

SEEDS = range(10)
TRUE_RATIO = 1.6


def random_groups(seed: int) -> TwoGroups:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 9, 2)
    return TwoGroups(rng.uniform(5, 50, sizes[0]), rng.uniform(5, 90, sizes[1]))


def groups(first: list[float], second: list[float]) -> TwoGroups:
    return TwoGroups(np.array(first), np.array(second))


@pytest.mark.parametrize("seed", SEEDS)
def test_ratio_of_means__one_stratum__is_welchs_interval_of_relative_values(seed: int) -> None:
    """Values relative to their group's mean have the standard errors of the logarithms."""
    both = random_groups(seed)
    ratio = ratio_of_means([both])
    first, second = both.first / both.first.mean(), both.second / both.second.mean()
    welch = stats.ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
    assert ratio is not None
    assert ratio.interval is not None
    assert ratio.value == pytest.approx(both.second.mean() / both.first.mean())
    assert np.log(ratio.interval.low / ratio.value) == pytest.approx(welch.low)
    assert np.log(ratio.interval.high / ratio.value) == pytest.approx(welch.high)


def test_ratio_of_means__two_strata__is_the_weighted_geometric_mean() -> None:
    twofold, eightfold = groups([1, 1], [2, 2]), groups([3, 5], [30, 34])
    ratio = ratio_of_means([twofold, eightfold])
    assert ratio is not None
    assert ratio.value == pytest.approx(4)
    larger = ratio_of_means([twofold, groups([3, 4, 5], [30, 34] * 3)])  # N M / (N + M): 1 and 2
    assert larger is not None
    assert larger.value == pytest.approx((2 * 8 * 8) ** (1 / 3))


def test_ratio_of_means__two_strata__has_welchs_interval_done_by_hand() -> None:
    """Groups of 2 and 2, and of 3 and 6: weights N M / (N + M) are 1 and 2."""
    rng = np.random.default_rng(0)
    values = [rng.uniform(5, 50, size) for size in (2, 2, 3, 6)]
    ratio = ratio_of_means([TwoGroups(*values[:2]), TwoGroups(*values[2:])])
    means = np.array([each.mean() for each in values])
    weights = np.array([1, 1, 2, 2]) / 3
    parts = (weights * [stats.sem(each) for each in values] / means) ** 2
    freedom = parts.sum() ** 2 / np.sum(parts**2 / [1, 1, 2, 5])
    effect = np.log(means) @ (weights * [-1, 1, -1, 1])
    expected = stats.t.interval(0.95, freedom, effect, np.sqrt(parts.sum()))
    assert ratio is not None
    assert ratio.interval is not None
    assert ratio.value == pytest.approx(np.exp(effect))
    assert (ratio.interval.low, ratio.interval.high) == pytest.approx(tuple(np.exp(expected)))


def test_ratio_of_means__same_stratum_twice__narrows_the_interval() -> None:
    once, twice = (ratio_of_means([random_groups(0)] * number) for number in (1, 2))
    assert once is not None
    assert twice is not None
    assert once.interval is not None
    assert twice.interval is not None
    assert twice.value == pytest.approx(once.value)
    assert twice.interval.high / twice.interval.low < once.interval.high / once.interval.low


def test_ratio_of_means__simulated_studies__interval_covers_the_truth_in_95_percent() -> None:
    """Six and six assets in two strata; a bootstrap of so few covers about 85 percent."""
    rng = np.random.default_rng(0)
    num_covered, num_studies = 0, 400
    for _ in range(num_studies):
        strata = [
            TwoGroups(*(mean * factor * np.exp(rng.normal(0, 0.3, 3)) for factor in (1, 1.6)))
            for mean in (20, 50)
        ]
        ratio = ratio_of_means(strata)
        assert ratio is not None
        assert ratio.interval is not None
        num_covered += ratio.interval.low <= TRUE_RATIO <= ratio.interval.high
    assert num_covered / num_studies == pytest.approx(0.95, abs=0.03)


def test_ratio_of_means__a_group_without_objects__is_none() -> None:
    assert ratio_of_means([groups([0, 0], [3, 4])]) is None


@pytest.mark.parametrize("both", [groups([3], [4, 6]), groups([3, 3], [6, 6])])
def test_ratio_of_means__no_spread_known__has_no_interval(both: TwoGroups) -> None:
    ratio = ratio_of_means([both])
    assert ratio is not None
    assert ratio.value > 1
    assert ratio.interval is None


@pytest.mark.parametrize("seed", SEEDS)
def test_hedges_g__one_stratum__equals_the_formula_by_hand(seed: int) -> None:
    both = random_groups(seed)
    n, m = len(both.first), len(both.second)
    t = stats.ttest_ind(both.second, both.first).statistic
    rough_correction = 1 - 3 / (4 * (n + m - 2) - 1)
    g = hedges_g([both])
    assert g is not None
    assert g.value == pytest.approx(rough_correction * t * np.sqrt(1 / n + 1 / m), rel=0.02)


def test_hedges_g__known_study__has_the_exact_correction() -> None:
    """For 4 degrees of freedom the correction is gamma(2) / (sqrt(2) gamma(1.5)) = 0.79788."""
    g = hedges_g([groups([1, 2, 3], [3, 4, 5])])
    assert g is not None
    assert g.value == pytest.approx(2 * 0.7978846)


def test_hedges_g__six_and_six__has_the_interval_of_rs_effectsize() -> None:
    """Groups with g = 1.3673560068: effectsize::hedges_g gives 0.142 to 2.542."""
    values = np.array([-1.0, 1, -1, 1, -1, 1])
    apart = 1.3673560068 / 0.9227456 * values.std(ddof=1)  # by the correction for 10 degrees
    g = hedges_g([TwoGroups(values, values + apart)])
    assert g is not None
    assert g.interval is not None
    assert g.value == pytest.approx(1.3673560068)
    assert g.interval.low == pytest.approx(0.142, abs=5e-4)
    assert g.interval.high == pytest.approx(2.542, abs=5e-4)


@pytest.mark.parametrize("both", [groups([1], [2, 3]), groups([4, 4], [4, 4])])
def test_hedges_g__nothing_to_measure_with__is_none(both: TwoGroups) -> None:
    assert hedges_g([both]) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_rank_correlation__one_stratum__is_spearmans_rho(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 6, (2, 12)).astype(np.float64)
    found = rank_correlation([Pairs(x, y)])
    rho = stats.spearmanr(x, y).statistic
    error = np.sqrt((1 + rho**2 / 2) / (12 - 3))
    assert found is not None
    assert found.interval is not None
    assert found.value == pytest.approx(rho)
    assert np.arctanh(found.interval.high) == pytest.approx(np.arctanh(rho) + 1.959964 * error)
    assert np.arctanh(found.interval.low) == pytest.approx(np.arctanh(rho) - 1.959964 * error)


def test_rank_correlation__levels_of_datasets__play_no_part() -> None:
    """People are older than rats and have fewer plaques: that is no trend of age."""
    rising = np.array([1.0, 2.0, 3.0])
    found = rank_correlation([Pairs(rising, rising), Pairs(rising + 900, rising - 50)])
    assert found is not None
    assert found.value == pytest.approx(1)
    assert found.interval is None


def test_rank_correlation__constant_values__is_none() -> None:
    assert rank_correlation([Pairs(np.arange(5.0), np.ones(5))]) is None


def test_rank_correlation__three_assets__has_no_interval() -> None:
    found = rank_correlation([Pairs(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]))])
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert found.interval is None
