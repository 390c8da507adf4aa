"""Match the detections of all images once, for every criterion and every score threshold.

As in `matching`, better scored detections choose first, so that what one gets does not depend
on the threshold, nor on which images are drawn: every metric is a sum over rows of this table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gapjunction.boxes import centers
from gapjunction.metrics.matching import UNMATCHED, choose_in_turn
from gapjunction.metrics.stacked_detections import Overlaps, StackedDetections

LOOSE_IOU, MAIN_IOU = 0.3, 0.5
COCO_IOUS = np.linspace(0.5, 0.95, 10)  # as pycocotools computes them, to the last bit
IOU_THRESHOLDS = (LOOSE_IOU, *COCO_IOUS.tolist())
MAIN_ROW = IOU_THRESHOLDS.index(MAIN_IOU)


@dataclass(frozen=True, slots=True, eq=False)
class MatchTable:
    """Every detection of all images, one column each, in the order of the images.

    Attributes:
        found: the detections (N).
        truth: the annotations (M).
        is_right: whether a detection got an annotation, (11, N), for each of IOU_THRESHOLDS.
        is_near: whether it got one by the distance of their centers (N,).
        match: the row of its annotation at MAIN_IOU, or -1 (N,).
        iou: the IoU of that pair (N,), 0 without one.
        is_within: whether a detection got an annotation within each of some distances (N,).
    """

    found: StackedDetections
    truth: StackedDetections
    is_right: NDArray[np.bool_]
    is_near: NDArray[np.bool_]
    match: NDArray[np.int64]
    iou: NDArray[np.float64]
    is_within: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    @property
    def is_right_loosely(self) -> NDArray[np.bool_]:
        """Whether each detection got an annotation at LOOSE_IOU."""
        loosely: NDArray[np.bool_] = self.is_right[0]
        return loosely

    @property
    def is_right_mainly(self) -> NDArray[np.bool_]:
        """Whether each detection got an annotation at MAIN_IOU."""
        mainly: NDArray[np.bool_] = self.is_right[MAIN_ROW]
        return mainly


def build_match_table(
    truth: StackedDetections,
    found: StackedDetections,
    overlaps: Overlaps,
    center_distance_px: float,
    distances_px: Mapping[str, float] | None = None,
) -> MatchTable:
    """Match by IoU at all thresholds, and by the distance of centers.

    By distance, a detection may take an annotation whose center is no farther than
    `center_distance_px` or half the annotation's longer side, whichever is more; the nearest
    free one is taken. So it is with each of `distances_px`, by name, whatever the side.
    """
    rank = _ranks(found)
    is_right = np.zeros((len(IOU_THRESHOLDS), len(found)), np.bool_)
    match, iou = np.full(len(found), UNMATCHED), np.zeros(len(found))
    for row, threshold in enumerate(IOU_THRESHOLDS):
        close = np.flatnonzero(overlaps.iou >= threshold)
        i, j = overlaps.found[close], overlaps.truth[close]
        pairs = choose_in_turn(rank, i, j, -overlaps.iou[close], len(truth))
        is_right[row, i[pairs]] = True
        if row == MAIN_ROW:
            match[i[pairs]], iou[i[pairs]] = j[pairs], overlaps.iou[close][pairs]
    sides = (truth.boxes[:, 2:] - truth.boxes[:, :2]).max(axis=1, initial=0).astype(np.float64)
    limits = {name: np.full(len(truth), limit) for name, limit in (distances_px or {}).items()}
    is_near, *is_within = _match_by_distance(
        truth, found, rank, [np.maximum(center_distance_px, sides / 2), *limits.values()]
    )
    by_name = dict(zip(limits, is_within, strict=True))
    return MatchTable(found, truth, is_right, is_near, match, iou, by_name)


def side_by_side(first: MatchTable, second: MatchTable) -> MatchTable:
    """Return two tables as one, the images of the second numbered behind those of the first."""
    match = np.where(second.match == UNMATCHED, UNMATCHED, second.match + len(first.truth))
    return MatchTable(
        first.found.followed_by(second.found),
        first.truth.followed_by(second.truth),
        np.hstack([first.is_right, second.is_right]),
        np.concatenate([first.is_near, second.is_near]),
        np.concatenate([first.match, match]),
        np.concatenate([first.iou, second.iou]),
        {
            name: np.concatenate([rows, second.is_within[name]])
            for name, rows in first.is_within.items()
        },
    )


def _ranks(found: StackedDetections) -> NDArray[np.int64]:
    """Return the place (N,) of each detection by falling score; equal ones as they stand."""
    rank = np.empty(len(found), np.int64)
    rank[np.argsort(-found.scores, kind="stable")] = np.arange(len(found))
    return rank


def _match_by_distance(
    truth: StackedDetections,
    found: StackedDetections,
    rank: NDArray[np.int64],
    limits: Sequence[NDArray[np.float64]],
) -> list[NDArray[np.bool_]]:
    """Return which detections (N,) get an annotation by each of some limits of these (M,)."""
    i, j = _near_pairs(truth, found, np.max(limits, axis=0))
    between = centers(found.boxes)[i].astype(np.float64) - centers(truth.boxes)[j]
    distance = np.linalg.norm(between, axis=1)
    matches = []
    for limit in limits:
        close = np.flatnonzero(distance <= limit[j])
        pairs = choose_in_turn(rank, i[close], j[close], distance[close], len(truth))
        is_near = np.zeros(len(found), np.bool_)
        is_near[i[close][pairs]] = True
        matches.append(is_near)
    return matches


def _near_pairs(
    truth: StackedDetections, found: StackedDetections, limit: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs (P,) of image and class that are no farther apart than the limits (M,)."""
    if not len(truth) or not len(found):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Images and classes lie in layers of a third coordinate, farther apart than any limit.
    layer_px = 2 * float(limit.max()) + 1
    num_labels = int(max(truth.labels.max(), found.labels.max())) + 1
    tree = cKDTree(_points(found, num_labels, layer_px))
    points = _points(truth, num_labels, layer_px)
    neighbors = tree.query_ball_point(points, limit, return_sorted=False)
    j = np.repeat(np.arange(len(truth)), list(map(len, neighbors)))
    return np.fromiter(chain.from_iterable(neighbors), np.int64, len(j)), j


def _points(boxes: StackedDetections, num_labels: int, layer_px: float) -> NDArray[np.float64]:
    """Return centers (N, 3) whose third coordinate is a layer for each image and class."""
    layer = (boxes.images * num_labels + boxes.labels) * layer_px
    return np.column_stack([centers(boxes.boxes), layer])
