"""Tests for `gapjunction.commands.validate_files`, through `gapjunction validate`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.cli import run
from gapjunction.commands import validate_files
from gapjunction.commands.validate_files import image_files, inspect_files
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import MOSAIC_CZI, REAL_OIB, SAMPLES
from zarr_samples import write_ome_zarr

RAT = Path(__file__).parents[2] / "data" / "RAT__gap_junctions"
PLANES = ["--channel", "Cx43", "--z", "max", "--time", "1"]


def test_inspect_files__right_choice__shows_scenes_and_no_error() -> None:
    choice = PlaneChoice(channels=("Cx43",), z="mean", time=1, scene="all")
    found = inspect_files([MOSAIC_CZI], choice)
    assert found.exit_code == 0
    assert "scene 2: 2 channels (1 DAPI, 2 Cx43), 3 slices, 2 times" in str(found)
    assert str(found).endswith("1 file, 2 scenes: 0 errors")


def test_inspect_files__nothing_said__shows_what_is_there_and_what_to_type() -> None:
    found = inspect_files([REAL_OIB], PlaneChoice())
    assert found.exit_code == 1
    assert "scene 1: 3 channels (1 CH1, 2 CH2, 3 TD1)" in str(found)
    assert "choose a channel by number or name" in str(found)
    assert "(--channel)" in str(found)


def test_image_files__folder__gives_what_can_be_read() -> None:
    assert [path.name for path in image_files(SAMPLES)] == [
        "color.czi",
        "fv1000.oib",
        "mosaic.czi",
    ]


def test_image_files__link_to_a_file_that_is_gone__is_listed(tmp_path: Path) -> None:
    for name in ("a.png", "b.czi", "notes.txt"):
        (tmp_path / name).symlink_to(tmp_path / "nowhere" / name)
    assert [path.name for path in image_files(tmp_path)] == ["a.png", "b.czi"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([str(MOSAIC_CZI), *PLANES, "--scene", "all"], 0),
        ([str(MOSAIC_CZI), *PLANES], 1),
        ([str(SAMPLES)], 1),
        ([str(SAMPLES), "--report", "a.json"], 2),
        ([str(RAT), "--z", "max"], 2),
    ],
)
def test_validate__files__has_its_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[Any]
) -> None:
    assert run(["validate", *arguments]) == code
    assert len(capsys.readouterr().err.splitlines()) == (1 if code == 2 else 0)


def test_validate__damaged_file__is_an_error_of_that_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[Any]
) -> None:
    (tmp_path / "a.czi").write_bytes(MOSAIC_CZI.read_bytes()[:5000])
    assert run(["validate", str(tmp_path), *PLANES]) == 1
    assert "1 file, 0 scenes: 1 error" in capsys.readouterr().out


def test_validate__ome_zarr__lists_its_scene_and_sizes(
    tmp_path: Path, capsys: pytest.CaptureFixture[Any]
) -> None:
    pixels = np.zeros((2, 40, 60), np.uint16)
    path = write_ome_zarr(tmp_path / "a.zarr", pixels, "cyx", num_levels=2, labels=("A", "B"))
    assert run(["validate", str(path), "--channel", "B"]) == 0
    shown = "2 channels (1 A, 2 B), 1 slice, 1 time, 60 x 40 px of uint16, 2 sizes, 0.1 um/px"
    assert shown in capsys.readouterr().out


def test_validate__image_that_is_read_region_by_region__is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate_files, "LEAST_PX", 100)
    monkeypatch.setattr(validate_files, "read_chosen", None)
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((40, 60), np.uint8), tile=(16, 16))
    assert run(["validate", str(tmp_path / "a.tif")]) == 0
