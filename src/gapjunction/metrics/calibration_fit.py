"""Fit a calibration to images with annotations, and choose the threshold that counts right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gapjunction.calibration import Calibration, count_variance, logits
from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import DEFAULT_IOU_THRESHOLD, NEUTRAL_THRESHOLD
from gapjunction.metrics.matching import UNMATCHED, match_detections

HALF_A_BOX = 0.5  # more, on both sides, so that a ratio of none is a number
PRIOR_SD = 1.0  # of slope and intercept about 1 and 0; a handful of detections cannot move them far


def fit_calibration(
    truths: Sequence[Detections],
    found: Sequence[Detections],
    groups: Sequence[Sequence[int]] | None = None,
) -> Calibration:
    """Return the calibration under which the detections' being right is most likely.

    `found` are detections of a detector's own scores, as low as will ever be used. `groups` are
    those of `unbiased_threshold`.

    Raises:
        ValueError: if the two sequences differ in length.
    """
    is_right = [_is_right(truth, each) for truth, each in zip(truths, found, strict=True)]
    scores = np.concatenate([np.zeros(0, np.float32), *(each.scores for each in found)])
    slope, intercept = _fit_line(logits(scores), np.concatenate([np.zeros(0, bool), *is_right]))
    num_truth = sum(map(len, truths))
    num_missed = num_truth - sum(int(right.sum()) for right in is_right)
    scaled = Calibration(
        slope=slope,
        intercept=intercept,
        missed_share=num_missed / num_truth if num_truth else 0.0,
        num_images=len(truths),
    )
    probabilities = [scaled.to_probabilities(each.scores) for each in found]
    threshold = unbiased_threshold(truths, [scaled.calibrated(each) for each in found], groups)
    return scaled.but(dispersion=_dispersion(truths, probabilities, threshold, scaled.missed_share))


def unbiased_threshold(
    truths: Sequence[Detections],
    found: Sequence[Detections],
    groups: Sequence[Sequence[int]] | None = None,
) -> float:
    """Return the threshold with which as many are counted as are annotated, by group of images.

    Where one group has too many, others have too few: the logarithms of counted / annotated add
    up to 0 over the groups (lists of image indices), so that each weighs the same, whatever it
    holds. Without `groups`, all images are one. The threshold lies half-way between two scores.
    Where there are too few detections, all are counted.
    """
    if groups is None:
        groups = [range(len(truths))]
    scores = np.concatenate([np.zeros(0, np.float32), *(each.scores for each in found)])
    if not len(scores):
        return NEUTRAL_THRESHOLD
    order = np.argsort(-scores, kind="stable")
    image = np.repeat(np.arange(len(found)), list(map(len, found)))[order]
    log_ratio = np.zeros(len(scores) + 1)  # of counted / annotated, if the first k are kept
    for group in groups:
        num_kept = np.concatenate([[0], np.cumsum(np.isin(image, list(group)))])
        num_truth = sum(len(truths[index]) for index in group)
        log_ratio += np.log((num_kept + HALF_A_BOX) / (num_truth + HALF_A_BOX))
    falling = np.concatenate([[1.0], scores[order].astype(np.float64), [0.0]])
    kept = int(np.argmin(np.abs(log_ratio)))
    return float(np.float32((falling[kept] + falling[kept + 1]) / 2))


def _is_right(truth: Detections, found: Detections) -> NDArray[np.bool_]:
    right: NDArray[np.bool_] = match_detections(truth, found, DEFAULT_IOU_THRESHOLD) != UNMATCHED
    return right


def _fit_line(odds: NDArray[np.float64], is_right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and intercept of the logistic regression of `is_right` on `odds`."""
    sign = np.where(is_right, 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        log_slope, intercept = parameters
        line = np.exp(log_slope) * odds + intercept
        prior = (log_slope**2 + intercept**2) / (2 * PRIOR_SD**2)
        return float(np.logaddexp(0, -sign * line).sum() + prior)

    log_slope, intercept = minimize(loss, np.zeros(2), method="BFGS").x
    return float(np.exp(log_slope)), float(intercept)


def _dispersion(
    truths: Sequence[Detections],
    probabilities: Sequence[NDArray[np.float32]],
    threshold: float,
    missed_share: float,
) -> float:
    """Return the mean squared error of the counts, relative to their variances; at least 1."""
    ratios = [
        (len(truth) - int((p >= threshold).sum())) ** 2 / count_variance(p, missed_share)
        for truth, p in zip(truths, probabilities, strict=True)
    ]
    return max(float(np.mean(ratios)), 1.0) if ratios else 1.0
