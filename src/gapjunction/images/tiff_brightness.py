"""What the numbers in TIFF pixels mean: light, its reverse, or places in a table of colors."""

from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.lookup_tables import is_lookup_table

_OTHER_COLORS = (
    tifffile.PHOTOMETRIC.SEPARATED,  # ink: CMYK
    tifffile.PHOTOMETRIC.CIELAB,
    tifffile.PHOTOMETRIC.ICCLAB,
    tifffile.PHOTOMETRIC.ITULAB,
    tifffile.PHOTOMETRIC.LOGL,  # logarithms of light
    tifffile.PHOTOMETRIC.LOGLUV,
    tifffile.PHOTOMETRIC.CFA,  # each pixel in one color, as it leaves the camera
)
# What decodes other compressions turns brightness and two differences of color into RGB.
_KEEPS_SAMPLES = (
    tifffile.COMPRESSION.NONE,
    tifffile.COMPRESSION.LZW,
    tifffile.COMPRESSION.ADOBE_DEFLATE,
    tifffile.COMPRESSION.DEFLATE,
    tifffile.COMPRESSION.PACKBITS,
    tifffile.COMPRESSION.LZMA,
    tifffile.COMPRESSION.ZSTD,
)
_TOP_8_BITS = 255


def refuse_other_colors(series: Any, path: Path) -> None:
    """Refuse samples that are no intensities, such as ink, which would be taken for colors.

    Raises:
        ImageError: if they are.
    """
    page = series.keyframe
    kind = page.photometric
    is_split = kind == tifffile.PHOTOMETRIC.YCBCR and page.compression in _KEEPS_SAMPLES
    if is_split or kind in _OTHER_COLORS:
        raise ImageError(
            path,
            expected="a grey or RGB image",
            found=f"colors of the kind {tifffile.PHOTOMETRIC(kind).name}",
            fix="save it as grey or RGB",
        )


def bright_is_high(pixels: NDArray[Any], page: Any) -> NDArray[Any]:
    """Return pixels of a page, turned round where "white is zero".

    But not in ImageJ's files: its "Invert LUT" shows zero as white, and leaves the values as they
    were measured.
    """
    if page.photometric != tifffile.PHOTOMETRIC.MINISWHITE or page.parent.is_imagej:
        return pixels
    if pixels.dtype.kind == "f":
        return np.asarray(-pixels)
    if pixels.dtype.kind == "u":
        return np.asarray(np.asarray((1 << page.bitspersample) - 1, pixels.dtype) - pixels)
    return np.asarray(~pixels)  # signed whole numbers, and 1 bit


def has_palette(series: Any) -> bool:
    """Tell whether pixels are places in a table of colors that shows more than brightness."""
    page = series.keyframe
    is_palette = page.photometric == tifffile.PHOTOMETRIC.PALETTE and len(series.shape) == 2  # noqa: PLR2004
    return is_palette and not is_lookup_table(_colors_of(page))


def palette_colors(places: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    """Return the colors (3, H, W) at these places (H, W) of a page's table."""
    return np.asarray(_colors_of(page)[:, places], np.uint8)


def _colors_of(page: Any) -> NDArray[np.uint16]:
    """Return the table (3, N) in 8 bits; some programs write 8 bits in place of 16."""
    table: NDArray[np.uint16] = page.colormap
    return table if table.max() <= _TOP_8_BITS else np.asarray(table >> 8, np.uint16)
