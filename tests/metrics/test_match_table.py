"""Tests for `gapjunction.metrics.match_table`."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from detection_cases import boxes_with_scores, random_images
from gapjunction.boxes import centers
from gapjunction.detections import Detections
from gapjunction.metrics.match_table import (
    IOU_THRESHOLDS,
    MatchTable,
    build_match_table,
    side_by_side,
)
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps

DISTANCE_PX = 3.0
WITHIN_PX = {"near": 1.0, "far": 6.0}


def table_of(truth: list[Detections], found: list[Detections]) -> MatchTable:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    return build_match_table(*stacked, find_overlaps(*stacked), DISTANCE_PX, WITHIN_PX)


def iou_of(a: list[float], b: list[float]) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    total = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / (total - shared)


def plain_matches(truth: Detections, found: Detections, allowed: np.ndarray, gain: np.ndarray):  # type: ignore[no-untyped-def]
    """Return which detections get an annotation, by the rule in words, one after the other."""
    is_right, free = np.zeros(len(found), bool), set(range(len(truth)))
    for i in np.argsort(-found.scores, kind="stable"):
        wanted = [j for j in free if allowed[i, j] and found.labels[i] == truth.labels[j]]
        if wanted:
            free.remove(max(wanted, key=lambda j: gain[i, j]))
            is_right[i] = True
    return is_right


@pytest.mark.parametrize("seed", range(5))
def test_build_match_table__iou__follows_the_rule_at_each_threshold(seed: int) -> None:
    truth, found = random_images(seed, num_images=5, num_classes=2)
    table = table_of(truth, found)
    for row, threshold in enumerate(IOU_THRESHOLDS):
        expected = []
        for t, f in zip(truth, found, strict=True):
            pairs = [[iou_of(a, b) for b in t.boxes.tolist()] for a in f.boxes.tolist()]
            iou = np.array(pairs).reshape(len(f), len(t))
            expected += plain_matches(t, f, iou >= threshold, iou).tolist()
        assert table.is_right[row].tolist() == expected


@pytest.mark.parametrize("seed", range(5))
def test_build_match_table__distance__follows_the_rule(seed: int) -> None:
    truth, found = random_images(seed, num_images=5, num_classes=2)
    expected = []
    for t, f in zip(truth, found, strict=True):
        distance = cdist(centers(f.boxes), centers(t.boxes))
        longer = (t.boxes[:, 2:] - t.boxes[:, :2]).max(axis=1, initial=0)
        limit = np.maximum(DISTANCE_PX, longer / 2)
        expected += plain_matches(t, f, distance <= limit, -distance).tolist()
    assert table_of(truth, found).is_near.tolist() == expected


@pytest.mark.parametrize("name", WITHIN_PX)
def test_build_match_table__within_a_distance__follows_the_rule(name: str) -> None:
    truth, found = random_images(3, num_images=5, num_classes=2)
    expected = []
    for t, f in zip(truth, found, strict=True):
        distance = cdist(centers(f.boxes), centers(t.boxes))
        expected += plain_matches(t, f, distance <= WITHIN_PX[name], -distance).tolist()
    assert table_of(truth, found).is_within[name].tolist() == expected


def test_build_match_table__same_place_in_another_image__is_no_match() -> None:
    box = boxes_with_scores((0, 0, 8, 8))
    table = table_of([box, Detections.none()], [Detections.none(), box])
    assert not table.is_right.any()
    assert not table.is_near.any()


def test_build_match_table__pair__tells_annotation_and_iou() -> None:
    truth = boxes_with_scores((20, 0, 30, 10), (0, 0, 10, 10))
    table = table_of([truth], [boxes_with_scores((0, 0, 10, 8), (50, 50, 60, 60))])
    assert table.match.tolist() == [1, -1]
    assert table.iou.tolist() == pytest.approx([0.8, 0])


@pytest.mark.parametrize("num_images", [0, 2])
def test_build_match_table__no_boxes__is_empty(num_images: int) -> None:
    empty = [Detections.none()] * num_images
    table = table_of(empty, empty)
    assert table.is_right.shape == (11, 0)
    assert table.found.num_images == num_images


def test_side_by_side__two_sets__is_the_table_of_all_their_images() -> None:
    (truth, found), (other_truth, other_found) = random_images(0, 3), random_images(1, 4)
    joined = side_by_side(table_of(truth, found), table_of(other_truth, other_found))
    expected = table_of(truth + other_truth, found + other_found)
    assert joined.found.num_images == joined.truth.num_images == 7
    for name in ("is_right", "is_near", "match", "iou"):
        assert getattr(joined, name).tolist() == getattr(expected, name).tolist()
    for name in WITHIN_PX:
        assert joined.is_within[name].tolist() == expected.is_within[name].tolist()
    for side in ("truth", "found"):
        ours, theirs = getattr(joined, side), getattr(expected, side)
        assert ours.images.tolist() == theirs.images.tolist()
        assert ours.boxes.tolist() == theirs.boxes.tolist()
