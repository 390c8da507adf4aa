"""Tests for `gapjunction.metrics.scales`."""

import numpy as np
import pytest

from gapjunction.metrics.scales import SCALES, FloatArray, ScaleName


@pytest.mark.parametrize("scale", SCALES)
def test_scales__there_and_back__is_the_value(scale: ScaleName) -> None:
    values: FloatArray = np.array([0.1, 0.5, 0.9])
    on = SCALES[scale]
    assert on.back(on.to(values)) == pytest.approx(values)


@pytest.mark.parametrize("scale", SCALES)
def test_scales__slope__is_the_derivative(scale: ScaleName) -> None:
    values: FloatArray = np.array([0.1, 0.5, 0.9])
    on = SCALES[scale]
    step = 1e-6
    assert (on.to(values + step) - on.to(values - step)) / (2 * step) == pytest.approx(
        on.slope(values), rel=1e-6
    )


@pytest.mark.parametrize("scale", SCALES)
def test_scales__higher_value__is_higher(scale: ScaleName) -> None:
    assert np.all(np.diff(SCALES[scale].to(np.array([0.1, 0.5, 0.9]))) > 0)
