"""Tests for `gapjunction.simulation.random.flaws`."""

import numpy as np
import pytest

from gapjunction.simulation.random.flaws import draw_background, draw_camera_pattern, draw_dust
from gapjunction.simulation.random.yardstick import Yardstick
from gapjunction.simulation.tissue import FloatArray

SIZE = 96
YARDSTICK = Yardstick(
    0.1, width_px=6.0, length_px=20.0, sigma_px=1.0, peak_photons=100.0, headroom_photons=200.0
)
SMALL = Yardstick(
    0.1, width_px=2.0, length_px=6.0, sigma_px=0.6, peak_photons=100.0, headroom_photons=200.0
)


def patterns(yardstick: Yardstick, num: int = 60) -> list[FloatArray]:
    return [draw_camera_pattern(yardstick, 2.0, SIZE, np.random.default_rng(n)) for n in range(num)]


def test_draw_dust__takes_light_sometimes_and_never_all() -> None:
    lights = [draw_dust(SIZE, np.random.default_rng(seed)) for seed in range(40)]
    darkest = np.array([light.min() for light in lights])
    assert max(light.max() for light in lights) <= 1
    assert 0.05 < (darkest < 0.95).mean() < 0.5
    assert darkest.min() > 0.02


def test_draw_background__is_smooth_even_where_it_is_bright() -> None:
    fields = [draw_background(YARDSTICK, SIZE, np.random.default_rng(n)) for n in range(40)]
    assert min(field.min() for field in fields) >= 0
    assert max(field.max() for field in fields) > 20
    for field in fields:
        # Between neighboring pixels a plaque of 100 photons climbs by 20 or more.
        steps = np.abs(np.diff(field, axis=2))
        assert np.percentile(steps, 95) < 12


def test_draw_camera_pattern__hot_pixels__are_single() -> None:
    hot = [pattern for pattern in patterns(YARDSTICK) if pattern.max() > 40]
    assert len(hot) > 5
    for pattern in hot:
        assert (pattern > 40).mean() < 0.01


def test_draw_camera_pattern__plaques_as_small_as_dots__get_no_dots() -> None:
    assert max(pattern.max() for pattern in patterns(SMALL)) < 10


@pytest.mark.parametrize("noise", [1.0, 10.0])
def test_draw_camera_pattern__stripes__are_as_weak_as_the_noise(noise: float) -> None:
    drawn = [
        draw_camera_pattern(SMALL, noise, SIZE, np.random.default_rng(seed)) for seed in range(60)
    ]
    strongest = max(float(pattern.std()) for pattern in drawn)
    assert 0.1 * noise < strongest < noise
