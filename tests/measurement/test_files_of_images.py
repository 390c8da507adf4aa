"""Tests for `gapjunction.measurement.files_of_images`."""

from pathlib import Path

import pytest

from gapjunction.errors import DatasetError
from gapjunction.measurement.files_of_images import KindOfFile, NamedImage, files_of_images

REGIONS = KindOfFile("a region file", (".zip", ".png"), ("_RoiSet", "_mask"), "roi")
RAT = NamedImage("rat", Path("images/rat.tif"), ("asset_1", ""))
DOG = NamedImage("dog", Path("images/dog.tif"), ("asset_1", ""))
CAT = NamedImage("cat", Path("images/cat.tif"), ("asset_2", ""))
SLICES = [NamedImage(f"ox_Z{n}", Path("images/ox.czi"), ("", "ox")) for n in (1, 2)]


def files(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / "regions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder / "regions"


def found_in(source: Path, *images: NamedImage) -> dict[str, list[str]]:
    found = files_of_images(source, images, REGIONS)
    return {name: [path.name for path in paths] for name, paths in found.items()}


@pytest.mark.parametrize("name", ["rat.zip", "rat_RoiSet.zip", "rat.tif.zip", "rat_mask.png"])
def test_files_of_images__called_after_an_image__is_its(tmp_path: Path, name: str) -> None:
    assert found_in(files(tmp_path, name), RAT, DOG) == {"rat": [name]}


def test_files_of_images__several_of_one_image__are_all_its(tmp_path: Path) -> None:
    source = files(tmp_path, "rat.zip", "rat_mask.png", "notes.txt")
    assert found_in(source, RAT, DOG) == {"rat": ["rat.zip", "rat_mask.png"]}


def test_files_of_images__called_after_an_asset__is_of_all_its_images(tmp_path: Path) -> None:
    found = found_in(files(tmp_path, "asset_1.zip"), RAT, DOG, CAT)
    assert found == {"rat": ["asset_1.zip"], "dog": ["asset_1.zip"]}


def test_files_of_images__slices_of_one_file__share_its_regions(tmp_path: Path) -> None:
    assert list(found_in(files(tmp_path, "ox.zip"), *SLICES, RAT)) == ["ox_Z1", "ox_Z2"]


def test_files_of_images__one_slice__has_a_file_of_its_own(tmp_path: Path) -> None:
    assert list(found_in(files(tmp_path, "ox_Z2.zip"), *SLICES)) == ["ox_Z2"]


def test_files_of_images__in_a_folder_called_after_an_image__is_its(tmp_path: Path) -> None:
    assert list(found_in(files(tmp_path, "dog/0012-0034.zip"), RAT, DOG)) == ["dog"]


def test_files_of_images__two_images_of_one_name__are_told_by_the_asset_s_folder(
    tmp_path: Path,
) -> None:
    first = NamedImage("a", Path("1/x.tif"), ("asset_1", ""))
    second = NamedImage("b", Path("2/x.tif"), ("asset_2", ""))
    assert list(found_in(files(tmp_path, "asset_2/x.zip"), first, second)) == ["b"]
    with pytest.raises(DatasetError, match="expected one image that it is called after"):
        found_in(files(tmp_path, "x.zip"), first, second)


def test_files_of_images__single_file_and_image__belong_together(tmp_path: Path) -> None:
    source = files(tmp_path, "anything.zip")
    assert list(found_in(source / "anything.zip", RAT)) == ["rat"]
    assert list(found_in(source / "anything.zip", *SLICES)) == ["ox_Z1", "ox_Z2"]


def test_files_of_images__the_images_themselves__are_passed_over(tmp_path: Path) -> None:
    source = files(tmp_path, "rat.png", "rat.zip")
    assert found_in(source, NamedImage("rat", source / "rat.png")) == {"rat": ["rat.zip"]}


def test_files_of_images__fits_no_image__names_file_and_images(tmp_path: Path) -> None:
    source = files(tmp_path, "elk.zip", "rat.zip")
    with pytest.raises(DatasetError, match=r"elk\.zip: expected .*, found images called rat, dog"):
        found_in(source, RAT, DOG)


@pytest.mark.parametrize("name", ["nothing", "", "rat.txt"])
def test_files_of_images__no_such_file__is_refused(tmp_path: Path, name: str) -> None:
    files(tmp_path, "rat.txt")
    with pytest.raises(DatasetError, match=r"expected a region file \(.zip, .png\)"):
        found_in(tmp_path / "regions" / name, RAT)
