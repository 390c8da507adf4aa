"""Precision, recall and F1 of detections, pooled over images, and the best score threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.metrics.matching import UNMATCHED, match_detections_with_iou

NEUTRAL_THRESHOLD = 0.5  # where no detection says anything about a better one
DEFAULT_IOU_THRESHOLD = 0.5  # Pascal VOC's; docs/metrics.md says why it suits small objects


@dataclass(frozen=True, slots=True)
class DetectionScore:
    """How many annotations were found, and how many detections were right.

    With neither annotations nor detections precision, recall and F1 are 1: nothing was to be
    found, and nothing was. With only one of the two they are 0.

    Attributes:
        mean_matched_iou: the mean IoU of the matched pairs; None if there is none.
    """

    num_truth: int
    num_found: int
    num_matched: int
    mean_matched_iou: float | None

    @property
    def precision(self) -> float:
        """The share of detections that are right."""
        return _share(self.num_matched, self.num_found, is_perfect=self.num_truth == 0)

    @property
    def recall(self) -> float:
        """The share of annotations that were found."""
        return _share(self.num_matched, self.num_truth, is_perfect=self.num_found == 0)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 2 matched / (annotations + detections)."""
        return _share(2 * self.num_matched, self.num_truth + self.num_found, is_perfect=True)


def score_detections(
    truths: Sequence[Detections],
    found: Sequence[Detections],
    iou_threshold: float = DEFAULT_IOU_THRESHOLD,
) -> DetectionScore:
    """Compare detections with ground truth image by image and add up all images.

    Raises:
        ValueError: if the two sequences differ in length.
    """
    ious = [np.zeros(0, np.float32)]
    for truth, of_image in zip(truths, found, strict=True):
        matches, matched_iou = match_detections_with_iou(truth, of_image, iou_threshold)
        ious.append(np.where(matches == UNMATCHED, np.float32(0), matched_iou))
    return _score_of(sum(map(len, truths)), np.concatenate(ious))


def best_threshold(
    scores: NDArray[np.float32], ious: NDArray[np.float32], num_truth: int
) -> tuple[float, DetectionScore]:
    """Return the score threshold with the highest F1 over all images, and what it scores.

    A threshold keeps scores equal to it or higher. It lies half-way between the lowest score
    kept and the highest dropped (0 and 1 at the ends), as the place that new images upset
    least; of equally good places the one in the widest gap is taken, then the higher one.
    Where nothing tells thresholds apart, because nothing was detected or no detection is
    right, it is 0.5. Without any annotation it lies above all scores, if they leave room.

    Args:
        scores: of all detections (N,).
        ious: IoU of each with the annotation it was matched to (N,); 0: it is wrong.
        num_truth: annotations in all images.
    """
    is_informative = len(scores) > 0 and (num_truth == 0 or bool((ious > 0).any()))
    threshold = (
        _threshold_of_best_f1(scores, ious > 0, num_truth) if is_informative else NEUTRAL_THRESHOLD
    )
    return threshold, _score_of(num_truth, ious[scores >= threshold])


def _score_of(num_truth: int, ious: NDArray[np.float32]) -> DetectionScore:
    matched = ious[ious > 0]
    mean_iou = float(np.mean(matched, dtype=np.float64)) if len(matched) else None
    return DetectionScore(num_truth, len(ious), len(matched), mean_iou)


def _threshold_of_best_f1(
    scores: NDArray[np.float32], is_right: NDArray[np.bool_], num_truth: int
) -> float:
    """Search every place between two neighboring scores; `scores` must not be empty."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order].astype(np.float64)
    above = np.concatenate([[1.0], falling])  # the lowest score kept, if the first k are kept
    below = np.concatenate([falling, [0.0]])  # the highest score dropped
    num_right = np.concatenate([[0], np.cumsum(is_right[order])])
    num_all = num_truth + np.arange(len(above))
    f1 = np.where(num_all > 0, 2 * num_right / np.maximum(num_all, 1), 1.0)
    is_place = above > below
    is_place[-1] = True  # everything can be kept, also where the lowest score is 0
    places = np.flatnonzero(is_place)
    places = places[f1[places] == f1[places].max()]
    best = min(places, key=lambda k: (below[k] - above[k], -above[k]))
    return _middle(above[best], below[best])


def _middle(above: float, below: float) -> float:
    """Return a float32 in (below, above]: scores are float32, and so are comparisons with them."""
    middle = np.float32((above + below) / 2)
    return float(middle if middle > below else above)


def _share(part: int, whole: int, *, is_perfect: bool) -> float:
    """Return part / whole; 0 / 0 is 1 where the case is perfect, else 0."""
    if whole == 0:
        return 1.0 if is_perfect else 0.0
    return part / whole
