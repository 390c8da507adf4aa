"""Tests for `gapjunction.dataset.corrections`."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.dataset.corrections import correction
from gapjunction.detections import Detections

Box = tuple[float, float, float, float]


def boxes(*rows: Box, labels: list[int] | None = None) -> Detections:
    return Detections(
        as_boxes(rows), np.full(len(rows), 0.5, np.float32), np.array(labels or [0] * len(rows))
    )


FIRST, SECOND = (1.0, 2.0, 9.0, 8.0), (20.0, 20.0, 30.0, 31.0)


def test_correction__only_rounded__is_no_change_and_keeps_the_numbers_of_before() -> None:
    before = boxes((1.3, 2.2, 9.4, 8.1), SECOND)
    found = correction(before, boxes(SECOND, (1, 2, 9, 8)))
    assert not found.is_change
    assert found.num_kept == 2
    np.testing.assert_array_equal(found.boxes.boxes, before.boxes)
    np.testing.assert_array_equal(found.boxes.scores, [1, 1])


def test_correction__moved_drawn_and_deleted__are_told_apart() -> None:
    third, moved, drawn = (50.0, 50.0, 60.0, 60.0), (3.0, 2.0, 11.0, 8.0), (70.0, 70.0, 75.0, 75.0)
    found = correction(boxes(FIRST, SECOND, third), boxes(drawn, moved, third))
    assert str(found) == "1 changed, 1 drawn, 1 deleted, 1 kept"
    assert found.boxes.boxes.tolist() == [list(moved), list(third), list(drawn)]


def test_correction__another_class__is_a_change() -> None:
    found = correction(boxes(FIRST), boxes(FIRST, labels=[1]))
    assert (found.num_kept, found.num_changed) == (0, 1)
    assert found.boxes.labels.tolist() == [1]


def test_correction__one_of_two_equal_boxes_deleted__is_told() -> None:
    found = correction(boxes(FIRST, FIRST), boxes(FIRST))
    assert (found.num_kept, found.num_deleted) == (1, 1)


def test_correction__nothing_on_either_side__is_no_change() -> None:
    assert not correction(Detections.none(), Detections.none()).is_change
    assert correction(boxes(FIRST), Detections.none()).num_deleted == 1
    assert correction(Detections.none(), boxes(FIRST)).num_drawn == 1


def test_correction__box_that_overlaps_two__takes_the_place_of_the_one_it_covers_most() -> None:
    near, far = (0.0, 0.0, 10.0, 10.0), (8.0, 0.0, 18.0, 10.0)
    found = correction(boxes(far, near), boxes((2, 0, 12, 10)))
    assert str(found) == "1 changed, 1 deleted"


def test_correction__cut_at_the_border_of_the_image__is_no_change() -> None:
    before, cut = boxes((-6, 20, 4, 33), SECOND), boxes((0, 20, 4, 30), (20, 20, 30, 30))
    found = correction(before, cut, size=(30, 40))
    assert not found.is_change
    np.testing.assert_array_equal(found.boxes.boxes, before.boxes)
    assert correction(before, cut).num_changed == 2
