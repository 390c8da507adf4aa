"""Tests for `gapjunction.images.tiff_regions`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.images.region import Region
from gapjunction.images.tiff_regions import is_region_stored, read_tiff_region

GREY = np.arange(70 * 90, dtype=np.uint16).reshape(70, 90)
COLOR = np.stack([GREY, GREY + 1, GREY + 2], axis=-1).astype(np.uint8)
REGIONS = [
    Region(0, 0, 90, 70),
    Region(15, 31, 33, 49),
    Region(89, 69, 90, 70),
    Region(32, 0, 64, 16),
]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"byteorder": ">"}])
def test_read_tiff_region__grey__is_that_part_of_the_image(
    tmp_path: Path, region: Region, options: dict[str, Any]
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, tile=(16, 32), **options)
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        found = read_tiff_region(tiff.pages[0], region, (0,))
    np.testing.assert_array_equal(found[0], GREY[region.y0 : region.y1, region.x0 : region.x1])


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
def test_read_tiff_region__color__gives_the_samples_that_are_asked_for(
    tmp_path: Path, planarconfig: str
) -> None:
    pixels = COLOR if planarconfig == "contig" else np.moveaxis(COLOR, -1, 0)
    path, region = tmp_path / "a.tif", Region(15, 31, 33, 49)
    tifffile.imwrite(path, pixels, tile=(16, 32), photometric="rgb", planarconfig=planarconfig)
    with tifffile.TiffFile(path) as tiff:
        found = read_tiff_region(tiff.pages[0], region, (2, 0))
    expected = np.moveaxis(COLOR[31:49, 15:33, [2, 0]], -1, 0)
    np.testing.assert_array_equal(found, expected)


def test_read_tiff_region__white_is_zero__is_turned_round(tmp_path: Path) -> None:
    grey = GREY.astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", grey, tile=(16, 32), photometric="miniswhite")
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        found = read_tiff_region(tiff.pages[0], Region(0, 0, 90, 70), (0,))
    np.testing.assert_array_equal(found[0], 255 - grey)


def test_is_region_stored__tiles_that_were_left_out__are_not(tmp_path: Path) -> None:
    tiles = [np.ones((16, 32), np.uint8), None, None, None]
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, iter(tiles), shape=(32, 64), dtype=np.uint8, tile=(16, 32))
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0]
        assert is_region_stored(page, Region(31, 0, 40, 4))
        assert not is_region_stored(page, Region(32, 0, 40, 4))
        np.testing.assert_array_equal(
            read_tiff_region(page, Region(31, 0, 33, 1), (0,)), [[[1, 0]]]
        )
