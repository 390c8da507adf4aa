"""Tests for `gapjunction.dataset.creation.contrast`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gapjunction.dataset.creation.contrast import (
    ChannelContrast,
    measured_contrast,
    stretched_to_8_bits,
)


def test_measured_contrast__two_images__have_one_range_for_each_channel() -> None:
    dim = np.array([[[10, 20]], [[5, 5]]], np.uint16)
    bright = np.array([[[30, 1000]], [[7, 9]]], np.uint16)
    assert measured_contrast([dim, bright]) == [ChannelContrast(10, 1000), ChannelContrast(5, 9)]


def test_measured_contrast__hot_pixel__does_not_darken_the_rest() -> None:
    image = np.tile(np.arange(100, 1100, dtype=np.uint16), 20).reshape(1, 100, 200)
    image[0, 0, 0] = 65535
    assert measured_contrast([image])[0].white < 1100


def test_measured_contrast__nearly_all_of_one_value__keeps_the_highest() -> None:
    image = np.full((1, 200, 200), 7, np.uint16)
    image[0, 0, 0] = 90
    assert measured_contrast([image]) == [ChannelContrast(7, 90)]


def test_measured_contrast__no_image__is_our_mistake() -> None:
    with pytest.raises(ValueError, match="at least one image"):
        measured_contrast([])


def test_to_8_bits__black_and_white__are_the_ends() -> None:
    image = np.array([[[0, 100, 600, 1100, 60000]]], np.uint16)
    assert stretched_to_8_bits(image, [ChannelContrast(100, 1100)]).ravel().tolist() == [
        0,
        0,
        128,
        255,
        255,
    ]


def test_to_8_bits__8_bit_values__stay_as_they_are() -> None:
    image = np.arange(256, dtype=np.uint16).reshape(1, 16, 16)
    np.testing.assert_array_equal(stretched_to_8_bits(image, [ChannelContrast(0, 255)]), image)


@given(arrays(np.uint16, (1, 4, 5)))
def test_to_8_bits__whatever_is_brighter__stays_at_least_as_bright(image: np.ndarray) -> None:
    mapped = stretched_to_8_bits(image, measured_contrast([image])).ravel().astype(int)
    assert np.all(np.diff(mapped[np.argsort(image.ravel(), kind="stable")]) >= 0)


@given(st.integers(0, 60000), st.integers(1, 5000))
def test_to_8_bits__flat_image__is_black(value: int, size: int) -> None:
    image = np.full((1, 1, size), value, np.uint16)
    assert not stretched_to_8_bits(image, measured_contrast([image])).any()
