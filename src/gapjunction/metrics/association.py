"""Whether boxes that are one plaque's are put into one: association as in HOTA.

Luiten et al. 2021, "HOTA: a higher order metric for evaluating multi-object tracking", with slices
for frames, plaques for tracks, and boxes that match from an IoU of 0.5 on. Where the paper leaves
a choice it is made as in its authors' program, TrackEval: boxes of a slice are assigned so that
the sum of their IoU times the likeness of their plaques is greatest, and pairs below the IoU are
dropped afterwards.

For each matched pair of boxes, of a true plaque and a found one, let `both` be the number of pairs
that these two plaques have. Its recall is `both` by the boxes of the true plaque, its precision
`both` by those of the found one, its accuracy `both` by those of either.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.assignment import best_pairs
from gapjunction.metrics.stacked_detections import Overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques

BOX_IOU = 0.5
ROUNDING = np.finfo(np.float64).eps  # which TrackEval allows an IoU


@dataclass(frozen=True, slots=True)
class Association:
    """Sums over the boxes of one stack; sums of several stacks are added up.

    Attributes:
        num_true_boxes, num_found_boxes, num_matched: boxes, and pairs of them.
        recall, precision, accuracy: sums over the pairs.
    """

    num_true_boxes: int
    num_found_boxes: int
    num_matched: int
    recall: float
    precision: float
    accuracy: float


def associate(truth: StackedPlaques, found: StackedPlaques, overlaps: Overlaps) -> Association:
    """Match the boxes of a stack, and compare the plaques that they are in.

    `overlaps` are those of the boxes of both, as `find_overlaps` returns them.
    """
    matched = _matched_boxes(truth, found, overlaps)
    i, j = found.plaques[overlaps.found[matched]], truth.plaques[overlaps.truth[matched]]
    pairs, both = np.unique(np.stack([i, j]), axis=1, return_counts=True)
    of_found, of_truth = _boxes_of_plaques(found)[pairs[0]], _boxes_of_plaques(truth)[pairs[1]]
    return Association(
        len(truth.boxes),
        len(found.boxes),
        len(matched),
        recall=float(np.sum(both * both / of_truth)),
        precision=float(np.sum(both * both / of_found)),
        accuracy=float(np.sum(both * both / (of_truth + of_found - both))),
    )


def _matched_boxes(
    truth: StackedPlaques, found: StackedPlaques, overlaps: Overlaps
) -> NDArray[np.int64]:
    """Return the rows of `overlaps` that are pairs."""
    worth = overlaps.iou * _likeness_of_plaques(truth, found, overlaps)
    chosen = best_pairs(overlaps.found, overlaps.truth, worth)
    return chosen[overlaps.iou[chosen] >= BOX_IOU - ROUNDING]


def _likeness_of_plaques(
    truth: StackedPlaques, found: StackedPlaques, overlaps: Overlaps
) -> NDArray[np.float64]:
    """Return how alike the plaques of each pair of boxes (P,) are, above 0 to 1.

    It is their potential matches by the boxes of either; a pair of boxes is the more of a match,
    the less both overlap with others.
    """
    iou = overlaps.iou
    of_found = np.bincount(overlaps.found, iou, len(found.boxes))[overlaps.found]
    of_truth = np.bincount(overlaps.truth, iou, len(truth.boxes))[overlaps.truth]
    i, j = found.plaques[overlaps.found], truth.plaques[overlaps.truth]
    pair_of, row_of = np.unique(np.stack([i, j]), axis=1, return_inverse=True)
    row_of = row_of.reshape(-1)
    potential = np.bincount(row_of, iou / (of_found + of_truth - iou), pair_of.shape[1])
    boxes = _boxes_of_plaques(found)[pair_of[0]] + _boxes_of_plaques(truth)[pair_of[1]]
    likeness: NDArray[np.float64] = (potential / (boxes - potential))[row_of]
    return likeness


def _boxes_of_plaques(side: StackedPlaques) -> NDArray[np.int64]:
    """Return the number of boxes of each plaque (num_plaques,)."""
    return np.bincount(side.plaques, minlength=side.num_plaques)
