"""Tests for `gapjunction.metrics.detection_errors`."""

from collections.abc import Sequence

import numpy as np
import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.detection_errors import classify_errors, count_kinds
from gapjunction.metrics.match_table import build_match_table
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps

Row = tuple[float, ...]


def kinds_of(
    truth: Sequence[Detections], found: Sequence[Detections], threshold: float = 0.0
) -> dict[str, list[int]]:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    overlaps = find_overlaps(*stacked)
    table = build_match_table(*stacked, overlaps, center_distance_px=3)
    errors = classify_errors(table, overlaps, threshold)
    return {name: counts.tolist() for name, counts in count_kinds(table, errors).items()}


def sums_of_one_image(truth: Sequence[Row], found: Sequence[Row]) -> dict[str, int]:
    """Return the kinds that occur."""
    kinds = kinds_of([boxes_with_scores(*truth)], [boxes_with_scores(*found)])
    return {name: count for name, [count] in kinds.items() if count}


def test_classify_errors__good_box__is_right() -> None:
    found = sums_of_one_image([(0, 0, 10, 10)], [(0, 0, 10, 8)])
    assert found == {"detections_right": 1, "annotations_found": 1}


def test_classify_errors__boxes_apart__are_false_and_missed() -> None:
    found = sums_of_one_image([(0, 0, 10, 10)], [(30, 0, 40, 10)])
    assert found == {"detections_false": 1, "annotations_missed": 1}


def test_classify_errors__second_box_on_a_found_object__is_doubled() -> None:
    found = sums_of_one_image([(0, 0, 10, 10)], [(0, 0, 10, 10, 0.9), (1, 0, 11, 10, 0.8)])
    assert found == {"detections_right": 1, "detections_doubled": 1, "annotations_found": 1}


def test_classify_errors__overlap_below_a_half__is_badly_placed() -> None:
    found = sums_of_one_image([(0, 0, 10, 10)], [(5, 0, 15, 10)])  # IoU 1/3
    assert found == {"detections_badly_placed": 1, "annotations_badly_placed": 1}


def test_classify_errors__overlap_below_a_tenth__is_false() -> None:
    found = sums_of_one_image([(0, 0, 10, 10)], [(9, 0, 19, 10)])  # IoU 1/19
    assert found == {"detections_false": 1, "annotations_missed": 1}


def test_classify_errors__one_box_around_two_objects__is_merged() -> None:
    found = sums_of_one_image([(0, 0, 10, 10), (15, 0, 25, 10)], [(0, 0, 25, 10)])
    assert found == {"detections_merged": 1, "annotations_merged": 2}


def test_classify_errors__right_box_that_swallows_a_neighbor__leaves_it_merged() -> None:
    found = sums_of_one_image([(0, 0, 20, 10), (20, 0, 23, 10)], [(0, 0, 23, 10)])
    assert found == {"detections_right": 1, "annotations_found": 1, "annotations_merged": 1}


def test_classify_errors__two_boxes_in_one_object__are_split() -> None:
    found = sums_of_one_image([(0, 0, 20, 10)], [(0, 0, 9, 10, 0.9), (11, 0, 20, 10, 0.8)])
    assert found == {"detections_split": 2, "annotations_split": 1}


def test_classify_errors__piece_beside_a_right_box__is_split() -> None:
    found = sums_of_one_image([(0, 0, 20, 10)], [(0, 0, 12, 10, 0.9), (13, 0, 20, 10, 0.8)])
    assert found == {"detections_right": 1, "detections_split": 1, "annotations_found": 1}


def test_classify_errors__small_box_inside_a_right_one__is_no_piece() -> None:
    found = sums_of_one_image([(0, 0, 20, 10)], [(0, 0, 20, 10, 0.9), (5, 2, 7, 4, 0.8)])
    assert found == {"detections_right": 1, "detections_false": 1, "annotations_found": 1}


def test_classify_errors__box_below_the_threshold__does_not_exist() -> None:
    truth, found = boxes_with_scores((0, 0, 10, 10)), boxes_with_scores((0, 0, 10, 10, 0.3))
    kinds = kinds_of([truth], [found], threshold=0.5)
    assert kinds["annotations_missed"] == [1]
    assert sum(kinds["detections_right"] + kinds["detections_false"]) == 0


def test_count_kinds__images__are_counted_apart() -> None:
    box = boxes_with_scores((0, 0, 10, 10))
    kinds = kinds_of([box, box, Detections.none()], [box, Detections.none(), box])
    assert kinds["detections_right"] == [1, 0, 0]
    assert kinds["annotations_missed"] == [0, 1, 0]
    assert kinds["detections_false"] == [0, 0, 1]


@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("seed", range(6))
def test_count_kinds__random_images__give_every_box_one_kind(seed: int, threshold: float) -> None:
    truth, found = random_images(seed, num_images=6, num_classes=2)
    kinds = kinds_of(truth, found, threshold)
    total = {
        side: np.sum([counts for name, counts in kinds.items() if name.startswith(side)], axis=0)
        for side in ("detections", "annotations")
    }
    kept = [int((each.scores >= threshold).sum()) for each in found]
    assert total["detections"].tolist() == kept
    assert total["annotations"].tolist() == [len(each) for each in truth]
    assert kinds["detections_right"] == kinds["annotations_found"]
