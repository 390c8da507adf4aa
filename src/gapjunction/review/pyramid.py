"""An image in halves of its size, down to one tile, from which a page takes what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from gapjunction.images.pictures import ImageArray
from gapjunction.review.halving import halved, in_threads
from gapjunction.review.pixels import ArrayPixels, Pixels
from gapjunction.samples.intensity import measure_intensity

TILE_SIZE = 512
ROWS_AT_ONCE = 256  # of the full size, while it is halved
MEASURED_SIDE = 2048  # px at most, of the level that contrast is measured in


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The levels of an image; level 0 is the smallest, the last one is the full size.

    Attributes:
        reduced: levels below the full size, the smallest first, each the mean of 2 x 2 pixels, or
            what the file has as such.
        auto: black and white of each channel, between which what stands out is seen.
        ranges: the lowest and highest value of each channel.
        is_coarse: whether only a part of the image was read for the levels below the full size.
    """

    full: Pixels
    reduced: tuple[Pixels, ...]
    auto: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[int, int], ...]
    is_coarse: bool = False

    @property
    def num_levels(self) -> int:
        """How many levels there are."""
        return len(self.reduced) + 1

    @property
    def nbytes(self) -> int:
        """What it takes of the memory."""
        return self.full.nbytes + sum(level.nbytes for level in self.reduced)

    def size(self, level: int) -> tuple[int, int]:
        """Return height and width of a level."""
        _, height, width = self._pixels(level).shape
        return height, width

    def tile(self, level: int, x: int, y: int) -> ImageArray | None:
        """Return the tile (C, h, w) in a column and row of a level; None where there is none."""
        if not 0 <= level < self.num_levels or min(x, y) < 0:
            return None
        height, width = self.size(level)
        y0, x0 = y * TILE_SIZE, x * TILE_SIZE
        if y0 >= height or x0 >= width:
            return None
        return self.region(level, y0, min(y0 + TILE_SIZE, height), x0, min(x0 + TILE_SIZE, width))

    def region(self, level: int, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Return a region of a level, in its pixels."""
        return self._pixels(level).region(y0, y1, x0, x1)

    def _pixels(self, level: int) -> Pixels:
        return self.full if level == len(self.reduced) else self.reduced[level]


def build_pyramid(full: Pixels, copies: Sequence[Pixels] = ()) -> Pyramid:
    """Halve an image until it fits into one tile, and measure its contrast.

    Args:
        full: the image.
        copies: smaller ones that its file has, the largest first; those that are halves are taken.
    """
    levels = [full]
    while max(levels[-1].shape) > TILE_SIZE:
        fitting = (each for each in copies if _is_half(each, full, len(levels)))
        levels.append(next(fitting, None) or ArrayPixels(_halved(levels[-1])))
    measured = next((each for each in levels if max(each.shape) <= MEASURED_SIDE), levels[-1])
    pixels = measured.region(0, measured.shape[1], 0, measured.shape[2])
    return with_contrast(full, tuple(levels[:0:-1]), pixels)


def with_contrast(
    full: Pixels, reduced: tuple[Pixels, ...], pixels: ImageArray, *, is_coarse: bool = False
) -> Pyramid:
    """Return a pyramid of levels, with the contrast of `pixels`, which show all of the image."""
    intensity = measure_intensity(pixels)
    return Pyramid(
        full=full,
        reduced=reduced,
        auto=tuple(
            (low, low + span)
            for low, span in zip(intensity.backgrounds, intensity.spans, strict=True)
        ),
        ranges=tuple((int(channel.min()), int(channel.max())) for channel in pixels),
        is_coarse=is_coarse,
    )


def _is_half(copy: Pixels, full: Pixels, times: int) -> bool:
    """Tell whether a copy is the image halved so often; programs round sides up, or down."""
    wanted = [-(-side // 2**times) for side in full.shape[1:]]
    is_alike = copy.shape[0] == full.shape[0] and copy.dtype == full.dtype
    return is_alike and all(
        abs(side - want) <= 1 and -(-side // TILE_SIZE) == -(-want // TILE_SIZE)
        for side, want in zip(copy.shape[1:], wanted, strict=True)
    )


def _halved(full: Pixels) -> ImageArray:
    """Halve an image, strip by strip."""
    channels, height, width = full.shape
    half = np.empty((channels, -(-height // 2), -(-width // 2)), full.dtype)
    rows = 2 * full.rows_at_once
    rows *= max(ROWS_AT_ONCE // rows, 1)

    def halve(y0: int) -> None:
        y1 = min(y0 + rows, height)
        half[:, y0 // 2 : -(-y1 // 2)] = halved(full.region(y0, y1, 0, width))

    in_threads(halve, range(0, height, rows))
    return cast(ImageArray, half)
