"""Tests for `gapjunction.images.microscope_image`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.microscope_image import read_image
from microscope_samples import write_ome_tiff

STACK = np.arange(2 * 3 * 4 * 5, dtype=np.uint16).reshape(2, 3, 4, 5)  # (C, Z, Y, X)


def stack_in(folder: Path) -> Path:
    return write_ome_tiff(
        folder / "a.ome.tif",
        STACK,
        axes="CZYX",
        Channel={"Name": ["DAPI", "Cx43"]},
        PhysicalSizeX=0.1,
        PhysicalSizeXUnit="µm",
        PhysicalSizeY=0.1,
        PhysicalSizeYUnit="µm",
    )


def test_read_image__channel_and_projection__are_taken_with_the_pixel_size(tmp_path: Path) -> None:
    image = read_image(str(stack_in(tmp_path)), channel="Cx43", z="max")
    np.testing.assert_array_equal(image.pixels, STACK[1].max(axis=0)[None])
    assert image.um_per_px == pytest.approx(0.1)
    assert image.channels == ()


def test_read_image__channel_and_slice_by_number__are_taken(tmp_path: Path) -> None:
    image = read_image(stack_in(tmp_path), channel=1, z=3)
    np.testing.assert_array_equal(image.pixels, STACK[0, 2][None])


def test_read_image__no_channel_named__has_all(tmp_path: Path) -> None:
    image = read_image(stack_in(tmp_path), z="max")
    assert image.channels == ("DAPI", "Cx43")
    np.testing.assert_array_equal(image.pixels, STACK.max(axis=1))


def test_read_image__slices_of_which_nothing_was_said__are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="3 slices along z"):
        read_image(stack_in(tmp_path), channel="Cx43")


def test_read_image__color_picture__says_so_and_is_an_array(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 9, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert (image.is_color, image.shape) == (True, (3, 8, 9))
    np.testing.assert_array_equal(np.asarray(image), np.moveaxis(pixels, -1, 0))
    assert np.asarray(image, np.float32).dtype == np.float32
