"""Tests for `gapjunction.metrics.group_permutation`."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics import group_permutation
from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.group_permutation import paired_permutation_test, permutation_test

SEEDS = range(5)
SHARE = 0.05


def random_groups(seed: int, sizes: tuple[int, int] = (3, 5)) -> TwoGroups:
    rng = np.random.default_rng(seed)
    return TwoGroups(rng.uniform(1, 20, sizes[0]), rng.uniform(5, 30, sizes[1]))


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def terms(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return the log ratio of means and its variance, as in the definition."""
    variance = sum(v.var(ddof=1) / len(v) / v.mean() ** 2 for v in (first, second))
    return float(np.log(second.mean() / first.mean())), float(variance)


def welch(first: np.ndarray, second: np.ndarray) -> float:
    effect, variance = terms(first, second)
    return abs(effect) / float(np.sqrt(variance))


@pytest.mark.parametrize("seed", SEEDS)
def test_permutation_test__one_stratum__is_scipys_exact_test(seed: int) -> None:
    both = random_groups(seed)
    reference = stats.permutation_test(
        (both.first, both.second), welch, alternative="greater", n_resamples=9999
    )
    test = permutation_test([both], 1000, generator())
    assert test.p_value == pytest.approx(reference.pvalue)
    assert (test.num_arrangements, test.is_exact) == (56, True)


@pytest.mark.parametrize("seed", SEEDS)
def test_permutation_test__two_strata__counts_all_arrangements_within_them(seed: int) -> None:
    strata = [random_groups(seed, (2, 3)), random_groups(seed + 100, (4, 2))]
    weights = np.array([2 * 3 / 5, 4 * 2 / 6])
    weights /= weights.sum()
    pooled = [np.concatenate([each.first, each.second]) for each in strata]

    def statistic(*chosen: tuple[int, ...]) -> float:
        effect, variance = 0.0, 0.0
        for weight, values, rows in zip(weights, pooled, chosen, strict=True):
            own = terms(np.delete(values, rows), values[list(rows)])
            effect, variance = effect + weight * own[0], variance + weight**2 * own[1]
        return abs(effect) / float(np.sqrt(variance))

    observed = statistic((2, 3, 4), (4, 5))
    sizes = [
        statistic(one, other)
        for one in combinations(range(5), 3)
        for other in combinations(range(6), 2)
    ]
    test = permutation_test(strata, 1000, generator())
    assert test.num_arrangements == 150
    assert test.p_value == pytest.approx(np.mean(np.array(sizes) >= observed - 1e-9))


def test_permutation_test__clearest_of_three_and_three__cannot_be_below_one_tenth() -> None:
    apart = TwoGroups(np.array([1.0, 2, 3]), np.array([100.0, 200, 300]))
    test = permutation_test([apart], 1000, generator())
    assert (test.p_value, test.smallest_p) == (0.1, 0.1)


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_permutation_test__equal_values__is_one(value: float) -> None:
    test = permutation_test([TwoGroups(np.full(3, value), np.full(4, value))], 1000, generator())
    assert test.p_value == 1


def test_permutation_test__group_without_objects__is_the_most_extreme() -> None:
    """Only the observed arrangement and its mirror image leave a group empty."""
    test = permutation_test([TwoGroups(np.zeros(3), np.array([4.0, 5, 9]))], 1000, generator())
    assert test.p_value == test.smallest_p == pytest.approx(2 / 20)


def test_permutation_test__stratum_without_objects__says_nothing() -> None:
    alone = permutation_test([random_groups(1)], 1000, generator())
    empty = TwoGroups(np.zeros(2), np.zeros(2))
    both = permutation_test([random_groups(1), empty], 1000, generator())
    assert both.p_value == pytest.approx(alone.p_value)


def test_permutation_test__too_many_arrangements__is_near_the_exact_p(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strata = [random_groups(3, (5, 5)), random_groups(4, (4, 4))]
    exact = permutation_test(strata, 1000, generator())
    monkeypatch.setattr(group_permutation, "MAX_EXACT", 1)
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
    assert np.mean(np.array(p_values) <= SHARE) == pytest.approx(SHARE, abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_paired_permutation_test__pairs__is_scipys_sign_test_of_log_ratios(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(5, 20, 7), rng.uniform(8, 30, 7)
    reference = stats.permutation_test(
        (np.log(other / one),),
        lambda ratios: abs(ratios.mean()),
        permutation_type="samples",
        alternative="greater",
        n_resamples=9999,
    )
    blocks = [TwoGroups(one[[i]], other[[i]]) for i in range(7)]
    test = paired_permutation_test(blocks, 1000, generator())
    assert (test.num_arrangements, test.smallest_p) == (128, 2 / 128)
    assert test.p_value == pytest.approx(reference.pvalue)


def test_paired_permutation_test__blocks_of_several__exchanges_within_them() -> None:
    """Two litters of 2 and 2: each has 6 arrangements, two of which are the clearest."""
    litter = TwoGroups(np.array([1.0, 2]), np.array([10.0, 11]))
    fat_litter = TwoGroups(np.array([100.0, 210]), np.array([1000.0, 1150]))
    test = paired_permutation_test([litter, fat_litter], 1000, generator())
    assert test.num_arrangements == 36
    assert test.p_value == pytest.approx(2 / 36)


def test_paired_permutation_test__block_without_objects_of_a_group__shows_nothing() -> None:
    blocks = [TwoGroups(np.array([0.0]), np.array([5.0])), TwoGroups(np.ones(1), np.ones(1))]
    assert paired_permutation_test(blocks, 1000, generator()).p_value == 1
