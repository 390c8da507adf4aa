"""Tests for `gapjunction.metrics.study_planning`."""

import numpy as np
import pytest

from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.group_permutation import permutation_test
from gapjunction.metrics.study_planning import MOST, animals_needed, plan


@pytest.mark.parametrize(("effect", "number"), [(0.5, 64), (0.8, 26), (1.0, 17)])
def test_animals_needed__effects_in_standard_deviations__are_those_of_r(
    effect: float, number: int
) -> None:
    """power.t.test(delta = effect, power = 0.8) in R: n = 63.77, 25.52, 16.71."""
    assert animals_needed(np.exp(effect), 1.0) == number


def test_animals_needed__huge_effect_or_spread__has_limits() -> None:
    assert animals_needed(100.0, 0.1) == 4
    assert animals_needed(1.01, 1.0) is None
    assert MOST == 1000


def test_plan__spread__is_that_of_animals_by_their_groups_mean() -> None:
    found = plan([TwoGroups(np.array([5.0, 10, 15]), np.array([100.0, 200, 300]))])
    assert found is not None
    assert found.spread == pytest.approx(0.5)
    ratios, numbers, safe = zip(
        *((each.ratio, each.num_animals, each.num_to_be_safe) for each in found.next_studies),
        strict=True,
    )
    assert ratios == (1.25, 1.5, 2.0)
    assert numbers == tuple(animals_needed(ratio, 0.5) for ratio in ratios)
    assert all(one < other for one, other in zip(numbers, safe, strict=True))


def test_plan__detectable_ratio__is_found_in_80_percent_of_simulated_studies() -> None:
    rng = np.random.default_rng(0)
    found = plan([TwoGroups(*(np.tile([7.0, 13], 3) for _ in range(2)))])
    assert found is not None
    p_values = []
    for _ in range(200):
        first, second = (rng.normal(1, found.spread, 6) for _ in range(2))
        groups = TwoGroups(first, found.detectable_ratio * second)
        p_values.append(permutation_test([groups], 1000, rng).p_value)
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.8, abs=0.08)


@pytest.mark.parametrize("first", [[2.0, 2], [0.0, 0], [2.0]])
def test_plan__no_spread_known__is_none(first: list[float]) -> None:
    assert plan([TwoGroups(np.array(first), np.full(len(first), 3.0))]) is None
