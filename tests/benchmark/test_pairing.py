"""Tests for `gapjunction.benchmark.pairing`."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from gapjunction.benchmark.pairing import (
    find_files,
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


def test_find_files__two_files_of_one_image__names_both(truth_dir: Path) -> None:
    write(truth_dir / "a.json", {"gap_junction": 1})
    write(truth_dir / "a_bbox.json", {"a": []})
    with pytest.raises(BenchmarkError, match=r"a: expected one file .* a\.json and a_bbox\.json"):
        find_files(truth_dir)


def test_find_files__manifest_hidden_and_other_files__are_left_out(truth_dir: Path) -> None:
    for name in ("manifest.json", "._a.json", "a.json"):
        write(truth_dir / name, {"gap_junction": 1})
    (truth_dir / "counts.csv").touch()
    (truth_dir / "folder.json").mkdir()
    assert list(find_files(truth_dir)) == ["a"]


def test_find_files__empty_folder__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"expected detection or count files .* found none"):
        find_files(tmp_path)


def test_find_files__missing_folder__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="no such folder"):
        find_files(tmp_path / "nowhere")


def test_holds_count_files__one_among_detection_files__is_seen(found_dir: Path) -> None:
    write(found_dir / "a.json", {"a": [box(0.5)]})
    assert not holds_count_files(found_dir)
    write(found_dir / "b.json", {"gap_junction": 2})
    assert holds_count_files(found_dir)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a_bbox.json", "zzz"),
        ("a_bbox.json", "A"),
        ("a_bbox.json", "a_bbox"),
        ("a_bbox.json", "b__a"),
        ("a_bbox.json", "a.b.webp"),
        ("a_bbox.json", ""),
        ("b__.json", ""),
        ("ba.json", "a"),
        ("b_a.json", "a"),
    ],
)
def test_read_counts__boxes_of_another_image__are_refused(
    truth_dir: Path, name: str, key: str
) -> None:
    path = write(truth_dir / name, {key: [box()]})
    with pytest.raises(DetectionsFileError, match=f"key: expected .*, found {key!r};"):
        read_counts(path, None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.b.json", "a.b"),
        ("a.b.json", "a.b.tif"),
        ("rat__s1__a_bbox.json", "a"),
        ("rat__s1__a.json", "a.webp"),
        ("rat__s1__b__a.json", "b__a"),
        (f"{unicodedata.normalize('NFD', 'é')}.json", unicodedata.normalize("NFC", "é.png")),
    ],
)
def test_read_counts__key_of_the_image__is_taken(truth_dir: Path, name: str, key: str) -> None:
    assert read_counts(write(truth_dir / name, {key: [box()]}), None) == {"gap_junction": 1}


def test_read_counts__empty_object__says_how_to_write_no_objects(truth_dir: Path) -> None:
    with pytest.raises(DetectionsFileError, match=r'an empty object; .* {"gap_junction": 0}'):
        read_counts(write(truth_dir / "a.json", {}), None)
