"""A large TIFF by region: mapped where its pixels lie bare in it, else by its strips or tiles."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import tifffile

from gapjunction.images.pictures import ImageArray, decoding

MOST_IN_A_PART = 16_000_000  # pixels; of larger strips the whole file is decoded, once
PLAIN = (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB)


@dataclass(frozen=True, slots=True, eq=False)
class TiffPixels:
    """A plane of a TIFF, in grey or RGB, or one of the smaller copies (`level`) of it."""

    path: Path
    level: int
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    rows_at_once: int

    @property
    def nbytes(self) -> int:
        """What it takes of the memory: next to nothing."""
        return 0

    def region(self, y0: int, y1: int, x0: int, x1: int) -> ImageArray:
        """Read what a region touches.

        Raises:
            ImageError: if the file is damaged.
        """
        with decoding(self.path), closing(tifffile.TiffFile(self.path)) as tiff:
            page = _pages(tiff)[self.level]
            if page.is_memmappable:
                whole = _mapped(self.path, tiff, page)
                region = np.array(whole[y0:y1, x0:x1, : self.shape[0]], self.dtype)
            else:
                region = np.zeros((y1 - y0, x1 - x0, self.shape[0]), self.dtype)
                _decode_into(region, tiff, page, y0, x0)
        return cast(ImageArray, np.moveaxis(region, -1, 0))


def tiff_levels(path: Path) -> list[TiffPixels]:
    """Return a TIFF and the smaller copies that it has of itself, largest first.

    None where it is no TIFF or one that cannot be read by region.

    Raises:
        ImageError: if the file is damaged.
    """
    with decoding(path), path.open("rb") as stream:
        if stream.read(2) not in (b"II", b"MM"):
            return []
        stream.seek(0)
        with closing(tifffile.TiffFile(stream)) as tiff:
            pages = _pages(tiff)
            if not all(_has_regions(page) for page in pages):
                return []
            return [_pixels(path, level, page) for level, page in enumerate(pages)]


def _pages(tiff: tifffile.TiffFile) -> Sequence[Any]:
    """Return the first plane of a file, and its smaller copies."""
    first: Any = tiff.pages[0]
    if len(tiff.pages) == 1 and first.subifds is None:  # which spares reading what planes there are
        return [first]
    levels = tiff.series[0].levels
    return [first, *(level.pages[0] for level in levels[1:])]


def _pixels(path: Path, level: int, page: Any) -> TiffPixels:
    channels = 3 if page.samplesperpixel >= 3 else 1  # noqa: PLR2004 - transparency goes
    shape = channels, int(page.imagelength), int(page.imagewidth)
    rows = 1 if page.is_memmappable else _part_size(page)[0]
    return TiffPixels(path, level, shape, np.dtype(page.dtype), rows)


def _has_regions(page: Any) -> bool:
    is_together = page.planarconfig == tifffile.PLANARCONFIG.CONTIG and page.imagedepth == 1
    height, width = _part_size(page)
    is_in_parts = page.is_memmappable or height * width <= MOST_IN_A_PART
    return page.photometric in PLAIN and is_together and is_in_parts


def _part_size(page: Any) -> tuple[int, int]:
    """Return height and width of a strip or tile."""
    if page.is_tiled:
        return int(page.tilelength), int(page.tilewidth)
    return min(int(page.rowsperstrip), int(page.imagelength)), int(page.imagewidth)


def _mapped(path: Path, tiff: tifffile.TiffFile, page: Any) -> Any:
    """Return the pixels (H, W, C) of a page as they lie in the file."""
    dtype = np.dtype(page.dtype).newbyteorder(cast(Any, tiff.byteorder))
    shape = page.imagelength, page.imagewidth, page.samplesperpixel
    return np.memmap(path, dtype, "r", page.dataoffsets[0], shape)


def _decode_into(region: ImageArray, tiff: tifffile.TiffFile, page: Any, y0: int, x0: int) -> None:
    """Decode the strips or tiles that a region (h, w, C) at (x0, y0) touches."""
    height, width = _part_size(page)
    across = -(-page.imagewidth // width)
    for row in range(y0 // height, -(-(y0 + region.shape[0]) // height)):
        for column in range(x0 // width, -(-(x0 + region.shape[1]) // width)):
            index = row * across + column
            tiff.filehandle.seek(page.dataoffsets[index])
            part = page.decode(tiff.filehandle.read(page.databytecounts[index]), index)[0]
            if part is not None:  # one that was left out is black
                _paste(part[0], row * height, column * width, region, y0, x0)


def _paste(part: ImageArray, top: int, left: int, region: ImageArray, y0: int, x0: int) -> None:
    """Copy what lies in the region of a part (h, w, C) at a place of the whole image."""
    y_from, x_from = max(top, y0), max(left, x0)
    y_to = min(top + part.shape[0], y0 + region.shape[0])
    x_to = min(left + part.shape[1], x0 + region.shape[1])
    region[y_from - y0 : y_to - y0, x_from - x0 : x_to - x0] = part[
        y_from - top : y_to - top, x_from - left : x_to - left, : region.shape[2]
    ]
