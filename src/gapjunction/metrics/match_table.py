"""Match the detections of all images once, for every criterion and every score threshold.

As in `matching`, better scored detections choose first, so that what one gets does not depend
on the threshold, nor on which images are drawn: every metric is a sum over rows of this table.
"""

from dataclasses import dataclass

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
        is_near: whether it got one by the distance of their centres (N,).
        match: the row of its annotation at MAIN_IOU, or -1 (N,).
        iou: the IoU of that pair (N,), 0 without one.
    """

    found: StackedDetections
    truth: StackedDetections
    is_right: NDArray[np.bool_]
    is_near: NDArray[np.bool_]
    match: NDArray[np.int64]
    iou: NDArray[np.float64]

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
) -> MatchTable:
    """Match by IoU at all thresholds, and by the distance of centres.

    By distance, a detection may take an annotation whose centre is no farther than
    `center_distance_px` or half the annotation's longer side, whichever is more; the nearest
    free one is taken.
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
    is_near = _match_by_distance(truth, found, rank, center_distance_px)
    return MatchTable(found, truth, is_right, is_near, match, iou)


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
    center_distance_px: float,
) -> NDArray[np.bool_]:
    is_near = np.zeros(len(found), np.bool_)
    if not len(truth) or not len(found):
        return is_near
    sides = (truth.boxes[:, 2:] - truth.boxes[:, :2]).max(axis=1).astype(np.float64)
    limit = np.maximum(center_distance_px, sides / 2)
    # Images and classes lie in layers of a third coordinate, farther apart than any limit.
    layer_px = 2 * float(limit.max()) + 1
    num_labels = int(max(truth.labels.max(), found.labels.max())) + 1
    tree = cKDTree(_points(found, num_labels, layer_px))
    neighbors = tree.query_ball_point(_points(truth, num_labels, layer_px), limit)
    j = np.repeat(np.arange(len(truth)), [len(each) for each in neighbors])
    i = np.array([index for each in neighbors for index in each], np.int64)
    distance = np.linalg.norm(centers(found.boxes)[i] - centers(truth.boxes)[j], axis=1)
    is_near[i[choose_in_turn(rank, i, j, distance.astype(np.float64), len(truth))]] = True
    return is_near


def _points(boxes: StackedDetections, num_labels: int, layer_px: float) -> NDArray[np.float64]:
    """Return centres (N, 3) whose third coordinate is a layer for each image and class."""
    layer = (boxes.images * num_labels + boxes.labels) * layer_px
    return np.column_stack([centers(boxes.boxes), layer])
