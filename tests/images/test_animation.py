"""Tests for `gapjunction.images.animation`, by way of `read_picture`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.pictures import read_image_size, read_picture

FRAMES = [Image.fromarray(np.full((8, 9, 3), value, np.uint8)) for value in (10, 90)]


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_read_picture__animation__is_refused(tmp_path: Path, name: str) -> None:
    FRAMES[0].save(tmp_path / name, save_all=True, append_images=FRAMES[1:])
    for read in (read_picture, read_image_size):
        with pytest.raises(ImageError, match="expected one picture, found an animation"):
            read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_read_picture__one_picture__is_read(tmp_path: Path, name: str) -> None:
    FRAMES[0].save(tmp_path / name, lossless=True)
    assert read_picture(tmp_path / name).max() == 10
