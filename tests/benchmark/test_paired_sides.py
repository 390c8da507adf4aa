"""Tests for `gapjunction.benchmark.paired_sides`."""

import json
import shutil
from pathlib import Path

import pytest

from builders import build_dataset, write_json_file
from gapjunction.benchmark.dataset_truth import NamedBoxes
from gapjunction.benchmark.paired_sides import (
    PairedSides,
    Readers,
    holds_annotations,
    read_origin,
    read_paired_sides,
)
from gapjunction.detections_json import read_detection_file
from gapjunction.errors import BenchmarkError


def num_in_file(path: Path) -> int:
    return len(read_detection_file(path).records)


def num_boxes(boxes: NamedBoxes) -> int:
    return len(boxes.boxes)


def read(truth: Path, other: Path) -> PairedSides[int]:
    return read_paired_sides(truth, other, Readers(num_in_file, num_in_file, num_boxes))


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "first" / "rats", num_assets=2, images_per_asset=2)


@pytest.fixture
def second(tmp_path: Path, first: Path) -> Path:
    """Return a copy of the first, by another name, with one image annotated less."""
    second = tmp_path / "second" / "rats_ben"
    shutil.copytree(first, second)
    next(second.rglob("Detection/*.json")).unlink()
    return second


def copy_detections(dataset: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for path in dataset.rglob("Detection/*.json"):
        shutil.copy(path, folder)
    return folder


def test_read_paired_sides__two_datasets__pairs_what_both_annotated_whichever_has_less(
    first: Path, second: Path
) -> None:
    for truth, other in ((first, second), (second, first)):
        paired = read(truth, other)
        assert len(paired.stems) == len(paired.found) == 3
        assert len(paired.left_out) == 1
        assert {asset.dataset for asset in paired.assets} == {truth.name}


def test_read_paired_sides__two_datasets__says_whose_boxes_are_called_true(
    first: Path, second: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    read(first, second)
    assert "3 images annotated in both" in caplog.text
    assert f"only in {first}, which is called true below" in caplog.text
    assert f"only in {second}, which is called predicted" in caplog.text


def test_read_paired_sides__folder_of_datasets_and_one_of_them__pairs_that_one(
    first: Path, second: Path
) -> None:
    build_dataset(second.parent / "mice", num_assets=1)
    assert len(read(first, second.parent).stems) == 3


def test_read_paired_sides__stems_that_repeat_in_assets__are_told_apart(
    first: Path, second: Path
) -> None:
    for root in (first, second):
        for path in [*root.rglob("Raw/*.png"), *root.rglob("Detection/*.json")]:
            if path.suffix == ".json":
                (boxes,) = json.loads(path.read_text()).values()
                write_json_file(path, {path.name[2:].removesuffix("_bbox.json"): boxes})
            path.rename(path.with_name(path.name[2:]))  # without the asset's number
    paired = read(first, second)
    assert len(paired.stems) == 3
    assert all("__" in stem for stem in paired.stems)


def test_read_paired_sides__other_images__is_an_error(first: Path, tmp_path: Path) -> None:
    other = build_dataset(tmp_path / "mice", num_assets=1)
    for asset in (other / "Assets").iterdir():
        asset.rename(asset.with_name("mouse"))
    with pytest.raises(BenchmarkError, match="found no image of the same asset and name"):
        read(first, other)


def test_read_paired_sides__the_ground_truth_itself__is_refused(first: Path) -> None:
    with pytest.raises(BenchmarkError, match="found the ground truth itself"):
        read(first, first.parent)


def test_read_paired_sides__files_and_a_dataset__takes_assets_from_the_dataset(
    first: Path, tmp_path: Path
) -> None:
    paired = read(copy_detections(first, tmp_path / "files"), first)
    assert paired.truth == paired.found
    assert len(set(paired.assets)) == 2


def test_read_paired_sides__predictions_that_hold_a_dataset__are_predictions(first: Path) -> None:
    lab = first.parent
    copy_detections(first, lab / "detections")
    assert not holds_annotations(lab)
    assert len(read(first, lab).stems) == 4


def test_read_origin__dataset__knows_nothing_and_takes_no_threshold(first: Path) -> None:
    (first.parent / "manifest.json").write_text('{"model": "m", "threshold": 0.5}')
    assert read_origin(first, None).threshold is None
    with pytest.raises(BenchmarkError, match="leave the threshold out"):
        read_origin(first, 0.5)
    found = copy_detections(first, first.parent / "detections")
    assert read_origin(found, 0.5).model == "m"
