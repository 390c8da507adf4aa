"""Tests for `gapjunction.measurement.light`."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.measurement.light import full_levels, measure_light
from gapjunction.measurement.outlines import Outline


def square(own: NDArray[np.bool_] | None = None) -> Outline:
    """Return the outline of 2 x 2 px in a window of 8 x 8 px."""
    inside = np.zeros((8, 8), np.bool_)
    inside[3:5, 3:5] = True
    return Outline(0, 0, inside, np.ones((8, 8), np.bool_) if own is None else own, 1, 1.0)


def test_measure_light__two_channels__are_each_less_their_background() -> None:
    image = np.full((2, 8, 8), 10, np.uint16)
    image[0, 3:5, 3:5] = [[110, 110], [110, 210]]
    image[1] += 20
    first, second = measure_light(image, square(), np.array([10.0, 25.0]), 0.5, [None, None])
    assert (first.mean, first.highest, first.integrated) == (125, 200, 500)
    assert first.background == 10
    assert (second.mean, second.highest) == (5, 5)


def test_measure_light__light_beyond_the_outline__is_integrated_but_for_a_neighbors() -> None:
    image = np.zeros((1, 8, 8), np.uint8)
    image[0, 3:5, 3:5] = 100
    image[0, 2, 3], image[0, 3, 5] = 7, 50
    own = np.ones((8, 8), np.bool_)
    own[:, 5:] = False
    (light,) = measure_light(image, square(own), np.zeros(1), 0.5, [None])
    assert light.integrated == 407


def test_measure_light__saturated_pixels__are_counted() -> None:
    image = np.zeros((1, 8, 8), np.uint16)
    image[0, 3:5, 3:5] = [[4095, 4095], [4095, 4000]]
    (light,) = measure_light(image, square(), np.zeros(1), 0.5, full_levels(image))
    assert light.num_saturated == 3


@pytest.mark.parametrize(
    ("highest", "dtype", "level"),
    [
        (255, np.uint8, 255),
        (254, np.uint8, None),
        (4095, np.uint16, 4095),
        (65535, np.uint16, 65535),
        (255, np.uint16, None),
        (1.0, np.float32, None),
    ],
)
def test_full_levels__highest_value__is_one_that_a_camera_ends_at(
    highest: float, dtype: type, level: int | None
) -> None:
    image: NDArray[Any] = np.zeros((1, 2, 2), dtype)
    image[0, 0, 0] = highest
    assert full_levels(image) == [level]
