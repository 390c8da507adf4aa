"""Tests for `bench.second_channel`."""

import numpy as np
from bench.second_channel import COVERED, network, ring, simulate_pair, values_of_p


def test_network__any_seed__covers_its_share() -> None:
    mask = network(np.random.default_rng(0))
    assert abs(mask.mean() - COVERED) < 0.01


def test_simulate_pair__all_bound__plaques_lie_on_the_brighter_second_channel() -> None:
    first, second, points = simulate_pair(np.random.default_rng(0), 40, 1.0)
    columns, rows = points.astype(int).T
    assert second[rows, columns].mean() > 2 * second.mean()
    assert first[rows, columns].mean() > 2 * first.mean()


def test_values_of_p__bound_plaques__are_low() -> None:
    p = values_of_p(np.random.default_rng(0), 2, 60, 0.8, ring())
    assert p.shape == (2, 5)
    assert (p[:, 0] < 0.05).all()
