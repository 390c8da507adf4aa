"""What was found in an image or in a stack, each with its score and whether it is right."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import DEFAULT_IOU_THRESHOLD
from gapjunction.metrics.matching import UNMATCHED, match_detections
from gapjunction.metrics.plaque_matching import match_plaques
from gapjunction.metrics.stacked_detections import find_overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques


@dataclass(frozen=True, slots=True, eq=False)
class JudgedScores:
    """The scores (N,) of what was found, whether each is right (N,), and how many there are."""

    scores: NDArray[np.float32]
    is_right: NDArray[np.bool_]
    num_true: int

    def calibrated(self, calibration: Calibration) -> "JudgedScores":
        """Return the same with probabilities for scores."""
        return replace(self, scores=calibration.to_probabilities(self.scores))


def judged_boxes(truth: Detections, found: Detections) -> JudgedScores:
    """Judge the boxes of an image by IoU 0.5 with those that are annotated."""
    is_right = match_detections(truth, found, DEFAULT_IOU_THRESHOLD) != UNMATCHED
    return JudgedScores(found.scores, is_right, len(truth))


def judged_plaques(
    truth: StackedPlaques, found: StackedPlaques, scores: NDArray[np.float32]
) -> JudgedScores:
    """Judge the plaques of a stack, which have these scores (N,), as `match_plaques` pairs them."""
    is_right = np.zeros(len(scores), np.bool_)
    is_right[match_plaques(truth, found, find_overlaps(truth.boxes, found.boxes)).found] = True
    return JudgedScores(scores, is_right, truth.num_plaques)
