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
    large = spotted(512, 128, size=25.0)
    assert (count_spots(large), count_spots(large, scale=0.0625)) == (0, 16)


def test_count_spots__color__takes_the_brightest_channel_of_each_pixel() -> None:
    spots = spotted(128, 16)
    green = np.concatenate([np.full_like(spots, 30), spots, np.full_like(spots, 30)])
    assert count_spots(green) == 64


@pytest.mark.parametrize("spread_px", [1.2, 2.5, 4.0])
@pytest.mark.parametrize("glow", [0, 90])
def test_count_spots__crowd_in_a_cell__are_counted_about(spread_px: float, glow: int) -> None:
    spacing = 4 * spread_px
    side = round(24 * spacing)
    middle = np.arange(side) + 0.5 - side / 2
    away = np.hypot(middle, middle[:, None])
    radius = 5 * spacing
    places = np.zeros((side, side))
    x, y = np.meshgrid(*2 * [np.arange(spacing / 2, side, spacing).astype(int)])
    inside = np.hypot(x - side / 2, y - side / 2) < radius
    places[y[inside], x[inside]] = 120 * 2 * np.pi * spread_px**2
    light = ndimage.gaussian_filter(places, spread_px) + glow / (1 + np.exp((away - radius) / 3))
    noise = np.random.default_rng(0).normal(25, 2, (side, side))
    image = np.clip(light + noise, 0, 255).astype(np.uint8)[None]

    assert count_spots(image) == pytest.approx(inside.sum(), rel=0.3)


def test_count_spots__saturated_ground_with_soft_edges__is_one() -> None:
    x = np.arange(512)
    light = 20 + 1000 / (1 + np.exp((x - 256) / 6.0))
    image = np.clip(np.tile(light, (512, 1)), 0, 255).astype(np.uint8)[None]

    assert count_spots(image) <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3)])
def test_count_spots__image_of_few_pixels__has_hardly_any(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, *shape), dtype=np.uint8)

    assert count_spots(image) <= max(shape)
