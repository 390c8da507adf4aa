"""Tests for `gapjunction.benchmark.dataset_truth`."""

from pathlib import Path

import numpy as np
import pytest

from builders import add_image, build_dataset, edit_json
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.dataset_truth import is_dataset, read_dataset_truth
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME, write_true_plaques
from gapjunction.errors import BenchmarkError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "data" / "rats", num_assets=2, images_per_asset=1)


def test_is_dataset__dataset_folder_of_datasets_and_others__are_told_apart(root: Path) -> None:
    assert is_dataset(root)
    assert is_dataset(root.parent)
    assert not is_dataset(root / "Assets" / "asset_0" / "Detection")
    assert not is_dataset(root / "none")


def test_read_dataset_truth__part_predicted__takes_that_part(root: Path, tmp_path: Path) -> None:
    truth = read_dataset_truth(root, tmp_path, {"1_0_rats"})
    assert truth.assets == {"1_0_rats": AssetName("rats", "asset_1")}
    assert truth.boxes["1_0_rats"].names == ["gap_junction"] * 3
    assert truth.image_paths["1_0_rats"].name == "1_0_rats.png"
    assert truth.um_per_px == pytest.approx(0.103)


def test_read_dataset_truth__images_of_one_side__are_named(root: Path, tmp_path: Path) -> None:
    add_image(root / "Assets" / "asset_1", "neither", np.zeros((8, 8), np.uint8), None)
    add_image(root / "Assets" / "asset_1", "predicted", np.zeros((8, 8), np.uint8), None)
    truth = read_dataset_truth(root, tmp_path, {"1_0_rats", "predicted"})
    assert truth.left_out == {
        "0_0_rats": AssetName("rats", "asset_0"),
        "predicted": AssetName("rats", "asset_1"),
    }


def test_read_dataset_truth__file_of_true_plaques__is_named(root: Path, tmp_path: Path) -> None:
    path = root / "Assets" / "asset_1" / TRUE_PLAQUES_NAME
    write_true_plaques(path, [])
    truth = read_dataset_truth(root, tmp_path, {"1_0_rats"})
    assert truth.true_plaques == {AssetName("rats", "asset_1"): path}


def test_read_dataset_truth__datasets_of_two_scales__has_no_scale(
    root: Path, tmp_path: Path
) -> None:
    mice = build_dataset(root.parent / "mice", num_assets=1, images_per_asset=1)
    edit_json(mice / "Metadata_Static" / "metadata_static.json", scales=[])
    truth = read_dataset_truth(root.parent, tmp_path, {"0_0_rats", "0_0_mice"})
    assert truth.um_per_px is None


def test_read_dataset_truth__nothing_annotated__is_an_error(root: Path, tmp_path: Path) -> None:
    for path in sorted(root.rglob("*_bbox.json")):
        path.unlink()
    with pytest.raises(BenchmarkError, match="expected annotations of the predicted images"):
        read_dataset_truth(root, tmp_path, {"0_0_rats"})
