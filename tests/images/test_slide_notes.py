"""Tests for `gapjunction.images.slide_notes`, on files laid out as scanners do."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.plane_choice import NOTHING_CHOSEN
from gapjunction.images.region import Region

SLIDE = np.random.default_rng(0).integers(0, 255, (160, 192, 3), dtype=np.uint8)
SVS = "Aperio Image Library v1\r\n192x160 [0,0 192x160]|AppMag = 40|MPP = {}"


def write_svs(path: Path, side: str = "0.2498") -> Path:
    """Write the slide, a thumbnail, a level of half the size, a label and a macro picture."""
    rgb: dict[str, Any] = {"photometric": "rgb", "metadata": None}
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(SLIDE, tile=(32, 32), description=SVS.format(side), **rgb)
        tiff.write(SLIDE[::8, ::8], description="Aperio thumbnail", **rgb)
        tiff.write(SLIDE[::2, ::2], tile=(32, 32), description="Aperio half", **rgb)
        tiff.write(SLIDE[:20, :20], description="label 1", subfiletype=1, **rgb)
        tiff.write(SLIDE[:30, :20], description="macro 1", subfiletype=9, **rgb)
    return path


def write_ndpi(path: Path, grey: np.ndarray) -> Path:
    """Write an image (32, 32) of 0.25 um pixels in one tile: offsets of files have 8 bytes."""
    resolution, pixels = 8, 24
    tags = [
        (256, 3, 1, 32),
        (257, 3, 1, 32),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (271, 2, 4, int.from_bytes(b"Ham", "little")),  # the maker
        (277, 3, 1, 1),
        (282, 5, 1, resolution + 8),
        (283, 5, 1, resolution + 8),
        (296, 3, 1, 3),  # centimeters
        (322, 3, 1, 32),
        (323, 3, 1, 32),
        (324, 4, 1, pixels),
        (325, 4, 1, grey.size),
        (65420, 4, 1, 1),  # what tells NDPI
    ]
    header = struct.pack("<2sHQ", b"II", 42, pixels + grey.size) + bytes(4)
    per_cm = struct.pack("<II", 40_000, 1)
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    path.write_bytes(header + per_cm + grey.tobytes() + directory + bytes(8) + bytes(4 * len(tags)))
    return path


def only_scene(path: Path) -> MicroscopeScene:
    with opened_scenes(path) as scenes:
        (scene,) = scenes
        return scene


def test_opened_tiff__svs__is_one_scene_with_its_levels_and_the_scanners_pixel_size(
    tmp_path: Path,
) -> None:
    scene = only_scene(write_svs(tmp_path / "a.svs"))
    assert scene.um_per_px == pytest.approx(0.2498)
    assert scene.is_color
    assert [(level.height, level.width) for level in scene.levels] == [(160, 192), (80, 96)]


@pytest.mark.parametrize("side", ["0", "none", "0.2.5"])
def test_opened_tiff__svs_without_a_usable_pixel_size__has_none(tmp_path: Path, side: str) -> None:
    assert only_scene(write_svs(tmp_path / "a.svs", side)).um_per_px is None


def test_opened_tiff__svs__gives_regions_of_each_level(tmp_path: Path) -> None:
    with opened_scenes(write_svs(tmp_path / "a.svs")) as (scene,):
        full, half = (
            level.read_region(0, 0, (1,), Region(20, 30, 60, 75)) for level in scene.levels
        )
    np.testing.assert_array_equal(full[0], SLIDE[30:75, 20:60, 1])
    np.testing.assert_array_equal(half[0], SLIDE[::2, ::2][30:75, 20:60, 1])


def test_read_chosen__small_svs__is_read_whole(tmp_path: Path) -> None:
    image = read_chosen(write_svs(tmp_path / "a.svs"), NOTHING_CHOSEN)
    np.testing.assert_array_equal(image, np.moveaxis(SLIDE, -1, 0))


def test_opened_tiff__ndpi__is_read_by_region_with_its_pixel_size(tmp_path: Path) -> None:
    grey = SLIDE[:32, :32, 0]
    path = write_ndpi(tmp_path / "a.ndpi", grey)
    assert only_scene(path).um_per_px == pytest.approx(0.25)
    with opened_scenes(path) as (scene,):
        found = scene.levels[0].read_region(0, 0, (0,), Region(5, 6, 30, 31))
    np.testing.assert_array_equal(found[0], grey[6:31, 5:30])


def test_opened_tiff__ndpi_that_is_cut_off__is_an_error_of_one_line(tmp_path: Path) -> None:
    path = write_ndpi(tmp_path / "a.ndpi", SLIDE[:32, :32, 0])
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ImageError, match="damaged or cut short"):
        only_scene(path)
