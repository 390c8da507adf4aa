"""Tests for `gapjunction.metrics.detection_metrics`."""

from collections.abc import Sequence

import numpy as np
import pytest

from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import (
    DetectionScore,
    best_threshold,
    score_detections,
)
from gapjunction.metrics.matching import UNMATCHED, match_detections_with_iou

NOTHING = Detections.none()


def objects_at(columns: list[int], scores: list[float] | None = None) -> Detections:
    """Return boxes of 10 px side, 20 px apart; equal columns are the same object."""
    x = np.array(columns, np.float32) * 20
    boxes = np.stack([x, 0 * x, x + 10, 0 * x + 10], axis=1)
    return Detections(
        boxes,
        np.array(scores if scores is not None else [1.0] * len(columns), np.float32),
        np.zeros(len(columns), np.int64),
    )


def best_of(
    truths: Sequence[Detections], found: Sequence[Detections]
) -> tuple[float, DetectionScore]:
    """Return the best threshold of detections that choose annotations at IoU 0.5."""
    ious = []
    for truth, of_image in zip(truths, found, strict=True):
        matches, iou = match_detections_with_iou(truth, of_image, 0.5)
        ious.append(np.where(matches == UNMATCHED, np.float32(0), iou))
    scores = np.concatenate([each.scores for each in found])
    return best_threshold(scores, np.concatenate(ious), sum(map(len, truths)))


def test_score_detections__adds_up_images_before_dividing() -> None:
    truths = [objects_at([0, 1, 2]), objects_at([0])]
    found = [objects_at([0, 1]), objects_at([0, 5])]
    score = score_detections(truths, found)
    assert (score.num_truth, score.num_found, score.num_matched) == (4, 4, 3)
    assert (score.precision, score.recall, score.f1) == (0.75, 0.75, 0.75)


def test_score_detections__an_object_of_another_image__is_not_found() -> None:
    score = score_detections([objects_at([0]), NOTHING], [NOTHING, objects_at([0])])
    assert score.num_matched == 0


def test_score_detections__mean_matched_iou__leaves_wrong_detections_out() -> None:
    shorter = Detections(
        np.array([[0, 0, 10, 8], [500, 0, 510, 10]], np.float32),
        np.ones(2, np.float32),
        np.zeros(2, np.int64),
    )
    assert score_detections([objects_at([0])], [shorter]).mean_matched_iou == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        (NOTHING, NOTHING, 1.0),
        (NOTHING, objects_at([0]), 0.0),
        (objects_at([0]), NOTHING, 0.0),
    ],
)
def test_score_detections__one_or_both_sides_empty__has_the_stated_value(
    truth: Detections, found: Detections, expected: float
) -> None:
    score = score_detections([truth], [found])
    assert (score.precision, score.recall, score.f1) == (expected, expected, expected)
    assert score.mean_matched_iou is None


def test_score_detections__no_images__is_perfect() -> None:
    assert score_detections([], []) == DetectionScore(0, 0, 0, None)
    assert score_detections([], []).f1 == 1.0


def test_score_detections__unequal_numbers_of_images__is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score_detections([NOTHING, NOTHING], [NOTHING])


def test_best_threshold__lies_half_way_between_the_scores_it_parts() -> None:
    found = objects_at([0, 1, 8, 9], scores=[0.9, 0.7, 0.3, 0.2])
    threshold, score = best_of([objects_at([0, 1])], [found])
    assert threshold == pytest.approx(0.5)
    assert (score.num_found, score.f1) == (2, 1.0)


def test_best_threshold__all_detections_right__keeps_all_with_room_below() -> None:
    found = objects_at([0, 1], scores=[0.9, 0.6])
    threshold, score = best_of([objects_at([0, 1])], [found])
    assert threshold == pytest.approx(0.3)
    assert score.f1 == 1.0


def test_best_threshold__equally_good_places__takes_the_wider_gap() -> None:
    # Right, wrong, wrong, right: F1 is 2/3 with one, and 4/6 with all four detections.
    found = objects_at([0, 8, 9, 1], scores=[0.9, 0.4, 0.3, 0.2])
    threshold, score = best_of([objects_at([0, 1])], [found])
    assert threshold == pytest.approx(0.65)
    assert score.f1 == pytest.approx(2 / 3)


def test_best_threshold__neighboring_float_scores__still_parts_them() -> None:
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    found = objects_at([0, 9], scores=[float(high), float(low)])
    _, score = best_of([objects_at([0])], [found])
    assert (score.num_found, score.num_matched) == (1, 1)


@pytest.mark.parametrize("seed", range(10))
def test_best_threshold__no_other_threshold_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truths = [objects_at(sorted(set(rng.integers(0, 12, 8).tolist()))) for _ in range(3)]
    found = [
        objects_at(rng.integers(0, 12, 9).tolist(), (rng.integers(0, 8, 9) / 7).tolist())
        for _ in range(3)
    ]
    threshold, score = best_of(truths, found)
    kept = [of_image.scored_at_least(threshold) for of_image in found]
    assert score_detections(truths, kept) == score
    others = [
        score_detections(truths, [of_image.scored_at_least(t) for of_image in found]).f1
        for t in np.linspace(0, 1, 101)
    ]
    assert score.f1 == pytest.approx(max(others))


@pytest.mark.parametrize(
    ("truth", "found"),
    [(NOTHING, NOTHING), (objects_at([0]), NOTHING), (objects_at([0]), objects_at([9], [0.8]))],
)
def test_best_threshold__nothing_right_to_learn_from__is_one_half(
    truth: Detections, found: Detections
) -> None:
    assert best_of([truth], [found])[0] == 0.5


def test_best_threshold__no_truth__lies_above_all_scores() -> None:
    threshold, score = best_of([NOTHING], [objects_at([0, 1], [0.6, 0.2])])
    assert threshold == pytest.approx(0.8)
    assert (score.num_found, score.f1) == (0, 1.0)
