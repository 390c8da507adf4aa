"""Tests for `gapjunction.images.tiff_brightness`, through the door that everybody uses."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice

RAMP = (np.arange(48, dtype=np.uint16) * 5).reshape(6, 8)
RAMP_8 = RAMP.astype(np.uint8)
FIRE = np.stack([np.clip(np.arange(256) * 3 - dark, 0, 255) for dark in (0, 255, 510)])
SHUFFLED = np.random.default_rng(3).permutation(256)[None] * np.array([[1], [0], [0]])


def read(path: Path, choice: PlaneChoice = NOTHING_CHOSEN) -> NDArray[Any]:
    """Return the only channel of an image."""
    [plane] = read_chosen(path, choice)
    return np.asarray(plane)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (RAMP, 65535 - RAMP),
        (RAMP.astype(np.int16) - 100, 235 - RAMP),
        (RAMP.astype(np.float32), RAMP.max() - RAMP),  # shifted, so that the lowest is 0
        (RAMP > 100, RAMP <= 100),
    ],
    ids=["16 bits", "signed", "float", "1 bit"],
)
def test_bright_is_high__white_is_zero__is_turned_round(
    tmp_path: Path, pixels: NDArray[Any], expected: NDArray[Any]
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="miniswhite")
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), expected)


def test_bright_is_high__12_bits_in_16__are_turned_round_within_12(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", RAMP, photometric="miniswhite", bitspersample=12)
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), 4095 - RAMP)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_bright_is_high__inverting_lut_of_imagej__leaves_the_values(
    tmp_path: Path, dtype: type
) -> None:
    pixels: NDArray[Any] = RAMP.astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", pixels, imagej=True, photometric="miniswhite")
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), RAMP)


def test_bright_is_high__inverting_lut_of_a_stack__leaves_the_values(tmp_path: Path) -> None:
    stack = np.stack([RAMP_8 // 2, RAMP_8])
    metadata = {"axes": "ZYX"}
    tifffile.imwrite(
        tmp_path / "a.tif", stack, imagej=True, photometric="miniswhite", metadata=metadata
    )
    np.testing.assert_array_equal(read(tmp_path / "a.tif", PlaneChoice(z="2")), RAMP_8)


@pytest.mark.parametrize("unit", [257, 1], ids=["16 bits", "8 bits in place of 16"])
def test_has_palette__colors__become_rgb(tmp_path: Path, unit: int) -> None:
    table = (SHUFFLED * unit).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", RAMP_8, photometric="palette", colormap=table)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), SHUFFLED[:, RAMP_8])


def test_has_palette__lookup_table__is_passed_over(tmp_path: Path) -> None:
    table = (FIRE * 257).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", RAMP_8, photometric="palette", colormap=table)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), RAMP_8[None])


@pytest.mark.parametrize("name", ["a.tif", "a.ome.tif"])
def test_refuse_other_colors__ink_in_place_of_light__is_refused(tmp_path: Path, name: str) -> None:
    tifffile.imwrite(tmp_path / name, np.dstack([RAMP] * 4), photometric="separated")
    for choice in (NOTHING_CHOSEN, PlaneChoice(channels=("all",))):
        with pytest.raises(ImageError, match="found colors of the kind SEPARATED"):
            read_chosen(tmp_path / name, choice)


def test_refuse_other_colors__differences_of_color_as_they_are__are_refused(
    tmp_path: Path,
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.dstack([RAMP_8] * 3), photometric="ycbcr")
    with pytest.raises(ImageError, match="found colors of the kind YCBCR"):
        read_picture(tmp_path / "a.tif")


def test_refuse_other_colors__jpeg__is_read_as_rgb(tmp_path: Path) -> None:
    grey = np.full((16, 16, 3), (90, 128, 128), np.uint8)  # Y, Cb, Cr
    tifffile.imwrite(tmp_path / "a.tif", grey, photometric="ycbcr", compression="jpeg")
    np.testing.assert_allclose(read_picture(tmp_path / "a.tif"), 90, atol=1)
