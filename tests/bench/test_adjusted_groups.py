"""Tests for `bench.adjusted_groups`."""

import numpy as np
from bench.adjusted_groups import Design, outcome_of


def test_outcome_of__clear_difference__is_found() -> None:
    design = Design("", (6, 6), spreads=(0.05, 0.05), ratio=6.0)
    outcome = outcome_of(design, 5, np.random.default_rng(0))
    assert outcome.significant == outcome.plain_significant == 1


def test_outcome_of__three_and_three_by_age_and_sex__cannot_always_be_adjusted() -> None:
    """Where all are of one sex, or each sex has a group of its own."""
    outcome = outcome_of(Design("", (3, 3)), 40, np.random.default_rng(0))
    assert 0 < outcome.adjusted < 1
