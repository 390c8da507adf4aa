"""Cut a large image into overlapping tiles and join the boxes found in them.

Each tile answers for the objects whose center lies in its core: the part that is nearer to its
middle than to that of its neighbors. An object with sides of up to ``overlap - 2 * SEAM_MARGIN``
pixels is seen whole by the tile that answers for it, and is found once. A larger one is found
too, but the tile's edge can cut its box: choose the overlap from the largest object.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gapjunction.boxes import best_of_rivals, centers, overlapping_pairs
from gapjunction.detections import Detections

# Two tiles can place the center of one object on either side of the seam, a little apart. Cores
# reach this far over it, so that no object is lost; one found twice is joined afterwards.
SEAM_MARGIN = 4  # px


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of the full image, in full-image pixels; `x1` and `y1` are exclusive.

    `core` is the part it answers for, as (x0, y0, x1, y1).
    """

    x0: int
    y0: int
    x1: int
    y1: int
    core: tuple[float, float, float, float]

    def crop(self, image: np.ndarray) -> np.ndarray:
        """Return a view of this tile in an image of shape (..., H, W)."""
        return image[..., self.y0 : self.y1, self.x0 : self.x1]


def plan_tiles(
    height: int, width: int, tile_size: int, overlap: int, side_multiple: int = 1
) -> list[Tile]:
    """Cover an image evenly with tiles of one size, row by row; none reaches beyond the image.

    There are as few tiles as sides of `tile_size` px allow, and they are no larger than that
    needs: neighbors share `overlap` px, or a little more where a side is rounded up to
    `side_multiple`. Fitting 1,024 px with tiles of up to 576 px takes two of 544, not of 576.

    Raises:
        ValueError: if `overlap` is negative or more than half of `tile_size`.
    """
    if not 0 <= overlap <= tile_size // 2:
        raise ValueError(f"overlap must lie in [0, {tile_size // 2}] px, got {overlap}")
    return [
        Tile(x0, y0, x1, y1, (core_x0, core_y0, core_x1, core_y1))
        for y0, y1, core_y0, core_y1 in _spans(height, tile_size, overlap, side_multiple)
        for x0, x1, core_x0, core_x1 in _spans(width, tile_size, overlap, side_multiple)
    ]


def plan_blocks(tiles: Sequence[Tile], block_px: int) -> list[list[Tile]]:
    """Group tiles that lie together, so that a group is no larger than `block_px` a side.

    A group of one tile may be larger. Groups come row by row, as `plan_tiles` gives the tiles.
    """
    rows = _runs(sorted({(tile.y0, tile.y1) for tile in tiles}), block_px)
    columns = _runs(sorted({(tile.x0, tile.x1) for tile in tiles}), block_px)
    blocks: dict[tuple[int, int], list[Tile]] = {}
    for tile in tiles:
        blocks.setdefault((rows[tile.y0, tile.y1], columns[tile.x0, tile.x1]), []).append(tile)
    return [blocks[key] for key in sorted(blocks)]


def keep_core(tile: Tile, found: Detections) -> Detections:
    """Return the detections (tile pixels) that `tile` answers for, in full-image pixels."""
    boxes = found.boxes + np.array([tile.x0, tile.y0] * 2, dtype=np.float32)
    x, y = centers(boxes).T
    x0, y0, x1, y1 = tile.core
    own = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    return Detections(boxes[own], found.scores[own], found.labels[own])


def merge_tiles(
    tiles: Sequence[Tile], detections: Sequence[Detections], iou_threshold: float
) -> Detections:
    """Join the detections of all tiles (tile pixels) into one image (full-image pixels).

    Of boxes with the same label and an IoU above `iou_threshold`, only the best scored stays;
    and so it does of boxes of two tiles whose centers are nearer than half of their shortest
    side. Two predictions of a 4 px object a pixel apart have little IoU, but neighbors that
    merely touch are a whole side apart.
    """
    parts = [keep_core(tile, found) for tile, found in zip(tiles, detections, strict=True)]
    merged = Detections.joined(parts)
    tile_of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    i, j, iou = overlapping_pairs(merged.boxes, merged.boxes)
    shortest = (merged.boxes[:, 2:] - merged.boxes[:, :2]).min(axis=1)
    middle = centers(merged.boxes)
    distance = np.linalg.norm(middle[i] - middle[j], axis=1)
    is_near = distance < np.minimum(shortest[i], shortest[j]) / 2
    is_double = (iou > iou_threshold) | (is_near & (tile_of[i] != tile_of[j]))
    rival = is_double & (merged.labels[i] == merged.labels[j])
    return merged[best_of_rivals(merged.scores, i[rival], j[rival])]


def _runs(spans: Sequence[tuple[int, int]], longest: int) -> dict[tuple[int, int], int]:
    """Return the number of the run that each of the rising spans belongs to."""
    number, start = 0, spans[0][0]
    runs = {}
    for span in spans:
        if span[1] - start > longest and span[0] > start:
            number, start = number + 1, span[0]
        runs[span] = number
    return runs


def _spans(
    length: int, tile_size: int, overlap: int, side_multiple: int
) -> Iterator[tuple[int, int, float, float]]:
    """Yield first and last pixel, and core, of each tile along an axis; the last ends at the end.

    The outermost cores are unbounded: a predicted center may lie just outside the image.
    """
    count = max(-(-(length - overlap) // (tile_size - overlap)), 1)
    exact = -(-(length + (count - 1) * overlap) // count)
    side = min(-(-exact // side_multiple) * side_multiple, tile_size, length)
    starts = [(length - side) * index // max(count - 1, 1) for index in range(count)]
    seams = [(second + first + side) / 2 for first, second in pairwise(starts)]
    lower = [-np.inf, *(seam - SEAM_MARGIN for seam in seams)]
    upper = [*(seam + SEAM_MARGIN for seam in seams), np.inf]
    for start, core_start, core_stop in zip(starts, lower, upper, strict=True):
        yield start, start + side, core_start, core_stop
