"""Tests for `gapjunction.review.queue`, `regions` and `slices`."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.review.entries import Base, Box, Region
from gapjunction.review.merging import started
from gapjunction.review.opening import Counted, ReviewImage
from gapjunction.review.queue import Doubt, doubt_of_found, doubt_of_state, most_doubtful, queued
from gapjunction.review.regions import holds, is_counted
from gapjunction.review.slices import plaques_of
from review_cases import opened, predicted_dataset

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def a_box(name: str, x: float, score: float | None = None) -> Box:
    state = "person" if score is None else "model"
    return Box.model_validate(
        {"id": name, "box": (x, 0, x + 4, 4), "label": 0, "score": score, "state": state}
    )


def found(*scores: float) -> Detections:
    boxes = as_boxes([(9 * i, 0, 9 * i + 4, 4) for i in range(len(scores))])
    return Detections(boxes, np.array(scores, np.float32), np.zeros(len(scores), np.int64))


@pytest.fixture
def images(tmp_path: Path) -> list[ReviewImage]:
    return list(opened(predicted_dataset(tmp_path / "data")).images.values())


def test_doubt_of_found__table_of_counts__gives_the_interval() -> None:
    doubt = doubt_of_found(found(0.9, 0.45, 0.1), 0.4, Counted(2, 1, 5, 1.5))
    assert (doubt.count, doubt.low, doubt.high, doubt.num_near) == (2, 1, 5, 1)
    assert doubt.unlikeness == 1.5


def test_doubt_of_found__nothing_found__keeps_the_predicted_interval() -> None:
    doubt = doubt_of_found(found(), 0.4, Counted(0, 0, 3, None))
    assert (doubt.count, doubt.low, doubt.high) == (0, 0, 3)
    assert doubt_of_found(found(), 0.4, None).high == 0


def test_doubt_of_state__boxes_of_a_person__are_sure() -> None:
    state = started(Base(boxes=(a_box("a", 0), a_box("b", 9))))
    doubt = doubt_of_state(state, 0.4, None)
    assert (doubt.count, doubt.low, doubt.high) == (2, 2, 2)


def test_doubt_of_state__fewer_doubtful_boxes_than_at_first__narrow_the_interval() -> None:
    base = Base(boxes=tuple(a_box(f"b{i}", 9.0 * i, 0.5) for i in range(16)))
    whole = doubt_of_state(started(base), 0.4, Counted(16, 8, 24, None))
    state = started(base)
    left = {key: value for key, value in state.values.items() if key[1] in ("b0", "b1", "b2", "b3")}
    some = doubt_of_state(type(state)(base=base, values=left), 0.4, Counted(16, 8, 24, None))
    assert (whole.low, whole.high) == (8, 24)
    assert (some.low, some.high) == (0, 8)


def test_queued__unlike_then_wide_then_sure_then_done(images: list[ReviewImage]) -> None:
    unlike = Doubt(5, 5, 5, 5, 0, 3.0)
    wide, near = Doubt(10, 10, 2, 18, 0, None), Doubt(10, 10, 10, 10, 2, None)
    sure = Doubt(10, 10, 10, 10, 0, None)
    rows = [
        (images[0], sure, "done"),
        (images[1], sure, "begun"),
        (images[2], near, "untouched"),
        (images[3], wide, "untouched"),
        (images[4], unlike, "untouched"),
    ]
    assert [each.why for each in queued(rows)] == [
        "unlike the calibration images (3.0)",
        "widest interval, 2 to 18",
        "2 boxes near the threshold",
        "nothing doubtful",
        "done",
    ]


def test_most_doubtful__model_box_nearest_to_the_threshold() -> None:
    boxes = [a_box("a", 0, 0.9), a_box("b", 9, 0.45), a_box("c", 18)]
    assert most_doubtful(boxes, 0.4) == boxes[1]
    assert most_doubtful([boxes[2]], 0.4) is None


@pytest.mark.parametrize(("x", "y", "inside"), [(5, 5, True), (11, 5, False), (-1, 5, False)])
def test_holds__square(x: float, y: float, inside: bool) -> None:
    assert holds(Region(id="r", kind="include", points=SQUARE), x, y) == inside


def test_is_counted__include_and_exclude__by_the_center() -> None:
    include = Region(id="r", kind="include", points=SQUARE)
    exclude = Region(id="s", kind="exclude", points=((0, 0), (5, 0), (5, 10), (0, 10)))
    left, right, out = a_box("a", 0), a_box("b", 6), a_box("c", 20)
    assert [is_counted(each, [include, exclude]) for each in (left, right, out)] == [
        False,
        True,
        False,
    ]
    assert is_counted(out, [exclude])
    assert is_counted(out, [])


def test_plaques_of__overlapping_boxes_of_neighbors__are_one() -> None:
    slices = [
        (1, [a_box("a", 0), a_box("x", 50, 0.1)]),
        (2, [a_box("b", 1), a_box("c", 30)]),
    ]
    assert plaques_of(slices, 0.4) == {"a": "a", "b": "a", "c": "c"}
