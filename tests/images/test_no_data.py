"""Tests for `gapjunction.images.no_data`."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.images.no_data import NoData, filled_with_background, find_no_data

SIGNAL = (100, 130, 180, 400)


def image(dtype: type, *missing: float, signal: tuple[float, ...] = SIGNAL) -> NDArray[Any]:
    return np.array([[[*signal, *missing]]], dtype)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.int16, -9999),
        (np.int32, -1_000_000),
        (np.int32, 2**31 - 1),
        (np.float32, -9999.0),
        (np.float32, 1e20),
        (np.float64, -1e38),
    ],
)
def test_find_no_data__value_far_from_all_others__is_found(dtype: type, value: float) -> None:
    found = find_no_data(image(dtype, value, value, value))
    assert found is not None
    assert (found.num_pixels, found.background) == (3, 100.0)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("why", "pixels"),
    [
        ("a single outlier", image(np.float32, -9999)),
        ("nearer than the others are apart", image(np.float32, -150, -150)),
        ("black, clipped ground", image(np.float32, 0, 0, signal=(0.6, 0.7, 0.8))),
        ("saturated objects", image(np.float32, 65535, 65535, signal=(0, 1, 2, 9))),
        ("a mask", image(np.int32, 255, 255, signal=(0, 0))),
        ("one value", image(np.float32, signal=(-5, -5))),
        ("no outlier", image(np.int16)),
    ],
)
def test_find_no_data__what_may_be_light__is_kept(why: str, pixels: NDArray[Any]) -> None:
    assert find_no_data(pixels) is None, why


@pytest.mark.parametrize("value", [-9999.0, -1e38, 1e38])
def test_filled_with_background__float__keeps_all_other_pixels(value: float) -> None:
    pixels = image(np.float32, value, value)
    found = find_no_data(pixels)
    assert found is not None
    filled = filled_with_background(pixels, found)
    assert filled.dtype == np.float32
    assert filled.ravel().tolist() == [*SIGNAL, 100, 100]
    assert pixels[0, 0, -1] == np.float32(value)


def test_filled_with_background__whole_numbers__keep_their_type() -> None:
    filled = filled_with_background(image(np.int16, -9999), NoData(-9999.0, 1, 100.0))
    assert filled.dtype == np.int16
    assert filled[0, 0, -1] == 100
