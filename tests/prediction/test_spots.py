"""Tests for `gapjunction.prediction.spots`."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.prediction.spots import count_spots


def spotted(side: int, step: int, size: float = 1.6) -> NDArray[np.uint8]:
    """Return an image (1, H, W) with noise and bright spots, `step` px apart, of a spread in px."""
    places = np.zeros((side, side))
    places[step // 2 :: step, step // 2 :: step] = 180 * 2 * np.pi * size**2
    noise = np.random.default_rng(0).normal(30, 3, (side, side))
    light = noise + ndimage.gaussian_filter(places, size)
    return np.clip(light, 0, 255).astype(np.uint8)[None]


def test_count_spots__crowded_spots__are_counted_each() -> None:
    assert count_spots(spotted(128, 16)) == 64


def test_count_spots__noise__is_none() -> None:
    noise = np.random.default_rng(0).normal(100, 10, (1, 128, 128))
    assert count_spots(noise.astype(np.uint16)) == 0


def test_count_spots__large_image__counts_its_middle_for_all() -> None:
    assert count_spots(spotted(1024, 32)) == pytest.approx(32**2, rel=0.05)


def test_count_spots__shown_reduced__counts_what_is_larger() -> None:
    large = spotted(128, 32, size=6.4)
    assert (count_spots(large), count_spots(large, scale=0.25)) == (0, 16)


def test_count_spots__color__takes_the_brightest_channel_of_each_pixel() -> None:
    spots = spotted(128, 16)
    green = np.concatenate([np.full_like(spots, 30), spots, np.full_like(spots, 30)])
    assert count_spots(green) == 64
