"""What the makers of slide scanners write into TIFF files: the size of a pixel, and extra pictures.

SVS is Aperio's format (Leica), NDPI Hamamatsu's, SCN Leica's, BIF Ventana's (Roche).
"""

import re
from typing import Any

import tifffile

from gapjunction.images.microscope_scene import square_side

EXTRA_PICTURES = frozenset({"thumbnail", "label", "macro", "map"})  # beside the slide itself
_SVS_SIDE = re.compile(r"\bMPP\s*=\s*([0-9.]+)")  # micrometers per pixel
_BIF_SIDE = re.compile(r"\bScanRes=\"([0-9.]+)\"")
_BIF_NOTES_TAG = 700  # where XMP is
_RESOLUTIONS = ("XResolution", "YResolution")
_UM_PER_UNIT = {tifffile.RESUNIT.CENTIMETER: 1e4, tifffile.RESUNIT.MICROMETER: 1.0}


def is_slide(tiff: Any) -> bool:
    """Tell whether a scanner of slides wrote an open TIFF."""
    return bool(tiff.is_svs or tiff.is_ndpi or tiff.is_scn or tiff.is_bif)


def is_extra_picture(tiff: Any, series: Any) -> bool:
    """Tell whether a series of a slide is its label, or the slide as a whole."""
    return is_slide(tiff) and str(series.name).strip().casefold() in EXTRA_PICTURES


def slide_um_per_px(tiff: Any, series: Any) -> float | None:
    """Return the side of a pixel as a scanner noted it, None where it did not."""
    tags = series.keyframe.tags
    if tiff.is_svs:
        return _number(_SVS_SIDE, series.keyframe.description)
    if tiff.is_bif:
        notes = (page.tags.get(_BIF_NOTES_TAG) for page in tiff.pages)
        return next((_number(_BIF_SIDE, _text(tag.value)) for tag in notes if tag), None)
    um_per_unit = _UM_PER_UNIT.get(series.keyframe.resolutionunit)
    if um_per_unit is None or not all(name in tags for name in _RESOLUTIONS):
        return None
    sides = []
    for name in _RESOLUTIONS:
        px, units = tags[name].value
        sides.append(um_per_unit * units / px if px else None)
    return square_side(*sides)


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    match = pattern.search(text)
    if match is None:
        return None
    try:
        side = float(match[1])
    except ValueError:
        return None
    return side or None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
