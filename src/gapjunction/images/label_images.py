"""Read label images: each pixel holds the number of the region or cell that it is of, 0 of none."""

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.memory import refuse_more_than_memory
from gapjunction.images.pictures import decoding, opened_picture
from gapjunction.images.png_data import refuse_cut_png
from gapjunction.images.tiff import is_tiff, require_whole
from gapjunction.images.usable_size import require_usable_size

LABEL_SUFFIXES = (".png", ".tif", ".tiff")
Labels = NDArray[np.int64]

_GREY_MODES = ("1", "L", "I;16", "I", "P")  # the last as its indices
_NDIM = 2
_BYTES_PER_PX = 16  # as they are in the file, and as int64
_MIN_SHADES = 8  # fewer may be slivers of cells
_FIX = "make it of whole numbers, one plane, 0 for what is in none (files: PNG or TIFF)"


def read_labels(path: Path, of_size: tuple[int, int] | None = None) -> Labels:
    """Return a label image (H, W) of whole numbers, 0 or more; a palette's indices are taken.

    One that has to be `of_size`, height and width, is not decoded if its header tells another.

    Raises:
        ImageError: if the file is missing, damaged, too large, of another size, or no plane of
            whole numbers.
    """
    with decoding(path), path.open("rb") as stream:
        read = _tiff_values if is_tiff(stream) else _png_values
        values = read(path, of_size)
    return as_labels(values, path, of_size)


def as_labels(
    values: NDArray[Any], where: Path | str, of_size: tuple[int, int] | None = None
) -> Labels:
    """Return an array (H, W) of whole numbers or of bool as a label image; `where` it is from.

    Raises:
        ImageError: if it is of another shape, size or type, holds numbers below 0, or is a mask
            whose edges are shades.
    """
    if values.ndim != _NDIM:
        raise _refusal(where, f"{values.shape} of {values.dtype}")
    if values.dtype.kind not in "iub":
        raise _refusal(where, str(values.dtype))
    if values.size and int(values.min()) < 0:
        raise _refusal(where, f"the number {values.min()}")
    if values.size and int(values.max()) > np.iinfo(np.int64).max:
        raise _refusal(where, f"the number {values.max()}")
    height, width = values.shape
    _require_size(where, (height, width), of_size)
    _refuse_smooth_edges(values, where)
    return values.astype(np.int64)


def _refuse_smooth_edges(labels: NDArray[Any], where: Path | str) -> None:
    """Refuse a mask that was smoothed or shrunk: each shade of its edges would be a region.

    Shades are thin, and lie beside each other; cells have an inside, or lie alone.
    """
    middle = labels[1:-1, 1:-1]
    sides = labels[:-2, 1:-1], labels[2:, 1:-1], labels[1:-1, :-2], labels[1:-1, 2:]
    is_inside = np.logical_and.reduce([side == middle for side in sides])
    is_beside = np.logical_or.reduce([(side != middle) & (side != 0) for side in sides])
    is_shade = np.isin(
        np.unique(middle[is_beside & (middle != 0)]), np.unique(middle[is_inside]), invert=True
    )
    num_shades, num = int(is_shade.sum()), int(np.count_nonzero(np.unique(labels)))
    if num_shades >= _MIN_SHADES and 2 * num_shades > num:
        raise ImageError(
            where,
            expected="a label image: a whole number for each region",
            found=f"a mask with smooth edges ({num_shades} of {num} numbers are thin lines beside "
            "others)",
            fix="save it without smoothing or resizing, as 0 and 1",
        )


def _tiff_values(path: Path, of_size: tuple[int, int] | None) -> NDArray[Any]:
    with closing(tifffile.TiffFile(path)) as tiff:
        require_whole(tiff)
        series, *others = tiff.series
        sides = [side for side in series.shape if side != 1]
        if len(sides) > _NDIM or not all(other.keyframe.is_reduced for other in others):
            raise _refusal(path, f"{len(tiff.series)} x {series.shape} (axes {series.axes})")
        height, width = _size_of(series)
        require_usable_size(path, height, width)
        _require_size(path, (height, width), of_size)
        refuse_more_than_memory(path, _BYTES_PER_PX * height * width)
        values: NDArray[Any] = np.asarray(series.asarray()).reshape(height, width)
    return values


def _size_of(series: Any) -> tuple[int, int]:
    """Return height and width, which may be 1, of a series with no other long axis."""
    axes = dict(zip(series.axes, series.shape, strict=True))
    return int(axes.get("Y", 1)), int(axes.get("X", 1))


def _png_values(path: Path, of_size: tuple[int, int] | None) -> NDArray[Any]:
    with opened_picture(path) as picture:
        if picture.format != "PNG" or picture.mode not in _GREY_MODES:
            raise _refusal(path, f"{picture.format} of mode {picture.mode}")
        _require_size(path, (picture.height, picture.width), of_size)
        refuse_more_than_memory(path, _BYTES_PER_PX * picture.height * picture.width)
        refuse_cut_png(picture, path)
        return np.asarray(picture)


def _require_size(
    where: Path | str, size: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    if expected is not None and size != expected:
        raise ImageError(
            where,
            expected=f"the image's size, {expected[1]} x {expected[0]} px",
            found=f"{size[1]} x {size[0]} px",
            fix="make the label image of the image at full size",
        )


def _refusal(where: Path | str, found: str) -> ImageError:
    return ImageError(
        where, expected="a label image: one plane of whole numbers", found=found, fix=_FIX
    )
