"""Tests for `gapjunction.metrics.matching`."""

import numpy as np
import pytest

from gapjunction.boxes import BoxArray, as_boxes
from gapjunction.detections import Detections
from gapjunction.metrics.matching import UNMATCHED, match_detections, match_detections_with_iou


def detections(
    boxes: list[list[float]], scores: list[float] | None = None, labels: list[int] | None = None
) -> Detections:
    return Detections(
        as_boxes(boxes),
        np.array(scores if scores is not None else [1.0] * len(boxes), np.float32),
        np.array(labels if labels is not None else [0] * len(boxes), np.int64),
    )


def plain_iou(first: BoxArray, second: BoxArray) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return float(shared / (sum(areas) - shared))


def match_slowly(truth: Detections, found: Detections, iou_threshold: float) -> list[int]:
    """Follow the rule word by word, every box against every box."""
    matches = [UNMATCHED] * len(found)
    for i in sorted(range(len(found)), key=lambda i: (-found.scores[i], i)):
        ious = [
            plain_iou(found.boxes[i], truth.boxes[j])
            if truth.labels[j] == found.labels[i] and j not in matches
            else 0.0
            for j in range(len(truth))
        ]
        if ious and max(ious) >= iou_threshold:
            matches[i] = ious.index(max(ious))
    return matches


def random_detections(rng: np.random.Generator, count: int) -> Detections:
    """Return crowded boxes of two classes on whole pixels, so that ties occur."""
    corners = rng.integers(0, 25, (count, 2))
    sides = rng.integers(3, 9, (count, 2))
    boxes = np.hstack([corners, corners + sides]).astype(np.float32)
    scores = (rng.integers(0, 10, count) / 10).astype(np.float32)
    return Detections(boxes, scores, rng.integers(0, 2, count))


A, A_SHIFTED, B = [0.0, 0, 10, 10], [1.0, 0, 11, 10], [50.0, 50, 60, 60]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("iou_threshold", [0.1, 0.5])
def test_match_detections__crowded_scene__agrees_with_the_rule_word_by_word(
    seed: int, iou_threshold: float
) -> None:
    rng = np.random.default_rng(seed)
    truth, found = random_detections(rng, 40), random_detections(rng, 50)
    matches = match_detections(truth, found, iou_threshold)
    assert matches.tolist() == match_slowly(truth, found, iou_threshold)


def test_match_detections__two_boxes_on_one_object__the_better_scored_gets_it() -> None:
    found = detections([A, A_SHIFTED], scores=[0.6, 0.9])
    assert match_detections(detections([A]), found, 0.5).tolist() == [UNMATCHED, 0]


def test_match_detections__two_objects_in_reach__takes_the_better_overlap() -> None:
    assert match_detections(detections([A_SHIFTED, A]), detections([A]), 0.5).tolist() == [1]


def test_match_detections__equal_scores__the_earlier_chooses_first() -> None:
    found = detections([A_SHIFTED, A], scores=[0.5, 0.5])
    assert match_detections(detections([A]), found, 0.5).tolist() == [0, UNMATCHED]


def test_match_detections__other_label__is_no_match() -> None:
    found = detections([A], labels=[1])
    assert match_detections(detections([A], labels=[0]), found, 0.5).tolist() == [UNMATCHED]


def test_match_detections__iou_equal_to_the_threshold__is_a_match() -> None:
    half = detections([[0.0, 0, 10, 5]])
    assert match_detections(detections([A]), half, 0.5).tolist() == [0]


@pytest.mark.parametrize(("num_truth", "num_found"), [(0, 0), (0, 1), (1, 0)])
def test_match_detections__nothing_on_one_side__matches_nothing(
    num_truth: int, num_found: int
) -> None:
    matches = match_detections(detections([A] * num_truth), detections([A] * num_found), 0.5)
    assert matches.tolist() == [UNMATCHED] * num_found


@pytest.mark.parametrize("iou_threshold", [0.0, 1.1])
def test_match_detections__impossible_threshold__is_refused(iou_threshold: float) -> None:
    with pytest.raises(ValueError, match="iou_threshold must lie in"):
        match_detections(detections([A]), detections([A]), iou_threshold)


def test_match_detections__low_scores_dropped__leaves_the_other_pairs_as_they_are() -> None:
    rng = np.random.default_rng(0)
    truth, found = random_detections(rng, 40), random_detections(rng, 50)
    is_kept = found.scores >= 0.4
    all_matches = match_detections(truth, found, 0.3)
    assert match_detections(truth, found[is_kept], 0.3).tolist() == all_matches[is_kept].tolist()


def test_match_detections_with_iou__gives_the_overlap_of_each_pair() -> None:
    _, iou = match_detections_with_iou(detections([A]), detections([B, [0.0, 0, 10, 8]]), 0.5)
    assert iou.tolist() == pytest.approx([0.0, 0.8])
