"""Tests for `bench.rectified_ratios`."""

import numpy as np
import pytest
from bench.rectified_ratios import TRUE_RATIO, Design, outcome_of


def test_outcome_of__less_found_in_one_group__is_corrected() -> None:
    outcome = outcome_of(Design((30, 30), recall=0.5), 5, np.random.default_rng(0))
    assert outcome.ratio < 0.8 * TRUE_RATIO
    assert abs(np.log(outcome.rectified / TRUE_RATIO)) < 0.1
    assert outcome.rectified_holds > outcome.holds


@pytest.mark.long
def test_outcome_of__some_animals_annotated__widens_the_interval() -> None:
    some, every = (
        outcome_of(Design((12, 12), num_animals_annotated=number), 5, np.random.default_rng(0))
        for number in (3, None)
    )
    assert some.rectified_width > every.rectified_width
