"""The pixels of an image by region, without holding all of a large TIFF in memory."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import tifffile

from gapjunction.images.pictures import ImageArray, decoding, read_image_size, read_picture

BY_REGION = 64_000_000  # pixels, from which on a TIFF is read by region


class Pixels(Protocol):
    """An image (C, H, W) of which regions are read; `dtype` is uint8 or uint16."""

    @property
    def shape(self) -> tuple[int, int, int]: ...  # noqa: D102

    @property
    def dtype(self) -> np.dtype[Any]: ...  # noqa: D102

    @property
    def nbytes(self) -> int: ...  # noqa: D102

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

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Return a view of a region."""
        return self.array[:, y0:y1, x0:x1]


@dataclass(frozen=True, slots=True, eq=False)
class TiffPixels:
    """A TIFF of one plane, in grey or RGB, decoded strip by strip, or tile by tile."""

    path: Path
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """What it takes of the memory: next to nothing."""
        return 0

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Decode the strips or tiles that a region touches.

        Raises:
            ImageError: if the file is damaged.
        """
        region = np.zeros((y1 - y0, x1 - x0, self.shape[0]), self.dtype)
        with decoding(self.path), closing(tifffile.TiffFile(self.path)) as tiff:
            page: Any = tiff.pages[0]
            for index, top, left in _segments(page, y0, y1, x0, x1):
                offset, size = page.dataoffsets[index], page.databytecounts[index]
                tiff.filehandle.seek(offset)
                part = page.decode(tiff.filehandle.read(size), index)[0]
                if part is not None:  # a segment that was left out is black
                    _paste(part[0], top, left, region, y0, x0)
        return cast(ImageArray, np.moveaxis(region, -1, 0))


def open_pixels(path: Path) -> Pixels:
    """Return the pixels of an image file: of a large TIFF by region, of others at once.

    Colors that are grey, as WEBP has it, become one channel.

    Raises:
        ImageError: if it cannot be read.
    """
    height, width = read_image_size(path)
    if height * width >= BY_REGION:
        by_region = _tiff_pixels(path)
        if by_region is not None:
            return by_region
    image = read_picture(path)
    if len(image) > 1 and all(np.array_equal(image[0], other) for other in image[1:]):
        return ArrayPixels(cast(ImageArray, np.ascontiguousarray(image[:1])))
    return ArrayPixels(image)


def _tiff_pixels(path: Path) -> TiffPixels | None:
    """Return a TIFF that can be read by region; None for others."""
    with decoding(path), path.open("rb") as stream:
        if stream.read(4)[:2] not in (b"II", b"MM"):
            return None
        stream.seek(0)
        with closing(tifffile.TiffFile(stream)) as tiff:
            page: Any = tiff.pages[0]
            is_plain = page.photometric in (
                tifffile.PHOTOMETRIC.MINISBLACK,
                tifffile.PHOTOMETRIC.RGB,
            )
            is_together = page.planarconfig == tifffile.PLANARCONFIG.CONTIG
            if not is_plain or not is_together or page.imagedepth != 1:
                return None
            channels = 3 if page.samplesperpixel >= 3 else 1  # noqa: PLR2004 - transparency goes
            shape = channels, int(page.imagelength), int(page.imagewidth)
            return TiffPixels(path, shape, np.dtype(page.dtype))


def _segments(page: Any, y0: int, y1: int, x0: int, x1: int) -> list[tuple[int, int, int]]:
    """Return index, top and left of the strips or tiles of a page that a region touches."""
    height = page.tilelength if page.is_tiled else page.rowsperstrip
    width = page.tilewidth if page.is_tiled else page.imagewidth
    across = -(-page.imagewidth // width)
    return [
        (row * across + column, row * height, column * width)
        for row in range(y0 // height, -(-y1 // height))
        for column in range(x0 // width, -(-x1 // width))
    ]


def _paste(part: ImageArray, top: int, left: int, region: ImageArray, y0: int, x0: int) -> None:
    """Copy what lies in the region of a part (h, w, C) at a place of the whole image."""
    y_from, x_from = max(top, y0), max(left, x0)
    y_to = min(top + part.shape[0], y0 + region.shape[0])
    x_to = min(left + part.shape[1], x0 + region.shape[1])
    region[y_from - y0 : y_to - y0, x_from - x0 : x_to - x0] = part[
        y_from - top : y_to - top, x_from - left : x_to - left, : region.shape[2]
    ]
