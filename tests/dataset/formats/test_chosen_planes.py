"""Tests for `gapjunction.dataset.formats.chosen_planes`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from foreign_files import HEIGHT, WIDTH, save_image, save_text
from gapjunction.dataset.formats.chosen_planes import with_planes
from gapjunction.dataset.formats.points import read_points
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import DatasetError, ImageError
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import PlaneChoice

PLANES = np.arange(6, dtype=np.uint8).reshape(3, 2, 1, 1) * np.ones((HEIGHT, WIDTH), np.uint8)
OF_PLANE = PlaneChoice(("2",), "3")  # the last: 5


def save_stack(path: Path) -> Path:
    """Write an ImageJ TIFF of 3 slices and 2 channels, of one value each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, PLANES, imagej=True, metadata={"axes": "ZCYX"})
    return path


def test_with_planes__stack_and_picture__are_the_plane_and_the_picture(tmp_path: Path) -> None:
    save_stack(tmp_path / "in" / "rat" / "a.tif")
    save_image(tmp_path / "in" / "b.png")
    source = with_planes(Source(tmp_path / "in"), OF_PLANE, tmp_path / "out")
    assert source.images == tmp_path / "out"
    assert np.unique(read_picture(tmp_path / "out" / "rat" / "a.png")).tolist() == [5]
    assert read_picture(tmp_path / "out" / "b.png").max() == 0


def test_with_planes__points_beside_a_stack__are_of_its_plane(tmp_path: Path) -> None:
    save_stack(tmp_path / "in" / "a.tif")
    save_text(tmp_path / "in" / "a.csv", "x,y\n10,20\n")
    asked = Source(tmp_path / "in", point_size_px=4)
    source = with_planes(asked, PlaneChoice(("1",), "max"), tmp_path / "out")
    [dataset] = read_points(source).datasets
    [image] = dataset.images()
    assert image.boxes.tolist() == [[8, 18, 12, 22]]
    assert np.unique(read_picture(image.path)).tolist() == [4]


def test_with_planes__channel_of_several_not_chosen__names_the_setting(tmp_path: Path) -> None:
    file = save_stack(tmp_path / "a.tif")
    with pytest.raises(ImageError) as caught:
        with_planes(Source(file), PlaneChoice(z="max"), tmp_path / "out")
    assert "channel" in caught.value.settings


def test_with_planes__two_files_of_one_name__are_refused(tmp_path: Path) -> None:
    save_stack(tmp_path / "in" / "a.tif")
    save_image(tmp_path / "in" / "a.png")
    with pytest.raises(DatasetError, match=r"another image that becomes a\.png"):
        with_planes(Source(tmp_path / "in"), OF_PLANE, tmp_path / "out")
