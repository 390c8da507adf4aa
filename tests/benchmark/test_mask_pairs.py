"""Tests for `gapjunction.benchmark.mask_pairs`."""

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.benchmark.mask_pairs import (
    find_image_files,
    find_images_of,
    find_label_file,
    pair_masks,
    read_classes,
    read_image_of,
)
from gapjunction.errors import BenchmarkError, DatasetError

CLASSES = {"gap_junction": "#4EF8FF"}


def mask(path: Path, height: int = 2, width: int = 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ones((height, width), np.uint8)).save(path)
    return path


def label_properties(path: Path, text: str = json.dumps(CLASSES)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def truth_dir(tmp_path: Path) -> Path:
    return tmp_path / "truth"


@pytest.fixture
def found_dir(tmp_path: Path) -> Path:
    return tmp_path / "found"


def test_pair_masks__names_with_and_without_suffix__are_paired_by_stem(
    truth_dir: Path, found_dir: Path
) -> None:
    for name in ("b.1_mask.webp", f"{unicodedata.normalize('NFC', 'ä')}.png", "a_mask.png"):
        mask(truth_dir / name)
    for name in ("a.png", f"{unicodedata.normalize('NFD', 'ä')}_mask.webp", "b.1.webp"):
        mask(found_dir / name)
    pairs = pair_masks(truth_dir, found_dir)
    assert [pair.stem for pair in pairs] == ["a", "b.1", "ä"]
    assert pairs[0].truth_path == truth_dir / "a_mask.png"
    assert pairs[0].predicted_path == found_dir / "a.png"


def test_pair_masks__missing_and_extra__are_named(truth_dir: Path, found_dir: Path) -> None:
    for path in (truth_dir / "a.png", truth_dir / "b.png", found_dir / "a.png"):
        mask(path)
    with pytest.raises(BenchmarkError, match="found none for b;"):
        pair_masks(truth_dir, found_dir)
    with pytest.raises(BenchmarkError, match="found none for b;"):
        pair_masks(found_dir, truth_dir)


def test_find_image_files__two_of_one_image__names_both(truth_dir: Path) -> None:
    mask(truth_dir / "a.png")
    mask(truth_dir / "a_mask.webp")
    with pytest.raises(BenchmarkError, match=r"a: expected one file .* a\.png and a_mask\.webp"):
        find_image_files(truth_dir, "masks")


def test_find_image_files__no_folder_or_none_in_it__says_which(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").touch()
    (tmp_path / ".hidden.png").touch()
    with pytest.raises(BenchmarkError, match=r"expected masks \(\*\.webp, \*\.png\), found none"):
        find_image_files(tmp_path, "masks")
    with pytest.raises(BenchmarkError, match="no such folder"):
        find_image_files(tmp_path / "nowhere", "masks")


def test_read__sizes_that_differ__names_both(truth_dir: Path, found_dir: Path) -> None:
    mask(truth_dir / "a.png")
    mask(found_dir / "a.png", height=3, width=2)
    [pair] = pair_masks(truth_dir, found_dir)
    with pytest.raises(BenchmarkError, match=r"a\.png, 3 x 2 px, found 2 x 3 px; predict"):
        pair.read(CLASSES)


def test_read__one_size__gives_both_class_maps(truth_dir: Path, found_dir: Path) -> None:
    mask(truth_dir / "a.png")
    mask(found_dir / "a.png")
    [pair] = pair_masks(truth_dir, found_dir)
    assert [each.classes.tolist() for each in pair.read(CLASSES)] == [[[1] * 3] * 2] * 2


@pytest.mark.parametrize("place", ["truth", "."])
@pytest.mark.parametrize("folder", ["Label_Properties", "."])
def test_find_label_file__not_given__is_the_nearest_in_or_above(
    tmp_path: Path, place: str, folder: str
) -> None:
    truth = tmp_path / "truth"
    truth.mkdir()
    path = label_properties(tmp_path / place / folder / "label_properties.json")
    label_properties(tmp_path.parent / "label_properties.json")
    assert find_label_file(None, truth) == path
    (tmp_path.parent / "label_properties.json").unlink()


def test_find_label_file__masks_of_an_asset__is_that_of_the_dataset(tmp_path: Path) -> None:
    path = label_properties(tmp_path / "Label_Properties" / "label_properties.yaml", "a: '#000000'")
    masks = tmp_path / "Assets" / "s1" / "Segmentation"
    assert find_label_file(None, masks) == path
    assert read_classes(path) == {"a": "#000000"}


def test_find_label_file__given__is_a_file_or_a_dataset(tmp_path: Path) -> None:
    path = label_properties(tmp_path / "set" / "Label_Properties" / "label_properties.json")
    other = label_properties(tmp_path / "my_classes.json")
    assert find_label_file(tmp_path / "set", tmp_path) == path
    assert find_label_file(other, tmp_path) == other


@pytest.mark.parametrize("given", [None, "nowhere", "."])
def test_find_label_file__none__says_how_to_name_it(tmp_path: Path, given: str | None) -> None:
    label_properties = None if given is None else tmp_path / "a" / given
    masks = tmp_path / "a" / "b" / "c" / "d"
    with pytest.raises(BenchmarkError, match=r"found none; name the file with the classes"):
        find_label_file(label_properties, masks)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"a": "red"}', '{"a": "#1", "b": 3}'])
def test_read_classes__wrong_file__is_one_line_that_names_it(tmp_path: Path, text: str) -> None:
    path = label_properties(tmp_path / "label_properties.json", text)
    with pytest.raises(DatasetError, match=r"label_properties\.json") as caught:
        read_classes(path)
    assert "\n" not in str(caught.value)


def test_find_images_of__every_pair__needs_an_image(truth_dir: Path, tmp_path: Path) -> None:
    mask(truth_dir / "a_mask.png")
    mask(truth_dir / "b_mask.png")
    pairs = pair_masks(truth_dir, truth_dir)
    mask(tmp_path / "raw" / "a.png")
    assert find_images_of(pairs, None) == {}
    assert find_images_of(pairs[:1], tmp_path / "raw") == {"a": tmp_path / "raw" / "a.png"}
    with pytest.raises(BenchmarkError, match="found none for b; add it"):
        find_images_of(pairs, tmp_path / "raw")


def test_read_image_of__another_size_than_its_mask__is_an_error(truth_dir: Path) -> None:
    path = mask(truth_dir / "a.png")
    truth, _ = pair_masks(truth_dir, truth_dir)[0].read(CLASSES)
    image = read_image_of(path, truth)
    assert image is not None
    assert image.shape == (1, 2, 3)
    with pytest.raises(BenchmarkError, match="its mask, 3 x 2 px, found 4 x 2 px"):
        read_image_of(mask(truth_dir / "b.png", width=4), truth)
    assert read_image_of(None, truth) is None
