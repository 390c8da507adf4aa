"""Tests for `gapjunction.benchmark.paired_counts`."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from builders import build_dataset
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.paired_counts import (
    holds_count_files,
    read_counts,
    read_paired_counts,
)
from gapjunction.errors import BenchmarkError, DetectionsFileError


def box(score: float | None = None, label_name: str = "gap_junction") -> dict[str, Any]:
    sides = {"bbox_x": 1.0, "bbox_y": 2.0, "bbox_width": 3.0, "bbox_height": 4.0}
    return {"label_name": label_name, **sides} | ({} if score is None else {"score": score})


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def truth_dir(tmp_path: Path) -> Path:
    return tmp_path / "truth"


@pytest.fixture
def found_dir(tmp_path: Path) -> Path:
    return tmp_path / "found"


def test_read_paired_counts__files_of_every_kind_and_name__are_paired_by_stem(
    truth_dir: Path, found_dir: Path
) -> None:
    write(truth_dir / "a_bbox.json", {"a": [box(), box()]})
    write(truth_dir / "b_bbox_metrics.json", {"gap_junction": 41})
    write(truth_dir / "c.json", {"c.webp": []})
    write(found_dir / "a.json", {"gap_junction": 3})
    write(found_dir / "b.json", {"b": [box(0.5)]})
    write(found_dir / "c_bbox_metrics.json", {"gap_junction": 0})
    paired = read_paired_counts(truth_dir, found_dir, threshold=None)
    assert paired.stems == ("a", "b", "c")
    assert paired.truth.tolist() == [[2], [41], [0]]
    assert paired.predicted.tolist() == [[3], [1], [0]]


@pytest.mark.parametrize(("threshold", "expected"), [(None, 4), (0.0, 4), (0.3, 3), (0.31, 2)])
def test_read_paired_counts__threshold__counts_scores_from_there_on_and_boxes_without(
    truth_dir: Path, found_dir: Path, threshold: float | None, expected: int
) -> None:
    write(truth_dir / "a.json", {"a": [box(0.1)]})
    write(found_dir / "a.json", {"a": [box(0.2), box(0.3), box(0.9), box()]})
    paired = read_paired_counts(truth_dir, found_dir, threshold)
    assert (paired.truth.tolist(), paired.predicted.tolist()) == ([[1]], [[expected]])


def test_read_paired_counts__classes_of_both_sides__are_all_counted_and_new_ones_logged(
    truth_dir: Path, found_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(truth_dir / "a.json", {"round": 2, "oval": 1})
    write(found_dir / "a.json", {"a": [box(label_name="round"), box(label_name="rond")]})
    paired = read_paired_counts(truth_dir, found_dir, threshold=None)
    assert paired.class_names == ("oval", "rond", "round")
    assert paired.truth.tolist() == [[1, 0, 2]]
    assert paired.predicted.tolist() == [[0, 1, 1]]
    assert "never names the class rond;" in caplog.text


def test_read_paired_counts__output_of_predict__uses_its_detections(
    truth_dir: Path, tmp_path: Path
) -> None:
    write(truth_dir / "a.json", {"gap_junction": 1})
    write(tmp_path / "out" / "manifest.json", {"model": "m"})
    write(tmp_path / "out" / "detections" / "a.json", {"a": [box(0.5), box(0.5)]})
    write(tmp_path / "out" / "counts" / "a.json", {"gap_junction": 9})
    assert read_paired_counts(truth_dir, tmp_path / "out", None).predicted.tolist() == [[2]]


def test_read_paired_counts__decomposed_letters__are_the_same_stem(
    truth_dir: Path, found_dir: Path
) -> None:
    write(truth_dir / f"{unicodedata.normalize('NFC', 'Präparat')}.json", {"gap_junction": 1})
    write(found_dir / f"{unicodedata.normalize('NFD', 'Präparat')}.json", {"gap_junction": 1})
    assert len(read_paired_counts(truth_dir, found_dir, None).stems) == 1


def test_read_paired_counts__missing_predictions__names_five_and_the_total(
    truth_dir: Path, found_dir: Path
) -> None:
    for stem in "abcdefg":
        write(truth_dir / f"{stem}.json", {"gap_junction": 1})
    write(found_dir / "a.json", {"gap_junction": 1})
    with pytest.raises(BenchmarkError, match=r"none for b, c, d, e, f, \.\.\. \(6 in all\)"):
        read_paired_counts(truth_dir, found_dir, None)


def test_read_paired_counts__extra_predictions__are_named(truth_dir: Path, found_dir: Path) -> None:
    write(truth_dir / "a.json", {"gap_junction": 1})
    write(found_dir / "a.json", {"gap_junction": 1})
    write(found_dir / "b 2.json", {"gap_junction": 1})
    with pytest.raises(BenchmarkError, match="found none for b 2;"):
        read_paired_counts(truth_dir, found_dir, None)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "null", '"a"', '{"a": [{}]}', '{"gap_junction": -1}', '{"gap_junction": 1.5}',
     '{}', '{"a": [], "b": []}', '{"a": [3]}', '{"a": {}}', '{"a": null}', '[' * 100_000],
)  # fmt: skip
def test_read_paired_counts__damaged_file__is_one_line_that_names_it(
    truth_dir: Path, found_dir: Path, text: str
) -> None:
    write(truth_dir / "a.json", {"gap_junction": 1})
    write(found_dir / "a.json", {}).write_text(text)
    with pytest.raises(DetectionsFileError, match=r"a\.json") as caught:
        read_paired_counts(truth_dir, found_dir, None)
    assert "\n" not in str(caught.value)


def test_holds_count_files__one_among_detection_files__is_seen(found_dir: Path) -> None:
    write(found_dir / "a.json", {"a": [box(0.5)]})
    assert not holds_count_files(found_dir)
    write(found_dir / "b.json", {"gap_junction": 2})
    assert holds_count_files(found_dir)


def test_read_counts__empty_object__says_how_to_write_no_objects(truth_dir: Path) -> None:
    with pytest.raises(DetectionsFileError, match=r'an empty object; .* {"gap_junction": 0}'):
        read_counts(write(truth_dir / "a.json", {}), None)


def test_read_paired_counts__dataset__tells_counts_and_assets(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=2, images_per_asset=1, boxes_per_image=4)
    write(tmp_path / "found" / "0_0_set_bbox.json", {"0_0_set": [box(0.5)]})
    paired = read_paired_counts(root, tmp_path / "found", None)
    assert (paired.stems, paired.assets) == (("0_0_set",), (AssetName("set", "asset_0"),))
    assert (paired.truth.tolist(), paired.predicted.tolist()) == ([[4]], [[1]])


def test_read_paired_counts__dataset_as_predictions__counts_all_its_boxes(tmp_path: Path) -> None:
    first = build_dataset(tmp_path / "first" / "rats", num_assets=1, boxes_per_image=4)
    second = build_dataset(tmp_path / "second" / "rats", num_assets=1, boxes_per_image=3)
    paired = read_paired_counts(first, second, threshold=0.9)
    assert paired.truth.tolist() == [[4]] * len(paired.stems)
    assert paired.predicted.tolist() == [[3]] * len(paired.stems)
    assert not holds_count_files(second)
