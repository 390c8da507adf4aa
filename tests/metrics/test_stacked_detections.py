"""Tests for `gapjunction.metrics.stacked_detections`."""

from itertools import product

import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.stacked_detections import (
    StackedDetections,
    find_overlaps,
    shared_of_smaller,
)


def test_stacked_detections__empty_images__keep_their_number() -> None:
    truth, _ = random_images(seed=1, num_images=3)
    stacked = StackedDetections.of([Detections.none(), *truth, Detections.none()])
    assert stacked.num_images == 5
    assert len(stacked) == sum(map(len, truth))
    assert set(stacked.images.tolist()) <= {1, 2, 3}


def test_stacked_detections__no_images__are_no_boxes() -> None:
    stacked = StackedDetections.of([])
    assert (len(stacked), stacked.num_images) == (0, 0)
    assert len(find_overlaps(stacked, stacked).iou) == 0


def iou_by_hand(first: list[float], second: list[float]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (first, second)]
    return shared / (sum(areas) - shared)


@pytest.mark.parametrize("seed", range(5))
def test_find_overlaps__random_images__are_all_pairs_of_one_image_and_class(seed: int) -> None:
    truth, found = (
        StackedDetections.of(each) for each in random_images(seed, num_images=4, num_classes=2)
    )
    expected = {}
    for i, j in product(range(len(found)), range(len(truth))):
        iou = iou_by_hand(found.boxes[i].tolist(), truth.boxes[j].tolist())
        is_same = (found.images[i], found.labels[i]) == (truth.images[j], truth.labels[j])
        if is_same and iou > 0:
            expected[i, j] = iou
    overlaps = find_overlaps(truth, found)
    pairs = zip(overlaps.found.tolist(), overlaps.truth.tolist(), strict=True)
    assert dict(zip(pairs, overlaps.iou.tolist(), strict=True)) == pytest.approx(expected)


def test_find_overlaps__shares__are_of_either_area() -> None:
    truth = StackedDetections.of([boxes_with_scores((0, 0, 10, 10))])
    found = StackedDetections.of([boxes_with_scores((5, 0, 10, 4))])
    overlaps = find_overlaps(truth, found)
    assert (overlaps.share_of_found[0], overlaps.share_of_truth[0]) == (1.0, 0.2)


def test_shared_of_smaller__box_inside_another__is_one() -> None:
    inner, outer = boxes_with_scores((2, 2, 4, 4)).boxes, boxes_with_scores((0, 0, 9, 9)).boxes
    assert shared_of_smaller(inner, outer).tolist() == [1.0]
