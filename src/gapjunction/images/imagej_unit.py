"""The unit in which ImageJ shows positions in an image, which its tables do not name."""

from contextlib import closing
from pathlib import Path
from typing import Any

import tifffile

from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.pictures import decoding
from gapjunction.images.tiff import is_tiff

_PIXEL_UNITS = ("", "pixel", "pixels")
_SCREEN_DPI = 72  # with so many pixels per inch, ImageJ takes none as known


def imagej_pixel(path: Path) -> tuple[float, float] | None:
    """Return width and height of a pixel in ImageJ's unit of an image, None where it is pixels.

    ImageJ's own TIFF files name a unit; other TIFF files have one from printers, inch or cm. Of
    formats with a pixel size it is micrometers.

    Raises:
        ImageError: if the image cannot be read.
    """
    with decoding(path):
        with path.open("rb") as stream:
            is_plain = is_tiff(stream)
        if is_plain:
            with closing(tifffile.TiffFile(path)) as tiff:
                if not tiff.is_ome and not tiff.is_lsm:
                    return _tiff_pixel(tiff)
    with opened_scenes(path) as scenes:
        side = scenes[0].um_per_px
    return None if side is None else (side, side)


def _tiff_pixel(tiff: Any) -> tuple[float, float] | None:
    tags = tiff.pages[0].tags
    sides = []
    for name in ("XResolution", "YResolution"):
        px, units = tags[name].value if name in tags else (0, 1)
        if not px or not units:
            return None
        sides.append(units / px)
    named = (tiff.imagej_metadata or {}).get("unit")
    if named is not None:
        is_calibrated = str(named).strip().casefold() not in _PIXEL_UNITS
    else:
        unit = tags["ResolutionUnit"].value if "ResolutionUnit" in tags else tifffile.RESUNIT.NONE
        is_inch = unit == tifffile.RESUNIT.INCH and round(1 / sides[0]) != _SCREEN_DPI
        is_calibrated = is_inch or unit == tifffile.RESUNIT.CENTIMETER
    return (sides[0], sides[1]) if is_calibrated else None
