"""FROC: the share of annotations found, by how many false detections an image are put up with.

As for lung nodules (van Ginneken et al. 2010), the mean share at 1/8 to 8 false detections an image
sums it up. Detections of one score come and go together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.match_table import MatchTable

FALSE_PER_IMAGE = np.array([1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8])
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FrocRanking:
    """The detections of all classes and images, best first.

    Attributes:
        images: the image of each detection (N,).
        is_right: whether each is right (N,).
        ends: the place of the last detection of each score (S,).
        scores: these scores, falling (S,).
        num_truth: annotations in each image (num_images,).
    """

    images: NDArray[np.int64]
    is_right: NDArray[np.bool_]
    ends: NDArray[np.int64]
    scores: NDArray[np.float32]
    num_truth: FloatArray


def rank_for_froc(table: MatchTable, is_right: NDArray[np.bool_]) -> FrocRanking:
    """Rank all detections, which are right (N,) by some criterion."""
    order = np.argsort(-table.found.scores, kind="stable")
    scores = table.found.scores[order]
    ends = np.flatnonzero(np.append(scores[1:] != scores[:-1], np.True_)[: len(scores)])
    num_truth = np.bincount(table.truth.images, minlength=table.truth.num_images)
    return FrocRanking(
        table.found.images[order], is_right[order], ends, scores[ends], num_truth.astype(np.float64)
    )


def froc_curve(ranking: FrocRanking, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return false detections an image, and the share of annotations found, after each score (S,).

    Images count as `weights` (num_images,) say. Shares are NaN without annotations, and both are
    without images.
    """
    of_each = weights[ranking.images]
    num_right = np.cumsum(of_each * ranking.is_right)[ranking.ends]
    num_false = np.cumsum(of_each)[ranking.ends] - num_right
    with np.errstate(invalid="ignore", divide="ignore"):
        return num_false / weights.sum(), num_right / (weights @ ranking.num_truth)


def sensitivities(curve: tuple[FloatArray, FloatArray], rates: FloatArray) -> FloatArray:
    """Return the share of annotations found with no more false detections an image than `rates`.

    Where all detections together have fewer false ones, it is the share that all of them find.
    """
    false_per_image, found = np.append(0.0, curve[0]), np.append(0.0, curve[1])
    return found[np.searchsorted(false_per_image, rates, side="right") - 1]


def mean_sensitivity(ranking: FrocRanking, weights: FloatArray) -> float:
    """Return the mean share found at FALSE_PER_IMAGE; NaN without annotations."""
    if not weights @ ranking.num_truth > 0:
        return float("nan")
    return float(sensitivities(froc_curve(ranking, weights), FALSE_PER_IMAGE).mean())
