"""Tests for `gapjunction.metrics.holm`."""

from itertools import combinations

import numpy as np
import pytest

from gapjunction.metrics.holm import holm


@pytest.mark.parametrize("seed", range(5))
def test_holm__is_the_closed_test_by_bonferroni(seed: int) -> None:
    """A hypothesis falls if every set of hypotheses with it falls by Bonferroni."""
    p_values = np.random.default_rng(seed).uniform(0, 0.3, 5).tolist()
    for index, adjusted in enumerate(holm(p_values)):
        sets = [
            chosen
            for size in range(1, 6)
            for chosen in combinations(range(5), size)
            if index in chosen
        ]
        closed = max(min(1, len(each) * min(p_values[i] for i in each)) for each in sets)
        assert adjusted == pytest.approx(closed)


def test_holm__textbook_values__in_their_order() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([]) == []
