"""Permutation tests of groups of assets and of trends, within strata; Holm's correction.

If the group makes no difference, the assets of a stratum could have been in either group. The test
counts in how many of these arrangements the groups differ as much as they do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from math import comb, factorial, prod

import numpy as np

from gapjunction.metrics.group_effects import (
    FloatArray,
    Pairs,
    TwoGroups,
    centerd_ranks,
    scaled,
)

MAX_EXACT = 20_000  # arrangements; of more, some are drawn at random
ROUNDING = 1e-9  # arrangements whose statistics differ by less count as equal


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """The outcome of a two-sided permutation test.

    Attributes:
        p_value: the share of arrangements at least as extreme as the one observed.
        smallest_p: what p would have been for the most extreme arrangement of these values.
        num_arrangements: how many were looked at.
        is_exact: True where these were all there are; else they were drawn at random.
    """

    p_value: float
    smallest_p: float
    num_arrangements: int
    is_exact: bool


def permutation_test(
    strata: Sequence[TwoGroups], num_drawn: int, rng: np.random.Generator
) -> PermutationTest:
    """Test the difference of the means by exchanging assets between the groups of each stratum.

    All arrangements are looked at where there are no more than MAX_EXACT, else `num_drawn`.
    """
    values = [_centerd(each) for each in strata]
    in_second = [len(each.second) for each in strata]
    observed = sum(float(v[len(v) - m :].sum()) for v, m in zip(values, in_second, strict=True))
    num_possible = prod(comb(len(v), m) for v, m in zip(values, in_second, strict=True))

    def all_of(stratum: int) -> Iterator[float]:
        of_stratum = values[stratum]
        chosen = combinations(range(len(of_stratum)), in_second[stratum])
        return (float(of_stratum[list(rows)].sum()) for rows in chosen)

    def drawn_of(stratum: int) -> FloatArray:
        rows = np.tile(values[stratum], (num_drawn, 1))
        sums: FloatArray = rng.permuted(rows, axis=1)[:, : in_second[stratum]].sum(axis=1)
        return sums

    return _tested(observed, num_possible, len(strata), all_of, drawn_of)


def correlation_test(
    strata: Sequence[Pairs], num_drawn: int, rng: np.random.Generator
) -> PermutationTest:
    """Test Spearman's correlation by exchanging the second values within each stratum."""
    ranks = [centerd_ranks(each) for each in strata]
    observed = sum(float(x @ y) for x, y in ranks)
    num_possible = prod(factorial(len(x)) for x, _ in ranks)

    def all_of(stratum: int) -> Iterator[float]:
        x, y = ranks[stratum]
        return (float(x @ y[list(order)]) for order in permutations(range(len(y))))

    def drawn_of(stratum: int) -> FloatArray:
        x, y = ranks[stratum]
        products: FloatArray = rng.permuted(np.tile(y, (num_drawn, 1)), axis=1) @ x
        return products

    return _tested(observed, num_possible, len(strata), all_of, drawn_of)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number by Holm's step-down method (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(order.tolist()):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def _centerd(stratum: TwoGroups) -> FloatArray:
    """Return the scaled values (N + M,) less their mean, those of the second group last.

    The sum of the last M is then the difference of the means times N M / (N + M).
    """
    groups = scaled(stratum)
    values = np.concatenate([groups.first, groups.second])
    centerd: FloatArray = values - values.mean()
    return centerd


def _tested(
    observed: float,
    num_possible: int,
    num_strata: int,
    all_of: Callable[[int], Iterator[float]],
    drawn_of: Callable[[int], FloatArray],
) -> PermutationTest:
    """Compare the observed statistic with those of all arrangements, or of some drawn ones.

    Of drawn ones the observed arrangement is one more, so that p is never 0 (Davison & Hinkley
    1997).
    """
    is_exact = num_possible <= MAX_EXACT
    statistics = np.zeros(1)
    for stratum in range(num_strata):
        if is_exact:
            of_stratum = np.fromiter(all_of(stratum), np.float64)
            statistics = np.add.outer(statistics, of_stratum).ravel()
        else:
            statistics = statistics + drawn_of(stratum)
    if not is_exact:
        statistics = np.append(statistics, observed)
    sizes = np.abs(statistics)
    margin = ROUNDING * max(1.0, float(sizes.max()))
    smallest = np.mean(sizes >= sizes.max() - margin) if is_exact else 1 / len(statistics)
    return PermutationTest(
        p_value=float(np.mean(sizes >= abs(observed) - margin)),
        smallest_p=float(smallest),
        num_arrangements=len(statistics),
        is_exact=is_exact,
    )
