"""Tests for `gapjunction.benchmark.asset_plaques`."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import add_image, write_json_file
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_plaques import join_plaques, plaques_of_assets
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.benchmark.measured_predictions import measure_predictions
from gapjunction.images.slice_names import NO_RULE, Z_RULE
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction.linked_stack import STACK_COLUMNS
from gapjunction.prediction_folder import PREDICTED_PLAQUES
from group_cases import write_predictions
from stack_cases import FIRST, TWO_PLAQUES, build_stacks

STACK_ROW = "rats,a,gap_junction,2,1,3,5,3,3,5,0.1,0.5,0.001,5e-06,2000,400000"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_stacks(tmp_path / "rats", a=TWO_PLAQUES)


@pytest.fixture
def predictions(root: Path, tmp_path: Path) -> Path:
    """Return predictions that report one plaque of three boxes, and a second of another class."""
    folder = write_predictions(root, tmp_path / "predictions")
    (folder / "stacks.csv").write_text("\n".join([",".join(STACK_COLUMNS), STACK_ROW]) + "\n")
    boxes = np.array([[0, 0, 4, 4], [0, 0, 6, 6], [0, 0, 5, 5]], np.float32)
    one = TabledPlaque(0, "gap_junction", np.arange(3, 6), boxes, ("rats", "a"), (0.9,))
    two = TabledPlaque(1, "lipofuscin", np.arange(3, 4), boxes[:1], ("rats", "a"), (0.9,))
    PREDICTED_PLAQUES.write(folder / "plaque_boxes.csv", [one, two])
    return folder


def test_plaques_of_assets__annotated_stack__links_its_boxes(root: Path) -> None:
    write_json_file(root / "Assets" / "a" / "asset_metadata.json", {"z_step_um": 0.4})
    linked = plaques_of_assets(measure_annotations(root), Z_RULE)
    assert list(linked) == [AssetName("rats", "a")]
    [plaques] = linked.values()
    np.testing.assert_allclose(plaques.sides_px, [48**0.5, 48**0.5])
    assert plaques.z_step_um == 0.4


def test_plaques_of_assets__names_tell_no_slices__links_nothing(root: Path) -> None:
    assert not plaques_of_assets(measure_annotations(root), NO_RULE)


def test_plaques_of_assets__one_image_beside_stacks__is_one_slice(tmp_path: Path) -> None:
    root = build_stacks(tmp_path / "rats", a=TWO_PLAQUES, b={3: [(10, 10, 6, 6)]})
    linked = plaques_of_assets(measure_annotations(root), Z_RULE)
    assert {str(name): len(each.sides_px) for name, each in linked.items()} == {
        "rats/a": 2,
        "rats/b": 1,
    }


def test_plaques_of_assets__other_asset_is_no_stack__is_told_and_links_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = build_stacks(tmp_path / "rats", a=TWO_PLAQUES, b={3: [FIRST]})
    add_image(root / "Assets" / "b", "overview", np.zeros((32, 64), np.uint8), [FIRST])
    with caplog.at_level(logging.WARNING):
        assert not plaques_of_assets(measure_annotations(root), Z_RULE)
    assert "rats/b: no stacks, as other assets are" in caplog.text


def test_join_plaques__two_stacks_of_an_animal__are_one_value(tmp_path: Path) -> None:
    root = build_stacks(tmp_path / "rats", a=TWO_PLAQUES, b=TWO_PLAQUES)
    write_json_file(root / "Assets" / "a" / "asset_metadata.json", {"z_step_um": 0.4})
    measured = measure_annotations(root)
    linked = plaques_of_assets(measured, Z_RULE)
    joined = [replace(image, asset="rat 1") for image in measured.images]
    [(name, plaques)] = join_plaques(linked, measured.images, joined).items()
    assert name == AssetName("rats", "rat 1")
    assert (len(plaques.sides_px), plaques.num_stacks, plaques.z_step_um) == (4, 2, None)


def test_plaques_of_assets__predicted_stack__takes_what_was_reported(
    root: Path, predictions: Path
) -> None:
    measured = measure_predictions(root, predictions, None)
    [plaques] = plaques_of_assets(measured, Z_RULE).values()
    assert (plaques.sides_px.tolist(), plaques.z_step_um) == ([6, 4], 0.5)
    [of_class] = plaques_of_assets(measured, Z_RULE, "gap_junction").values()
    assert of_class.sides_px.tolist() == [6]


def test_plaques_of_assets__predicted_with_another_threshold__links_nothing(
    root: Path, predictions: Path
) -> None:
    assert not plaques_of_assets(measure_predictions(root, predictions, 0.7), Z_RULE)
