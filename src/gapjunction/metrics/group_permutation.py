"""Permutation tests of two groups of assets, by the statistic that the ratio's interval is made of.

The statistic is the log ratio by its standard error, Welch's (Janssen 1997). The bare difference of
means would find a ratio where groups differ in nothing but their spread.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.group_effects import FloatArray, TwoGroups, scaled, stratum_weights
from gapjunction.metrics.permutation import MAX_EXACT, PermutationTest, share_as_extreme

ROUNDING = 1e-12  # variances of values around 1 that are smaller are zero but for rounding

BoolArray = NDArray[np.bool_]
# Of each arrangement of a stratum (A,): two terms, which are then added up over the strata.
Terms = tuple[FloatArray, FloatArray]


def permutation_test(
    strata: Sequence[TwoGroups], num_drawn: int, rng: np.random.Generator
) -> PermutationTest:
    """Test the ratio of means by exchanging assets between the groups of each stratum.

    Every group of a stratum has two assets or more. All arrangements are looked at where there are
    no more than MAX_EXACT, else `num_drawn`. One that leaves a group without a single object
    counts as the most extreme; a stratum without any object says nothing.
    """
    weights = stratum_weights(strata)

    def terms_of(stratum: int, values: FloatArray, in_second: BoolArray) -> Terms:
        effects, variances = _log_ratios(values, in_second), np.zeros(len(in_second))
        for chosen in (~in_second, in_second):
            variances += _variances_of_log_mean(values, chosen)
        return weights[stratum] * effects, weights[stratum] ** 2 * variances

    return _tested(strata, terms_of, _by_standard_error, num_drawn, rng)


def paired_permutation_test(
    blocks: Sequence[TwoGroups], num_drawn: int, rng: np.random.Generator
) -> PermutationTest:
    """Test the mean log ratio of blocks, such as litters, by exchanging assets within each.

    The statistic is that of the paired t-test: mean by standard error over the blocks. A block may
    have a single asset of a group.
    """

    def terms_of(_: int, values: FloatArray, in_second: BoolArray) -> Terms:
        effects = _log_ratios(values, in_second)
        return effects, effects**2

    def paired_t(sums: FloatArray, squares: FloatArray) -> FloatArray:
        # An infinite ratio in a block makes both terms infinite: as extreme as can be.
        with np.errstate(invalid="ignore"):
            return _by_standard_error(sums, squares - sums**2 / len(blocks))

    return _tested(blocks, terms_of, paired_t, num_drawn, rng)


def _tested(
    strata: Sequence[TwoGroups],
    terms_of: Callable[[int, FloatArray, BoolArray], Terms],
    statistic_of: Callable[[FloatArray, FloatArray], FloatArray],
    num_drawn: int,
    rng: np.random.Generator,
) -> PermutationTest:
    """Compare the observed arrangement with all there are, or with some drawn ones."""
    sizes = [(len(each.first), len(each.second)) for each in strata]
    is_exact = prod(comb(n + m, m) for n, m in sizes) <= MAX_EXACT
    sums, squares = np.zeros(1), np.zeros(1)
    for stratum, ((n, m), groups) in enumerate(zip(sizes, map(scaled, strata), strict=True)):
        values = np.concatenate([groups.first, groups.second])
        arranged = _all(n, m) if is_exact else _drawn(n, m, num_drawn, rng)
        first, second = terms_of(stratum, values, arranged)
        add = np.add.outer if is_exact else np.add
        with np.errstate(invalid="ignore"):  # two groups without objects, one on either side
            sums, squares = add(sums, first).ravel(), add(squares, second).ravel()
    return share_as_extreme(statistic_of(sums, squares), is_exact=is_exact)


def _all(num_first: int, num_second: int) -> BoolArray:
    """Return which assets are in the second group in each arrangement, the observed one last."""
    total = num_first + num_second
    rows = np.array(list(combinations(range(total), num_second)), dtype=np.int64)
    in_second = np.zeros((len(rows), total), dtype=np.bool_)
    np.put_along_axis(in_second, rows, values=True, axis=1)
    return in_second


def _drawn(num_first: int, num_second: int, num_drawn: int, rng: np.random.Generator) -> BoolArray:
    """Return arrangements drawn at random, and the observed one as the last."""
    observed = np.arange(num_first + num_second) >= num_first
    drawn = rng.permuted(np.tile(observed, (num_drawn, 1)), axis=1)
    arranged: BoolArray = np.vstack([drawn, observed])
    return arranged


def _means(values: FloatArray, chosen: BoolArray) -> FloatArray:
    means: FloatArray = chosen @ values / chosen[0].sum()
    return means


def _log_ratios(values: FloatArray, in_second: BoolArray) -> FloatArray:
    """Return log(mean of second / mean of first), infinite where one is 0, and 0 if all are."""
    if not values.any():
        return np.zeros(len(in_second))
    with np.errstate(divide="ignore"):
        ratios: FloatArray = np.log(_means(values, in_second)) - np.log(_means(values, ~in_second))
    return ratios


def _variances_of_log_mean(values: FloatArray, chosen: BoolArray) -> FloatArray:
    """Return s^2 / (n mean^2) of each choice, 0 where its mean is 0."""
    number = int(chosen[0].sum())
    means = _means(values, chosen)
    squares = (chosen @ values**2 - number * means**2) / (number - 1)
    relative = np.divide(squares, number * means**2, out=np.zeros(len(means)), where=means > 0)
    return np.where(relative < ROUNDING, 0.0, relative)


def _by_standard_error(effects: FloatArray, variances: FloatArray) -> FloatArray:
    """Return |effect| / root of the variance: infinite for an effect without variance."""
    sizes = np.where(np.isnan(effects), np.inf, np.abs(effects))
    errors = np.sqrt(np.where(variances > ROUNDING, variances, 0.0))
    is_sure = (errors == 0) & (sizes > ROUNDING)
    by_error = np.divide(sizes, errors, out=np.zeros(len(sizes)), where=errors > 0)
    statistics: FloatArray = np.where(is_sure | np.isinf(sizes), np.inf, by_error)
    return statistics
