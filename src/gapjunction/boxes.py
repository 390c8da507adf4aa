"""Arithmetic on boxes: (N, 4) float32 arrays of (x0, y0, x1, y1) in pixels, origin top left."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FARTHEST_PX = 1e9  # that boxes from outside may reach: float32 holds it, and its square
BoxArray = NDArray[np.float32]

PAIRS_PER_CHUNK = 4_000_000  # bounds the memory of `overlapping_pairs` to about 200 MB


def as_boxes(values: ArrayLike) -> BoxArray:
    """Return `values` as an array of boxes (N, 4); an empty list gives shape (0, 4).

    Raises:
        ValueError: if the values do not form rows of four.
    """
    boxes = np.asarray(values, dtype=np.float32)
    if boxes.size == 0:
        return np.zeros((0, 4), np.float32)
    if boxes.ndim != 2 or boxes.shape[1] != 4:  # noqa: PLR2004 - a box has four sides
        raise ValueError(f"expected boxes of shape (N, 4), got {boxes.shape}")
    return boxes


def to_xywh(boxes: BoxArray) -> BoxArray:
    """Convert (x0, y0, x1, y1) to (x0, y0, width, height)."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)


def from_xywh(boxes_xywh: BoxArray) -> BoxArray:
    """Convert (x0, y0, width, height) to (x0, y0, x1, y1)."""
    return np.concatenate([boxes_xywh[:, :2], boxes_xywh[:, :2] + boxes_xywh[:, 2:]], axis=1)


def centers(boxes: BoxArray) -> NDArray[np.float32]:
    """Return the center points (N, 2) as (x, y)."""
    middle: NDArray[np.float32] = (boxes[:, :2] + boxes[:, 2:]) * np.float32(0.5)
    return middle


def area(boxes: BoxArray) -> NDArray[np.float32]:
    """Return the areas (N,) in square pixels; a box with a negative side has area 0."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    product: NDArray[np.float32] = sides[:, 0] * sides[:, 1]
    return product


def clip_boxes(boxes: BoxArray, height: int, width: int) -> BoxArray:
    """Return the boxes cut at the image border; a box outside comes back with zero area."""
    far_corner = np.array([width, height, width, height], dtype=np.float32)
    return np.clip(boxes, 0, far_corner)


def overlapping_pairs(
    first: BoxArray, second: BoxArray
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return every pair of boxes that overlap, as (index in first, index in second, IoU).

    Pairs come sorted by the first index, then the second. Sorting along x leaves only
    neighbors to compare, so that 100,000 boxes of a large image need no N x N matrix.
    """
    by_x0 = np.argsort(second[:, 0], kind="stable")
    sorted_x0 = second[by_x0, 0]
    widest = float(np.max(second[:, 2] - second[:, 0], initial=0))
    start = np.searchsorted(sorted_x0, first[:, 0] - widest, side="left")
    stop = np.maximum(np.searchsorted(sorted_x0, first[:, 2], side="right"), start)
    kept_first, kept_second, kept_iou = [], [], []
    for rows in _rows_in_chunks(stop - start):
        i, within = _expand(start[rows], stop[rows])
        i, j = rows[i], by_x0[within]
        iou = _paired_iou(first[i], second[j])
        kept = iou > 0
        kept_first.append(i[kept])
        kept_second.append(j[kept])
        kept_iou.append(iou[kept])
    if not kept_first:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    i, j, iou = np.concatenate(kept_first), np.concatenate(kept_second), np.concatenate(kept_iou)
    order = np.lexsort((j, i))
    return i[order], j[order], iou[order]


def non_max_suppression(
    boxes: BoxArray, scores: NDArray[np.float32], labels: NDArray[np.int64], iou_threshold: float
) -> NDArray[np.int64]:
    """Return the indices to keep, best score first (stable).

    Of boxes with the same label and an IoU above `iou_threshold`, only the best scored stays.
    """
    i, j, iou = overlapping_pairs(boxes, boxes)
    rival = (iou > iou_threshold) & (labels[i] == labels[j])
    return best_of_rivals(scores, i[rival], j[rival])


def best_of_rivals(
    scores: NDArray[np.float32], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the indices to keep, best score first (stable), where pairs cannot both stay.

    Pairs are given both ways round, as `overlapping_pairs` of boxes with themselves does. From
    the best score down, what stays removes all its rivals.
    """
    by_score = np.argsort(-scores, kind="stable")
    rank = np.empty_like(by_score)
    rank[by_score] = np.arange(len(by_score))
    falls = rank[first] < rank[second]
    better, worse = rank[first[falls]], rank[second[falls]]
    order = np.argsort(better, kind="stable")
    suppressed = np.zeros(len(scores), dtype=bool)
    for winner, loser in zip(better[order].tolist(), worse[order].tolist(), strict=True):
        if not suppressed[winner]:
            suppressed[loser] = True
    return by_score[~suppressed]


def _paired_iou(first: BoxArray, second: BoxArray) -> NDArray[np.float32]:
    """Return the IoU of row i of `first` with row i of `second`."""
    corner = np.maximum(first[:, :2], second[:, :2])
    sides = np.maximum(np.minimum(first[:, 2:], second[:, 2:]) - corner, 0)
    intersection = sides[:, 0] * sides[:, 1]
    union = area(first) + area(second) - intersection
    iou: NDArray[np.float32] = np.divide(
        intersection, union, out=np.zeros_like(intersection), where=union > 0
    )
    return iou


def _rows_in_chunks(lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut the row numbers into runs whose lengths add up to about PAIRS_PER_CHUNK."""
    chunk = np.cumsum(lengths) // PAIRS_PER_CHUNK
    edges = np.flatnonzero(np.diff(chunk)) + 1
    return [rows for rows in np.split(np.arange(len(lengths)), edges) if len(rows)]


def _expand(
    start: NDArray[np.int64], stop: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (row, position) for every position in the half-open range of every row."""
    lengths = stop - start
    rows = np.repeat(np.arange(len(lengths)), lengths)
    first_of_row = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, np.arange(len(rows)) - first_of_row + start[rows]
