"""Read TIFF files that hold one image: grey or color, of 8 or 16 bits."""

import struct
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.tiff_brightness import (
    bright_is_high,
    has_palette,
    palette_colors,
    refuse_other_colors,
)

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_NDPI_START = 4  # of the first page's offset, which has 8 bytes there, as in no other format
_GREY_NDIM, _COLOR_NDIM, _RGB, _RGBA = 2, 3, 3, 4
_DESCRIPTION_TAG = 270  # where OME's XML and ImageJ's notes are
_MAX_NAMED = 5  # images, in one line of error
_CHANNEL_AXES = "SC"  # tifffile's letters: samples of a pixel, channels; Z, T, I, Q are stacks


def is_tiff(stream: BinaryIO) -> bool:
    """Tell from its first bytes whether a file is a TIFF; leave the stream at its start."""
    magic = stream.read(4)
    stream.seek(0)
    return magic in _MAGIC


def require_whole(tiff: Any) -> None:
    """Follow the directories of an open TIFF to the last: tifffile passes over what is cut off.

    Raises:
        ValueError: if one lies beyond the end, or ImageJ's description promises more planes.
        struct.error: if one is cut short.
    """
    layout, stream = tiff.tiff, tiff.filehandle

    def read(form: str, size: int) -> int:
        return int(struct.unpack(form, stream.read(size))[0])

    # The header is two offsets long, the second is the first page's.
    stream.seek(_NDPI_START if layout.is_ndpi else layout.offsetsize)
    offset, seen = read(layout.offsetformat, layout.offsetsize), set[int]()
    first_tags: list[int] = []
    while offset:
        if offset in seen or offset >= stream.size:
            raise ValueError(f"page {len(seen) + 1} is missing")
        seen.add(offset)
        stream.seek(offset)
        num_tags = read(layout.tagnoformat, layout.tagnosize)
        if not first_tags:
            tags = stream.read(num_tags * layout.tagsize)
            first_tags = [
                struct.unpack_from(f"{layout.byteorder}H", tags, at)[0]
                for at in range(0, len(tags), layout.tagsize)
            ]
        stream.seek(offset + layout.tagnosize + num_tags * layout.tagsize)
        offset = read(layout.offsetformat, layout.offsetsize)
    description = tiff.pages[0].tags.get(_DESCRIPTION_TAG)
    if description is None and _DESCRIPTION_TAG in first_tags:
        raise ValueError("its description is missing")
    if tiff.is_imagej and tiff.series[0].kind != "imagej":
        raise ValueError("planes that ImageJ's description promises are missing")


def is_tiff_picture(path: Path) -> bool:
    """Tell whether `read_tiff` takes this file: one grey or color image of 8 or 16 bits."""
    with closing(tifffile.TiffFile(path)) as tiff:
        try:
            _only_image(tiff, path)
        except ImageError:
            return False
    return True


def read_tiff_size(path: Path) -> tuple[int, int]:
    """Return (height, width) in pixels without decoding them.

    Raises:
        ImageError: if the file does not hold one grey or color image of 8 or 16 bits.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        series = _only_image(tiff, path)
        return int(series.shape[series.axes.index("Y")]), int(series.shape[series.axes.index("X")])


def has_tiff_16_bits(path: Path) -> bool:
    """Tell without decoding the pixels whether `read_tiff` returns them with 16 bits.

    Raises:
        ImageError: as `read_tiff_size` does.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        series = _only_image(tiff, path)
        return bool(series.dtype == np.uint16) and not has_palette(series)


def read_tiff(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Read an image of shape (C, H, W), C = 1 or 3; transparency is dropped.

    A palette becomes RGB of 8 bits, but for one that only shows brightness in color; "white is
    zero" is turned round, so that bright is high, but in ImageJ's files.
    Reduced copies of the image (pyramid levels, a thumbnail) are passed over.

    Raises:
        ImageError: as `read_tiff_size` does.
        ValueError: if the file is cut short, as tifffile says it.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        series = _only_image(tiff, path)
        page: Any = series.keyframe
        image: Any = series.asarray()
        if has_palette(series):
            return palette_colors(image, page)
        image = bright_is_high(image, page)
    if image.ndim == _GREY_NDIM:
        return np.asarray(image[np.newaxis])
    if series.axes[-1] in _CHANNEL_AXES:
        image = np.moveaxis(image[..., :_RGB], -1, 0)
    return np.asarray(image)


def _only_image(tiff: Any, path: Path) -> Any:
    """Return the only series of a file, but for reduced copies, if it is an image we can use."""
    require_whole(tiff)
    series, *others = tiff.series
    refuse_other_colors(series, path)
    if not all(other.keyframe.is_reduced for other in others):
        raise ImageError(
            path,
            expected="a TIFF with one image",
            found=f"{len(tiff.series)} images with the axes "
            + ", ".join(each.axes for each in tiff.series[:_MAX_NAMED]),
            fix="save each of them as a file of its own",
        )
    if not _is_plane(series.shape, series.axes):
        raise ImageError(
            path,
            expected="one plane (H, W), or color (H, W, 3), (H, W, 4) or (3, H, W)",
            found=f"shape {series.shape} (axes {series.axes})",
            fix="choose a plane, or save one, or a projection, with 1 or 3 channels",
            settings=("channel", "z"),
        )
    if series.dtype not in (np.uint8, np.uint16):
        raise ImageError(
            path,
            expected="pixels of type uint8 or uint16",
            found=str(series.dtype),
            fix="scale the values and save them as 8 or 16 bits",
        )
    return series


def _is_plane(shape: tuple[int, ...], axes: str) -> bool:
    """Tell whether this is one plane; three planes are one in color only if the file says so."""
    if len(shape) == _GREY_NDIM:
        return axes == "YX"
    if len(shape) != _COLOR_NDIM:
        return False
    if axes[1:] == "YX":
        return axes[0] in _CHANNEL_AXES and shape[0] == _RGB
    return axes[:2] == "YX" and axes[2] in _CHANNEL_AXES and shape[2] in (_RGB, _RGBA)
