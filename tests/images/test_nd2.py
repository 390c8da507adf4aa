"""Tests for `gapjunction.images.nd2`, against what the package nd2 itself reads."""

from pathlib import Path

import nd2
import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import stack, write_nd2

STACK = stack(2, 3, 2, 5, 7)  # P, Z, C, Y, X


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_nd2(tmp_path / "a.nd2", STACK, ["DAPI", "Cx43"], um_per_px=0.16)


def test_opened_nd2__tells_what_nd2_tells(path: Path) -> None:
    with opened_scenes(path) as scenes, nd2.ND2File(path) as file:
        assert dict(file.sizes) == {"P": 2, "Z": 3, "C": 2, "Y": 5, "X": 7}
        assert [scene.name for scene in scenes] == ["point 1", "point 2"]
        assert file.metadata.channels is not None
        names = tuple(each.channel.name for each in file.metadata.channels)
        for scene in scenes:
            assert (scene.num_slices, scene.num_times, scene.height, scene.width) == (3, 1, 5, 7)
            assert scene.channel_names == names == ("DAPI", "Cx43")
            assert scene.um_per_px == file.voxel_size().x == 0.16
            assert scene.z_step_um == file.voxel_size().z == 0.3


def test_opened_nd2__gives_every_plane(path: Path) -> None:
    with opened_scenes(path) as scenes, nd2.ND2File(path) as file:
        np.testing.assert_array_equal(file.asarray(), STACK)
        for p, z, c in np.ndindex(2, 3, 2):
            np.testing.assert_array_equal(scenes[p].read_plane(0, z, c), STACK[p, z, c])


def test_opened_nd2__one_plane__is_read(tmp_path: Path) -> None:
    path = write_nd2(tmp_path / "a.nd2", STACK[:1, :1, :1], ["Cx43"])
    np.testing.assert_array_equal(read_chosen(path, PlaneChoice())[0], STACK[0, 0, 0])


@pytest.mark.parametrize("lost", [1, 100, 5000])
def test_opened_nd2__cut_short__is_refused(path: Path, lost: int) -> None:
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(ImageError, match=r"a\.nd2: expected a readable image"):
        read_chosen(path, PlaneChoice(channels=("1",), z="max", scene="2"))


def test_opened_nd2__recording_stopped_early__is_refused_where_zeros_would_come(
    tmp_path: Path,
) -> None:
    path = write_nd2(tmp_path / "a.nd2", STACK, ["DAPI", "Cx43"], num_taken=5)
    assert read_chosen(path, PlaneChoice(channels=("1",), z="1-2", scene="2")).shape == (1, 5, 7)
    with pytest.raises(ImageError, match="a frame is missing"):
        read_chosen(path, PlaneChoice(channels=("1",), z="max", scene="2"))
