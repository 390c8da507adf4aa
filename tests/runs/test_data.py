"""Tests for `gapjunction.runs.data`."""

from pathlib import Path

import numpy as np
import pytest

from builders import add_image, build_dataset, write_json_file
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.choices import Split
from gapjunction.dataset.splits import AssetKey, Assignment, write_assignment
from gapjunction.runs.data import read_training_data


def test_read_training_data__one_class_in_two_colors__has_that_of_the_report(
    tmp_path: Path,
) -> None:
    for name, color in {"a": "#111111", "b": "#222222"}.items():
        root = build_dataset(tmp_path / name, images_per_asset=1)
        labels = root / "Label_Properties" / "label_properties.json"
        write_json_file(labels, {"gap_junction": color})
    trained, measured = read_training_data([tmp_path], seed=0), measure_annotations(tmp_path)
    assert trained.class_colors == measured.class_colors == ("#111111",)


def divided_stack(tmp_path: Path) -> tuple[Path, Path]:
    """Return a dataset with slices of one stack in two assets, and where to write its splits."""
    root = build_dataset(tmp_path / "set", num_assets=0)
    pixels = np.zeros((32, 32), np.uint8)
    for asset, number in (("first", 1), ("first", 2), ("second", 3)):
        add_image(root / "Assets" / asset, f"7{number}_Z{number}_rat", pixels, [(4, 4, 8, 8)])
    return root, tmp_path / "splits.json"


def test_read_training_data__given_splits_divide_a_stack__says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, splits = divided_stack(tmp_path)
    sides: dict[AssetKey, Split] = {("set", "first"): "train", ("set", "second"): "val"}
    write_assignment(splits, Assignment(0, 0.5, 0.0, sides))
    read_training_data([root], seed=0, splits=splits)
    [said] = [each.message for each in caplog.records if "one stack" in each.message]
    assert "*_Z*_rat has 2 slices in train and 1 slice in val;" in said


def test_read_training_data__the_stack_on_one_side__says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, splits = divided_stack(tmp_path)
    sides: dict[AssetKey, Split] = dict.fromkeys([("set", "first"), ("set", "second")], "train")
    write_assignment(splits, Assignment(0, 0.5, 0.0, sides))
    read_training_data([root], seed=0, splits=splits)
    assert not [each for each in caplog.records if "one stack" in each.message]
