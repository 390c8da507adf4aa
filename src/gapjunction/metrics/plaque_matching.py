"""Pair the plaques of two sides in 3-D: by the overlap of their volumes.

The volume of a plaque is that of its boxes, each as thick as a slice. The overlap of two is the sum
over slices of what their boxes share, by the sum over slices of what they cover: the IoU of
volumes, which videos call that of tracks (Yang et al. 2019, "Video instance segmentation"). It
needs no scale: neither the size of a pixel nor the step along z, often unknown, changes it, as it
does a distance of centers. Two plaques may be one from an IoU of 0.25 on, as boxes in 3-D commonly
are (Song et al. 2015, "SUN RGB-D"): three axes err where an image has two, and a plaque of three
slices that is found in two of them, by boxes of IoU 0.5, has 0.33.

As many pairs as possible are made, one to one and of one class, and of all such choices that with
the greatest sum of IoU, as StarDist does (Weigert et al. 2020). No score has a say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.assignment import best_pairs
from gapjunction.metrics.stacked_detections import Overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques

PLAQUE_IOU = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class PlaquePairs:
    """Pairs (P,) of a found and a true plaque, by their numbers, and the IoU of their volumes."""

    found: NDArray[np.int64]
    truth: NDArray[np.int64]
    iou: NDArray[np.float64]


def match_plaques(truth: StackedPlaques, found: StackedPlaques, overlaps: Overlaps) -> PlaquePairs:
    """Return the pairs that are one plaque: each plaque is in one of them at most.

    `overlaps` are those of the boxes of both, as `find_overlaps` returns them.
    """
    every = overlapping_plaques(truth, found, overlaps)
    alike = np.flatnonzero(every.iou >= PLAQUE_IOU)
    i, j, iou = every.found[alike], every.truth[alike], every.iou[alike]
    # All IoUs together are worth less than one pair more.
    chosen = best_pairs(i, j, 1 + iou / (len(iou) + 1))
    return PlaquePairs(i[chosen], j[chosen], iou[chosen])


def overlapping_plaques(
    truth: StackedPlaques, found: StackedPlaques, overlaps: Overlaps
) -> PlaquePairs:
    """Return all pairs of plaques whose boxes overlap somewhere."""
    i, j = found.plaques[overlaps.found], truth.plaques[overlaps.truth]
    pairs, row_of = np.unique(np.stack([i, j]), axis=1, return_inverse=True)
    corners = found.boxes.boxes[overlaps.found].astype(np.float64)
    shared = overlaps.share_of_found * np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    both = np.bincount(row_of.reshape(-1), shared, pairs.shape[1])
    union = found.volumes()[pairs[0]] + truth.volumes()[pairs[1]] - both
    return PlaquePairs(pairs[0], pairs[1], both / union)
