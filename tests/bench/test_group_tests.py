"""Tests for `bench.group_tests`."""

import numpy as np
from bench.group_tests import Design, outcome_of


def test_outcome_of__clear_difference__is_found_by_p_and_by_interval() -> None:
    design = Design("", (5, 5), spreads=(0.05, 0.05), ratio=4.0)
    outcome = outcome_of(design, 5, np.random.default_rng(0))
    assert (outcome.significant, outcome.leaves_out_1, outcome.disagree) == (1, 1, 0)


def test_outcome_of__litters__are_compared_within() -> None:
    """Litters of one and one: without blocks there would be no spread to compare with."""
    design = Design("", (1, 1), spreads=(0.05, 0.05), ratio=4.0, num_blocks=6)
    outcome = outcome_of(design, 5, np.random.default_rng(0))
    assert (outcome.significant, outcome.leaves_out_1) == (1, 1)


def test_outcome_of__two_and_two__p_can_show_nothing() -> None:
    design = Design("", (2, 2), spreads=(0.05, 0.05), ratio=4.0)
    outcome = outcome_of(design, 5, np.random.default_rng(0))
    assert outcome.significant == 0
    assert outcome.disagree == outcome.leaves_out_1
