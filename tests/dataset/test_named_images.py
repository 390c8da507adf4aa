"""Tests for `gapjunction.dataset.named_images`."""

from pathlib import Path

import numpy as np

from builders import add_image, build_dataset, write_json_file
from gapjunction.dataset.named_images import merged_classes, named_images, read_named_images
from gapjunction.dataset.reader import read_datasets


def build_two(tmp_path: Path) -> Path:
    """Write two datasets, of one class in two colors and one of the second's own."""
    first = {"gap_junction": "#111111"}
    second = {"debris": "#222222", "gap_junction": "#333333"}
    for name, classes in {"a": first, "b": second}.items():
        root = build_dataset(tmp_path / "data" / name, num_assets=3, images_per_asset=1)
        write_json_file(root / "Label_Properties" / "label_properties.json", classes)
    return tmp_path / "data"


def test_merged_classes__one_class_in_two_colors__the_first_dataset_decides(
    tmp_path: Path,
) -> None:
    merged = merged_classes(read_datasets([build_two(tmp_path)]))
    assert list(merged.items()) == [("gap_junction", "#111111"), ("debris", "#222222")]


def test_merged_classes__no_dataset__is_empty() -> None:
    assert merged_classes([]) == {}


def test_named_images__one_stem_in_two_assets__names_dataset_and_asset(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=2, images_per_asset=1)
    for asset in ("asset_0", "asset_1"):
        add_image(root / "Assets" / asset, "01", np.zeros((20, 20), np.uint8))
    images = named_images(read_datasets([root]))
    assert [each.name for each in images] == [
        "rats__asset_0__01",
        "0_0_rats",
        "rats__asset_1__01",
        "1_0_rats",
    ]
    assert [each.asset.name for each in images] == ["asset_0", "asset_0", "asset_1", "asset_1"]


def test_read_named_images__different_class_lists__labels_count_in_the_merged(
    tmp_path: Path,
) -> None:
    classes, images = read_named_images(build_two(tmp_path))
    of_second = [each for each in images if each.dataset.name == "b"]
    assert list(classes) == ["gap_junction", "debris"]
    assert {int(label) for each in of_second for label in each.image.labels} == {0}
