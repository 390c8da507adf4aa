"""Permutation tests: what they say, and that of a trend within strata.

If the group makes no difference, the assets of a stratum could have been in either group. The test
counts in how many of these arrangements the groups differ as much as they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.group_effects import FloatArray, Pairs, centered_ranks

MAX_EXACT = 20_000  # arrangements; of more, some are drawn at random
ROUNDING = 1e-9  # arrangements whose statistics differ by less, relatively, count as equal


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


def correlation_test(
    strata: Sequence[Pairs], num_drawn: int, rng: np.random.Generator
) -> PermutationTest:
    """Test Spearman's correlation by exchanging the second values within each stratum.

    All orders are looked at where there are no more than MAX_EXACT, else `num_drawn`.
    """
    ranks = [centered_ranks(each) for each in strata]
    is_exact = prod(factorial(len(x)) for x, _ in ranks) <= MAX_EXACT
    statistics = np.zeros(1)
    for x, y in ranks:
        if is_exact:
            statistics = np.add.outer(statistics, y[_orders(len(y))] @ x).ravel()
        else:
            drawn = rng.permuted(np.tile(y, (num_drawn, 1)), axis=1) @ x
            statistics = statistics + np.append(drawn, y @ x)
    return share_as_extreme(statistics, is_exact=is_exact)


def share_as_extreme(statistics: FloatArray, *, is_exact: bool) -> PermutationTest:
    """Return the share of arrangements (A,) at least as extreme as the last, the observed one.

    Of drawn ones the observed arrangement is one more, so that p is never 0 (Davison & Hinkley
    1997). Infinite statistics are allowed.
    """
    sizes = np.abs(statistics)
    as_extreme = sizes >= sizes[-1] * (1 - ROUNDING) - ROUNDING
    largest = sizes.max()
    smallest = np.mean(sizes >= largest * (1 - ROUNDING)) if is_exact else 1 / len(sizes)
    return PermutationTest(
        p_value=float(np.mean(as_extreme)),
        smallest_p=float(smallest),
        num_arrangements=len(sizes),
        is_exact=is_exact,
    )


def _orders(number: int) -> NDArray[np.int64]:
    """Return all orders (A, number) of so many values, the observed one last."""
    return np.array(list(permutations(range(number))), dtype=np.int64)[::-1]
