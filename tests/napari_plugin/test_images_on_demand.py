"""Tests for `gapjunction.napari_plugin.images_on_demand`."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.napari_plugin.images_on_demand import ImagesOnDemand, as_alike

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


class Reader:
    """Reads an image, and counts how often."""

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self.image, self.times = image, 0

    def __call__(self) -> NDArray[np.uint8]:
        self.times += 1
        return self.image


@pytest.mark.parametrize(
    "key", [1, -1, np.int64(2), slice(0, 2), (2, 3), (slice(1, 3), slice(2), 4), slice(2, 2)]
)
def test_getitem__any_index__gives_what_an_array_gives(key: Any) -> None:
    lazy = ImagesOnDemand([Reader(each) for each in IMAGES], IMAGES[0])
    expected = IMAGES[key]
    assert lazy[key].tolist() == expected.tolist()
    assert lazy[key].shape == expected.shape


def test_getitem__one_image__reads_no_other_and_reads_it_once() -> None:
    readers = [Reader(each) for each in IMAGES]
    lazy = ImagesOnDemand(readers, IMAGES[0])
    assert (lazy[1] == lazy[1]).all()
    assert [each.times for each in readers] == [0, 1, 0]


def test_array__all_images__are_read() -> None:
    lazy = ImagesOnDemand([Reader(each) for each in IMAGES], IMAGES[0])
    assert (np.asarray(lazy) == IMAGES).all()
    assert (lazy.shape, lazy.ndim, lazy.size, len(lazy)) == ((3, 4, 5), 3, 60, 3)


def test_as_alike__grey_among_color__is_the_same_in_all_channels() -> None:
    grey, color = np.full((2, 2), 7, np.uint8), np.zeros((2, 2, 3), np.uint8)
    assert (as_alike(grey, color) == 7).all()
    assert as_alike(grey, color).shape == (2, 2, 3)


def test_as_alike__color_among_grey__is_its_brightest_channel() -> None:
    color = np.zeros((2, 2, 3), np.uint8)
    color[..., 1] = 9
    assert as_alike(color, np.zeros((2, 2), np.uint8)).tolist() == [[9, 9], [9, 9]]


def test_as_alike__another_size__is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected an image of shape \(2, 2\), got \(3, 2\)"):
        as_alike(np.zeros((3, 2), np.uint8), np.zeros((2, 2), np.uint8))


def test_getitem__beyond_the_last__is_refused_as_in_an_array() -> None:
    lazy = ImagesOnDemand([Reader(each) for each in IMAGES], IMAGES[0])
    with pytest.raises(IndexError):
        lazy[3]
