"""Tests for `gapjunction.measurement.gaussian_fit`."""

import numpy as np
import pytest

from gapjunction.measurement.gaussian_fit import fit_spots
from measured_light import spot_light


def test_fit_spots__two_spots__are_found_where_they_are() -> None:
    light = np.stack(
        [spot_light((4.2, 5.1), 1.1, 100, (9, 9)), spot_light((5.0, 3.9), 0.8, 9, (9, 9))]
    )
    fitted = fit_spots(light, np.ones_like(light), 1.0)
    assert fitted.x == pytest.approx([4.2, 5.0], abs=1e-4)
    assert fitted.y == pytest.approx([5.1, 3.9], abs=1e-4)
    assert fitted.sigma == pytest.approx([1.1, 0.8], abs=1e-4)


def test_fit_spots__light_of_a_neighbor__has_no_weight() -> None:
    light = spot_light((4.2, 4.5), 1.0, 100, (9, 9))
    weight = np.ones((1, 9, 9))
    weight[0, :, 7:] = 0
    fitted = fit_spots((light + 500 * (1 - weight[0]))[None], weight, 1.0)
    assert fitted.x == pytest.approx([4.2], abs=1e-4)


def test_fit_spots__nothing_there__stays_in_the_crop() -> None:
    fitted = fit_spots(np.zeros((1, 9, 9)), np.ones((1, 9, 9)), 1.0)
    assert 0 <= fitted.x[0] <= 9
    assert np.isfinite(fitted.sigma).all()
