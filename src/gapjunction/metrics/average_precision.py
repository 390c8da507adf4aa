"""COCO's average precision when images count several times, or not at all.

The published number comes from a COCO library (`coco_ap`); this computes the same from matches
made once, in a time that thousands of evaluations allow. Tests hold it against pycocotools.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.match_table import COCO_IOUS, IOU_THRESHOLDS, MatchTable

FIRST_COCO_ROW = len(IOU_THRESHOLDS) - len(COCO_IOUS)
AP50, AP75 = 0, 5  # among COCO's ten IoU thresholds
RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True, eq=False)
class ClassRanking:
    """The detections of one class in all images, best first.

    Attributes:
        images: the image of each detection (N,).
        right: for each of some of COCO's IoU thresholds the places of the right ones.
        images_of_right: the image of each of these.
        num_truth: annotations of the class in each image (num_images,).
    """

    images: NDArray[np.int64]
    right: tuple[NDArray[np.int64], ...]
    images_of_right: tuple[NDArray[np.int64], ...]
    num_truth: NDArray[np.int64]


def rank_classes(
    table: MatchTable, num_classes: int, num_ious: int = len(COCO_IOUS)
) -> list[ClassRanking]:
    """Return the ranking of each class that has annotations, for the first IoU thresholds."""
    by_score = np.argsort(-table.found.scores, kind="stable")
    rankings = []
    for label in range(num_classes):
        of_class = table.truth.images[table.truth.labels == label]
        if len(of_class):
            rows = by_score[table.found.labels[by_score] == label]
            images = table.found.images[rows]
            wanted = table.is_right[FIRST_COCO_ROW : FIRST_COCO_ROW + num_ious]
            right = tuple(np.flatnonzero(row[rows]) for row in wanted)
            images_of_right = tuple(images[places] for places in right)
            num_truth = np.bincount(of_class, minlength=table.truth.num_images)
            rankings.append(ClassRanking(images, right, images_of_right, num_truth))
    return rankings


def average_precision(
    rankings: list[ClassRanking], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return AP at each IoU threshold of the rankings, mean over the classes with annotations.

    Args:
        rankings: of all classes, as `rank_classes` returns them.
        weights: how often each image counts (num_images,).

    Returns:
        One AP for each threshold; NaN without any annotation.
    """
    of_classes = [
        _of_class(ranking, weights) for ranking in rankings if weights @ ranking.num_truth > 0
    ]
    num_ious = len(rankings[0].right) if rankings else len(COCO_IOUS)
    return np.mean(of_classes, axis=0) if of_classes else np.full(num_ious, np.nan)


def _of_class(ranking: ClassRanking, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return AP at each IoU: precision, made to fall with recall, at 101 recalls.

    Precision has its peaks where a detection is right, so that only those are looked at.
    """
    num_truth = float(weights @ ranking.num_truth)
    num_found = np.cumsum(weights[ranking.images])
    return np.array(
        [
            _mean_precision(np.cumsum(weights[images]), num_found[places], num_truth)
            for places, images in zip(ranking.right, ranking.images_of_right, strict=True)
        ]
    )


def _mean_precision(
    num_right: NDArray[np.float64], num_found: NDArray[np.float64], num_truth: float
) -> float:
    places = np.searchsorted(num_right / num_truth, RECALLS, side="left")
    reached = places[places < len(num_right)]
    if not len(reached):
        return 0.0
    precision = num_right / np.maximum(num_found, 1)  # leading detections may weigh nothing
    # The highest precision from each place to the next, and then from each place to the end.
    peaks = np.maximum.reduceat(precision, reached)
    falling = np.maximum.accumulate(peaks[::-1])
    return float(falling.sum() / len(RECALLS))
