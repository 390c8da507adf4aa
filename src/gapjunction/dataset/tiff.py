"""Read TIFF files that hold one image: grey or colour, of 8 or 16 bits."""

from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_GREY_NDIM, _COLOUR_NDIM, _RGB, _RGBA = 2, 3, 3, 4


def is_tiff(stream: BinaryIO) -> bool:
    """Tell from its first bytes whether a file is a TIFF; leave the stream at its start."""
    magic = stream.read(4)
    stream.seek(0)
    return magic in _MAGIC


def read_tiff_size(path: Path) -> tuple[int, int]:
    """Return (height, width) in pixels without decoding them.

    Raises:
        ImageError: if the file does not hold one grey or colour image of 8 or 16 bits.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        return _size(tiff, path)


def read_tiff(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Read an image of shape (C, H, W), C = 1 or 3; transparency is dropped.

    A palette becomes RGB of 8 bits, and "white is zero" is turned round, so that bright is high.

    Raises:
        ImageError: as `read_tiff_size` does.
        ValueError: if the file is cut short, as tifffile says it.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        _size(tiff, path)
        page: Any = tiff.pages[0]
        image: Any = tiff.series[0].asarray()
        if page.photometric == tifffile.PHOTOMETRIC.PALETTE and image.ndim == _GREY_NDIM:
            return np.asarray(page.colormap[:, image] >> 8, dtype=np.uint8)
        if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            image = np.iinfo(image.dtype).max - image
    if image.ndim == _GREY_NDIM:
        return np.asarray(image[np.newaxis])
    if image.shape[-1] in (_RGB, _RGBA):
        image = np.moveaxis(image[..., :_RGB], -1, 0)
    return np.asarray(image)


def _size(tiff: Any, path: Path) -> tuple[int, int]:

    series = tiff.series[0]
    shape, dtype = series.shape, series.dtype
    if len(shape) == _COLOUR_NDIM and shape[-1] in (_RGB, _RGBA):
        height, width = shape[:2]
    elif len(shape) == _GREY_NDIM or (len(shape) == _COLOUR_NDIM and shape[0] == _RGB):
        height, width = shape[-2:]
    else:
        raise ImageError(
            path,
            expected="a TIFF of shape (H, W), (H, W, 3), (H, W, 4) or (3, H, W)",
            found=f"shape {shape} (axes {series.axes})",
            fix="save one plane, or a projection, with 1 or 3 channels",
        )
    if dtype not in (np.uint8, np.uint16):
        raise ImageError(
            path,
            expected="pixels of type uint8 or uint16",
            found=str(dtype),
            fix="scale the values and save them as 8 or 16 bits",
        )
    return int(height), int(width)
