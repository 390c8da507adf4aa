"""Tests for `gapjunction.images.pixel_depth`."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gapjunction.errors import ImageError
from gapjunction.images.pixel_depth import (
    ValueRange,
    depth_mapping,
    joined_range,
    value_range,
)

FILE = Path("a.tif")


def mapped(image: np.ndarray) -> list[int]:
    pixels = depth_mapping(value_range(image, FILE)).to_16_bits(image)
    assert pixels.dtype == np.uint16
    return list(map(int, pixels.ravel()))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.uint32, np.int64, np.float32])
def test_depth_mapping__whole_numbers_that_fit__stay_as_they_are(dtype: type) -> None:
    assert mapped(np.array([[[0, 7, 120]]], dtype)) == [0, 7, 120]


def test_depth_mapping__negative_whole_numbers__are_shifted() -> None:
    assert mapped(np.array([-32768, 0, 32767], np.int16)) == [0, 32768, 65535]


def test_depth_mapping__fractions__span_all_16_bits() -> None:
    assert mapped(np.array([0.25, 0.5, 0.75], np.float32)) == [0, 32768, 65535]


def test_depth_mapping__wide_range__is_squeezed() -> None:
    assert mapped(np.array([0, 2**31, 2**32 - 1], np.uint32)) == [0, 32768, 65535]


def test_depth_mapping__one_fraction_everywhere__is_zero() -> None:
    assert mapped(np.full((2, 2), 0.3, np.float32)) == [0] * 4


@given(arrays(np.float64, st.integers(2, 20), elements=st.floats(-1e9, 1e9)))
def test_depth_mapping__whatever_is_brighter__stays_at_least_as_bright(image: np.ndarray) -> None:
    assert np.all(np.diff(np.array(mapped(image))[np.argsort(image, kind="stable")]) >= 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_value_range__not_finite__is_refused(value: float) -> None:
    with pytest.raises(ImageError, match="finite pixels"):
        value_range(np.array([0.5, value]), FILE)


def test_value_range__complex__is_refused() -> None:
    with pytest.raises(ImageError, match="complex128"):
        value_range(np.array([1j]), FILE)


def test_joined_range__covers_all() -> None:
    ranges = [ValueRange(0, 5, is_whole=True), ValueRange(-1, 2, is_whole=False)]
    assert joined_range(ranges) == ValueRange(-1, 5, is_whole=False)
