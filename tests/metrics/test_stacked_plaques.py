"""Tests for `gapjunction.metrics.stacked_plaques`."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.metrics.stacked_detections import StackedDetections
from gapjunction.metrics.stacked_plaques import StackedPlaques
from plaque_cases import ELSEWHERE, PLACE, plaques_of, still


def test_num_plaques__none__is_0() -> None:
    assert plaques_of().num_plaques == 0


def test_of__boxes_in_any_order__come_by_slice_with_plaques_numbered_from_0() -> None:
    boxes = StackedDetections(
        as_boxes([PLACE, ELSEWHERE]),
        np.ones(2, np.float32),
        np.zeros(2, np.int64),
        np.array([3, 1]),
        4,
    )
    plaques = StackedPlaques.of(boxes, np.array([7, 9]))
    assert plaques.boxes.images.tolist() == [1, 3]
    assert plaques.boxes.boxes.tolist() == [list(ELSEWHERE), list(PLACE)]
    assert plaques.plaques.tolist() == [1, 0]


def test_of_class__two_classes__keeps_the_plaques_of_one() -> None:
    plaques = plaques_of(still(PLACE, 0, 1), still(ELSEWHERE, 1, 2), labels=[0, 1])
    second = plaques.of_class(1)
    assert (second.num_plaques, second.boxes.images.tolist()) == (1, [1, 2])


def test_volumes__boxes_in_several_slices__are_added_up() -> None:
    assert plaques_of(still((0, 0, 2, 3), 0, 1, 2), still(PLACE, 4)).volumes().tolist() == [18, 48]
