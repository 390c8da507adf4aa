"""Tests for `gapjunction.images.chosen_images`."""

from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.chosen_images import ChosenImage, chosen_images
from gapjunction.images.microscope_files import chosen_facts
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from microscope_samples import MOSAIC_CZI, stack, write_ome_tiff


@pytest.fixture
def of_three(tmp_path: Path) -> Path:
    """Return a stack of three slices, 0.3 um apart."""
    sizes = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 300}
    path = tmp_path / "three.ome.tif"
    return write_ome_tiff(path, stack(3, 8, 9), "ZYX", PhysicalSizeZUnit="nm", **sizes)


def test_chosen_images__all_scenes__have_numbers_where_names_lack() -> None:
    choice = PlaneChoice(channels=("1",), z="1", time=1, scene="all")
    images = chosen_images(MOSAIC_CZI, choice)
    assert [(each.name, each.choice.scene) for each in images] == [("1", "1"), ("2", "2")]


def test_chosen_images__all_of_one_scene__has_no_name(of_three: Path) -> None:
    own = PlaneChoice(z="max", scene="all")
    assert chosen_images(of_three, own) == [ChosenImage("", PlaneChoice(z="max"))]


def test_chosen_images__all_slices__are_numbered(of_three: Path) -> None:
    images = chosen_images(of_three, PlaneChoice(z="all"))
    assert [(each.name, each.slice_number, each.choice.z) for each in images] == [
        ("Z001", 1, "1"),
        ("Z002", 2, "2"),
        ("Z003", 3, "3"),
    ]


def test_chosen_images__all_slices_of_all_scenes__are_named_by_both() -> None:
    images = chosen_images(MOSAIC_CZI, PlaneChoice(channels=("1",), z="all", time=1, scene="all"))
    assert [each.name for each in images][:3] == ["1_Z001", "1_Z002", "1_Z003"]
    assert len({each.name for each in images}) == len(images)


def test_chosen_images__all_slices_of_several_scenes__asks_which_scene() -> None:
    with pytest.raises(ImageError, match="expected one scene"):
        chosen_images(MOSAIC_CZI, PlaneChoice(z="all"))


def test_chosen_images__all_slices_of_a_single_plane__is_the_file(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "one.ome.tif", stack(8, 9), "YX")
    assert chosen_images(path, PlaneChoice(z="all")) == [ChosenImage("", NOTHING_CHOSEN)]


def test_chosen_facts__of_a_slice__has_the_z_step(of_three: Path) -> None:
    assert chosen_facts(of_three, PlaneChoice(z="2")).z_step_um == pytest.approx(0.3)
