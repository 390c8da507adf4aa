"""The pixels of an image by region; those of a large TIFF stay in the file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from gapjunction.images.pictures import ImageArray, read_image_size, read_picture
from gapjunction.review.tiff_pixels import TiffPixels, tiff_levels

BY_REGION = 64_000_000  # pixels, from which on a TIFF is read by region


class Pixels(Protocol):
    """An image (C, H, W) of which regions are read; `dtype` is uint8 or uint16."""

    @property
    def shape(self) -> tuple[int, int, int]: ...  # noqa: D102

    @property
    def dtype(self) -> np.dtype[Any]: ...  # noqa: D102

    @property
    def nbytes(self) -> int: ...  # noqa: D102

    @property
    def rows_at_once(self) -> int:
        """How many rows, or a multiple of these, are best read together."""
        ...

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Return the region (C, y1 - y0, x1 - x0), which lies inside of the image."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ArrayPixels:
    """An image (C, H, W) in memory."""

    array: ImageArray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = self.array.shape
        return channels, height, width

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values."""
        return self.array.dtype

    @property
    def nbytes(self) -> int:
        """What it takes of the memory."""
        return self.array.nbytes

    @property
    def rows_at_once(self) -> int:
        """One: rows of an array are cheap."""
        return 1

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Return a view of a region."""
        return self.array[:, y0:y1, x0:x1]


def open_levels(path: Path) -> list[Pixels]:
    """Return the pixels of an image file, and smaller copies that it has of them, largest first.

    A large TIFF is read by region, others at once. Colors that are grey, as WEBP has it, become
    one channel.

    Raises:
        ImageError: if it cannot be read.
    """
    by_region = levels_by_region(path)
    if by_region:
        return list(by_region)
    image = read_picture(path)
    if len(image) > 1 and all(np.array_equal(image[0], other) for other in image[1:]):
        return [ArrayPixels(cast(ImageArray, np.ascontiguousarray(image[:1])))]
    return [ArrayPixels(image)]


def levels_by_region(path: Path) -> list[TiffPixels]:
    """Return the levels of a large TIFF that is read by region; none of other files.

    Raises:
        ImageError: if it cannot be read.
    """
    height, width = read_image_size(path)
    return tiff_levels(path) if height * width >= BY_REGION else []
