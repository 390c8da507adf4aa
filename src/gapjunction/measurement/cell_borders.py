"""Which cells of a label image are neighbors, and how long the border between two is."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.images.label_images import Labels
from gapjunction.measurement.cells import NOBODY

Pair = tuple[int, int]
# By the Crofton formula with lines in four directions (Legland et al. 2007), the length is pi / 8
# times the number of steps across the border, each by the distance of the lines of its direction.
WEIGHT = np.pi / 8
SIDE_LINES, DIAGONAL_LINES = 1.0, float(1 / np.sqrt(2))


def border_lengths(labels: Labels, reach_px: float) -> dict[Pair, float]:
    """Return the length in px of the border of each pair of neighbors in cells (H, W).

    Cells are grown by `reach_px` first, each pixel going to the nearest: neighbors are those that
    then share the side of a pixel, so that gaps of twice the reach are closed, and some that are
    up to a pixel wider. Two that meet at a corner alone are no neighbors.
    A straight border is told 5 % too short (upright, level or diagonal) to 3 % too long.
    """
    grown = _grown(labels, reach_px)
    lengths: dict[Pair, float] = {}
    beside: set[Pair] = set()
    for pairs, distance in _steps(grown):
        low, high = pairs.min(axis=1), pairs.max(axis=1)
        is_border = (low != high) & (low != NOBODY)
        found, counts = np.unique(
            np.stack([low[is_border], high[is_border]], axis=1), axis=0, return_counts=True
        )
        for (first, second), count in zip(found.tolist(), counts.tolist(), strict=True):
            pair = first, second
            if distance == SIDE_LINES:
                beside.add(pair)
            lengths[pair] = lengths.get(pair, 0.0) + float(WEIGHT * distance * count)
    return {pair: lengths[pair] for pair in sorted(beside)}


def _grown(labels: Labels, reach_px: float) -> Labels:
    """Return labels in which each pixel whose middle is in reach of a cell is of the nearest."""
    if not labels.any():
        return labels
    distances, (rows, columns) = ndimage.distance_transform_edt(
        labels == NOBODY, return_indices=True
    )
    # Distances are of the middles of pixels; a cell reaches from its pixels' sides.
    grown: Labels = np.where(distances - 0.5 <= reach_px, labels[rows, columns], NOBODY)
    return grown


def _steps(labels: Labels) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Yield pairs of labels (N, 2) a step apart in each direction, and the lines' distance."""
    steps = (
        (labels[:, :-1], labels[:, 1:], SIDE_LINES),
        (labels[:-1], labels[1:], SIDE_LINES),
        (labels[:-1, :-1], labels[1:, 1:], DIAGONAL_LINES),
        (labels[:-1, 1:], labels[1:, :-1], DIAGONAL_LINES),
    )
    for one, other, distance in steps:
        differs = one != other
        yield np.stack([one[differs], other[differs]], axis=1), float(distance)
