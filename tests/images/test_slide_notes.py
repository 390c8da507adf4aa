"""Tests for `gapjunction.images.slide_notes`, on files laid out as scanners do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

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
