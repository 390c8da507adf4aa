"""What went wrong with each detection and each annotation, at one score threshold.

Every detection gets exactly one kind, and so does every annotation. docs/metrics.md draws them.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.matching import UNMATCHED
from gapjunction.metrics.stacked_detections import Overlaps, shared_of_smaller

MIN_IOU = 0.1  # a detection with less is about no annotation; as in TIDE, Bolya et al. 2020
HALF = 0.5  # of a box lies in another one
AT_LEAST_TWO = 2

Kinds = NDArray[np.int64]


class FoundKind(IntEnum):
    """What a detection is."""

    RIGHT = 0
    FALSE = 1
    DOUBLED = 2
    BADLY_PLACED = 3
    MERGED = 4
    SPLIT = 5


class TruthKind(IntEnum):
    """What became of an annotation."""

    FOUND = 0
    MISSED = 1
    BADLY_PLACED = 3
    MERGED = 4
    SPLIT = 5


@dataclass(frozen=True, slots=True, eq=False)
class DetectionErrors:
    """The kind of every detection with a score of `threshold` or more, and of every annotation.

    Attributes:
        kept: the rows (K,) of the detections with that score among all detections.
        found: the FoundKind (K,) of each of these.
        truth: the TruthKind (M,) of each annotation.
    """

    kept: NDArray[np.int64]
    found: Kinds
    truth: Kinds


def classify_errors(table: MatchTable, overlaps: Overlaps, threshold: float) -> DetectionErrors:
    """Tell what every detection and every annotation is; a detection is right at IoU 0.5.

    A wrong detection is, in this order:

    - merged: it covers at least half of two or more annotations, one of which nobody found;
    - split: at least half of it lies in an annotation in which another detection lies as well,
      and the two have less than half of the smaller one in common;
    - badly placed or doubled: the annotation it overlaps best, with an IoU of 0.1 or more, was
      not found, or was found by another detection;
    - false: none of these.
    """
    is_kept = table.found.scores >= np.float32(threshold)
    is_wrong = is_kept & (table.match == UNMATCHED)
    is_found = np.zeros(len(table.truth), np.bool_)
    is_found[table.match[is_kept & ~is_wrong]] = True

    found = np.where(is_wrong, FoundKind.FALSE, FoundKind.RIGHT).astype(np.int64)
    truth = np.where(is_found, TruthKind.FOUND, TruthKind.MISSED).astype(np.int64)
    _mark_placement(found, truth, overlaps, is_wrong, is_found)
    _mark_split(found, truth, table, overlaps, is_kept)
    _mark_merged(found, truth, overlaps, is_kept)
    kept = np.flatnonzero(is_kept)
    return DetectionErrors(kept, found[kept], truth)


def count_kinds(table: MatchTable, errors: DetectionErrors) -> dict[str, NDArray[np.int64]]:
    """Return the number of each kind in each image (num_images,).

    Names are `detections_<kind>` and `annotations_<kind>`.
    """
    num_images = table.found.num_images
    images_of_kept = table.found.images[errors.kept]
    counts = {
        f"detections_{kind.name.lower()}": np.bincount(
            images_of_kept[errors.found == kind], minlength=num_images
        )
        for kind in FoundKind
    }
    counts |= {
        f"annotations_{kind.name.lower()}": np.bincount(
            table.truth.images[errors.truth == kind], minlength=num_images
        )
        for kind in TruthKind
    }
    return counts


def _mark_placement(
    found: Kinds,
    truth: Kinds,
    overlaps: Overlaps,
    is_wrong: NDArray[np.bool_],
    is_found: NDArray[np.bool_],
) -> None:
    """Mark in place what is doubled or badly placed, by the best overlap of each detection."""
    pairs = np.flatnonzero(is_wrong[overlaps.found] & (overlaps.iou >= MIN_IOU))
    best_first = pairs[np.lexsort((-overlaps.iou[pairs], overlaps.found[pairs]))]
    rows, first = np.unique(overlaps.found[best_first], return_index=True)
    best = overlaps.truth[best_first[first]]
    found[rows] = np.where(is_found[best], FoundKind.DOUBLED, FoundKind.BADLY_PLACED)
    truth[best[~is_found[best]]] = TruthKind.BADLY_PLACED


def _mark_split(
    found: Kinds,
    truth: Kinds,
    table: MatchTable,
    overlaps: Overlaps,
    is_kept: NDArray[np.bool_],
) -> None:
    """Mark in place annotations cut in several detections, and the wrong ones among those."""
    is_inside = is_kept[overlaps.found] & (overlaps.share_of_found >= HALF)
    num_inside = np.bincount(overlaps.truth[is_inside], minlength=len(truth))
    pairs = np.flatnonzero(is_inside & (num_inside[overlaps.truth] >= AT_LEAST_TWO))
    pairs = pairs[np.argsort(overlaps.truth[pairs], kind="stable")]
    rows, annotations = overlaps.found[pairs], overlaps.truth[pairs]
    i, j = _each_with_each(annotations)
    boxes = table.found.boxes
    is_apart = shared_of_smaller(boxes[rows[i]], boxes[rows[j]]) < HALF
    is_piece = np.bincount(i, is_apart, len(rows)) > 0
    is_wrong = is_piece & (found[rows] != FoundKind.RIGHT)
    found[rows[is_wrong]] = FoundKind.SPLIT
    cut = annotations[is_wrong]
    truth[cut[truth[cut] != TruthKind.FOUND]] = TruthKind.SPLIT


def _each_with_each(groups: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of places of one group, also with itself; groups (N,) are sorted."""
    first = np.searchsorted(groups, groups, side="left")
    number = np.searchsorted(groups, groups, side="right") - first
    i = np.repeat(np.arange(len(groups)), number)
    within = np.arange(len(i)) - np.repeat(np.cumsum(number) - number, number)
    return i, first[i] + within


def _mark_merged(
    found: Kinds, truth: Kinds, overlaps: Overlaps, is_kept: NDArray[np.bool_]
) -> None:
    """Mark in place annotations that a detection covers with others, and the wrong detections."""
    is_covered = is_kept[overlaps.found] & (overlaps.share_of_truth >= HALF)
    num_covered = np.bincount(overlaps.found[is_covered], minlength=len(found))
    is_lost = is_covered & (truth[overlaps.truth] != TruthKind.FOUND)
    pairs = np.flatnonzero(is_lost & (num_covered[overlaps.found] >= AT_LEAST_TWO))
    rows = overlaps.found[pairs]
    found[rows[found[rows] != FoundKind.RIGHT]] = FoundKind.MERGED
    truth[overlaps.truth[pairs]] = TruthKind.MERGED
