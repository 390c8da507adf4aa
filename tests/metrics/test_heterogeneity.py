"""Tests for `gapjunction.metrics.heterogeneity`."""

import numpy as np
import pytest

from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.heterogeneity import heterogeneity


def groups(ratio: float, spread: float = 0.5) -> TwoGroups:
    """Return two groups of three with this ratio of means, values apart by a share of the mean."""
    first = 10 * np.array([1 - spread, 1, 1 + spread])
    return TwoGroups(first, ratio * first)


def test_heterogeneity__two_strata__is_the_formula_by_hand() -> None:
    """The variance of a log ratio is 2 s^2 / (n mean^2) = 2 x 0.25 / 3 in both."""
    found = heterogeneity([groups(1), groups(4)])
    assert found is not None
    q = np.log(4) ** 2 / 2 / (2 * 0.25 / 3)
    assert found.q == pytest.approx(q)
    assert found.i_squared == pytest.approx(1 - 1 / q)
    assert found.p_value == pytest.approx(0.01635, abs=5e-5)  # normal: 2 (1 - Phi(2.401))


def test_heterogeneity__equal_ratios__is_none_to_speak_of() -> None:
    found = heterogeneity([groups(2), groups(2, 0.3), groups(2, 0.1)])
    assert found is not None
    assert found.q == pytest.approx(0)
    assert found.i_squared == 0
    assert found.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    "strata",
    [
        [groups(2)],
        [groups(2), groups(0)],
        [groups(2), groups(2, 0)],
        [groups(2), TwoGroups(np.ones(1), np.ones(2))],
    ],
)
def test_heterogeneity__one_ratio_or_no_variance__is_not_known(strata: list[TwoGroups]) -> None:
    assert heterogeneity(strata) is None
