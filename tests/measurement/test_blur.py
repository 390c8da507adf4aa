"""Tests for `gapjunction.measurement.blur`."""

import numpy as np
import pytest

from gapjunction.measurement.blur import Blur


def test_of__microscope_pixels_and_filter__add_up_as_variances() -> None:
    assert Blur.of(0.61 / 0.21 * 2, 3).sigma_px == pytest.approx(np.sqrt(4 + 9 + 1 / 12))


def test_removed__large_circle__is_as_large_as_its_outline() -> None:
    own = Blur(1.0).removed(np.array([[60.0, 60.0]]))
    assert own.major == pytest.approx([60], rel=0.01)
    assert own.area_share == pytest.approx([1], rel=0.01)


def test_removed__outline_of_a_point__has_no_size() -> None:
    fwhm = 2 * np.sqrt(2 * np.log(2))
    own = Blur(1.0).removed(np.array([[fwhm, fwhm]]))
    assert own.major == pytest.approx([0])
    assert own.area_share == pytest.approx([0])


def test_removed__twice_the_blur_and_size__is_twice_as_large() -> None:
    seen = np.array([[6.0, 3.5]])
    small, large = Blur(1.0).removed(seen), Blur(2.0).removed(2 * seen)
    assert large.major == pytest.approx(2 * small.major)
    assert large.excess == pytest.approx(2 * small.excess)
    assert large.area_share == pytest.approx(small.area_share)
