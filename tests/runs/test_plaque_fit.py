"""Tests for `gapjunction.runs.plaque_fit`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import PlaqueScoring
from gapjunction.runs.plaque_fit import KnownStack, fit_plaque_scoring
from plaque_cases import plaques_of, still

NUM_TRUE, NUM_FALSE = 30, 10


def stack_of(true_score: float, false_score: float) -> KnownStack:
    """Return four slices: true plaques are found in all of them, false ones in one."""
    boxes = [(20 * n, 0, 20 * n + 6, 6) for n in range(NUM_TRUE + NUM_FALSE)]
    scores = np.r_[np.full(NUM_TRUE, true_score), np.full(NUM_FALSE, false_score)]
    found = {number: detections(boxes[:NUM_TRUE], scores[:NUM_TRUE]) for number in range(4)}
    found[1] = detections(boxes, scores)
    truth = plaques_of(*(still(box, 0, 1, 2, 3) for box in boxes[:NUM_TRUE]), num_slices=4)
    return KnownStack(found, truth)


def detections(boxes: list[tuple[int, int, int, int]], scores: np.ndarray) -> Detections:
    labels = np.zeros(len(boxes), np.int64)
    return Detections(as_boxes(boxes), scores.astype(np.float32), labels)


def test_fit_plaque_scoring__equal_boxes__tell_plaques_by_their_slices() -> None:
    scoring = fit_plaque_scoring([stack_of(0.6, 0.6)] * 5)
    evidence = np.log(0.6 / 0.4) - np.log(0.1 / 0.9)
    scores = 1 / (1 + np.exp(-evidence * np.array([1, 1 / 3])))
    true, false = scoring.calibration.to_probabilities(scores.astype(np.float32))
    assert false < scoring.threshold <= true
    assert true > 0.9
    assert false < 0.2
    assert scoring.calibration.num_images == 5
    assert scoring.calibration.missed_share == 0


def test_fit_plaque_scoring__few_plaques__stay_near_the_start() -> None:
    start = PlaqueScoring(calibration=Calibration(slope=2.5, intercept=-2.0), threshold=0.5)
    few = KnownStack({0: Detections.none(), 1: Detections.none()}, plaques_of(num_slices=2))
    fitted = fit_plaque_scoring([few, few], start)
    assert fitted.calibration.slope == pytest.approx(2.5)
    assert fitted.calibration.intercept == pytest.approx(-2.0)
