"""Tests for `gapjunction.simulation.random.draws`."""

import numpy as np
import pytest

from gapjunction.simulation.random.draws import happens, log_uniform


def test_log_uniform__half_of_the_draws__lie_below_the_geometric_mean() -> None:
    rng = np.random.default_rng(0)
    draws = np.array([log_uniform(1, 100, rng) for _ in range(4000)])
    assert 1 <= draws.min() < draws.max() <= 100
    assert np.median(draws) == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("probability", [0.0, 0.25, 1.0])
def test_happens__as_often_as_said(probability: float) -> None:
    rng = np.random.default_rng(0)
    assert np.mean([happens(probability, rng) for _ in range(4000)]) == pytest.approx(
        probability, abs=0.03
    )
