"""COCO's average precision when images count several times, or not at all.

The published number comes from a COCO library (`coco_ap`); this computes the same from matches
made once, in a time that thousands of evaluations allow. Tests hold it against pycocotools.

COCO takes the mean precision at 101 recalls, which jumps by up to 1/101 where the recall that a
detector reaches passes one of them. How uncertain it is cannot be seen from values that jump or do
not: intervals are those of the area under the whole curve, and `steps_around` takes them back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.interval import Interval
from gapjunction.metrics.match_table import COCO_IOUS, IOU_THRESHOLDS, MatchTable

FIRST_COCO_ROW = len(IOU_THRESHOLDS) - len(COCO_IOUS)
AP50, AP75 = 0, 5  # among COCO's ten IoU thresholds
RECALLS = np.linspace(0, 1, 101)
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassRanking:
    """The detections of one class in all images, best first.

    Attributes:
        images: the image of each detection (N,).
        right: for each of some criteria the places of the right ones.
        images_of_right: the image of each of these.
        num_truth: annotations of the class in each image (num_images,).
    """

    images: NDArray[np.int64]
    right: tuple[NDArray[np.int64], ...]
    images_of_right: tuple[NDArray[np.int64], ...]
    num_truth: NDArray[np.int64]


def coco_rows(table: MatchTable) -> BoolArray:
    """Return which detections are right at each of COCO's IoU thresholds (10, N)."""
    rows: BoolArray = table.is_right[FIRST_COCO_ROW:]
    return rows


def rank_classes(table: MatchTable, num_classes: int, is_right: BoolArray) -> list[ClassRanking]:
    """Return the ranking of each class that has annotations.

    Args:
        table: all detections and annotations.
        num_classes: labels are below it.
        is_right: which detections are right, by each of some criteria (K, N).
    """
    by_score = np.argsort(-table.found.scores, kind="stable")
    rankings = []
    for label in range(num_classes):
        of_class = table.truth.images[table.truth.labels == label]
        if len(of_class):
            rows = by_score[table.found.labels[by_score] == label]
            images = table.found.images[rows]
            right = tuple(np.flatnonzero(row[rows]) for row in is_right)
            images_of_right = tuple(images[places] for places in right)
            num_truth = np.bincount(of_class, minlength=table.truth.num_images)
            rankings.append(ClassRanking(images, right, images_of_right, num_truth))
    return rankings


def average_precision(rankings: list[ClassRanking], weights: FloatArray) -> FloatArray:
    """Return AP by each criterion of the rankings, mean over the classes with annotations.

    Args:
        rankings: of all classes, as `rank_classes` returns them.
        weights: how often each image counts (num_images,).

    Returns:
        One AP for each criterion; NaN without any annotation.
    """
    return _mean_over_classes(rankings, weights, mean_precision)


def area_under_curve(rankings: list[ClassRanking], weights: FloatArray) -> FloatArray:
    """Return what `average_precision` does, as a mean over all recalls and not over 101."""
    return _mean_over_classes(rankings, weights, _mean_over_all_recalls)


def steps_around(area: Interval) -> Interval:
    """Return the interval of AP where `area` is that of the area under its curve.

    Precision falls with recall from 1 or less to 0 or more. Its sum at 101 recalls therefore is
    100 times the area at least, and that and 1 at most: nothing else is known of it.
    """
    steps = len(RECALLS) - 1
    return Interval(steps * area.low / (steps + 1), (steps * area.high + 1) / (steps + 1))


def mean_precision(num_right: FloatArray, num_found: FloatArray, num_truth: float) -> float:
    """Return the precision, made to fall with recall, at 101 recalls, on average.

    Args:
        num_right: right detections up to each right one (R,), best first.
        num_found: detections up to each of these (R,).
        num_truth: annotations.
    """
    places = np.searchsorted(num_right / num_truth, RECALLS, side="left")
    reached = places[places < len(num_right)]
    if not len(reached):
        return 0.0
    # The highest precision from each place to the next, and then from each place to the end.
    peaks = np.maximum.reduceat(_precision(num_right, num_found), reached)
    falling = np.maximum.accumulate(peaks[::-1])
    return float(falling.sum() / len(RECALLS))


def _mean_over_all_recalls(num_right: FloatArray, num_found: FloatArray, num_truth: float) -> float:
    falling = np.maximum.accumulate(_precision(num_right, num_found)[::-1])[::-1]
    return float(falling @ np.diff(num_right, prepend=0.0)) / num_truth


def _precision(num_right: FloatArray, num_found: FloatArray) -> FloatArray:
    precision: FloatArray = num_right / np.maximum(num_found, 1)  # leading ones may weigh nothing
    return precision


def _mean_over_classes(
    rankings: list[ClassRanking],
    weights: FloatArray,
    of_curve: Callable[[FloatArray, FloatArray, float], float],
) -> FloatArray:
    of_classes = [
        _of_class(ranking, weights, of_curve)
        for ranking in rankings
        if weights @ ranking.num_truth > 0
    ]
    num_criteria = len(rankings[0].right) if rankings else len(COCO_IOUS)
    return np.mean(of_classes, axis=0) if of_classes else np.full(num_criteria, np.nan)


def _of_class(
    ranking: ClassRanking,
    weights: FloatArray,
    of_curve: Callable[[FloatArray, FloatArray, float], float],
) -> FloatArray:
    """Return what a curve is worth by each criterion.

    Precision has its peaks where a detection is right, so that only those are looked at.
    """
    num_truth = float(weights @ ranking.num_truth)
    num_found = np.cumsum(weights[ranking.images])
    return np.array(
        [
            of_curve(np.cumsum(weights[images]), num_found[places], num_truth)
            for places, images in zip(ranking.right, ranking.images_of_right, strict=True)
        ]
    )
