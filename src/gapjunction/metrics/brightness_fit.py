"""Fit what brightness says of objects besides their scores, and tell whether it is worth it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gapjunction.brightness import Brightness
from gapjunction.calibration import logits
from gapjunction.detections import Detections
from gapjunction.metrics.calibration_fit import MOST_FOLDS, PRIOR_SD, unbiased_threshold
from gapjunction.metrics.judged_scores import JudgedScores

LEAST_GAIN = 0.01  # of F1, in animals that it was not fitted to: less may be chance
FEWEST_ANIMALS = 2


def fit_brightness(
    judged: Sequence[JudgedScores],
    octaves: Sequence[NDArray[np.float64]],
    animals: Sequence[Sequence[int]],
) -> Brightness | None:
    """Return what brightness says in these images; None where knowing that gains too little.

    What is gained is told by animals that it was not fitted to: F1, each time with the threshold
    from which on as many are counted as there are. The fit is a logistic regression of what is
    right.

    Args:
        judged: what was found in images, with probabilities for scores.
        octaves: of each object found, as `gapjunction.brightness.rises_in_octaves` tells them.
        animals: the indices of each animal's images.
    """
    num_folds = min(len(animals), MOST_FOLDS)
    if num_folds < FEWEST_ANIMALS:
        return None
    weighed = list(judged)
    for fold in range(num_folds):
        held_out = [index for animal in animals[fold::num_folds] for index in animal]
        others = [index for index in range(len(judged)) if index not in held_out]
        fitted = _fit([judged[index] for index in others], [octaves[index] for index in others])
        for index in held_out:
            weighed[index] = _weighed(judged[index], octaves[index], fitted)
    if _f1(weighed) - _f1(judged) < LEAST_GAIN:
        return None
    return _fit(judged, octaves)


def _fit(judged: Sequence[JudgedScores], octaves: Sequence[NDArray[np.float64]]) -> Brightness:
    """Return the logistic regression; a handful of objects cannot move it far from no change."""
    odds = logits(np.concatenate([each.scores for each in judged]))
    brighter = np.concatenate(octaves)
    sign = np.where(np.concatenate([each.is_right for each in judged]), 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        log_slope, per_octave, intercept = parameters
        line = np.exp(log_slope) * odds + per_octave * brighter + intercept
        prior = float((parameters**2).sum()) / (2 * PRIOR_SD**2)
        return float(np.logaddexp(0, -sign * line).sum()) + prior

    log_slope, per_octave, intercept = minimize(loss, np.zeros(3), method="BFGS").x
    return Brightness(
        slope=float(np.exp(log_slope)),
        odds_per_octave=float(per_octave),
        intercept=float(intercept),
    )


def _weighed(
    image: JudgedScores, octaves: NDArray[np.float64], brightness: Brightness
) -> JudgedScores:
    nowhere = np.zeros((len(octaves), 4), np.float32)
    seen = Detections(nowhere, image.scores, np.zeros(len(octaves), np.int64))
    return replace(image, scores=brightness.weighed(seen, octaves).scores)


def _f1(judged: Sequence[JudgedScores]) -> float:
    """Return F1 with the threshold from which on as many are counted as there are."""
    threshold = unbiased_threshold(judged)
    counted = [each.scores >= threshold for each in judged]
    num_right = sum(
        int(each.is_right[own].sum()) for each, own in zip(judged, counted, strict=True)
    )
    total = sum(int(own.sum()) for own in counted) + sum(each.num_true for each in judged)
    return 2 * num_right / total if total else 1.0
