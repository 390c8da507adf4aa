"""A first look at a large image, coarse, from a part of its strips: seconds before all are read."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gapjunction.images.pictures import ImageArray
from gapjunction.review.halving import halved, in_threads
from gapjunction.review.pixels import Pixels
from gapjunction.review.pyramid import MEASURED_SIDE, TILE_SIZE, Pyramid, with_contrast

LARGEST_SHARE = 0.5  # of the rows; to read more takes hardly less time than to read all


@dataclass(frozen=True, slots=True, eq=False)
class CoarsePixels:
    """A level of an image of which some rows are known: each stands for those around it.

    Attributes:
        known: (C, h, w), a row and column for every `steps` pixels of the full size.
        shape: of the level (C, H, W), whose pixels are `pixel` pixels of the full size.
    """

    known: ImageArray
    steps: tuple[int, int]
    shape: tuple[int, int, int]
    pixel: int
    rows_at_once: int = 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values."""
        return self.known.dtype

    @property
    def nbytes(self) -> int:
        """What it takes of the memory."""
        return self.known.nbytes

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Return a region of the level."""
        rows, columns = (
            np.minimum(np.arange(start, stop) * self.pixel // step, length - 1)
            for start, stop, step, length in zip(
                (y0, x0), (y1, x1), self.steps, self.known.shape[1:], strict=True
            )
        )
        return self.known[:, rows[:, None], columns]


def first_look(full: Pixels) -> Pyramid | None:
    """Return a coarse pyramid with the levels that the whole one will have.

    Contrast is measured in means of about as many pixels as there. None where strips or tiles are
    so high that most of the image would have to be read.
    """
    channels, height, width = full.shape
    times = _times(max(height, width), TILE_SIZE)
    row, column = 2**times, 2 ** _times(max(height, width), MEASURED_SIDE)
    num_rows = max(column // full.rows_at_once, 1) * full.rows_at_once  # of whole strips
    if num_rows > LARGEST_SHARE * row:
        return None
    known = np.empty((channels, -(-height // row), -(-width // column)), full.dtype)

    def look(y: int) -> None:
        middle = min(y * row + row // 2, height - 1)
        y0 = middle // full.rows_at_once * full.rows_at_once
        block = full.region(y0, min(y0 + num_rows, height), 0, width)
        while block.shape[2] > known.shape[2]:
            block = halved(block)
        known[:, y] = block[:, 0]

    in_threads(look, range(known.shape[1]))
    levels = []
    for pixel in (2**time for time in range(times, 0, -1)):
        shape = channels, -(-height // pixel), -(-width // pixel)
        levels.append(CoarsePixels(known, (row, column), shape, pixel))
    return with_contrast(full, tuple(levels), known, is_coarse=True)


def _times(side: int, most: int) -> int:
    """Return how often a side is halved, rounding up, until it is no longer than that."""
    times = 0
    while side > most:
        side, times = -(-side // 2), times + 1
    return times
