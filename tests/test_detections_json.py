"""Tests for `gapjunction.detections_json`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import box_record, write_json_file
from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    inspect_detection_file,
    read_count_file,
    read_detection_file,
    stem_of,
    write_count_file,
    write_detection_file,
)
from gapjunction.errors import DetectionsFileError

CLASSES = ("gap_junction", "debris")
GOOD = box_record((1, 2, 3, 4), "gap_junction", "a.png", 30, 40)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.json", "a"),
        ("a_bbox.json", "a"),
        ("a_bbox_metrics.json", "a"),
        ("a.b_bbox.json", "a.b"),
        ("a_bbox_bbox.json", "a_bbox"),
    ],
)
def test_stem_of__names_of_the_platform__give_the_image(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_read_detection_file__boxes_of_a_person__count_as_certain(tmp_path: Path) -> None:
    write_json_file(tmp_path / "a.json", {"a": [GOOD, GOOD | {"score": 0.25}]})
    read = read_detection_file(tmp_path / "a.json")
    assert read.stem == "a"
    assert read.boxes.tolist() == [[1, 2, 4, 6]] * 2
    assert read.scores.tolist() == [1, 0.25]


def test_as_detections__class_of_another_model__names_the_file_and_the_box(tmp_path: Path) -> None:
    path = tmp_path / "a_bbox.json"
    write_json_file(path, {"a": [GOOD]})
    with pytest.raises(DetectionsFileError) as caught:
        read_detection_file(path).as_detections(["debris"])
    assert str(caught.value).startswith(f"{path}: box 0: expected a class out of debris, found")


def test_read_detection_file__key_that_the_platform_adds_later__is_ignored(tmp_path: Path) -> None:
    write_json_file(tmp_path / "a.json", {"a": [GOOD | {"drawn_by": "somebody"}]})
    assert len(read_detection_file(tmp_path / "a.json").boxes) == 1


def test_read_detection_file__empty_list__has_no_boxes(tmp_path: Path) -> None:
    write_json_file(tmp_path / "a.json", {"a": []})
    assert read_detection_file(tmp_path / "a.json").boxes.shape == (0, 4)


def test_read_detection_file__byte_order_mark__is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": []}', encoding="utf-8-sig")
    assert read_detection_file(tmp_path / "a.json").stem == "a"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "expected a JSON object, found a JSON list"),
        ({}, "expected one key, the image's stem, found 0 keys"),
        ({"a": [], "b": []}, r"found 2 keys \(a, b\)"),
        ({"a": {}}, "its value: expected a list of boxes"),
        ({"a": [GOOD, 5]}, "box 1: expected a JSON object, found 5"),
        ({"a": [GOOD | {"bbox_x": None}]}, "box 0 bbox_x: expected a valid number"),
        ({"a": [GOOD | {"bbox_x": float("inf")}]}, "box 0 bbox_x: expected a finite number"),
        ({"a": [GOOD | {"bbox_y": 1e300}]}, "box 0 bbox_y: "),
        ({"a": [GOOD | {"score": 1.5}]}, "box 0 score: expected less than or equal to 1"),
        ({"a": [{"label_name": "x"}]}, "box 0 bbox_x: expected a value, found nothing"),
    ],
)
def test_read_detection_file__wrong_content__names_the_item(
    tmp_path: Path, content: Any, message: str
) -> None:
    write_json_file(tmp_path / "a.json", content)
    with pytest.raises(DetectionsFileError, match=message):
        read_detection_file(tmp_path / "a.json")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_read_detection_file__no_json__says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(DetectionsFileError, match="expected valid JSON"):
        read_detection_file(tmp_path / "a.json")


def test_read_detection_file__missing__says_so(tmp_path: Path) -> None:
    with pytest.raises(DetectionsFileError, match="No such file"):
        read_detection_file(tmp_path / "a.json")


def test_inspect_detection_file__two_wrong_boxes__reports_both(tmp_path: Path) -> None:
    write_json_file(tmp_path / "a.json", {"a": [GOOD | {"bbox_x": None}, GOOD, 5]})
    read, errors = inspect_detection_file(tmp_path / "a.json")
    assert read is None
    assert [error.item for error in errors] == ["box 0 bbox_x", "box 2"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.floats(-50, 3000, width=32),
            st.floats(-50, 3000, width=32),
            st.floats(0, 500, width=32),
            st.floats(0, 500, width=32),
            st.floats(0, 1, width=32),
            st.integers(0, 1),
        ),
        max_size=10,
    )
)
def test_write_detection_file__read_again__gives_the_same_detections(
    tmp_path: Path, drawn: list[tuple[float, float, float, float, float, int]]
) -> None:
    boxes = as_boxes([(x, y, x + w, y + h) for x, y, w, h, _, _ in drawn])
    scores = np.array([score for *_, score, _ in drawn], np.float32)
    labels = np.array([label for *_, label in drawn], np.int64)
    path = tmp_path / "a_bbox.json"
    found = Detections(boxes, scores, labels)
    write_detection_file(path, found, CLASSES, image_name="a.tif", image_size=(30, 40))
    read = read_detection_file(path)
    np.testing.assert_allclose(read.boxes, boxes, atol=1.5e-3)
    np.testing.assert_allclose(read.scores, scores, atol=1e-6)
    assert read.label_names == tuple(CLASSES[label] for label in labels)


def test_write_detection_file__ground_truth__has_the_platforms_keys(tmp_path: Path) -> None:
    found = Detections(as_boxes([[1, 2, 4, 6]]), np.ones(1, np.float32), np.zeros(1, np.int64))
    path = tmp_path / "a_bbox.json"
    write_detection_file(
        path, found, CLASSES, image_name="a.png", image_size=(30, 40), with_scores=False
    )
    assert json.loads(path.read_text()) == {"a": [GOOD]}


def test_write_count_file__read_again__has_zeros_too(tmp_path: Path) -> None:
    found = Detections(as_boxes([[1, 2, 4, 6]]), np.ones(1, np.float32), np.zeros(1, np.int64))
    write_count_file(tmp_path / "a.json", found, CLASSES)
    assert read_count_file(tmp_path / "a.json") == {"gap_junction": 1, "debris": 0}


@pytest.mark.parametrize("count", [-1, 1.5, "3", None, True])
def test_read_count_file__no_count__names_the_class(tmp_path: Path, count: Any) -> None:
    write_json_file(tmp_path / "a.json", {"gap_junction": count})
    with pytest.raises(DetectionsFileError, match="gap_junction: expected a whole number"):
        read_count_file(tmp_path / "a.json")
