"""Tests for `gapjunction.images.czi`, on files that the format's own library wrote."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from microscope_samples import COLOR_CZI, MOSAIC_CZI, mosaic_plane


def test_opened_czi__tells_axes_names_and_pixel_size() -> None:
    with opened_scenes(MOSAIC_CZI) as scenes:
        assert len(scenes) == 2
        for scene in scenes:
            assert scene.channel_names == ("DAPI", "Cx43")
            assert (scene.num_times, scene.num_slices) == (2, 3)
            assert (scene.height, scene.width) == (44, 32)
            assert scene.um_per_px == pytest.approx(0.103)
            assert scene.z_step_um == pytest.approx(0.3)
            assert scene.dtype == np.uint16


def test_opened_czi__mosaic__every_plane_is_put_together_from_its_tiles() -> None:
    """The three slices are compressed in three ways; where tiles overlap, the later is on top."""
    with opened_scenes(MOSAIC_CZI) as scenes:
        for s, t, z, c in np.ndindex(2, 2, 3, 2):
            plane = scenes[s].read_plane(t, z, c)
            np.testing.assert_array_equal(plane, mosaic_plane(s, c, z, t))


def test_opened_czi__color__is_red_green_blue() -> None:
    y, x = np.mgrid[:24, :32]
    image = read_chosen(COLOR_CZI, NOTHING_CHOSEN)
    np.testing.assert_array_equal(image, np.stack([x + y, y, x]))  # written as blue, green, red


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.95])
def test_opened_czi__cut_short__is_refused(tmp_path: Path, kept: float) -> None:
    content = MOSAIC_CZI.read_bytes()
    (tmp_path / "a.czi").write_bytes(content[: int(len(content) * kept)])
    choice = PlaneChoice(channels=("1",), z="max", time=2, scene="2")
    with pytest.raises(ImageError, match=r"a\.czi: expected a readable image"):
        read_chosen(tmp_path / "a.czi", choice)


def test_opened_czi__segment_that_is_followed_by_itself__is_refused(tmp_path: Path) -> None:
    content = bytearray(MOSAIC_CZI.read_bytes())
    second = content.index(b"ZISRAW", 16)
    content[second + 16 : second + 24] = (-32).to_bytes(8, "little", signed=True)
    path = tmp_path / "a.czi"
    path.write_bytes(content)
    with pytest.raises(ImageError, match="less than no bytes"), opened_scenes(path):
        pass
