"""Tests for `gapjunction.images.slide`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.errors import ImageError
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.images.region import Region
from gapjunction.images.slide import opened_slide, require_region
from microscope_samples import stack

STACK = stack(3, 2, 48, 64)  # Z, C, Y, X


def write_pyramid(path: Path, pixels: np.ndarray, axes: str, num_levels: int = 3) -> Path:
    """Write a tiled OME-TIFF; each level is every second pixel of the one before."""
    with tifffile.TiffWriter(path, ome=True) as tiff:
        options: dict[str, Any] = {"tile": (16, 16), "metadata": {"axes": axes}}
        tiff.write(pixels, subifds=num_levels - 1, **options)
        for level in range(1, num_levels):
            tiff.write(pixels[..., :: 2**level, :: 2**level], subfiletype=1, tile=(16, 16))
    return path


def test_opened_slide__pyramid__has_its_levels_with_their_factors(tmp_path: Path) -> None:
    path = write_pyramid(tmp_path / "a.ome.tif", STACK[0, 0], "YX")
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        assert [(each.height, each.factor_y, each.factor_x) for each in slide.levels] == [
            (48, 1, 1),
            (24, 2, 2),
            (12, 4, 4),
        ]


@pytest.mark.parametrize(
    ("scale", "factor"), [(2.0, 1), (1.0, 1), (0.7, 1), (0.5, 2), (0.3, 2), (0.1, 4)]
)
def test_level_for__scale__is_the_smallest_that_need_not_be_enlarged(
    tmp_path: Path, scale: float, factor: float
) -> None:
    path = write_pyramid(tmp_path / "a.ome.tif", STACK[0, 0], "YX")
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        assert slide.level_for(scale).factor_y == factor


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ("2", STACK[1, 1]),
        ("max", STACK[:, 1].max(axis=0)),
        ("mean", np.rint(STACK[:, 1].mean(axis=0))),
    ],
)
def test_read__z_stack__is_projected_region_by_region(
    tmp_path: Path, z: str, expected: np.ndarray
) -> None:
    path = write_pyramid(tmp_path / "a.ome.tif", STACK, "ZCYX")
    with opened_slide(path, PlaneChoice(channels=("2",), z=z)) as slide:
        found = slide.full.read(Region(10, 20, 50, 45))
    np.testing.assert_array_equal(found[0], expected[20:45, 10:50])


def test_opened_slide__all_channels__are_read_however_many_there_are(tmp_path: Path) -> None:
    pixels = stack(5, 48, 64)
    path = write_pyramid(tmp_path / "a.ome.tif", pixels, "CYX")
    with opened_slide(path, NOTHING_CHOSEN, has_all_channels=True) as slide:
        np.testing.assert_array_equal(slide.full.read(Region(0, 0, 64, 48)), pixels)


def test_opened_slide__mistake_of_ours_inside__is_not_blamed_on_the_file(tmp_path: Path) -> None:
    path = write_pyramid(tmp_path / "a.ome.tif", STACK[0, 0], "YX")
    with (
        pytest.raises(ValueError, match="ours"),
        opened_slide(path, NOTHING_CHOSEN),
    ):
        raise ValueError("ours")


def test_opened_slide__file_in_strips__says_how_to_save_it(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK[0, 0])
    with pytest.raises(ImageError, match="as OME-Zarr or tiled TIFF"):
        require_region(tmp_path / "a.tif", NOTHING_CHOSEN, Region(0, 0, 5, 5))


def test_opened_slide__floats__are_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK[0, 0].astype(np.float32), tile=(16, 16))
    with pytest.raises(ImageError, match="found float32"):
        require_region(tmp_path / "a.tif", NOTHING_CHOSEN, Region(0, 0, 5, 5))


def test_require_region__beyond_the_image__tells_its_size(tmp_path: Path) -> None:
    path = write_pyramid(tmp_path / "a.ome.tif", STACK[0, 0], "YX")
    with pytest.raises(ImageError, match="pixels within 64 x 48, found 10 x 10 px from 60,0 on"):
        require_region(path, NOTHING_CHOSEN, Region(60, 0, 70, 10))
