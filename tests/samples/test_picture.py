"""Tests for `gapjunction.samples.picture`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from channel_pictures import noise, spots, stained, with_spots
from gapjunction.samples.picture import Picture, in_channel


def written(path: Path, image: NDArray[np.uint8]) -> Path:
    Image.fromarray(np.moveaxis(image, 0, -1)).save(path)
    return path


def test_read__channel__is_that_of_the_file(tmp_path: Path) -> None:
    image = stained(1)
    path = written(tmp_path / "a.png", image)
    np.testing.assert_array_equal(Picture(path, channel=1).read(), image[1:2])
    np.testing.assert_array_equal(Picture(path).read(), image)


def test_in_channel__single_hue__is_its_brightest_channel_whatever_is_asked() -> None:
    image = np.zeros((3, 128, 128), np.uint8)
    image[2] = with_spots(noise(), spots(20), 2)[2]
    np.testing.assert_array_equal(in_channel(image, 0), image[2:3])


def test_in_channel__grey__is_as_it_is() -> None:
    image = noise(channels=1)
    assert in_channel(image, 2) is image
