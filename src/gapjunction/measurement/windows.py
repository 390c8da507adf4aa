"""The parts of an image around boxes, and which of them touch."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gapjunction.boxes import as_boxes, overlapping_pairs

Window = tuple[slice, slice]


def grown_window(box: NDArray[np.float32], by: int, shape: tuple[int, ...]) -> Window:
    """Return the rows and columns of a box (4,) that is grown by some px, at least one of each."""
    height, width = shape
    x0, y0, x1, y1 = box.tolist()
    return _cut(y0 - by, y1 + by, height), _cut(x0 - by, x1 + by, width)


def joined_window(windows: list[Window]) -> Window:
    """Return the smallest window that holds all of them."""
    rows, columns = zip(*windows, strict=True)
    return _joined(rows), _joined(columns)


def within(inner: Window, outer: Window) -> Window:
    """Return a window of the image as one of a part of it."""
    (rows, columns), (y, x) = inner, (outer[0].start, outer[1].start)
    return slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x)


def touching_groups(windows: list[Window]) -> list[list[int]]:
    """Return the places of windows that overlap, directly or through others, group by group."""
    sides = [(x.start, y.start, x.stop, y.stop) for y, x in windows]
    boxes = as_boxes(sides)
    i, j, _ = overlapping_pairs(boxes, boxes)
    graph = coo_array((np.ones(len(i), np.int8), (i, j)), shape=(len(boxes), len(boxes)))
    number, group_of = connected_components(graph, directed=False)
    order = np.argsort(group_of, kind="stable")
    ends = np.searchsorted(group_of[order], np.arange(1, number))
    return [group.tolist() for group in np.split(order, ends)] if number else []


def _cut(low: float, high: float, length: int) -> slice:
    start = min(max(int(np.floor(low)), 0), length - 1)
    return slice(start, max(min(int(np.ceil(high)), length), start + 1))


def _joined(slices: tuple[slice, ...]) -> slice:
    return slice(min(each.start for each in slices), max(each.stop for each in slices))
