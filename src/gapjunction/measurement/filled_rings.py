"""Which pixels lie within closed outlines: those whose centers do."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gapjunction.dataset.formats.area_outlines import Ring

CENTER = 0.5  # of a pixel, from its corner
CROSSINGS_AT_ONCE = 4_000_000  # bounds the memory to some 200 MB


def fill_rings(rings: Sequence[Ring], height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels (height, width) whose centers lie in an odd number of the rings.

    A ring within another is a hole. What lies beyond the picture is cut off. A center on a side
    belongs to what is right of it or, on a level side, below.
    """
    turns = np.zeros((height, width + 1), np.uint8)  # 1 where a row enters or leaves the inside
    for ring in rings:
        start, end = ring, np.roll(ring, -1, axis=0)
        rows = np.clip(np.ceil(np.stack([start[:, 1], end[:, 1]]) - CENTER), 0, height)
        first, last = rows.min(axis=0).astype(np.int64), rows.max(axis=0).astype(np.int64)
        for sides in _in_parts(last - first):
            side = np.repeat(sides, (last - first)[sides])
            row = _counted_from(first[sides], last[sides])
            (x0, y0), (x1, y1) = start[side].T, end[side].T
            crossing = x0 + (row + CENTER - y0) * (x1 - x0) / (y1 - y0)
            column = np.clip(np.ceil(crossing - CENTER), 0, width).astype(np.int64)
            np.bitwise_xor.at(turns, (row, column), np.uint8(1))
    return np.bitwise_xor.accumulate(turns, axis=1)[:, :width].astype(bool)


def _in_parts(lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the numbers of sides that cross a row, in parts with so many crossings together."""
    part = np.cumsum(lengths) // CROSSINGS_AT_ONCE
    edges = np.flatnonzero(np.diff(part)) + 1
    return [sides[lengths[sides] > 0] for sides in np.split(np.arange(len(lengths)), edges)]


def _counted_from(first: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return first, first + 1, ... stop - 1 for each pair, one after the other."""
    lengths = stop - first
    begins = np.cumsum(lengths) - lengths
    numbers: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(first - begins, lengths)
    return numbers
