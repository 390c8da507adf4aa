"""Tests for `gapjunction.images.given_array`."""

import logging

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.given_array import as_given

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)
COLOR = np.stack([GREY, GREY + 1, GREY + 2])


@pytest.mark.parametrize(
    ("array", "pixels", "channels"),
    [
        (GREY, GREY[None], ()),
        (GREY[None], GREY[None], ()),
        (GREY[..., None], GREY[None], ()),
        (COLOR, COLOR, ("red", "green", "blue")),
        (np.moveaxis(COLOR, 0, -1), COLOR, ("red", "green", "blue")),
        (COLOR[:2].astype(np.uint16), COLOR[:2], ("1", "2")),
    ],
    ids=["hw", "1hw", "hw1", "chw", "hwc", "two_channels"],
)
def test_as_given__grey_or_several_channels__is_channels_first(
    array: NDArray[np.generic], pixels: NDArray[np.uint8], channels: tuple[str, ...]
) -> None:
    given = as_given(array)
    np.testing.assert_array_equal(given.pixels, pixels)
    assert given.pixels.dtype == array.dtype
    assert given.channels == channels
    assert given.is_color == (len(channels) == 3)


def test_as_given__bytes_in_the_other_order__are_the_same_values() -> None:
    given = as_given(GREY.astype(">u2"))
    assert given.pixels.dtype == np.uint16
    np.testing.assert_array_equal(given.pixels[0], GREY)


def test_as_given__path__is_told_what_reads_files() -> None:
    with pytest.raises(ImageError, match="read_image reads files"):
        as_given(np.asarray("a.tif"))


def test_as_given__several_channels__says_what_they_are_taken_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    as_given(np.moveaxis(COLOR, 0, -1))
    assert "an array (6, 8, 3) is taken as red, green and blue, channels last" in caplog.text


def test_as_given__transparency__is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    opaque = np.dstack([np.moveaxis(COLOR, 0, -1), np.full_like(GREY, 255)])
    np.testing.assert_array_equal(as_given(opaque).pixels, COLOR)
    assert "transparency" in caplog.text


def test_as_given__fractions__are_stretched_from_their_own_range_and_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    given = as_given(np.array([[0.25, 0.5], [0.75, 0.5]], np.float32))
    np.testing.assert_array_equal(given.pixels, [[[0, 32768], [65535, 32768]]])
    assert "0.25 to 0.75" in caplog.text


def test_as_given__whole_numbers_as_floats__keep_their_values() -> None:
    given = as_given(np.array([[0.0, 4095.0]]))
    assert given.pixels.dtype == np.uint16
    assert given.pixels.tolist() == [[[0, 4095]]]


def test_as_given__values_without_data__become_background() -> None:
    given = as_given(np.array([[-9999.0, -9999.0, 3.0, 7.0, 5.0]]))
    assert given.pixels.tolist() == [[[3, 3, 3, 7, 5]]]


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((20, 64, 64), np.uint8), "(20, 64, 64) of uint8"),
        (np.zeros((3, 4, 3), np.uint8), "(3, 4, 3) of uint8"),
        (np.zeros((2, 3, 64, 64), np.uint8), "(2, 3, 64, 64) of uint8"),
        (np.zeros(64, np.uint8), "(64,) of uint8"),
        (np.zeros((0, 64), np.uint8), "(0, 64) of uint8"),
        (np.zeros((64, 64), np.int64), "(64, 64) of int64"),
        (np.zeros((64, 64), bool), "(64, 64) of bool"),
        (np.zeros((64, 64), complex), "(64, 64) of complex128"),
    ],
)
def test_as_given__another_shape_or_type__is_refused_by_name(
    array: NDArray[np.generic], found: str
) -> None:
    with pytest.raises(ImageError) as caught:
        as_given(array)
    assert caught.value.found == found
    assert "\n" not in str(caught.value)


def test_as_given__not_a_number_among_floats__is_refused() -> None:
    with pytest.raises(ImageError, match="finite pixels"):
        as_given(np.array([[0.0, np.nan]]))
