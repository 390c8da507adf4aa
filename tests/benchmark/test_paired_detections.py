"""Tests for `gapjunction.benchmark.paired_detections`."""

import json
import shutil
from pathlib import Path

import pytest

from builders import box_record, build_dataset, write_json_file
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.paired_detections import read_paired_detections
from gapjunction.errors import BenchmarkError, DetectionsFileError


def write_boxes(folder: Path, stem: str, *boxes: tuple[float, ...], label: str = "plaque") -> None:
    records = []
    for x, y, w, h, *score in boxes:
        record = box_record((x, y, w, h), label, f"{stem}.png", 64, 64)
        records.append(record | ({"score": score[0]} if score else {}))
    write_json_file(folder / f"{stem}_bbox.json", {stem: records})


def predict_dataset(root: Path, predictions: Path, suffix: str = "") -> list[str]:
    """Copy the annotations of images whose names start with `suffix` as predictions."""
    stems = []
    for path in sorted(root.rglob("Detection/*.json")):
        if path.name.startswith(suffix):
            predictions.mkdir(exist_ok=True)
            (predictions / path.name).write_text(path.read_text())
            stems.append(path.name.removesuffix("_bbox.json"))
    return stems


def test_read_paired_detections__folders__pairs_by_stem(tmp_path: Path) -> None:
    truth, found = tmp_path / "truth", tmp_path / "found"
    write_boxes(truth, "b", (1, 2, 3, 4))
    write_boxes(truth, "a")
    write_boxes(found, "a", (0, 0, 2, 2, 0.5))
    write_boxes(found, "b", (1, 2, 3, 4, 0.9))
    paired = read_paired_detections(truth, found)
    assert (paired.stems, paired.class_names, paired.assets) == (("a", "b"), ("plaque",), ())
    assert paired.truth[1].boxes.tolist() == [[1, 2, 4, 6]]
    assert paired.found[0].scores.tolist() == [0.5]


def test_read_paired_detections__class_only_predicted__is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_boxes(tmp_path / "truth", "a", (0, 0, 2, 2))
    write_boxes(tmp_path / "found", "a", (0, 0, 2, 2, 0.5), label="debris")
    paired = read_paired_detections(tmp_path / "truth", tmp_path / "found")
    assert paired.class_names == ("debris", "plaque")
    assert "debris" in caplog.text


def test_read_paired_detections__dataset__tells_assets_images_and_scale(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=2, images_per_asset=1)
    stems = predict_dataset(root, tmp_path / "found")
    paired = read_paired_detections(root, tmp_path / "found")
    assert paired.stems == tuple(stems)
    assert paired.assets == (AssetName("set", "asset_0"), AssetName("set", "asset_1"))
    assert set(paired.image_paths) == set(stems)
    assert paired.um_per_px == pytest.approx(0.103)
    assert len(paired.truth[0]) == len(paired.found[0]) == 3


def test_read_paired_detections__part_of_a_dataset__is_compared(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    stems = predict_dataset(root, tmp_path / "found", suffix="1_")
    assert read_paired_detections(root, tmp_path / "found").stems == tuple(stems)


def test_read_paired_detections__two_datasets__compares_what_both_annotated(tmp_path: Path) -> None:
    first = build_dataset(tmp_path / "first" / "rats", num_assets=1, images_per_asset=2)
    second = tmp_path / "second" / "rats"
    shutil.copytree(first, second)
    done, undone = sorted(second.rglob("Detection/*.json"))
    undone.unlink()
    stem = done.name.removesuffix("_bbox.json")
    boxes = json.loads(done.read_text())[stem]
    write_json_file(done, {stem: boxes[:2]})
    paired = read_paired_detections(first, second)
    assert paired.stems == (stem,)
    assert (len(paired.truth[0]), len(paired.found[0])) == (3, 2)


def test_read_paired_detections__images_of_another_dataset__are_an_error(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    write_boxes(tmp_path / "found", "other", (0, 0, 2, 2, 0.5))
    with pytest.raises(BenchmarkError, match="others: other; give the dataset"):
        read_paired_detections(root, tmp_path / "found")


def test_read_paired_detections__missing_prediction__is_an_error(tmp_path: Path) -> None:
    for stem in ("a", "b"):
        write_boxes(tmp_path / "truth", stem)
    write_boxes(tmp_path / "found", "a")
    with pytest.raises(BenchmarkError, match="none for b"):
        read_paired_detections(tmp_path / "truth", tmp_path / "found")


def test_read_paired_detections__negative_width__is_an_error(tmp_path: Path) -> None:
    write_boxes(tmp_path / "truth", "a")
    write_boxes(tmp_path / "found", "a", (5, 5, -2, 2, 0.5))
    with pytest.raises(DetectionsFileError, match="box 0: expected a width"):
        read_paired_detections(tmp_path / "truth", tmp_path / "found")


def test_read_paired_detections__count_file__is_an_error(tmp_path: Path) -> None:
    write_boxes(tmp_path / "truth", "a")
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "a.json").write_text(json.dumps({"plaque": 3}))
    with pytest.raises(DetectionsFileError, match="expected a list of boxes"):
        read_paired_detections(tmp_path / "truth", tmp_path / "found")
