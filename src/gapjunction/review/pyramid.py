"""An image in halves of its size, down to one tile, from which a page takes what it shows."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from gapjunction.images.pictures import ImageArray
from gapjunction.review.pixels import ArrayPixels, Pixels, open_levels
from gapjunction.samples.intensity import measure_intensity

TILE_SIZE = 512
ROWS_AT_ONCE, MOST_THREADS = 256, 4  # of the full size, while it is halved
CACHED_ROWS = 32  # of what is halved, which a processor keeps at hand
MEASURED_SIDE = 2048  # px at most, of the level that contrast is measured in
MOST_BYTES = 300_000_000  # of images that are kept; the last one always is


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The levels of an image; level 0 is the smallest, the last one is the full size.

    Attributes:
        reduced: levels below the full size, the smallest first, each the mean of 2 x 2 pixels, or
            what the file has as such.
        auto: black and white of each channel, between which what stands out is seen.
        ranges: the lowest and highest value of each channel.
    """

    full: Pixels
    reduced: tuple[Pixels, ...]
    auto: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[int, int], ...]

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
    intensity = measure_intensity(pixels)
    return Pyramid(
        full=full,
        reduced=tuple(levels[:0:-1]),
        auto=tuple(
            (low, low + span)
            for low, span in zip(intensity.backgrounds, intensity.spans, strict=True)
        ),
        ranges=tuple((int(channel.min()), int(channel.max())) for channel in pixels),
    )


class Pyramids:
    """The pyramids of the images that were looked at last; safe to use from any thread.

    One is built at a time: several large images at once would take the memory of all of them.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Path, tuple[int, Pyramid]] = OrderedDict()
        self._lock, self._building = threading.Lock(), threading.Lock()

    def of(self, path: Path) -> Pyramid:
        """Return the pyramid of an image file as it is now.

        Raises:
            ImageError: if it cannot be read.
            OSError: if it is gone.
        """
        changed = path.stat().st_mtime_ns
        known = self._known(path, changed)
        if known is not None:
            return known
        with self._building:
            known = self._known(path, changed)
            if known is not None:
                return known
            full, *copies = open_levels(path)
            pyramid = build_pyramid(full, copies)
            with self._lock:
                self._kept[path] = changed, pyramid
                self._kept.move_to_end(path)
                self._drop_oldest()
        return pyramid

    def _known(self, path: Path, changed: int) -> Pyramid | None:
        with self._lock:
            known = self._kept.get(path)
            if known is None or known[0] != changed:
                return None
            self._kept.move_to_end(path)
            return known[1]

    def _drop_oldest(self) -> None:
        total = sum(pyramid.nbytes for _, pyramid in self._kept.values())
        while total > self._most_bytes and len(self._kept) > 1:
            _, (_, oldest) = self._kept.popitem(last=False)
            total -= oldest.nbytes


def _is_half(copy: Pixels, full: Pixels, times: int) -> bool:
    """Tell whether a copy is the image halved so often; programs round sides up, or down."""
    wanted = [-(-side // 2**times) for side in full.shape[1:]]
    is_alike = copy.shape[0] == full.shape[0] and copy.dtype == full.dtype
    return is_alike and all(
        abs(side - want) <= 1 and -(-side // TILE_SIZE) == -(-want // TILE_SIZE)
        for side, want in zip(copy.shape[1:], wanted, strict=True)
    )


def _halved(full: Pixels) -> ImageArray:
    """Halve an image strip by strip, several at once: most of the time NumPy and zlib work."""
    channels, height, width = full.shape
    half = np.empty((channels, -(-height // 2), -(-width // 2)), full.dtype)
    rows = 2 * full.rows_at_once
    rows *= max(ROWS_AT_ONCE // rows, 1)

    def halve(y0: int) -> None:
        y1 = min(y0 + rows, height)
        half[:, y0 // 2 : -(-y1 // 2)] = _halved_array(full.region(y0, y1, 0, width))

    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        list(pool.map(halve, range(0, height, rows)))
    return cast(ImageArray, half)


def _halved_array(image: ImageArray) -> ImageArray:
    """Return the mean of 2 x 2 pixels; a last odd row or column is repeated."""
    _, height, width = image.shape
    if height % 2 or width % 2:
        image = cast(ImageArray, np.pad(image, ((0, 0), (0, height % 2), (0, width % 2)), "edge"))
    wide, pair = (np.uint16, np.uint32) if image.dtype == np.uint8 else (np.uint32, np.uint64)
    half = np.empty((len(image), image.shape[1] // 2, image.shape[2] // 2), image.dtype)
    for channel, into in zip(image, half, strict=True):
        for y in range(0, len(into), CACHED_ROWS):
            rows = channel[2 * y : 2 * (y + CACHED_ROWS)]
            # Two neighbors are read as one number of twice the length, which is much faster than
            # every other pixel is.
            both = np.add(rows[0::2], rows[1::2], dtype=wide).view(pair)
            total = (both & np.iinfo(wide).max) + (both >> (8 * wide().itemsize))
            into[y : y + CACHED_ROWS] = (total + 2) >> 2
    return cast(ImageArray, half)
