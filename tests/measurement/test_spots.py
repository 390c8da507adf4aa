"""Tests for `gapjunction.measurement.spots`."""

import numpy as np
import pytest

from gapjunction.measurement.outlines import Outline
from gapjunction.measurement.spots import place_spots
from measured_light import spot_light


def outline_at(y0: int, x0: int, side: int) -> Outline:
    whole = np.ones((side, side), np.bool_)
    return Outline(y0, x0, whole, whole, 1, 1.0)


def test_place_spots__corner_of_the_image__is_placed() -> None:
    plane = (spot_light((1.2, 1.7), 1.0, 100, (20, 20)) + 5).astype(np.float32)
    (spot,) = place_spots(plane, [outline_at(0, 0, 6)], [(1.5, 1.5)], np.array([5.0]), 1.0)
    assert spot.center == pytest.approx((1.2, 1.7), abs=0.01)
    assert spot.fwhm == pytest.approx(2.355, rel=0.01)


def test_place_spots__none__is_none() -> None:
    assert place_spots(np.zeros((5, 5), np.float32), [], [], np.zeros(0), 1.0) == []
