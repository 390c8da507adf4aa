"""Tests for `gapjunction.dataset.formats.left_out`."""

from pathlib import Path

import numpy as np
import pytest

from builders import add_image, build_dataset, edit_json, write_json_file
from gapjunction.dataset.formats.by_name import FORMATS
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Return a dataset with something of everything that may be lost."""
    root = build_dataset(tmp_path / "set", num_assets=1, class_names=("gap_junction", "debris"))
    slide = root / "Assets" / "asset_0"
    for path in (slide / "Detection").iterdir():  # leaves "debris" without objects
        path.write_text(path.read_text().replace("debris", "gap_junction"))
    add_image(slide, "seen", np.zeros((8, 8), np.uint8), [(1, 1, 4, 4)])
    record = {"label_name": "gap_junction", "bbox_x": 1, "bbox_y": 1, "score": 0.5}
    edit_json(
        slide / "Detection" / "seen_bbox.json", seen=[record | {"bbox_width": 4, "bbox_height": 4}]
    )
    mask = slide / "Segmentation" / "seen_mask.png"
    mask.parent.mkdir()
    mask.write_bytes((slide / "Raw" / "seen.png").read_bytes())
    return read_dataset(root)


def test_losses__nothing_kept__names_each_thing(dataset: Dataset) -> None:
    assert losses(dataset, set()) == [
        "metadata of 1 asset (species, age, sex, ...)",
        "microscope and pixel size",
        "1 color mask",
        "colors of the classes",
        "classes without objects (debris)",
        "predictions of 1 image",
    ]


def test_losses__true_plaques_of_a_stack__are_named(dataset: Dataset) -> None:
    (dataset.root / "Assets" / "asset_0" / TRUE_PLAQUES_NAME).write_text("plaque\n")
    lines = losses(read_dataset(dataset.root), set())
    assert "true plaques of 1 stack (true_plaques.csv)" in lines


def test_losses__all_that_a_format_can_keep__leaves_what_none_keeps(dataset: Dataset) -> None:
    assert losses(dataset, {"colors", "unused classes", "predictions"}) == [
        "metadata of 1 asset (species, age, sex, ...)",
        "microscope and pixel size",
        "1 color mask",
    ]


def test_losses__bare_dataset__loses_nothing(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    (root / "Metadata_Static" / "metadata_static.json").unlink()
    write_json_file(root / "Assets" / "asset_0" / "asset_metadata.json", {})
    assert losses(read_dataset(root), {"colors"}) == []


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"platform"}))
def test_writers__dataset_with_everything__say_that_masks_are_lost(
    dataset: Dataset, tmp_path: Path, name: str
) -> None:
    (tmp_path / "out").mkdir()
    _, write = FORMATS[name]  # type: ignore[index]
    assert "1 color mask" in write(dataset, tmp_path / "out")
