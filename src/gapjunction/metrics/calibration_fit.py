"""Fit a calibration to what was judged, and choose the threshold that counts right.

What is judged is the boxes of images, or the plaques of stacks. How far counts reach is told by
animals that the threshold was not fitted to.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gapjunction.calibration import Calibration, logits
from gapjunction.count_intervals import half_width_to
from gapjunction.metrics.detection_metrics import NEUTRAL_THRESHOLD
from gapjunction.metrics.judged_scores import JudgedScores
from gapjunction.metrics.reach_fit import Animal, CountError, fit_reach

HALF_A_BOX = 0.5  # more, on both sides, so that a ratio of none is a number
# What is tried: more digits than these would be noise.
DOUBT_SPREADS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
SIZE_SPREADS = (0.0, 0.02, 0.05, 0.1, 0.2)
MOST_FOLDS = 10
ENOUGH_FOLDS = 2  # a single animal has no others
PRIOR_SD = 1.0  # of slope and intercept about 1 and 0; a handful of detections cannot move them far


def fit_calibration(
    judged: Sequence[JudgedScores],
    groups: Sequence[Sequence[int]] | None = None,
    animals: Sequence[Sequence[int]] | None = None,
) -> Calibration:
    """Return the calibration under which what is right being right is most likely.

    `judged` are images with the scores of a detector, as low as will ever be used, or stacks with
    those of plaques. `groups` are those of `unbiased_threshold`, `animals` the images (lists of
    indices) of each animal, or None where each is of one of its own.
    """
    slope, intercept = _fit_line(logits(_scores(judged)), _is_right(judged))
    num_true = sum(each.num_true for each in judged)
    num_missed = num_true - int(_is_right(judged).sum())
    scaled = Calibration(
        slope=slope,
        intercept=intercept,
        missed_share=num_missed / num_true if num_true else 0.0,
        num_images=len(judged),
    )
    probable = [each.calibrated(scaled) for each in judged]
    threshold = unbiased_threshold(probable, groups)
    own = [[index] for index in range(len(judged))] if animals is None else animals
    spread = fit_spread(probable, threshold, scaled)
    return spread.but(reach=fit_reach(cross_fitted_errors(probable, groups, own, spread)))


def cross_fitted_errors(
    probable: Sequence[JudgedScores],
    groups: Sequence[Sequence[int]] | None,
    animals: Sequence[Sequence[int]],
    calibration: Calibration,
) -> list[Animal]:
    """Return the errors of each animal's counts, by the threshold that is right in other ones.

    Up to ten animals each has one of its own. A single one is judged by its own.
    `probable` have probabilities for scores.
    """
    of_groups = [range(len(probable))] if groups is None else groups
    num_folds = min(len(animals), MOST_FOLDS)
    errors: dict[int, Animal] = {}
    for fold in range(num_folds):
        held_out = range(fold, len(animals), num_folds)
        left_out = {index for row in held_out for index in animals[row]}
        if num_folds < ENOUGH_FOLDS:
            left_out = set()
        known = [[index for index in own if index not in left_out] for own in of_groups]
        threshold = unbiased_threshold(probable, [own for own in known if own])
        for row in held_out:
            own_images = [probable[index] for index in animals[row]]
            errors[row] = count_errors(own_images, threshold, calibration)
    return [errors[row] for row in range(len(animals))]


def count_errors(
    probable: Sequence[JudgedScores], threshold: float, calibration: Calibration
) -> list[CountError]:
    """Return the error of each image's count from a threshold on."""
    return [
        CountError(
            each.num_true,
            int((each.scores >= threshold).sum()),
            calibration.deviation(each.scores),
        )
        for each in probable
    ]


def unbiased_threshold(
    judged: Sequence[JudgedScores], groups: Sequence[Sequence[int]] | None = None
) -> float:
    """Return the threshold with which as many are counted as there are, by group of images.

    Where one group has too many, others have too few: the logarithms of counted / true add
    up to 0 over the groups (lists of indices), so that each weighs the same, whatever it
    holds. Without `groups`, all images, or stacks, are one. The threshold lies half-way between
    two scores. Where too few are found, all are counted.
    """
    if groups is None:
        groups = [range(len(judged))]
    scores = _scores(judged)
    if not len(scores):
        return NEUTRAL_THRESHOLD
    order = np.argsort(-scores, kind="stable")
    image = np.repeat(np.arange(len(judged)), [len(each.scores) for each in judged])[order]
    log_ratio = np.zeros(len(scores) + 1)  # of counted / true, if the first k are kept
    for group in groups:
        num_kept = np.concatenate([[0], np.cumsum(np.isin(image, list(group)))])
        num_true = sum(judged[index].num_true for index in group)
        log_ratio += np.log((num_kept + HALF_A_BOX) / (num_true + HALF_A_BOX))
    falling = np.concatenate([[1.0], scores[order].astype(np.float64), [0.0]])
    kept = int(np.argmin(np.abs(log_ratio)))
    return float(np.float32((falling[kept] + falling[kept + 1]) / 2))


def fit_spread(
    judged: Sequence[JudgedScores], threshold: float, calibration: Calibration
) -> Calibration:
    """Return the calibration under whose deviations the counts' errors are most likely.

    Only their proportions matter, as `Reach` says how many of them an interval spans. Doubts that
    are shared, and a share of the size, each have to make the errors likelier by what a parameter
    is worth (Akaike 1974). `judged` have probabilities for scores.
    """
    plain = calibration.but(dispersion=1.0, shared_doubt=0.0, doubt_spread=0.0, size_spread=0.0)
    probabilities = [each.scores for each in judged]
    errors = np.array([_half_width_of_error(each, threshold) for each in judged], np.float64)
    alone, doubted, of_size = (
        own.deviations(probabilities) ** 2
        for own in (plain, plain.but(doubt_spread=1.0), plain.but(size_spread=1.0))
    )

    def cost(doubt: float, size: float) -> float:
        variances = alone + doubt**2 * (doubted - alone) + size**2 * (of_size - alone)
        return _cost(errors, variances) + 2 * ((doubt > 0) + (size > 0))

    choices = list(product(DOUBT_SPREADS, SIZE_SPREADS))
    doubt, size = choices[int(np.argmin([cost(*each) for each in choices]))]
    return plain.but(doubt_spread=doubt, size_spread=size)


def _half_width_of_error(image: JudgedScores, threshold: float) -> float:
    return half_width_to(image.num_true, int((image.scores >= threshold).sum()))


def _cost(errors: NDArray[np.float64], variances: NDArray[np.float64]) -> float:
    """Return -2 log likelihood of normal errors (N,) whose variances have one factor in common."""
    if not errors.any():
        return 0.0
    typical = float(np.mean(errors**2 / variances))
    return len(errors) * float(np.log(typical)) + float(np.log(variances).sum())


def _scores(judged: Sequence[JudgedScores]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *(each.scores for each in judged)])


def _is_right(judged: Sequence[JudgedScores]) -> NDArray[np.bool_]:
    return np.concatenate([np.zeros(0, np.bool_), *(each.is_right for each in judged)])


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
