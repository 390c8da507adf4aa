"""Tests for `gapjunction.images.oif`: a real OIB file, and an OIF folder written here."""

import os
from pathlib import Path

import numpy as np
import oiffile
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import REAL_OIB, stack, write_oif

STACK = stack(3, 2, 5, 7)  # Z, C, Y, X


def test_opened_oif__real_oib__tells_axes_names_and_pixel_size() -> None:
    with opened_scenes(REAL_OIB) as (scene,), oiffile.OifFile(REAL_OIB) as oib:
        assert (len(scene.channel_names), scene.height, scene.width) == oib.shape
        assert scene.channel_names == ("CH1", "CH2", "TD1")
        image = oib.mainfile["Reference Image Parameter"]
        assert scene.um_per_px == image["WidthConvertValue"] == 0.177
        assert (scene.num_slices, scene.num_times) == (1, 1)


def test_opened_oif__real_oib__gives_the_planes_that_oiffile_gives() -> None:
    image = read_chosen(REAL_OIB, PlaneChoice(channels=("1", "2", "TD1")))
    np.testing.assert_array_equal(image, oiffile.imread(REAL_OIB))


def test_opened_oif__folder_with_a_z_stack__gives_every_plane(tmp_path: Path) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"], um_per_px=0.2)
    with opened_scenes(path) as (scene,):
        assert scene.channel_names == ("DAPI", "Cx43")
        assert scene.um_per_px == 0.2
        for z, c in np.ndindex(3, 2):
            np.testing.assert_array_equal(scene.read_plane(0, z, c), STACK[z, c])


@pytest.mark.parametrize("z_step_nm", [840, 412.5])
def test_opened_oif__interval_of_slices__is_the_z_step(tmp_path: Path, z_step_nm: float) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"], z_step_nm=z_step_nm)
    with opened_scenes(path) as (scene,):
        assert scene.z_step_um == pytest.approx(z_step_nm / 1000)


def test_opened_oif__no_interval__has_no_z_step(tmp_path: Path) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"])
    with opened_scenes(path) as (scene,):
        assert scene.z_step_um is None


def test_opened_oif__same_dye_twice__gives_the_detectors(tmp_path: Path) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["Alexa 488", "Alexa 488"])
    with opened_scenes(path) as (scene,):
        assert scene.channel_names == ("CH1", "CH2")


def test_opened_oif__plane_missing__is_named(tmp_path: Path) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"])
    (tmp_path / "a.oif.files" / "s_C002Z003.tif").unlink()
    with pytest.raises(ImageError, match="channel 2, slice 3, time 1 is missing"):
        read_chosen(path, PlaneChoice(channels=("2",), z="max"))


def test_opened_oif__pipe_in_place_of_a_plane__is_refused_and_not_waited_for(
    tmp_path: Path,
) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"])
    plane = tmp_path / "a.oif.files" / "s_C002Z003.tif"
    plane.unlink()
    os.mkfifo(plane)
    with pytest.raises(ImageError, match=rf"{plane}: expected a plain file, found a named pipe"):
        read_chosen(path, PlaneChoice(channels=("1",), z="max"))


def test_opened_oif__without_its_folder__is_refused(tmp_path: Path) -> None:
    path = write_oif(tmp_path / "a.oif", STACK, ["DAPI", "Cx43"])
    (tmp_path / "a.oif.files").rename(tmp_path / "elsewhere")
    with pytest.raises(ImageError, match=r"storage path not found: a\.oif\.files"):
        read_chosen(path, PlaneChoice(channels=("2",), z="max"))


@pytest.mark.parametrize("kept", [0.001, 0.5, 0.9])
def test_opened_oif__oib_cut_short__is_refused(tmp_path: Path, kept: float) -> None:
    content = REAL_OIB.read_bytes()
    (tmp_path / "a.oib").write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ImageError, match=r"a\.oib"):
        read_chosen(tmp_path / "a.oib", PlaneChoice(channels=("1", "2", "3")))
