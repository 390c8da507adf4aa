"""An image at half its size, the mean of 2 x 2 pixels, and how work on it is shared out."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import numpy as np

from gapjunction.images.pictures import ImageArray

CACHED_ROWS = 32  # of what is halved, which a processor keeps at hand
MOST_THREADS = 4


def in_threads(work: Callable[[int], None], items: Iterable[int]) -> None:
    """Do the work for each item, several at once: most of the time NumPy and zlib work."""
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        list(pool.map(work, items))


def halved(image: ImageArray) -> ImageArray:
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
