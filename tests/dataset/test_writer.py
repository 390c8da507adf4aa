"""Tests for `gapjunction.dataset.writer`."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import add_image, build_dataset, write_json_file
from gapjunction.dataset.assets import inspect_asset
from gapjunction.dataset.reader import inspect_dataset, read_dataset
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME
from gapjunction.dataset.writer import write_dataset
from gapjunction.errors import ImageError


def test_write_dataset__read_again__has_the_same_names_boxes_and_metadata(tmp_path: Path) -> None:
    original = read_dataset(build_dataset(tmp_path / "d", class_names=("gap_junction", "debris")))
    write_dataset(original, tmp_path / "copy" / "d")
    copy, problems = inspect_dataset(tmp_path / "copy" / "d")
    assert copy is not None
    assert problems == []
    assert (copy.name, copy.classes) == (original.name, original.classes)
    assert (copy.device_type, copy.scaling_value) == ("Olympus UPlanXApo", "60x")
    for ours, theirs in zip(original.assets, copy.assets, strict=True):
        assert (theirs.name, theirs.metadata) == (ours.name, ours.metadata)
        for image, copied in zip(ours.images, theirs.images, strict=True):
            assert copied.boxes.tolist() == image.boxes.tolist()
            assert copied.labels.tolist() == image.labels.tolist()
            assert copied.path.read_bytes() == image.path.read_bytes()


def test_write_dataset__image_nobody_looked_at__stays_so(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=0)
    black = np.zeros((8, 8), np.uint8)
    add_image(root / "Assets" / "slide", "empty", black, [])
    add_image(root / "Assets" / "slide", "unseen", black, None)
    write_dataset(read_dataset(root), tmp_path / "copy")
    asset, _ = inspect_asset(tmp_path / "copy" / "Assets" / "slide", ("gap_junction",))
    assert [image.is_annotated for image in asset.images] == [True, False]


def test_write_dataset__source_image_missing__leaves_nothing(tmp_path: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "d", num_assets=1))
    [asset] = dataset.assets
    lost = replace(asset.images[0], path=tmp_path / "lost.png")
    broken = replace(dataset, assets=(replace(asset, images=(lost,)),))
    with pytest.raises(ImageError, match="No such file"):
        write_dataset(broken, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_write_dataset__true_plaques_of_a_stack__come_along(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=2)
    (root / "Assets" / "asset_1" / TRUE_PLAQUES_NAME).write_text("plaque,class\n")
    write_dataset(read_dataset(root), tmp_path / "copy")
    [copied] = (tmp_path / "copy").rglob(TRUE_PLAQUES_NAME)
    assert (copied.parent.name, copied.read_text()) == ("asset_1", "plaque,class\n")


def test_write_dataset__predictions__keep_their_scores(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=1, images_per_asset=1, boxes_per_image=1)
    [path] = root.rglob("*_bbox.json")
    [(key, [record])] = json.loads(path.read_text()).items()
    write_json_file(path, {key: [record | {"score": 0.75}]})
    original = read_dataset(root)
    write_dataset(original, tmp_path / "copy")
    [image] = read_dataset(tmp_path / "copy").images()
    assert not image.is_annotated
    assert image.predictions is not None
    assert image.predictions.scores.tolist() == [0.75]
