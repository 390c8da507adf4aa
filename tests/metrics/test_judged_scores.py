"""Tests for `gapjunction.metrics.judged_scores`."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.metrics.judged_scores import JudgedScores, judged_boxes, judged_plaques
from plaque_cases import ELSEWHERE, PLACE, plaques_of, still


def test_judged_boxes__one_of_two_overlaps__is_right() -> None:
    truth = Detections(as_boxes([PLACE]), np.ones(1, np.float32), np.zeros(1, np.int64))
    scores = np.array([0.9, 0.4], np.float32)
    found = Detections(as_boxes([ELSEWHERE, PLACE]), scores, np.zeros(2, np.int64))
    judged = judged_boxes(truth, found)
    assert judged.scores.tolist() == scores.tolist()
    assert judged.is_right.tolist() == [False, True]
    assert judged.num_true == 1


def test_judged_plaques__one_of_two_overlaps__is_right() -> None:
    truth = plaques_of(still(PLACE, 2, 3), still(PLACE, 6))
    found = plaques_of(still(ELSEWHERE, 1, 2), still(PLACE, 2, 3))
    judged = judged_plaques(truth, found, np.array([0.9, 0.4], np.float32))
    assert judged.is_right.tolist() == [False, True]
    assert judged.num_true == 2


def test_judged_plaques__nothing_found__is_nothing() -> None:
    judged = judged_plaques(plaques_of(still(PLACE, 2)), plaques_of(), np.zeros(0, np.float32))
    assert (len(judged.is_right), judged.num_true) == (0, 1)


def test_calibrated__scores__are_probabilities() -> None:
    judged = JudgedScores(np.array([0.5], np.float32), np.array([True]), 1)
    shifted = judged.calibrated(Calibration(intercept=float(np.log(3))))
    assert shifted.scores.tolist() == [0.75]
    assert shifted.is_right.tolist() == [True]
