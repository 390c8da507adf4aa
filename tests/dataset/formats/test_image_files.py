"""Tests for `gapjunction.dataset.formats.image_files`."""

from pathlib import Path

import pytest

from foreign_files import save_image
from gapjunction.dataset.formats.image_files import find_images
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import DatasetError


def test_find_images__images_folder__leaves_others_out(tmp_path: Path) -> None:
    for name in ("images/a.png", "unannotated/b.png", "masks/a.png"):
        save_image(tmp_path / name)
    found = find_images(Source(tmp_path)).paths
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "images/a.png",
        "unannotated/b.png",
    ]


def test_find_images__no_prescribed_folder__finds_all_but_stray_files(tmp_path: Path) -> None:
    for name in ("a.png", "deep/er/b.png", ".hidden/c.png", "__MACOSX/d.png"):
        save_image(tmp_path / name)
    assert {path.name for path in find_images(Source(tmp_path)).paths} == {"a.png", "b.png"}


def test_find_images__none__says_how_to_name_their_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="found none; say where they are"):
        find_images(Source(tmp_path))


def test_named__two_of_one_name__takes_the_one_whose_folders_agree(tmp_path: Path) -> None:
    for name in ("train/a.png", "val/a.png"):
        save_image(tmp_path / name)
    images = find_images(Source(tmp_path))
    assert images.named("/home/me/set/val/a.png", tmp_path) == tmp_path / "val" / "a.png"


def test_named__two_that_agree_equally__is_refused(tmp_path: Path) -> None:
    for name in ("train/a.png", "val/a.png"):
        save_image(tmp_path / name)
    with pytest.raises(DatasetError, match=r"expected one image 'a.png'.*found 2"):
        find_images(Source(tmp_path)).named("a.png", tmp_path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", r"C:\pictures\a.png", "sub/a.png"])
def test_named__other_folder_or_suffix__finds_the_image(tmp_path: Path, name: str) -> None:
    path = save_image(tmp_path / "a.png")
    save_image(tmp_path / "b.png")
    assert find_images(Source(tmp_path)).named(name, tmp_path) == path


def test_named__image_called_like_anothers_stem__is_not_mixed_up(tmp_path: Path) -> None:
    short, long = save_image(tmp_path / "a.png"), save_image(tmp_path / "a.png.png")
    images = find_images(Source(tmp_path))
    assert images.named("a.png", tmp_path) == short
    assert images.of(tmp_path / "a.png.csv") == long


def test_of__only_one_image__is_meant_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = save_image(tmp_path / "a.png")
    assert find_images(Source(tmp_path)).of(tmp_path / "RoiSet.zip") == path


def test_asset_of__sub_folders__are_joined(tmp_path: Path) -> None:
    path = save_image(tmp_path / "set" / "images" / "rat 1" / "left" / "a.png")
    assert find_images(Source(tmp_path / "set")).asset_of(path) == "rat 1-left"


def test_asset_of__no_sub_folder__is_called_like_the_source(tmp_path: Path) -> None:
    path = save_image(tmp_path / "set" / "images" / "a.png")
    assert find_images(Source(tmp_path / "set")).asset_of(path) == "set"


def test_named__name_without_end__is_cut_in_the_error(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    with pytest.raises(DatasetError) as caught:
        find_images(Source(tmp_path)).named("b" * 1000, Path("a.csv"))
    assert f"expected one image '{'b' * 49}...{'b' * 29}' in" in str(caught.value)


def test_named__dot_in_a_name_without_a_suffix__is_no_suffix(tmp_path: Path) -> None:
    for name in ("rat1.png", "rat1.5.png"):
        save_image(tmp_path / name)
    images = find_images(Source(tmp_path))
    assert images.named("rat1.5", tmp_path) == tmp_path / "rat1.5.png"
    with pytest.raises(DatasetError, match=r"expected one image 'rat1\.6'"):
        images.named("rat1.6", tmp_path)


def test_refuse_other_name__image_that_the_file_is_called_after__lets_pass(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "other/c.png"):
        save_image(tmp_path / name)
    images = find_images(Source(tmp_path))
    for file in ("a.xml", "c.xml", "d.xml"):
        images.refuse_other_name(tmp_path / "a.png", tmp_path / file, "filename")
    with pytest.raises(DatasetError, match=r"called after, b\.png, found a\.png"):
        images.refuse_other_name(tmp_path / "a.png", tmp_path / "b.xml", "filename")
