"""Other ways to put the boxes of a stack's slices into plaques, as a number for each box."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gapjunction.boxes import centers, overlapping_pairs
from gapjunction.metrics.stacked_detections import StackedDetections

# From the boxes (N) of a stack, whose images are its slices, to the plaque (N,) of each.
Link = Callable[[StackedDetections], NDArray[np.int64]]

SMALLEST_IOU = 0.3
SEARCH_RANGE_PX = 5.0
MOST_MISSED = 1  # slices in a row, as our own linker allows


def link_overlaps(boxes: StackedDetections) -> NDArray[np.int64]:
    """Link whatever overlaps from one slice to the next, without choosing among several.

    A plaque may have several boxes in a slice then.
    """
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number in range(boxes.num_images - 1):
        here = np.flatnonzero(boxes.images == number)
        there = np.flatnonzero(boxes.images == number + 1)
        i, j, iou = overlapping_pairs(boxes.boxes[here], boxes.boxes[there])
        is_linked = iou >= SMALLEST_IOU
        first.append(here[i[is_linked]])
        second.append(there[j[is_linked]])
    rows, columns = np.concatenate(first), np.concatenate(second)
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(boxes), len(boxes)))
    _, plaques = connected_components(links, directed=False)
    return plaques.astype(np.int64)


def link_with_trackpy(boxes: StackedDetections) -> NDArray[np.int64]:
    """Link centers with trackpy, as particles that move from slice to slice.

    Raises:
        ImportError: if trackpy is not installed.
    """
    import trackpy  # noqa: PLC0415 - optional

    if not len(boxes):
        return np.zeros(0, np.int64)
    trackpy.quiet()
    x, y = centers(boxes.boxes).T.astype(np.float64)
    table = pd.DataFrame({"x": x, "y": y, "frame": boxes.images})
    linked = trackpy.link(table, SEARCH_RANGE_PX, pos_columns=["y", "x"], memory=MOST_MISSED)
    # It sorts the rows by slice, in no order of their own within one.
    plaques: NDArray[np.int64] = linked["particle"].sort_index().to_numpy(np.int64)
    return plaques
