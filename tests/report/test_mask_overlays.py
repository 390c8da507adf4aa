"""Tests for `gapjunction.report.mask_overlays`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.dataset.masks import ClassMap
from gapjunction.overlays.boxed_image import ENLARGE_BELOW, ENLARGEMENT
from gapjunction.report.mask_overlays import (
    CAPTION_HEIGHT_PX,
    PREDICTION,
    TRUTH,
    WRONG_GREY,
    mask_overlay,
    outline,
)


def square(start: int, stop: int, number: int = 1, side: int = 60) -> ClassMap:
    classes = np.zeros((side, side), np.uint16)
    classes[start:stop, start:stop] = number
    return classes


def shown(truth: ClassMap, predicted: ClassMap) -> NDArray[np.uint8]:
    return np.asarray(mask_overlay(truth, predicted))[CAPTION_HEIGHT_PX:]


def is_color(pixels: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (pixels == color).all(axis=-1)
    return found


def test_outline__square__is_its_rim_inside() -> None:
    expected = square(10, 20) > 0
    expected[11:19, 11:19] = False
    assert np.array_equal(outline(square(10, 20)), expected)


def test_outline__touching_classes__are_parted() -> None:
    classes = np.array([[1, 1, 2, 2]] * 3, np.uint16)
    assert outline(classes)[1].tolist() == [True, True, True, True]
    assert not outline(np.zeros((3, 3), np.uint16)).any()


def test_mask_overlay__outlines__are_solid_and_dashed_around_their_objects() -> None:
    truth, predicted = square(5, 20), square(30, 55)
    pixels = shown(truth, predicted)
    assert pixels.shape == (60 * ENLARGEMENT, 60 * ENLARGEMENT, 3)
    rims = [
        outline(each.repeat(ENLARGEMENT, 0).repeat(ENLARGEMENT, 1)) for each in (truth, predicted)
    ]
    assert np.array_equal(is_color(pixels, TRUTH), rims[0])
    dashes = is_color(pixels, PREDICTION)
    assert not dashes[~rims[1]].any()
    assert 0.3 < dashes.sum() / rims[1].sum() < 0.7


def test_mask_overlay__no_image__greys_what_differs() -> None:
    pixels = shown(square(10, 40), square(20, 40))
    assert pixels[15 * ENLARGEMENT, 15 * ENLARGEMENT].tolist() == [WRONG_GREY] * 3
    assert pixels[30 * ENLARGEMENT, 30 * ENLARGEMENT].tolist() == [0, 0, 0]


@pytest.mark.parametrize("num_channels", [1, 3])
def test_mask_overlay__image__is_the_ground(num_channels: int) -> None:
    image = np.zeros((num_channels, 60, 60), np.uint16)
    image[:, 50:] = 900
    picture = mask_overlay(square(5, 9), square(5, 9), image)
    pixels = np.asarray(picture)[CAPTION_HEIGHT_PX:]
    assert pixels[110, 60].tolist() == [255] * 3
    assert is_color(pixels, TRUTH).any()


def test_mask_overlay__large_image__keeps_its_size() -> None:
    classes = np.zeros((3, ENLARGE_BELOW), np.uint16)
    assert shown(classes, classes).shape == (3, ENLARGE_BELOW, 3)
