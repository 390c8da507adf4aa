"""Tests for `gapjunction.images.lif`, against what liffile itself reads."""

from pathlib import Path

import liffile
import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import stack, write_lif

FIRST, SECOND = stack(2, 3, 2, 5, 7), stack(1, 1, 2, 6, 4, seed=1)  # T, Z, C, Y, X


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_lif(tmp_path / "a.lif", {"Series 1": FIRST, "Series 2": SECOND}, um_per_px=0.13)


def test_opened_lif__tells_what_liffile_tells(path: Path) -> None:
    with opened_scenes(path) as scenes, liffile.LifFile(path) as lif:
        for scene, image in zip(scenes, lif.images, strict=True):
            sizes = image.sizes
            assert scene.name == image.name
            assert (scene.height, scene.width) == (sizes["Y"], sizes["X"])
            assert (scene.num_times, scene.num_slices) == (sizes.get("T", 1), sizes.get("Z", 1))
            x_um = image.coords["X"] * 1e6
            assert scene.um_per_px == pytest.approx(x_um[1] - x_um[0]) == pytest.approx(0.13)
            assert scene.channel_names == ("dye 1", "dye 2")
        assert scenes[0].z_step_um == pytest.approx(np.diff(lif.images[0].coords["Z"])[0] * 1e6)


def test_opened_lif__gives_every_plane(path: Path) -> None:
    with opened_scenes(path) as scenes, liffile.LifFile(path) as lif:
        np.testing.assert_array_equal(lif.images[0].asarray(), FIRST)
        for t, z, c in np.ndindex(FIRST.shape[:3]):
            np.testing.assert_array_equal(scenes[0].read_plane(t, z, c), FIRST[t, z, c])


def test_opened_lif__second_scene__is_read_from_its_own_block(path: Path) -> None:
    image = read_chosen(path, PlaneChoice(channels=("dye 2",), scene="Series 2"))
    np.testing.assert_array_equal(image[0], SECOND[0, 0, 1])


def test_opened_lif__dyes_not_named__gives_the_colors_shown(path: Path) -> None:
    content = path.read_bytes()
    blank = content.replace("dye 1".encode("utf-16-le"), "     ".encode("utf-16-le"))
    path.write_bytes(blank)
    with opened_scenes(path) as scenes:
        assert scenes[0].channel_names == ("Green", "Green")


@pytest.mark.parametrize("lost", [1, 200, 3000])
def test_opened_lif__cut_short__is_refused(path: Path, lost: int) -> None:
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(ImageError, match=r"a\.lif: expected a readable image"):
        read_chosen(path, PlaneChoice(channels=("2",), scene="2"))
