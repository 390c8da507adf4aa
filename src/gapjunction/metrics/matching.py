"""Pair each detection of an image with at most one annotation.

The rule is that of COCO and Pascal VOC: detections choose in the order of falling score, and
each takes the free annotation of its own label that it overlaps best, if the IoU reaches the
threshold. What a detection gets therefore depends only on better scored ones, so that one
matching serves every score threshold: dropping low scores never changes the pairs above them.
"""

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import overlapping_pairs
from gapjunction.detections import Detections

UNMATCHED = -1


def match_detections(
    truth: Detections, found: Detections, iou_threshold: float
) -> NDArray[np.int64]:
    """Return for each detection the index of its annotation in `truth`, or -1; shape (found,).

    Each annotation is given away once. Equal scores choose in the order of `found`; of equal
    overlaps the annotation with the lower index is taken.

    Raises:
        ValueError: if `iou_threshold` is not in (0, 1].
    """
    return match_detections_with_iou(truth, found, iou_threshold)[0]


def match_detections_with_iou(
    truth: Detections, found: Detections, iou_threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return what `match_detections` returns, and the IoU of each pair (0 where unmatched)."""
    if not 0 < iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie in (0, 1], got {iou_threshold}")
    i, j, iou = overlapping_pairs(found.boxes, truth.boxes)
    allowed = (iou >= iou_threshold) & (found.labels[i] == truth.labels[j])
    i, j, iou = i[allowed], j[allowed], iou[allowed]
    rank = np.empty(len(found), np.int64)
    rank[np.argsort(-found.scores, kind="stable")] = np.arange(len(found))
    pairs = choose_in_turn(rank, i, j, -iou, len(truth))

    matches = np.full(len(found), UNMATCHED, np.int64)
    matched_iou = np.zeros(len(found), np.float32)
    matches[i[pairs]], matched_iou[i[pairs]] = j[pairs], iou[pairs]
    return matches, matched_iou


def choose_in_turn(
    rank: NDArray[np.int64],
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    distance: NDArray[np.floating],
    num_truth: int,
) -> NDArray[np.int64]:
    """Return which of the allowed pairs (P,) come about, when detections choose, in any order.

    Pair p is of detection ``i[p]`` and annotation ``j[p]``. Detections have their turn in the
    order of `rank`; each takes the free annotation with the least `distance`, of equal ones that
    with the lower index.
    """
    is_alone = (np.bincount(i)[i] == 1) & (np.bincount(j)[j] == 1)  # nobody else wants either
    disputed = np.flatnonzero(~is_alone)
    i, j = i[disputed], j[disputed]
    order = np.lexsort((j, distance[disputed], rank[i]))
    has_chosen, is_taken = bytearray(len(rank)), bytearray(num_truth)
    chosen = []
    for pair, chooser, wanted in zip(
        disputed[order].tolist(), i[order].tolist(), j[order].tolist(), strict=True
    ):
        if not has_chosen[chooser] and not is_taken[wanted]:
            has_chosen[chooser] = is_taken[wanted] = True
            chosen.append(pair)
    return np.concatenate([np.flatnonzero(is_alone), np.array(chosen, np.int64)])
